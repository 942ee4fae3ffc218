/** Pages of a plant's pool in any order: keyset pages, rows without a value last, and no more statements for more rows. */
import type { RawBuilder } from 'kysely';
import { READERS, requireRole } from '../../../kit/access.ts';
import type { Context } from '../../../kit/context.ts';
import { InvalidInputError } from '../../../kit/errors.ts';
import { type Connection, type CursorPart, type PageArgs, parsePage, toConnection } from '../../../kit/page.ts';
import type { PoolImageRow } from './pool.table.ts';
import { poolCondition } from './pool-condition.ts';
import { isTime, SORTS, type SortName } from './pool-fields.ts';
import { countPool, type PoolKeyset, type PoolOrder, type Segment, selectSegment } from './pool-pages.queries.ts';
import type { PoolSelection } from './pool-selection.ts';

export interface PoolSort {
  by: SortName;
  descending: boolean;
}

export interface PoolConnection extends Connection<PoolImageRow> {
  /** No further than the configuration says, and whether there are more. */
  counted(): Promise<{ count: number; isMore: boolean }>;
}

export async function listPool(
  context: Context,
  plant: { id: string; globalId: string },
  selection: PoolSelection,
  sort: PoolSort,
  args: PageArgs,
): Promise<PoolConnection> {
  requireRole(context, plant.id, READERS, { field: 'plantId', value: plant.globalId });
  const page = parsePage(args, context.config.limits, 3);
  const order = { column: SORTS[sort.by].column, isTime: isTime(sort.by), descending: sort.descending };
  const after = keysetOf(page.after, 'after', args, order);
  const before = keysetOf(page.before, 'before', args, order);
  const condition = poolCondition(plant.id, selection);
  const rows: PoolImageRow[] = [];
  for (const segment of segmentsOf(after, before, page.backward)) {
    if (rows.length > page.limit) break;
    const wanted = page.limit + 1 - rows.length;
    rows.push(...(await selectSegment(context.db, condition, order, segment, wanted, page.backward)));
  }
  const connection = toConnection(rows, page, (row) => cursorOf(row, order));
  return { ...connection, counted: once(() => countOf(context, condition)) };
}

/** The parts of the order that the page can lie in, the nearest first: rows with a value, then those without. */
function segmentsOf(after: PoolKeyset | null, before: PoolKeyset | null, backward: boolean): Segment[] {
  const segments: Segment[] = [];
  if (after?.value !== null) {
    const end = before && before.value !== null ? before : null;
    segments.push({ isNull: false, after: after ?? null, before: end });
  }
  if (!before || before.value === null)
    segments.push({ isNull: true, after: after && after.value === null ? after : null, before });
  return backward ? segments.reverse() : segments;
}

function cursorOf(row: PoolImageRow, { column }: PoolOrder): readonly CursorPart[] {
  const value = row[column as keyof PoolImageRow];
  const sha256 = row.image_sha256.toString('hex');
  if (value instanceof Date) return ['t', value.getTime(), sha256];
  return typeof value === 'number' ? ['n', value, sha256] : ['', '', sha256];
}

function keysetOf(
  parts: readonly CursorPart[] | null,
  field: 'after' | 'before',
  args: PageArgs,
  order: PoolOrder,
): PoolKeyset | null {
  if (!parts) return null;
  const [kind, value, sha256] = parts;
  const isKey = typeof sha256 === 'string' && /^[0-9a-f]{64}$/.test(sha256);
  if (isKey && kind === '') return { value: null, sha256 };
  if (isKey && typeof value === 'number' && kind === (order.isTime ? 't' : 'n') && Math.abs(value) <= 8.64e15)
    return { value: order.isTime ? new Date(value) : value, sha256 };
  throw new InvalidInputError(field, args[field], 'give a cursor as this field returned it, with the same sort');
}

async function countOf({ db, config }: Context, condition: RawBuilder<boolean>) {
  const count = await countPool(db, condition, config.limits.poolCount + 1);
  return { count: Math.min(count, config.limits.poolCount), isMore: count > config.limits.poolCount };
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => (made ??= make());
}
