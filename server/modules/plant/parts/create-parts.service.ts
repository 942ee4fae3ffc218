/** Sets up the plant model: each part in one transaction with its audit record, streams and event. */

import type { Trx } from '../../../database/database.ts';
import { uniqueViolation } from '../../../database/postgres-error.ts';
import { ADMINISTRATORS, requireRole } from '../../../kit/access.ts';
import { act } from '../../../kit/act.ts';
import type { Context } from '../../../kit/context.ts';
import { ConflictError, NotFoundError } from '../../../kit/errors.ts';
import { encodeGlobalId, keyOf } from '../../../kit/global-id.ts';
import { newId } from '../../../kit/ids.ts';
import { requireLivingParents } from './change-parts.service.ts';
import { factsOf } from './part-changes.ts';
import { partKinds } from './part-kinds.ts';
import {
  checkCode,
  checkName,
  checkOptionalName,
  checkProductCode,
  checkRate,
  checkTimeZone,
} from './plant-model-rules.ts';
import { insertStream } from './plants.queries.ts';
import { findPart } from './plants.service.ts';
import type {
  AreaRow,
  CameraRow,
  EdgeNodeRow,
  LineRow,
  MaterialBatchRow,
  PlantModelRows,
  PlantModelTable,
  PlantRow,
  ProductRow,
  RecipeRow,
  SectorName,
  StationRow,
} from './plants.table.ts';

export interface CreatePlant {
  code: string;
  name: string;
  sector: SectorName;
  timeZone: string;
}

/** Makes a plant with its event stream. For administrators of the installation. */
export function createPlant(context: Context, input: CreatePlant): Promise<PlantRow> {
  const row: PlantRow = {
    id: newId(),
    code: checkCode(input.code),
    name: checkName(input.name),
    sector: input.sector,
    time_zone: checkTimeZone(input.timeZone),
    created_at: context.now(),
    retired_at: null,
  };
  return insertPart(context, 'plant', row, row.id, input.code, async (trx) => {
    await insertStream(trx, 'event', row.id, row.id);
  });
}

export async function createArea(
  context: Context,
  input: { plantId: string; code: string; name: string },
): Promise<AreaRow> {
  const plant = await parentOf(context, 'plant', input.plantId, 'input.plantId');
  const row: AreaRow = { ...newPart(context, plant.id, input) };
  return insertPart(context, 'area', row, plant.id, input.code);
}

export interface CreateLine {
  areaId: string;
  code: string;
  name: string;
  targetRatePerMin?: number | null | undefined;
}

/** Makes a line with the stream of its inspections. */
export async function createLine(context: Context, input: CreateLine): Promise<LineRow> {
  const area = await parentOf(context, 'area', input.areaId, 'input.areaId');
  const row: LineRow = {
    ...newPart(context, area.plant_id, input),
    area_id: area.id,
    target_rate_per_min: checkRate(input.targetRatePerMin),
  };
  return insertPart(context, 'line', row, area.plant_id, input.code, (trx) =>
    insertStream(trx, 'inspection', row.id, area.plant_id),
  );
}

export interface CreateStation {
  lineId: string;
  code: string;
  name: string;
  edgeNodeId?: string | null | undefined;
}

export async function createStation(context: Context, input: CreateStation): Promise<StationRow> {
  const line = await parentOf(context, 'line', input.lineId, 'input.lineId');
  const node = input.edgeNodeId ? await parentOf(context, 'edge_node', input.edgeNodeId, 'input.edgeNodeId') : null;
  if (node && node.plant_id !== line.plant_id) throw new NotFoundError('input.edgeNodeId', input.edgeNodeId);
  const row: StationRow = {
    ...newPart(context, line.plant_id, input),
    line_id: line.id,
    edge_node_id: node?.id ?? null,
  };
  return insertPart(context, 'station', row, line.plant_id, input.code);
}

export async function createCamera(
  context: Context,
  input: { stationId: string; code: string; name: string },
): Promise<CameraRow> {
  const station = await parentOf(context, 'station', input.stationId, 'input.stationId');
  const row: CameraRow = { ...newPart(context, station.plant_id, input), station_id: station.id };
  return insertPart(context, 'camera', row, station.plant_id, input.code);
}

