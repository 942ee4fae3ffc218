/** The two reads that every small table needs: rows by a column's values, and one page in the order of creation. */
import { type RawBuilder, type Selectable, sql } from 'kysely';
import type { Database, Db } from '../database/database.ts';
import { InvalidInputError } from './errors.ts';
import { isUuid } from './ids.ts';
import type { CursorPart, Page } from './page.ts';

type Column<T extends keyof Database> = keyof Database[T] & string;

/** Rows whose uuid column holds one of the values, in the order of the columns named. */
export async function selectRowsIn<T extends keyof Database>(
  db: Db,
  table: T,
  column: Column<T>,
  values: readonly string[],
  order: readonly Column<T>[],
): Promise<Selectable<Database[T]>[]> {
  const { rows } = await sql<Selectable<Database[T]>>`
    SELECT * FROM ${sql.table(table)} WHERE ${sql.ref(column)} = any(${[...values]}::uuid[])
    ORDER BY ${sql.join(order.map((each) => sql.ref(each)))}
  `.execute(db);
  return rows;
}

/** One page of the rows that the condition lets through, by `id` (UUIDv7: the order of creation); one row more than the page. */
export async function selectIdPage<T extends keyof Database>(
  db: Db,
  table: T,
  condition: RawBuilder<boolean>,
  page: Page,
): Promise<Selectable<Database[T]>[]> {
  const { rows } = await sql<Selectable<Database[T]>>`
    SELECT * FROM ${sql.table(table)}
    WHERE ${condition}
      ${page.after ? sql`AND id > ${uuidOf(page.after[0], 'after')}::uuid` : sql``}
      ${page.before ? sql`AND id < ${uuidOf(page.before[0], 'before')}::uuid` : sql``}
    ORDER BY id ${page.backward ? sql`DESC` : sql`ASC`}
    LIMIT ${page.limit + 1}
  `.execute(db);
  return rows;
}

function uuidOf(part: CursorPart | undefined, field: string): string {
  if (typeof part === 'string' && isUuid(part)) return part;
  throw new InvalidInputError(field, part, 'give a cursor as this field returned it');
}
