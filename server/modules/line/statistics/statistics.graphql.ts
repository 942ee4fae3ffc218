/** Statistics in the schema: names and shapes only; what is counted how is in `statistics.queries.ts`. */
import { READERS } from '../../../kit/access.ts';
import { builder } from '../../../kit/builder.ts';
import { keyOf, optionalKeyOf } from '../../../kit/global-id.ts';
import { wilsonInterval } from '../../../maths/wilson-interval.ts';
import { CameraRef, LineRef, MaterialBatchRef, ProductRef, StationRef } from '../../plant/parts/plants.ref.ts';
import { loadOptionalPart } from '../../plant/parts/plants.service.ts';
import { ShiftRef } from '../../plant/shifts/shifts.ref.ts';
import { InspectionStatsRef } from '../inspections/inspections.ref.ts';
import type { StatsRow } from '../inspections/inspections.service.ts';
import { JobRef } from '../production-runs/production-runs.ref.ts';
import { loadProduction } from '../production-runs/production-runs.service.ts';
import { askStats } from './statistics.service.ts';
import type { BucketName, Dimension } from './stats-question.ts';

const readers = { roles: READERS };
const grouped = 'null when the counts are not grouped by it';

InspectionStatsRef.implement({
  description:
    'Counts of inspections in one bucket, and in one group where groups were asked for; always equal to the raw rows.',
  authScopes: readers,
  fields: (t) => ({
    bucket: t.expose('bucket', {
      type: 'DateTime',
      description: 'Its begin; the begin of the whole time without buckets.',
    }),
    pass: t.exposeInt('pass', { description: 'Passed.' }),
    reject: t.exposeInt('reject', { description: 'Rejected.' }),
    uncertain: t.exposeInt('uncertain', { description: 'Uncertain.' }),
    total: t.int({ description: 'All of them.', resolve: totalOf }),
    rejectRate: t.float({
      nullable: true,
      description: 'Share of rejects; null when nothing was inspected.',
      resolve: (row) => rejectInterval(row)?.rate ?? null,
    }),
    rejectRateLow: t.float({
      nullable: true,
      description: 'Lower end of the 95 % Wilson score interval of the reject rate.',
      resolve: (row) => rejectInterval(row)?.low ?? null,
    }),
    rejectRateHigh: t.float({
      nullable: true,
      description: 'Upper end of the 95 % Wilson score interval of the reject rate.',
      resolve: (row) => rejectInterval(row)?.high ?? null,
    }),
    line: t.field({
      type: LineRef,
      nullable: true,
      description: `The line; ${grouped}.`,
      resolve: (row, _args, context) => loadOptionalPart(context, 'line', row.line_id ?? null),
    }),
    station: t.field({
      type: StationRef,
      nullable: true,
      description: `The station; ${grouped}.`,
      resolve: (row, _args, context) => loadOptionalPart(context, 'station', row.station_id ?? null),
    }),
    camera: t.field({
      type: CameraRef,
      nullable: true,
      description: `The camera; ${grouped}.`,
      resolve: (row, _args, context) => loadOptionalPart(context, 'camera', row.camera_id ?? null),
    }),
    class: t.string({
      nullable: true,
      description: `Class of the defect with the highest score (the first reported of equals), so that every part counts once and the classes add up to the total; null for parts without defects, and ${grouped}.`,
      resolve: (row) => row.defect_class ?? null,
    }),
    batch: t.field({
      type: MaterialBatchRef,
      nullable: true,
      description: `The material batch; null for parts of none, and ${grouped}.`,
      resolve: (row, _args, context) => loadProduction(context, 'material_batch', row.batch_id ?? null),
    }),
    product: t.field({
      type: ProductRef,
      nullable: true,
      description: `The product; null for parts of none, and ${grouped}.`,
      resolve: (row, _args, context) => loadOptionalPart(context, 'product', row.product_id ?? null),
    }),
    job: t.field({
      type: JobRef,
      nullable: true,
      description: `The job; null for parts of none, and ${grouped}.`,
      resolve: (row, _args, context) => loadProduction(context, 'job', row.job_id ?? null),
    }),
    shift: t.field({
      type: ShiftRef,
      nullable: true,
      description: `The shift that ran, by the calendar as it is now; null between shifts, and ${grouped}.`,
      resolve: (row) => row.shift ?? null,
    }),
  }),
});

const StatsBucketEnum = builder.enumType('StatsBucket', {
  description: 'How long a bucket of statistics is.',
  values: {
    MINUTE: { value: 'minute' as BucketName, description: 'One minute.' },
    HOUR: { value: 'hour' as BucketName, description: 'One hour of the plant’s clocks.' },
    DAY: { value: 'day' as BucketName, description: 'One day of the plant’s calendar, 23 to 25 hours long.' },
  },
});

