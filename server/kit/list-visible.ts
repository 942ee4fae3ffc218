/** Lists of what belongs to a plant: the one place that narrows them to the plants that the caller may see. */
import { type RawBuilder, type Selectable, sql } from 'kysely';
import type { Database } from '../database/database.ts';
import type { Context } from './context.ts';
import { type Connection, type PageArgs, parsePage, toConnection } from './page.ts';
import { selectIdPage } from './table-rows.ts';

/** Rows whose column holds the id; all of them when no id is asked for. */
export function ofParent(column: string, id: string | null): RawBuilder<boolean> {
  return id === null ? sql<boolean>`true` : sql<boolean>`${sql.ref(column)} = ${id}::uuid`;
}

/** One page in the order of creation: of the plants that the caller may see, narrowed further by the condition. */
export async function listVisible<T extends keyof Database>(
  context: Context,
  table: T,
  args: PageArgs,
  condition: RawBuilder<boolean>,
): Promise<Connection<Selectable<Database[T]>>> {
  const page = parsePage(args, context.config.limits, 1);
  const plantColumn = sql.ref(table === 'plant' ? 'id' : 'plant_id');
  const visible = sql<boolean>`${plantColumn} = any(${[...context.rights.plantIds]}::uuid[]) AND ${condition}`;
  const rows = await selectIdPage(context.db, table, visible, page);
  return toConnection(rows, page, (row) => [(row as unknown as { id: string }).id]);
}
