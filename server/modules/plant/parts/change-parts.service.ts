/** Changes, retires and reinstates parts of a plant: one way for all of them, each in one transaction with event and audit record. */

import type { Trx } from '../../../database/database.ts';
import { ADMINISTRATORS, requireRole } from '../../../kit/access.ts';
import { forbidden } from '../../../kit/access-error.ts';
import { act } from '../../../kit/act.ts';
import type { Context } from '../../../kit/context.ts';
import { ConflictError, NotFoundError } from '../../../kit/errors.ts';
import { encodeGlobalId, keyOf } from '../../../kit/global-id.ts';
import { beforeAndAfter, changedColumns, type FieldChange, fieldChanges, fieldName } from './part-changes.ts';
import { clearAlarmsOf, endNodeTokens, forgetCameraPlaces } from './part-hooks.ts';
import { partKinds } from './part-kinds.ts';
import { lockPart, selectLivingCodes, updateColumns } from './plants.queries.ts';
import { findPart } from './plants.service.ts';
import type { PlantModelRows, PlantModelTable } from './plants.table.ts';

const mostNamed = 10;

type Row<T extends PlantModelTable> = PlantModelRows[T];

/**
 * Gives the part other values (`undefined`: as it is) and says so to the plant's event log; with nothing to change nothing happens.
 * `check` sees the row as it will be, inside the transaction. Throws `NotFoundError` and `ConflictError`.
 */
export async function updatePart<T extends PlantModelTable>(
  context: Context,
  table: T,
  globalId: string,
  wanted: Readonly<Record<string, unknown>>,
  check: (trx: Trx, before: Row<T>, after: Row<T>) => Promise<void> = async () => {},
): Promise<Row<T>> {
  const named = { field: 'input.id', value: globalId };
  const { id, plantId } = await administeredPart(context, table, globalId, named.field);
  return writePart(context, table, id, plantId, 'changed', async (trx, row) => {
    if (row.retired_at !== null) throw new ConflictError(named.field, globalId, 'it is retired: reinstate it first');
    const columns = changedColumns(row as never, wanted);
    if (Object.keys(columns).length === 0) return { row, changes: [] };
    const after = { ...row, ...columns };
    await requireLivingParents(trx, table, after, { columns });
    await check(trx, row, after);
    return { row: await updateColumns(trx, table, id, columns), changes: fieldChanges(row as never, columns, showId) };
  });
}

/** Takes the part out of use; what it has recorded stays. Refused while something that it carries is in use. Once more changes nothing. */
export async function retirePart<T extends PlantModelTable>(context: Context, table: T, globalId: string) {
  const { id, plantId } = await administeredPart(context, table, globalId, 'id');
  if (table === 'plant' && !context.rights.isAdministrator) throw forbidden('to retire a plant');
  return writePart(context, table, id, plantId, 'retired', async (trx, row) => {
    if (row.retired_at !== null) return { row, changes: [] };
    for (const child of partKinds[table].children) {
      const codes = await selectLivingCodes(trx, child.table, child.column, id, mostNamed + 1);
      if (codes.length === 0) continue;
      const shown = codes.length > mostNamed ? `${codes.slice(0, mostNamed).join(', ')} …` : codes.join(', ');
      const verb = table === 'edge_node' ? 'give to another node' : 'retire';
      throw new ConflictError('id', globalId, `first ${verb} each ${partKinds[child.table].event} of it: ${shown}`);
    }
    const columns = { retired_at: context.now() };
    return { row: await updateColumns(trx, table, id, columns), changes: fieldChanges(row as never, columns) };
  });
}