export async function createEdgeNode(
  context: Context,
  input: { plantId: string; code: string; name: string },
): Promise<EdgeNodeRow> {
  const plant = await parentOf(context, 'plant', input.plantId, 'input.plantId');
  const row = {
    ...newPart(context, plant.id, input),
    last_seen_at: null,
    skew_ms: null,
    status: null,
    dead_letter_retry_at: null,
  };
  return insertPart(context, 'edge_node', row, plant.id, input.code);
}

export async function createProduct(
  context: Context,
  input: { plantId: string; code: string; name: string },
): Promise<ProductRow> {
  const plant = await parentOf(context, 'plant', input.plantId, 'input.plantId');
  const row: ProductRow = {
    id: newId(),
    plant_id: plant.id,
    code: checkProductCode(input.code),
    name: checkName(input.name),
    created_at: context.now(),
    retired_at: null,
  };
  return insertPart(context, 'product', row, plant.id, input.code);
}

export async function createRecipe(
  context: Context,
  input: { plantId: string; code: string; name?: string | null | undefined },
): Promise<RecipeRow> {
  const plant = await parentOf(context, 'plant', input.plantId, 'input.plantId');
  const row: RecipeRow = {
    id: newId(),
    plant_id: plant.id,
    code: checkProductCode(input.code),
    name: checkOptionalName(input.name),
    created_at: context.now(),
    retired_at: null,
  };
  return insertPart(context, 'recipe', row, plant.id, input.code);
}

export interface CreateMaterialBatch {
  plantId: string;
  code: string;
  name?: string | null | undefined;
  supplier?: string | null | undefined;
}

export async function createMaterialBatch(context: Context, input: CreateMaterialBatch): Promise<MaterialBatchRow> {
  const plant = await parentOf(context, 'plant', input.plantId, 'input.plantId');
  const row: MaterialBatchRow = {
    id: newId(),
    plant_id: plant.id,
    code: checkProductCode(input.code),
    name: checkOptionalName(input.name),
    supplier: checkOptionalName(input.supplier, 'input.supplier'),
    created_at: context.now(),
    retired_at: null,
  };
  return insertPart(context, 'material_batch', row, plant.id, input.code);
}

/** The part that the input names, seen by the caller, in a plant that the caller administers. */
export async function parentOf<T extends PlantModelTable>(
  context: Context,
  table: T,
  globalId: string,
  field: string,
): Promise<PlantModelRows[T]> {
  const row = await findPart(context, table, keyOf(partKinds[table].typeName, globalId, field));
  if (!row) throw new NotFoundError(field, globalId);
  requireRole(context, 'plant_id' in row ? row.plant_id : row.id, ADMINISTRATORS, { field, value: globalId });
  return row;
}

function newPart(context: Context, plantId: string, input: { code: string; name: string }) {
  return {
    id: newId(),
    plant_id: plantId,
    code: checkCode(input.code),
    name: checkName(input.name),
    created_at: context.now(),
    retired_at: null,
  };
}

/** Writes the row, what belongs to it, the event and the audit record; a code that is taken becomes a `ConflictError`. */
export async function insertPart<T extends PlantModelTable>(
  context: Context,
  table: T,
  row: PlantModelRows[T],
  plantId: string,
  code: string,
  also: (trx: Trx) => Promise<void> = async () => {},
): Promise<PlantModelRows[T]> {
  const subjectType = partKinds[table].typeName;
  try {
    return await act(context, async ({ trx, audit, event }) => {
      await requireLivingParents(trx, table, row);
      await trx
        .insertInto(table)
        .values(row as never)
        .execute();
      await also(trx);
      const data = { id: encodeGlobalId(subjectType, row.id), code };
      event(plantId, { kind: `${partKinds[table].event}.created`, data });
      const subject = { plantId, subjectType, subjectId: row.id };
      audit(`${table}.create`, subject, { code, before: null, after: factsOf(row) });
      return row;
    });
  } catch (error) {
    if (uniqueViolation(error) === undefined) throw error;
    throw new ConflictError('input.code', code, `a ${subjectType} with this code exists there already; choose another`);
  }
}
