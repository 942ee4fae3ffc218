/** What edge nodes tell of: names and shapes only; the rules are in `record-node-events.service.ts`. */
import { builder } from '../../../kit/builder.ts';
import { InvalidInputError } from '../../../kit/errors.ts';
import { recordedItemsPayload } from '../../../kit/recorded-item.ref.ts';
import { type NodeEventKind, type NodeEventRule, nodeEventRules } from './node-event-kinds.ts';
import { recordNodeEvents } from './record-node-events.service.ts';

const nodes = { roles: ['edge_node'] as const };

const NodeEventKindEnum = builder.enumType('NodeEventKind', {
  description: 'What an edge node tells of.',
  values: Object.fromEntries(
    Object.entries<NodeEventRule>(nodeEventRules).map(([kind, { event, says }]) => [
      kind,
      { value: kind as NodeEventKind, description: `${says} In the plant’s log: \`${event}\`.` },
    ]),
  ) as Record<NodeEventKind, { value: NodeEventKind; description: string }>,
});

const NodeEventInputRef = builder.inputType('NodeEventInput', {
  description: 'Something that happened at the line side.',
  fields: (t) => ({
    // no UUID: that scalar would refuse a whole call for one wrong id
    id: t.id({ required: true, description: 'UUIDv7 made at the moment of the event; its millisecond is its time.' }),
    kind: t.field({ type: NodeEventKindEnum, required: true, description: 'What happened.' }),
    lineId: t.id({ description: 'A line that the node serves; a station or camera names it, too.' }),
    stationId: t.id({ description: 'A station of the node; what gates and parts do is about one.' }),
    cameraId: t.id({ description: 'A camera of the node.' }),
    partId: t.string({ description: 'What the machine calls the part.' }),
    inspectionId: t.id({ description: 'The UUID with which the part’s inspection is recorded.' }),
    jobCode: t.string({ description: 'The run.' }),
    data: t.field({ type: 'JSON', description: 'Particulars by name, an object.' }),
  }),
});

const RecordNodeEventsPayload = recordedItemsPayload('RecordNodeEventsPayload');

builder.mutationField('recordNodeEvents', (t) =>
  t.field({
    type: RecordNodeEventsPayload,
    description:
      'Records what an edge node has to tell beyond results. Every item has its own outcome; sending one again changes nothing.',
    authScopes: nodes,
    errors: { types: [InvalidInputError] },
    args: { input: t.arg({ type: [NodeEventInputRef], required: true, description: 'At most 500.' }) },
    resolve: async (_root, { input }, context) => ({ items: await recordNodeEvents(context, input) }),
  }),
);