/** Takes a retired part into use again. Refused while what it belongs to is retired. Once more changes nothing. */
export async function reinstatePart<T extends PlantModelTable>(
  context: Context,
  table: T,
  globalId: string,
  check: (trx: Trx, before: Row<T>, after: Row<T>) => Promise<void> = async () => {},
): Promise<Row<T>> {
  const { id, plantId } = await administeredPart(context, table, globalId, 'id');
  if (table === 'plant' && !context.rights.isAdministrator) throw forbidden('to reinstate a plant');
  return writePart(context, table, id, plantId, 'reinstated', async (trx, row) => {
    if (row.retired_at === null) return { row, changes: [] };
    await requireLivingParents(trx, table, row, { field: 'id' });
    const columns = { retired_at: null };
    await check(trx, row, { ...row, ...columns });
    return { row: await updateColumns(trx, table, id, columns), changes: fieldChanges(row as never, columns) };
  });
}

/**
 * Throws `ConflictError` when something that the part belongs to is retired; holds it, so that it is not retired meanwhile.
 * With `columns` only what is named by one of them; `field` is what the caller named instead of the parent's id.
 */
export async function requireLivingParents<T extends PlantModelTable>(
  trx: Trx,
  table: T,
  row: Row<T>,
  { columns, field }: { columns?: Readonly<Record<string, unknown>>; field?: string } = {},
): Promise<void> {
  const values = row as unknown as Record<string, string | null>;
  for (const { table: parent, column } of partKinds[table].parents) {
    const id = values[column] ?? null;
    if (id === null || (columns && !(column in columns))) continue;
    const found = await lockPart(trx, parent, id, 'share');
    if (found?.retired_at === null) continue;
    const { typeName, words } = partKinds[parent];
    const remedy = `it is ${words} that is retired: reinstate it first, or name another one`;
    throw new ConflictError(field ?? `input.${fieldName(column)}`, encodeGlobalId(typeName, id), remedy);
  }
}

/** A part that the caller sees, of a plant that the caller administers. */
async function administeredPart(context: Context, table: PlantModelTable, globalId: string, field: string) {
  const row = await findPart(context, table, keyOf(partKinds[table].typeName, globalId, field));
  if (!row) throw new NotFoundError(field, globalId);
  const plantId = 'plant_id' in row ? row.plant_id : row.id;
  requireRole(context, plantId, ADMINISTRATORS, { field, value: globalId });
  return { id: row.id, plantId };
}

type Change = 'changed' | 'retired' | 'reinstated';
const auditActs: Record<Change, string> = { changed: 'change', retired: 'retire', reinstated: 'reinstate' };

/** Holds the row, lets `write` do its part, then says what was done to the log, the audit, the screens and whoever is concerned. */
async function writePart<T extends PlantModelTable>(
  context: Context,
  table: T,
  id: string,
  plantId: string,
  done: Change,
  write: (trx: Trx, row: Row<T>) => Promise<{ row: Row<T>; changes: FieldChange[] }>,
): Promise<Row<T>> {
  const { typeName, event: thing } = partKinds[table];
  return act(context, async (scope) => {
    const { trx, now, audit, event } = scope;
    const locked = await lockPart(trx, table, id, 'update');
    if (!locked) throw new NotFoundError('id', encodeGlobalId(typeName, id));
    const { row, changes } = await write(trx, locked);
    if (changes.length === 0) return row;
    if (table === 'edge_node' && done === 'retired') await endNodeTokens(scope, id);
    const { code } = locked;
    const data = { id: encodeGlobalId(typeName, id), code, ...(done === 'changed' ? { changes } : {}) };
    event(plantId, { kind: `${thing}.${done}`, data });
    if (done === 'retired') await clearAlarmsOf(scope, plantId, [id], now);
    const subject = { plantId, subjectType: typeName, subjectId: id };
    audit(`${table}.${auditActs[done]}`, subject, { code, ...beforeAndAfter(changes) });
    if (table === 'camera' || table === 'station') scope.afterCommit(() => forgetCameraPlaces(context.db));
    if (table === 'line') scope.touch(`line:${id}`);
    return row;
  });
}

const idTypes: Readonly<Record<string, string>> = { area_id: 'Area', edge_node_id: 'EdgeNode' };

function showId(column: string, value: unknown): unknown {
  const typeName = idTypes[column];
  return typeName && typeof value === 'string' ? encodeGlobalId(typeName, value) : value;
}
