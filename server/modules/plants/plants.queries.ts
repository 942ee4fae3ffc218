/** Every SQL statement of the plants module that is not one of `kit/table-rows.ts`: rows in, rows out, no rules. */
import type { Db } from '../../database/database.ts';
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
