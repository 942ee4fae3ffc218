/** The inspections of a line as a subscription of the lossless class. */
import { READERS, requireRole } from '../../../kit/access.ts';
import { builder } from '../../../kit/builder.ts';
import { NotFoundError } from '../../../kit/errors.ts';
import { keyOf } from '../../../kit/global-id.ts';
import { type LosslessPayload, LosslessSource } from '../../../live/live-source.ts';
import { findPart } from '../../plant/parts/plants.service.ts';
import { InspectionRef, VerdictEnum } from './inspections.ref.ts';
import type { ReadInspection } from './inspections.service.ts';

const readers = { roles: READERS };

const InspectionStreamPayloadRef = builder
  .objectRef<LosslessPayload<ReadInspection>>('InspectionStreamPayload')
  .implement({
    description:
      'Lossless: replay from the cursor, then live, without a gap. An empty `items` is the heartbeat (every second) and still moves the cursor.',
    authScopes: readers,
    fields: (t) => ({
      cursor: t.expose('cursor', {
        type: 'StreamCursor',
        description: 'Pass it back as `after` to resume behind these items.',
      }),
      items: t.field({
        type: [InspectionRef],
        description: 'In the order in which they were recorded; empty in a heartbeat.',
        resolve: (payload) => [...payload.items],
      }),
      sentAt: t.expose('sentAt', { type: 'DateTime', description: 'When the server made this payload.' }),
    }),
  });

builder.subscriptionField('inspections', (t) =>
  t.field({
    type: InspectionStreamPayloadRef,
    description: 'Every inspection of a line, each once per cursor, in the order in which they were recorded.',
    authScopes: readers,
    args: {
      lineId: t.arg.id({ required: true, description: 'The line.' }),
      after: t.arg({
        type: 'StreamCursor',
        description: 'Resume behind this cursor; without it the stream begins now.',
      }),
      verdicts: t.arg({
        type: [VerdictEnum],
        description: 'Only these verdicts; others still move the cursor.',
      }),
    },
    subscribe: async (_root, args, context) => {
      const line = await findPart(context, 'line', keyOf('Line', args.lineId, 'lineId'));
      if (!line) throw new NotFoundError('lineId', args.lineId);
      requireRole(context, line.plant_id, READERS, { field: 'lineId', value: args.lineId });
      const verdicts = args.verdicts ? new Set(args.verdicts) : null;
      return new LosslessSource<ReadInspection>({
        stream: { kind: 'inspection', id: line.id },
        after: args.after,
        accepts: (inspection) => verdicts === null || verdicts.has(inspection.verdict),
      });
    },
    resolve: (payload) => payload,
  }),
);