const StatsGroupEnum = builder.enumType('StatsGroup', {
  description: 'By what counts are told apart.',
  values: {
    LINE: { value: 'line' as Dimension, description: 'The line.' },
    STATION: { value: 'station' as Dimension, description: 'The station.' },
    CAMERA: { value: 'camera' as Dimension, description: 'The camera.' },
    CLASS: { value: 'class' as Dimension, description: 'The class of the defect with the highest score.' },
    BATCH: { value: 'batch' as Dimension, description: 'The material batch.' },
    PRODUCT: { value: 'product' as Dimension, description: 'The product.' },
    JOB: { value: 'job' as Dimension, description: 'The job.' },
    MODEL_VERSION: { value: 'modelVersion' as Dimension, description: 'The model version that judged.' },
    SHIFT: { value: 'shift' as Dimension, description: 'The shift that ran, by the calendar as it is now.' },
  },
});

const StatsFilter = builder.inputType('StatsFilter', {
  description:
    'What is counted; all of what is given must hold. Name the plant, lines of one plant, or a job. Times count in whole minutes, from inclusive, to exclusive.',
  fields: (t) => ({
    plantId: t.id({ description: 'Of this plant.' }),
    lineId: t.id({ description: 'Of this line.' }),
    lineIds: t.idList({ description: 'Of one of these lines.' }),
    stationId: t.id({ description: 'Of this station.' }),
    cameraId: t.id({ description: 'Of this camera.' }),
    defectClass: t.string({ description: 'Whose defect with the highest score is of this class.' }),
    batchCode: t.string({ description: 'Made from this batch.' }),
    productCode: t.string({ description: 'Of this product.' }),
    jobId: t.id({ description: 'Of this job.' }),
    modelVersionId: t.id({ description: 'Judged by this model version.' }),
    shiftId: t.id({ description: 'Made while this shift ran, by the calendar as it is now.' }),
    from: t.field({
      type: 'DateTime',
      description: 'Captured in this minute or later; from the first that was counted when left out.',
    }),
    to: t.field({
      type: 'DateTime',
      description: 'Captured before this time; to the last that was counted when left out.',
    }),
  }),
});

builder.queryField('inspectionStats', (t) =>
  t.field({
    type: [InspectionStatsRef],
    description:
      'Counts by bucket and group, oldest first; what is empty is absent. From rollups: minutes are written in the transaction that records the rows, hours and days by a job, and what is not rolled up yet or has changed since is read from the minutes.',
    authScopes: readers,
    args: {
      filter: t.arg({ type: StatsFilter, required: true, description: 'What is counted.' }),
      groupBy: t.arg({
        type: [StatsGroupEnum],
        description: 'By what counts are told apart; not at all when left out.',
      }),
      bucket: t.arg({
        type: StatsBucketEnum,
        description: 'How long a bucket is; the whole time in one when left out.',
      }),
    },
    resolve: (_root, { filter, groupBy, bucket }, context) => {
      const lineIds = [...(filter.lineIds ?? [])].map((id) => keyOf('Line', id, 'filter.lineIds'));
      const lineId = optionalKeyOf('Line', filter.lineId, 'filter.lineId');
      return askStats(context, {
        plantId: optionalKeyOf('Plant', filter.plantId, 'filter.plantId'),
        lineIds: lineId === null ? lineIds : [lineId, ...lineIds],
        stationId: optionalKeyOf('Station', filter.stationId, 'filter.stationId'),
        cameraId: optionalKeyOf('Camera', filter.cameraId, 'filter.cameraId'),
        defectClass: filter.defectClass ?? null,
        batchCode: filter.batchCode ?? null,
        productCode: filter.productCode ?? null,
        jobId: optionalKeyOf('Job', filter.jobId, 'filter.jobId'),
        modelVersionId: optionalKeyOf('ModelVersion', filter.modelVersionId, 'filter.modelVersionId'),
        shiftId: optionalKeyOf('Shift', filter.shiftId, 'filter.shiftId'),
        from: filter.from ?? null,
        to: filter.to ?? null,
        groupBy: [...new Set(groupBy ?? [])],
        bucket: bucket ?? null,
      });
    },
  }),
);

function totalOf({ pass, reject, uncertain }: StatsRow): number {
  return pass + reject + uncertain;
}

function rejectInterval(row: StatsRow) {
  return wilsonInterval(row.reject, totalOf(row));
}
