/** Pages and counts of the pool: every SQL statement that reads many of its rows. */
import { type RawBuilder, sql } from 'kysely';
import type { Db } from '../../../database/database.ts';
import type { PoolImageRow } from './pool.table.ts';

/** A place in the order: the value of the sort column, null for rows without one, then the hash. */
export interface PoolKeyset {
  value: number | Date | null;
  sha256: string;
}

export interface PoolOrder {
  column: string;
  isTime: boolean;
  descending: boolean;
}

export interface Segment {
  /** Rows that have no value in the sort column; they come last. */
  isNull: boolean;
  after: PoolKeyset | null;
  before: PoolKeyset | null;
}

/** Up to `limit` rows of one segment, in display order, or from its far end when `backward`. */
export async function selectSegment(
  db: Db,
  condition: RawBuilder<boolean>,
  order: PoolOrder,
  segment: Segment,
  limit: number,
  backward: boolean,
): Promise<PoolImageRow[]> {
  const key = sql.ref(`p.${order.column}`);
  const descends = (order.descending && !segment.isNull) !== backward;
  const direction = descends ? sql`DESC` : sql`ASC`;
  const bounds = [
    [segment.after, order.descending && !segment.isNull ? sql`<` : sql`>`],
    [segment.before, order.descending && !segment.isNull ? sql`>` : sql`<`],
  ] as const;
  const within = bounds.flatMap(([place, sign]) =>
    place === null
      ? []
      : [
          sql`AND ${segment.isNull ? sql`p.image_sha256` : sql`(${key}, p.image_sha256)`} ${sign} ${placeOf(place, order)}`,
        ],
  );
  const { rows } = await sql<PoolImageRow>`
    SELECT p.* FROM pool_image p
    WHERE ${condition} AND ${key} IS ${segment.isNull ? sql`NULL` : sql`NOT NULL`} ${within.length > 0 ? sql.join(within, sql` `) : sql``}
    ORDER BY ${segment.isNull ? sql`` : sql`${key} ${direction},`} p.image_sha256 ${direction}
    LIMIT ${limit}
  `.execute(db);
  return rows;
}

function placeOf({ value, sha256 }: PoolKeyset, order: PoolOrder): RawBuilder<unknown> {
  const hash = sql`decode(${sha256}, 'hex')`;
  if (value === null) return hash;
  return order.isTime ? sql`(${value}::timestamptz, ${hash})` : sql`(${value}::real, ${hash})`;
}

/** Counts no further than `limit`. */
export async function countPool(db: Db, condition: RawBuilder<boolean>, limit: number): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    SELECT count(*) AS count FROM (SELECT 1 FROM pool_image p WHERE ${condition} LIMIT ${limit}) q
  `.execute(db);
  return rows[0]?.count ?? 0;
}
