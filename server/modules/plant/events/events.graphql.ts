/** The events part of the schema: names and shapes only, every rule is in `events.service.ts`. */
import { READERS, requireRole } from '../../../kit/access.ts';
import { builder } from '../../../kit/builder.ts';
import { keyOf, optionalKeyOf } from '../../../kit/global-id.ts';
import { encodeCursor } from '../../../live/stream-cursor.ts';
import { ActorRef, EventRef } from './events.ref.ts';
import { actorName, findEvents, listEvents } from './events.service.ts';

const readers = { roles: READERS };

ActorRef.implement({
  description: 'Who or what caused something.',
  authScopes: readers,
  fields: (t) => ({
    kind: t.exposeString('actor_kind', {
      description: '`person`, `token` (a machine) or `system` (the server itself).',
    }),
    name: t.string({
      description: 'What the person or machine is called.',
      resolve: (event, _args, context) => actorName(context, event),
    }),
  }),
});

builder.node(EventRef, {
  description: 'Something that happened in a plant, at its place in the plant’s log.',
  authScopes: readers,
  id: { resolve: (event) => `${event.plant_id}:${event.position}`, description: 'Global id.' },
  loadManyWithoutCache: (keys: string[], context) => findEvents(context, keys),
  fields: (t) => ({
    kind: t.exposeString('kind', { description: 'Thing and what became of it, such as `job.started`.' }),
    occurredAt: t.expose('occurred_at', {
      type: 'DateTime',
      description: 'When it happened, by the clock of its source.',
    }),
    recordedAt: t.expose('recorded_at', { type: 'DateTime', description: 'When the server wrote it.' }),
    actor: t.field({ type: ActorRef, description: 'Who or what caused it.', resolve: (event) => event }),
    data: t.expose('data', { type: 'JSON', description: 'Particulars, by kind.' }),
    cursor: t.field({
      type: 'StreamCursor',
      description: 'Resumes the plant’s stream of events after this one.',
      resolve: (event) => encodeCursor({ kind: 'event', id: event.plant_id }, event.position),
    }),
  }),
});

const EventFilter = builder.inputType('EventFilter', {
  description: 'from is inclusive, to exclusive, both of the time at the source.',
  fields: (t) => ({
    plantId: t.id({ required: true, description: 'The plant whose log is read.' }),
    kinds: t.stringList({ description: 'Only these kinds.' }),
    lineId: t.id({ description: 'Only about this line.' }),
    from: t.field({ type: 'DateTime', description: 'Not before.' }),
    to: t.field({ type: 'DateTime', description: 'Before.' }),
  }),
});

builder.queryField('events', (t) =>
  t.connection({
    type: EventRef,
    description: 'Newest first, in the order of the log.',
    authScopes: readers,
    args: { filter: t.arg({ type: EventFilter, required: true, description: 'Which events.' }) },
    resolve: (_root, { filter, ...page }, context) => {
      const plantId = keyOf('Plant', filter.plantId, 'filter.plantId');
      requireRole(context, plantId, READERS, { field: 'filter.plantId', value: filter.plantId });
      const lineId = optionalKeyOf('Line', filter.lineId, 'filter.lineId');
      const { kinds = null, from = null, to = null } = filter;
      return listEvents(context, { plantId, kinds, lineId, from, to }, page);
    },
  }),
);
