/** Lists and statistics of inspections. */
import { READERS } from '../../kit/access.ts';
import { builder } from '../../kit/builder.ts';
import { keyOf, optionalKeyOf } from '../../kit/global-id.ts';
import { InspectionRef, InspectionStatsRef, VerdictEnum } from './inspections.ref.ts';
import { inspectionStats, listInspections } from './inspections.service.ts';
import type { BucketName } from './stats.queries.ts';
import { wilsonInterval } from './wilson-interval.ts';

const readers = { roles: READERS };

const InspectionFilter = builder.inputType('InspectionFilter', {
  description:
    'Which inspections; all of what is given must hold. from is inclusive, to exclusive, both of the capture time.',
  fields: (t) => ({
    plantId: t.id({ description: 'Of this plant.' }),
    lineId: t.id({ description: 'Of this line.' }),
    stationId: t.id({ description: 'Of this station.' }),
    cameraId: t.id({ description: 'Of this camera.' }),
    jobId: t.id({ description: 'Of this job.' }),
    modelVersionId: t.id({ description: 'Judged by this model version.' }),
    verdicts: t.field({ type: [VerdictEnum], description: 'With one of these verdicts.' }),
    defectClass: t.string({ description: 'With a defect of this class.' }),
    productCode: t.string({ description: 'Of this product.' }),
    batchCode: t.string({ description: 'Made from this batch.' }),
    partId: t.string({ description: 'Of this part.' }),
    imageSha256: t.field({ type: 'Sha256', description: 'Of this image.' }),
    minScore: t.float({ description: 'With at least this score.' }),
    maxScore: t.float({ description: 'With at most this score.' }),
    from: t.field({ type: 'DateTime', description: 'Captured at this time or later.' }),
    to: t.field({ type: 'DateTime', description: 'Captured before this time.' }),
  }),
});

builder.queryField('inspections', (t) =>
  t.connection({
    type: InspectionRef,
    description: 'Inspections, newest capture first.',
    authScopes: readers,
    args: { filter: t.arg({ type: InspectionFilter, description: 'Which inspections; all when left out.' }) },
    resolve: (_root, { filter, ...page }, context) =>
      listInspections(
        context,
        {
          plantId: optionalKeyOf('Plant', filter?.plantId, 'filter.plantId'),
          lineId: optionalKeyOf('Line', filter?.lineId, 'filter.lineId'),
          stationId: optionalKeyOf('Station', filter?.stationId, 'filter.stationId'),
          cameraId: optionalKeyOf('Camera', filter?.cameraId, 'filter.cameraId'),
          jobId: optionalKeyOf('Job', filter?.jobId, 'filter.jobId'),
          modelVersionId: optionalKeyOf('ModelVersion', filter?.modelVersionId, 'filter.modelVersionId'),
          verdicts: filter?.verdicts ?? null,
          defectClass: filter?.defectClass ?? null,
          productCode: filter?.productCode ?? null,
          batchCode: filter?.batchCode ?? null,
          partId: filter?.partId ?? null,
          imageSha256: filter?.imageSha256 ?? null,
          minScore: filter?.minScore ?? null,
          maxScore: filter?.maxScore ?? null,
          from: filter?.from ?? null,
          to: filter?.to ?? null,
        },
        page,
      ),
  }),
);

InspectionStatsRef.implement({
  description: 'Counts of inspections in one bucket; always equal to the raw rows.',
  authScopes: readers,
  fields: (t) => ({
    bucket: t.expose('bucket', { type: 'DateTime', description: 'Its begin.' }),
    pass: t.exposeInt('pass', { description: 'Passed.' }),
    reject: t.exposeInt('reject', { description: 'Rejected.' }),
    uncertain: t.exposeInt('uncertain', { description: 'Uncertain.' }),
    total: t.int({
      description: 'All of them.',
      resolve: ({ pass, reject, uncertain }) => pass + reject + uncertain,
    }),
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

const StatsFilter = builder.inputType('StatsFilter', {
  description:
    'What is counted; all of what is given must hold. Times count in whole minutes, from inclusive, to exclusive.',
  fields: (t) => ({
    lineId: t.id({ required: true, description: 'Of this line.' }),
    stationId: t.id({ description: 'Of this station.' }),
    cameraId: t.id({ description: 'Of this camera.' }),
    modelVersionId: t.id({ description: 'Judged by this model version.' }),
    from: t.field({ type: 'DateTime', required: true, description: 'Captured in this minute or later.' }),
    to: t.field({ type: 'DateTime', required: true, description: 'Captured before this time.' }),
  }),
});

builder.queryField('inspectionStats', (t) =>
  t.field({
    type: [InspectionStatsRef],
    description:
      'Counts by bucket, oldest first, from the minute rollup that is written in the transaction that records the rows. Empty buckets are absent.',
    authScopes: readers,
    args: {
      filter: t.arg({ type: StatsFilter, required: true, description: 'What is counted.' }),
      bucket: t.arg({ type: StatsBucketEnum, required: true, description: 'How long a bucket is.' }),
    },
    resolve: (_root, { filter, bucket }, context) =>
      inspectionStats(
        context,
        {
          lineId: keyOf('Line', filter.lineId, 'filter.lineId'),
          stationId: optionalKeyOf('Station', filter.stationId, 'filter.stationId'),
          cameraId: optionalKeyOf('Camera', filter.cameraId, 'filter.cameraId'),
          modelVersionId: optionalKeyOf('ModelVersion', filter.modelVersionId, 'filter.modelVersionId'),
          from: filter.from,
          to: filter.to,
        },
        bucket,
      ),
  }),
);

function rejectInterval({ pass, reject, uncertain }: { pass: number; reject: number; uncertain: number }) {
  return wilsonInterval(reject, pass + reject + uncertain);
}
