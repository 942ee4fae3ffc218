/** Which open quotas kept images count for. */
import type { Seen } from '#schema/production-context.ts';
import { fitsCell } from '#schema/quota-cell.ts';
import type { Db } from '../../../database/database.ts';
import { selectQuotaCells } from './capture.queries.ts';
import type { CaptureQuotaRow } from './capture.table.ts';

export type OpenCell = Pick<CaptureQuotaRow, 'id' | 'cell'>;

export function openCells(db: Db, plantId: string): Promise<OpenCell[]> {
  return selectQuotaCells(db, plantId);
}

/** Ids of the quotas whose cell the image belongs to; null for none. */
export function quotasOf(seen: Seen, open: readonly OpenCell[]): string[] | null {
  const ids = open.filter(({ cell }) => fitsCell(seen, cell)).map(({ id }) => id);
  return ids.length > 0 ? ids : null;
}
