/** Every SQL statement of the plants module: rows in, rows out, no rules. */
import { type RawBuilder, sql } from 'kysely';
import type { Db } from '../../database/database.ts';
import { InvalidInputError } from '../../kit/errors.ts';
import { isUuid } from '../../kit/ids.ts';
import type { CursorPart, Page } from '../../kit/page.ts';
import type {
  AreaRow,
  CameraRow,
  EdgeNodeRow,
  LineRow,
  PlantRow,
  PlantsTables,
  ProductRow,
  StationRow,
} from './plants.table.ts';

/** The tables of the plant model; all have `id` and `code`. */
export interface PlantModelRows {
  plant: PlantRow;
  area: AreaRow;
  line: LineRow;
  station: StationRow;
  camera: CameraRow;
  edge_node: EdgeNodeRow;
  product: ProductRow;
}
export type PlantModelTable = keyof PlantModelRows & keyof PlantsTables;

/** Rows whose column holds one of the ids, by code. */
export async function selectRows<T extends PlantModelTable>(
  db: Db,
  table: T,
  column: 'id' | 'plant_id' | 'area_id' | 'line_id' | 'station_id' | 'edge_node_id',
  ids: readonly string[],
): Promise<PlantModelRows[T][]> {
  const { rows } = await sql<PlantModelRows[T]>`
    SELECT * FROM ${sql.table(table)} WHERE ${sql.ref(column)} = any(${[...ids]}::uuid[]) ORDER BY code, id
  `.execute(db);
  return rows;
}

/** One page of the rows that the condition lets through, in the order of creation (UUIDv7); one row more than the page. */
export async function selectPage<T extends PlantModelTable>(
  db: Db,
  table: T,
  condition: RawBuilder<boolean>,
  page: Page,
): Promise<PlantModelRows[T][]> {
  const { rows } = await sql<PlantModelRows[T]>`
    SELECT * FROM ${sql.table(table)}
    WHERE ${condition}
      ${page.after ? sql`AND id > ${uuidOf(page.after[0], 'after')}::uuid` : sql``}
      ${page.before ? sql`AND id < ${uuidOf(page.before[0], 'before')}::uuid` : sql``}
    ORDER BY id ${page.backward ? sql`DESC` : sql`ASC`}
    LIMIT ${page.limit + 1}
  `.execute(db);
  return rows;
}

export function selectPlantByCode(db: Db, code: string): Promise<PlantRow | undefined> {
  return db.selectFrom('plant').selectAll().where('code', '=', code).executeTakeFirst();
}

/** Which of the lines have a station that the node serves. */
export async function selectLinesServedBy(db: Db, edgeNodeId: string, lineIds: readonly string[]): Promise<string[]> {
  const rows = await db
    .selectFrom('station')
    .select('line_id')
    .distinct()
    .where('edge_node_id', '=', edgeNodeId)
    .where('line_id', 'in', [...lineIds])
    .execute();
  return rows.map((row) => row.line_id);
}

/** Gives the new stream of positions that a line's inspections or a plant's events take. */
export async function insertStream(db: Db, kind: 'inspection' | 'event', id: string, plantId: string): Promise<void> {
  await db.insertInto('stream').values({ kind, id, plant_id: plantId }).execute();
}

function uuidOf(part: CursorPart | undefined, field: string): string {
  if (typeof part === 'string' && isUuid(part)) return part;
  throw new InvalidInputError(field, part, 'give a cursor as this field returned it');
}
