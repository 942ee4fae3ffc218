/** Loads rows for resolvers in batches: one statement however many parents ask in the same tick. */
import type { Context } from './context.ts';

/** The row with the id, or null. `key` names the loader: one `select` a key. */
export async function loadById<Row extends { id: string }>(
  context: Context,
  key: string,
  id: string,
  select: (ids: readonly string[]) => Promise<readonly Row[]>,
): Promise<Row | null> {
  const loader = context.loader<string, Row | null>(key, async (ids) => {
    const rows = new Map((await select(ids)).map((row) => [row.id, row]));
    return ids.map((each) => rows.get(each) ?? null);
  });
  return loader.load(id);
}

/** As `loadById` for a row that a foreign key promises. Throws when it is gone, which is a bug. */
export async function loadKnown<Row extends { id: string }>(
  context: Context,
  key: string,
  id: string,
  select: (ids: readonly string[]) => Promise<readonly Row[]>,
): Promise<Row> {
  const row = await loadById(context, key, id, select);
  if (!row) throw new Error(`${key} ${id} is referenced but does not exist`);
  return row;
}

/** The rows that belong to a parent, in the order of `select`. */
export function loadByParent<Row>(
  context: Context,
  key: string,
  parentId: string,
  select: (parentIds: readonly string[]) => Promise<readonly Row[]>,
  parentOf: (row: Row) => string,
): Promise<Row[]> {
  const loader = context.loader<string, Row[]>(key, async (parentIds) => {
    const byParent = Map.groupBy(await select(parentIds), parentOf);
    return parentIds.map((each) => [...(byParent.get(each) ?? [])]);
  });
  return loader.load(parentId);
}
