/** Writes what a plan says, inside the transaction that found it. */
import type { ActScope } from '../../../kit/act.ts';
import { newId } from '../../../kit/ids.ts';
import { clearAlarmsOf, endCodesOfMove, endNodeTokens } from '../parts/part-hooks.ts';
import type { PlantModelTable } from '../parts/plants.table.ts';
import { type ModelPart, plantKey } from './model-parts.ts';
import type { KnownPart, PartChange } from './plan-import.ts';
import { insertRows, insertStreams, updateRow } from './plant-file.queries.ts';

export interface PlanToApply {
  plantId: string;
  parts: readonly ModelPart[];
  known: readonly KnownPart[];
  changes: readonly PartChange[];
}

export async function applyPlan(scope: ActScope, { plantId, parts, known, changes }: PlanToApply): Promise<void> {
  const { trx, now: at } = scope;
  const partByKey = new Map(parts.map((part) => [part.key, part]));
  const ids = new Map<string, string>([...known.map(({ key, id }) => [key, id] as const), [plantKey, plantId]]);
  for (const { action, key } of changes) if (action === 'created' && key !== plantKey) ids.set(key, newId());
  const rowOf = (key: string) => {
    const part = partByKey.get(key);
    if (!part) throw new Error(`${key} is not in the file`);
    const parents = Object.entries(part.parents).map(([column, parent]) => [
      column,
      parent === null ? null : ids.get(parent),
    ]);
    return { ...part.columns, ...Object.fromEntries(parents) };
  };

  const created = changes.filter(({ action }) => action === 'created');
  const byTable = Map.groupBy(created, ({ table }) => table);
  for (const table of writeOrder) {
    const rows = (byTable.get(table) ?? []).map(({ key }) => {
      const code = partByKey.get(key)?.code;
      return { id: ids.get(key), code, ...rowOf(key), created_at: at };
    });
    if (rows.length > 0) await insertRows(trx, table, rows);
    if (table === 'plant' && rows.length > 0) await insertStreams(trx, plantId, [{ kind: 'event', id: plantId }]);
    if (table === 'line')
      await insertStreams(
        trx,
        plantId,
        rows.map(({ id }) => ({ kind: 'inspection', id: id ?? '' })),
      );
  }

  const retired: string[] = [];
  for (const { action, table, key } of changes) {
    const id = ids.get(key) ?? '';
    if (action === 'changed') await updateRow(trx, table, id, rowOf(key));
    if (action === 'reinstated') await updateRow(trx, table, id, { retired_at: null });
    if (action !== 'retired') continue;
    await updateRow(trx, table, id, { retired_at: at });
    retired.push(id);
    if (table === 'edge_node') await endNodeTokens(scope, id);
  }
  // last: whoever brings a code holds its node before the code
  const knownByKey = new Map(known.map((part) => [part.key, part]));
  const nodeOf = (part: ModelPart | KnownPart | undefined) => ids.get(part?.parents.edge_node_id ?? '') ?? null;
  for (const { action, table, key } of changes)
    if (action === 'changed' && table === 'station')
      await endCodesOfMove(trx, nodeOf(knownByKey.get(key)), nodeOf(partByKey.get(key)));
  if (retired.length > 0) await clearAlarmsOf(scope, plantId, retired, at);
}

/** Nothing before what it belongs to. */
const writeOrder: readonly PlantModelTable[] = [
  'plant',
  'edge_node',
  'area',
  'line',
  'station',
  'camera',
  'product',
  'recipe',
  'material_batch',
  'shift',
];
