/** Whether images are kept: names and shapes only; the rules are in `revise-captures.ts`. */
import { READERS } from '../../../kit/access.ts';
import { builder } from '../../../kit/builder.ts';
import { InvalidInputError } from '../../../kit/errors.ts';
import { recordedItemsPayload } from '../../../kit/recorded-item.ref.ts';
import { CaptureReasonEnum, InspectionRef } from './inspections.ref.ts';
import type { ReadInspection } from './inspections.service.ts';
import { reviseCaptures } from './revise-captures.ts';

const nodes = { roles: ['edge_node'] as const };
const readers = { roles: READERS };

const CaptureRef = builder.objectRef<ReadInspection>('Capture').implement({
  description: 'Whether an image is kept, and how likely that was: estimates weigh a kept image by the inverse.',
  authScopes: readers,
  fields: (t) => ({
    isKept: t.exposeBoolean('is_kept', {
      description: 'What the draw gave, and every thinning since; an image that is not kept never arrives.',
    }),
    keepProbability: t.exposeFloat('keep_probability', {
      description: 'Of the draw, times that of every thinning since; above 0, at most 1.',
    }),
    reason: t.expose('capture_reason', { type: CaptureReasonEnum, description: 'What the probability comes from.' }),
    lostAt: t.expose('image_lost_at', {
      type: 'DateTime',
      nullable: true,
      description: 'When the server was told that a kept image was lost, by no draw.',
    }),
  }),
});

builder.objectField(InspectionRef, 'capture', (t) =>
  t.field({
    type: CaptureRef,
    authScopes: readers,
    description: 'Whether its image is kept.',
    resolve: (row) => row,
  }),
);

const CaptureRevisionInputRef = builder.inputType('CaptureRevisionInput', {
  description: 'What became of an image after its result was recorded.',
  fields: (t) => ({
    inspectionId: t.id({ required: true, description: 'The UUID with which the inspection was recorded.' }),
    keepProbability: t.float({
      description: 'After a thinning, of those that stayed and of those that it took: that of the draw times its own.',
    }),
    isLost: t.boolean({
      description: 'With a lower probability: the thinning took the image. Without: it was lost by no draw.',
    }),
  }),
});

const ReviseCapturesPayload = recordedItemsPayload('ReviseCapturesPayload');

builder.mutationField('reviseCaptures', (t) =>
  t.field({
    type: ReviseCapturesPayload,
    description:
      'Records what became of images. Every item has its own outcome; one that is repeated or that a later thinning has overtaken changes nothing.',
    authScopes: nodes,
    errors: { types: [InvalidInputError] },
    args: { input: t.arg({ type: [CaptureRevisionInputRef], required: true, description: 'At most 500.' }) },
    resolve: async (_root, { input }, context) => ({ items: await reviseCaptures(context, input) }),
  }),
);
