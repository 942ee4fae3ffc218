/** Recording inspections: shapes only; the rules are in `record-inspections.ts`. */
import { factors, machineNumbers, machineTexts } from '#schema/production-context.ts';
import { builder } from '../../../kit/builder.ts';
import { InvalidInputError } from '../../../kit/errors.ts';
import { recordOf } from '../../../kit/record-of.ts';
import { recordedItemRef } from '../../../kit/recorded-item.ref.ts';
import type { RecordedItem, RecordOutcome } from '../../../kit/recorded-item.ts';
import { SignalInputRef } from '../signals/signals.ref.ts';
import { CaptureReasonEnum, VerdictEnum } from './inspections.ref.ts';
import { recordInspections } from './record-inspections.ts';

const nodes = { roles: ['edge_node'] as const };

const ImageStatsInput = builder.inputType('ImageStatsInput', {
  description: 'What the image itself says of lighting and focus.',
  fields: (t) => ({
    brightness: t.float({ required: true, description: 'Mean of luma, 0 to 1.' }),
    contrast: t.float({ required: true, description: 'Standard deviation of luma, 0 to 1.' }),
    colourCast: t.float({ required: true, description: 'Distance of the mean chroma from grey, 0 to 1.' }),
    sharpness: t.float({ required: true, description: 'Variance of the Laplacian of luma (0 to 255).' }),
  }),
});

const PartPositionInput = builder.inputType('PartPositionInput', {
  description: 'Offset and rotation of the part against the recipe’s reference.',
  fields: (t) => ({
    offsetXPx: t.float({ required: true, description: 'To the right, in pixels.' }),
    offsetYPx: t.float({ required: true, description: 'Downwards, in pixels.' }),
    rotationDeg: t.float({ required: true, description: 'Clockwise, in degrees.' }),
  }),
});

const BoxInput = builder.inputType('BoxInput', {
  description: 'A rectangle as shares of the image’s width and height.',
  fields: (t) => ({
    x: t.float({ required: true, description: 'Left edge, from the left.' }),
    y: t.float({ required: true, description: 'Upper edge, from the top.' }),
    width: t.float({ required: true, description: 'Share of the width.' }),
    height: t.float({ required: true, description: 'Share of the height.' }),
  }),
});

const DefectInput = builder.inputType('DefectInput', {
  description: 'A place on the part that the model points to.',
  fields: (t) => ({
    class: t.string({ required: true, description: 'Kind of defect.' }),
    score: t.float({ required: true, description: '0 to 1.' }),
    box: t.field({ type: BoxInput, required: true, description: 'What surrounds it.' }),
    outline: t.floatList({ description: 'x1, y1, x2, y2 … as shares of the image’s width and height.' }),
  }),
});

const ContextInput = builder.inputType('ContextInput', {
  description:
    'The machine at the moment of capture. Codes that the server does not know are taken up; an empty one is none.',
  fields: (t) => ({
    ...recordOf(machineTexts, (name) => t.string({ description: `${factors[name].words}.` })),
    ...recordOf(machineNumbers, (name) => t.float({ description: `${factors[name].words}.` })),
    signals: t.field({ type: [SignalInputRef], required: true, description: 'Every mapped signal.' }),
  }),
});

const CaptureInput = builder.inputType('CaptureInput', {
  description: 'Whether the image is kept: one draw, whose probability is told whatever came of it.',
  fields: (t) => ({
    isKept: t.boolean({ required: true, description: 'What the draw gave; an image that is not kept never arrives.' }),
    keepProbability: t.float({ required: true, description: 'How likely it was, above 0 and at most 1.' }),
    reason: t.field({ type: CaptureReasonEnum, required: true, description: 'What the probability comes from.' }),
  }),
});

const InspectionInput = builder.inputType('InspectionInput', {
  description: 'One image of one part, and what the model said of it.',
  fields: (t) => ({
    // no UUID: that scalar would refuse a whole call for one wrong id
    id: t.id({
      required: true,
      description: 'UUIDv7 made at the moment of capture; its millisecond is the capture time.',
    }),
    cameraId: t.id({ required: true, description: 'A camera of the node that reports.' }),
    modelVersionId: t.id({ required: true, description: 'A version that is or was assigned to the camera.' }),
    verdict: t.field({ type: VerdictEnum, required: true, description: 'What the model says.' }),
    score: t.float({ required: true, description: '0 to 1; 0.5 is the reject threshold.' }),
    latencyMs: t.float({ required: true, description: 'From capture to verdict.' }),
    partId: t.string({ description: 'What the machine calls the part.' }),
    imageSha256: t.field({ type: 'Sha256', description: 'SHA-256 of the image, which may arrive later.' }),
    imageStats: t.field({ type: ImageStatsInput, description: 'What the image itself says of lighting and focus.' }),
    position: t.field({ type: PartPositionInput, description: 'How the part lay.' }),
    context: t.field({ type: ContextInput, description: 'The machine at the moment of capture.' }),
    capture: t.field({
      type: CaptureInput,
      description: 'Whether the image is kept; left out: it is, for certain.',
    }),
    defects: t.field({ type: [DefectInput], required: true, description: 'What the model points to.' }),
  }),
});

const RecordInspectionsItem = recordedItemRef('RecordInspectionsItem');

class RecordInspectionsPayload {
  readonly items: RecordedItem[];
  constructor(items: RecordedItem[]) {
    this.items = items;
  }

  count(outcome: RecordOutcome): number {
    return this.items.filter((item) => item.outcome === outcome).length;
  }
}

const RecordInspectionsPayloadRef = builder.objectType(RecordInspectionsPayload, {
  name: 'RecordInspectionsPayload',
  description: 'What became of the items of a call.',
  authScopes: nodes,
  fields: (t) => ({
    items: t.field({
      type: [RecordInspectionsItem],
      description: 'In the order of the input.',
      resolve: ({ items }) => items,
    }),
    recorded: t.int({ description: 'Written now.', resolve: (payload) => payload.count('recorded') }),
    duplicates: t.int({ description: 'Written before.', resolve: (payload) => payload.count('duplicate') }),
    conflicts: t.int({
      description: 'Written before with other content.',
      resolve: (payload) => payload.count('conflict'),
    }),
    refused: t.int({ description: 'Cannot be taken.', resolve: (payload) => payload.count('refused') }),
  }),
});

builder.mutationField('recordInspections', (t) =>
  t.field({
    type: RecordInspectionsPayloadRef,
    description:
      'Records what an edge node has seen. Every item has its own outcome; sending one again changes nothing.',
    authScopes: nodes,
    errors: { types: [InvalidInputError] },
    args: { input: t.arg({ type: [InspectionInput], required: true, description: 'At most 500.' }) },
    resolve: async (_root, { input }, context) => new RecordInspectionsPayload(await recordInspections(context, input)),
  }),
);
