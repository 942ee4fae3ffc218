/** Rows made of rows that are there. */
import { sql } from 'kysely';
import type { Db } from '../../../server/database/database.ts';
import { newId } from '../../../server/kit/ids.ts';

/** Copies a row with these columns changed, under a new id. */
export async function copyRow(
  db: Db,
  table: string,
  id: string,
  changes: Readonly<Record<string, unknown>>,
): Promise<string> {
  const made = newId();
  const given = JSON.stringify({ ...changes, id: made });
  const from = sql.table(table);
  await sql`INSERT INTO ${from} SELECT (jsonb_populate_record(source, ${given}::jsonb)).* FROM ${from} AS source WHERE source.id = ${id}::uuid`.execute(
    db,
  );
  return made;
}
