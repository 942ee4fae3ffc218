/** The plants module's door: loads rows for resolvers and says what a caller may see of the plant. */
import { type RawBuilder, sql } from 'kysely';
import type { Context } from '../../../kit/context.ts';
import { listVisible } from '../../../kit/list-visible.ts';
import { loadById, loadByParent, loadKnown } from '../../../kit/load-rows.ts';
import type { Connection, PageArgs } from '../../../kit/page.ts';
import { selectRowsIn } from '../../../kit/table-rows.ts';
import { selectLinesServedBy, selectPlantByCode } from './plants.queries.ts';
import type { EdgeNodeRow, PlantModelRows, PlantModelTable, PlantRow } from './plants.table.ts';

type ParentColumn = 'plant_id' | 'area_id' | 'line_id' | 'station_id' | 'edge_node_id';

/** The row that a foreign key points to. */
export function loadPart<T extends PlantModelTable>(
  context: Context,
  table: T,
  id: string,
): Promise<PlantModelRows[T]> {
  return loadKnown(context, table, id, (ids) => selectByIds(context, table, ids));
}

/** As `loadPart` where the column may be empty. */
export function loadOptionalPart<T extends PlantModelTable>(
  context: Context,
  table: T,
  id: string | null,
): Promise<PlantModelRows[T] | null> {
  if (id === null) return Promise.resolve(null);
  return loadById(context, table, id, (ids) => selectByIds(context, table, ids));
}

/** The rows below a parent, by code; those in use, unless all are asked for. */
export async function loadPartsOf<T extends PlantModelTable>(
  context: Context,
  table: T,
  column: ParentColumn,
  parentId: string,
  includeRetired = false,
): Promise<PlantModelRows[T][]> {
  const select = async (ids: readonly string[]) =>
    (await selectRowsIn(context.db, table, column as never, ids, ['code', 'id'])) as PlantModelRows[T][];
  const rows = await loadByParent(context, `${table} by ${column}`, parentId, select, (row) =>
    String((row as unknown as Record<string, unknown>)[column]),
  );
  return includeRetired ? rows : rows.filter((row) => row.retired_at === null);
}

/** The rows with these ids that the caller may see; null for the others, whether they exist or not. */
export async function findVisible<T extends PlantModelTable>(
  context: Context,
  table: T,
  ids: readonly string[],
): Promise<(PlantModelRows[T] | null)[]> {
  const rows = await Promise.all(ids.map((id) => loadOptionalPart(context, table, id)));
  return Promise.all(rows.map(async (row) => (row && (await isVisible(context, table, row)) ? row : null)));
}

/** The row with the id, if it exists and the caller may see it. */
export async function findPart<T extends PlantModelTable>(
  context: Context,
  table: T,
  id: string,
): Promise<PlantModelRows[T] | null> {
  return (await findVisible(context, table, [id]))[0] ?? null;
}

/** A page of one of the plant's tables: of the plants that the caller may see, in use unless all are asked for, narrowed further by `condition`. */
export async function listParts<T extends PlantModelTable>(
  context: Context,
  table: T,
  args: PageArgs & { includeRetired?: boolean | null | undefined },
  condition: RawBuilder<boolean> = sql<boolean>`true`,
): Promise<Connection<PlantModelRows[T]>> {
  const inUse = args.includeRetired === true ? sql<boolean>`true` : sql<boolean>`retired_at IS NULL`;
  return (await listVisible(context, table, args, sql<boolean>`${inUse} AND ${condition}`)) as unknown as Connection<
    PlantModelRows[T]
  >;
}

/** The plant with the code, if the caller may see it. */
export async function findPlantByCode(context: Context, code: string): Promise<PlantRow | null> {
  const plant = await selectPlantByCode(context.db, code);
  return plant && (await isVisible(context, 'plant', plant)) ? plant : null;
}

/** The edge node that asks, or null when somebody else does. */
export function ownEdgeNode(context: Context): Promise<EdgeNodeRow | null> {
  return loadOptionalPart(context, 'edge_node', context.rights.edgeNodeId);
}

/** Readers see their plants; an edge node sees its plant, itself and what its own stations stand on. */
async function isVisible<T extends PlantModelTable>(
  context: Context,
  table: T,
  row: PlantModelRows[T],
): Promise<boolean> {
  const plantId = 'plant_id' in row ? row.plant_id : row.id;
  const { rights } = context;
  if (rights.rolesIn(plantId).size === 0) return false;
  if (rights.edgeNodeId === null || table === 'plant') return true;
  if (table === 'edge_node') return row.id === rights.edgeNodeId;
  if ('edge_node_id' in row) return row.edge_node_id === rights.edgeNodeId;
  if ('station_id' in row)
    return (await loadPart(context, 'station', row.station_id)).edge_node_id === rights.edgeNodeId;
  return table === 'line' && isServedLine(context, rights.edgeNodeId, row.id);
}

function isServedLine(context: Context, edgeNodeId: string, lineId: string): Promise<boolean> {
  const loader = context.loader<string, boolean>('served lines', async (lineIds) => {
    const served = new Set(await selectLinesServedBy(context.db, edgeNodeId, lineIds));
    return lineIds.map((id) => served.has(id));
  });
  return loader.load(lineId);
}

async function selectByIds<T extends PlantModelTable>(
  context: Context,
  table: T,
  ids: readonly string[],
): Promise<PlantModelRows[T][]> {
  return (await selectRowsIn(context.db, table, 'id', ids, ['id'])) as PlantModelRows[T][];
}
