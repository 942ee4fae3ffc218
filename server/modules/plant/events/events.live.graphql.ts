/** The events of a plant as a subscription of the lossless class. */
import { READERS, requireRole } from '../../../kit/access.ts';
import { builder } from '../../../kit/builder.ts';
import { keyOf } from '../../../kit/global-id.ts';
import { type LosslessPayload, LosslessSource } from '../../../live/live-source.ts';
import { EventRef } from './events.ref.ts';
import type { EventRow } from './events.table.ts';

const readers = { roles: READERS };

const EventStreamPayloadRef = builder.objectRef<LosslessPayload<EventRow>>('EventStreamPayload').implement({
  description:
    'Lossless: replay from the cursor, then live, without a gap. An empty `items` is the heartbeat (every second) and still moves the cursor.',
  authScopes: readers,
  fields: (t) => ({
    cursor: t.expose('cursor', {
      type: 'StreamCursor',
      description: 'Pass it back as `after` to resume behind these items.',
    }),
    items: t.field({
      type: [EventRef],
      description: 'In the order of the log; empty in a heartbeat.',
      resolve: (payload) => [...payload.items],
    }),
    sentAt: t.expose('sentAt', { type: 'DateTime', description: 'When the server made this payload.' }),
  }),
});

builder.subscriptionField('events', (t) =>
  t.field({
    type: EventStreamPayloadRef,
    description: 'Every event of a plant, each once per cursor, in the order of the log.',
    authScopes: readers,
    args: {
      plantId: t.arg.id({ required: true, description: 'The plant.' }),
      after: t.arg({
        type: 'StreamCursor',
        description: 'Resume behind this cursor; without it the stream begins now.',
      }),
      kinds: t.arg.stringList({ description: 'Only these kinds; others still move the cursor.' }),
    },
    subscribe: (_root, args, context) => {
      const plantId = keyOf('Plant', args.plantId, 'plantId');
      requireRole(context, plantId, READERS, { field: 'plantId', value: args.plantId });
      const kinds = args.kinds ? new Set(args.kinds) : null;
      return new LosslessSource<EventRow>({
        stream: { kind: 'event', id: plantId },
        after: args.after,
        accepts: (event) => kinds === null || kinds.has(event.kind),
      });
    },
    resolve: (payload) => payload,
  }),
);
