/** Which inspections, as callers name them: shared by the list and by exports. */
import { builder } from '../../../kit/builder.ts';
import { optionalKeyOf } from '../../../kit/global-id.ts';
import type { InspectionSelection } from './inspection-selection.ts';
import { VerdictEnum } from './inspections.ref.ts';

export const InspectionFilter = builder.inputType('InspectionFilter', {
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

/** Ids as keys; `field` is where the filter stands in the arguments. Throws `InvalidInputError` for an id of another type. */
export function inspectionSelection(
  filter: typeof InspectionFilter.$inferInput | null | undefined,
  field = 'filter',
): Omit<InspectionSelection, 'plantIds'> & { plantId: string | null } {
  return {
    plantId: optionalKeyOf('Plant', filter?.plantId, `${field}.plantId`),
    lineId: optionalKeyOf('Line', filter?.lineId, `${field}.lineId`),
    stationId: optionalKeyOf('Station', filter?.stationId, `${field}.stationId`),
    cameraId: optionalKeyOf('Camera', filter?.cameraId, `${field}.cameraId`),
    jobId: optionalKeyOf('Job', filter?.jobId, `${field}.jobId`),
    modelVersionId: optionalKeyOf('ModelVersion', filter?.modelVersionId, `${field}.modelVersionId`),
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
  };
}
