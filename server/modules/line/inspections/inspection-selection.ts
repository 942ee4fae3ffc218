/** Which inspections are meant. */
import type { VerdictName } from './inspections.table.ts';

/** All of what is given must hold; null is not given. Times are of the capture, from inclusive, to exclusive. */
export interface InspectionSelection {
  plantIds: readonly string[];
  lineId: string | null;
  stationId: string | null;
  cameraId: string | null;
  jobId: string | null;
  modelVersionId: string | null;
  verdicts: readonly VerdictName[] | null;
  defectClass: string | null;
  productCode: string | null;
  batchCode: string | null;
  partId: string | null;
  imageSha256: string | null;
  minScore: number | null;
  maxScore: number | null;
  from: Date | null;
  to: Date | null;
}
