/** Lists of inspections. */
import { READERS } from '../../kit/access.ts';
import { builder } from '../../kit/builder.ts';
import { optionalKeyOf } from '../../kit/global-id.ts';
import { InspectionRef, VerdictEnum } from './inspections.ref.ts';
import { listInspections } from './inspections.service.ts';

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
