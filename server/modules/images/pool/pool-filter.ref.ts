/** Which images of a pool, as callers name them: every module that takes such a filter shares this one. */
import { askedWords, factors } from '#schema/production-context.ts';
import { builder } from '../../../kit/builder.ts';
import { recordOf } from '../../../kit/record-of.ts';
import { CaptureReasonEnum, VerdictEnum } from '../../line/inspections/inspections.ref.ts';
import { LabelStateEnum, PoolOriginEnum } from './pool.ref.ts';
import { namesOf, QUANTITIES, RANGES, type RangeName, SCORES, TIMES, type TimeName } from './pool-fields.ts';

const NumberRange = builder.inputType('NumberRange', {
  description: 'A closed interval; open on the side that is left out.',
  fields: (t) => ({ min: t.float({ description: 'At least.' }), max: t.float({ description: 'At most.' }) }),
});

const TimeRange = builder.inputType('TimeRange', {
  description: 'An interval of time; open on the side that is left out.',
  fields: (t) => ({
    from: t.field({ type: 'DateTime', description: 'At this time or later.' }),
    to: t.field({ type: 'DateTime', description: 'Before this time.' }),
  }),
});

const TagFilter = builder.inputType('TagFilter', {
  description: 'By tags; all of what is given must hold.',
  fields: (t) => ({
    any: t.stringList({ description: 'Has one of these.' }),
    all: t.stringList({ description: 'Has every one of these.' }),
    none: t.stringList({ description: 'Has none of these.' }),
  }),
});

function rangeWords(name: RangeName): string {
  if (Object.hasOwn(SCORES, name)) return `${RANGES[name].words}: a score from 0 (as bad as it gets) to 1.`;
  return Object.hasOwn(QUANTITIES, name) ? `${RANGES[name].words}, at the capture.` : `${RANGES[name].words}.`;
}

export const PoolFilter = builder.inputType('PoolFilter', {
  description: 'Which images; all of what is given must hold, and of a list one value.',
  fields: (t) => ({
    imageSha256s: t.field({ type: ['Sha256'], description: 'These images.' }),
    origin: t.field({ type: [PoolOriginEnum], description: 'That came in this way.' }),
    importId: t.field({ type: ['UUID'], description: 'Of this import.' }),
    sourcePath: t.string({
      description: 'Words of the path in the imported set, in any order; each may be the beginning of one.',
    }),
    lineId: t.idList({ description: 'Of this line.' }),
    stationId: t.idList({ description: 'Of this station.' }),
    cameraId: t.idList({ description: 'Of this camera.' }),
    jobId: t.idList({ description: 'Of this job.' }),
    productId: t.idList({ description: 'Of this product.' }),
    recipeId: t.idList({ description: 'Of this recipe.' }),
    batchId: t.idList({ description: 'Made from this batch.' }),
    modelVersionId: t.idList({ description: 'Judged by this model version.' }),
    partId: t.stringList({ description: 'Of this part.' }),
    verdict: t.field({ type: [VerdictEnum], description: 'With this verdict.' }),
    defectClass: t.stringList({ description: 'The model’s strongest defect is of this class.' }),
    ...recordOf(askedWords, (name) => t.stringList({ description: `${factors[name].asked}.` })),
    captureReason: t.field({ type: [CaptureReasonEnum], description: 'Kept for this reason.' }),
    labelState: t.field({ type: [LabelStateEnum], description: 'People are so far with it.' }),
    label: t.stringList({ description: 'Decided to show this: good, or the code of a defect class.' }),
    tags: t.field({ type: TagFilter, description: 'By tags.' }),
    exactGroup: t.field({ type: 'Sha256', description: 'With exactly this picture.' }),
    nearGroup: t.field({ type: 'Sha256', description: 'With nearly this picture.' }),
    hasExactDuplicates: t.boolean({ description: 'Another image has exactly this picture, or none has.' }),
    hasNearDuplicates: t.boolean({ description: 'Another image has nearly this picture, or none has.' }),
    isMeasured: t.boolean({ description: 'The worker has been at it, or has not.' }),
    hasMeasureError: t.boolean({ description: 'It could not be measured, or it could.' }),
    lasso: t.floatList({ description: 'Inside this polygon of the map: x1, y1, x2, y2 …' }),
    datasetVersionId: t.id({ description: 'In this dataset version.' }),
    notInDatasetVersionId: t.id({ description: 'Not in this dataset version.' }),
    isBlurred: t.boolean({ description: 'Its score is below LEHR_FLAG_BLURRED, or is not.' }),
    isDark: t.boolean({ description: 'Its score is below LEHR_FLAG_DARK, or is not.' }),
    isBright: t.boolean({ description: 'Its score is below LEHR_FLAG_BRIGHT, or is not.' }),
    isLowInformation: t.boolean({ description: 'Its score is below LEHR_FLAG_LOW_INFORMATION, or is not.' }),
    isOutlier: t.boolean({ description: 'Its score is below LEHR_FLAG_OUTLIER, or is not.' }),
    isLabelError: t.boolean({ description: 'Its score is below LEHR_FLAG_LABEL_ERROR, or is not.' }),
    isLeak: t.boolean({ description: 'Its score is below LEHR_FLAG_LEAK, or is not.' }),
    ...recordOf(namesOf<TimeName>(TIMES), (name) => t.field({ type: TimeRange, description: `${TIMES[name].words}.` })),
    ...recordOf(namesOf<RangeName>(RANGES), (name) => t.field({ type: NumberRange, description: rangeWords(name) })),
  }),
});

export type PoolFilterInput = typeof PoolFilter.$inferInput;
