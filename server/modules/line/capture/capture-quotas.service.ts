/** Which open quotas kept images count for. */
import type { Db } from '../../../database/database.ts';
import { selectQuotaCells } from './capture.queries.ts';
import type { CaptureQuotaRow } from './capture.table.ts';
import { type CellFacts, fitsCell } from './quota-cell.ts';

export type OpenCell = Pick<CaptureQuotaRow, 'id' | 'cell'>;

export function openCells(db: Db, plantId: string): Promise<OpenCell[]> {
  return selectQuotaCells(db, plantId);
}

/** Ids of the quotas whose cell the image belongs to; null for none. */
export function quotasOf(input: CellFacts, open: readonly OpenCell[]): string[] | null {
  const ids = open.filter(({ cell }) => fitsCell(input, cell)).map(({ id }) => id);
  return ids.length > 0 ? ids : null;
}
