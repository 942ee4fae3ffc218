/** What of each part of a plant can be changed, and by which rule. A value that is left out stays; codes never change. */
import type { Context } from '../../../kit/context.ts';
import { ConflictError, InvalidInputError, NotFoundError } from '../../../kit/errors.ts';
import { optionalKeyOf } from '../../../kit/global-id.ts';
import { updatePart } from './change-parts.service.ts';
import { endCodesOfMove, hasInspections } from './part-hooks.ts';
import { checkName, checkOptionalName, checkRate, checkTimeZone } from './plant-model-rules.ts';
import { findPart } from './plants.service.ts';
import type { PlantModelTable, SectorName } from './plants.table.ts';

type Maybe<T> = T | null | undefined;

export interface NameChange {
  id: string;
  name?: Maybe<string>;
}

/** For the kinds of which only the name changes. */
export function updateName<T extends PlantModelTable>(context: Context, table: T, input: NameChange) {
  return updatePart(context, table, input.id, { name: requiredName(input) });
}

/** The time zone decides which day a result belongs to, so it stays once there are results. */
export function updatePlant(
  context: Context,
  input: NameChange & { sector?: Maybe<SectorName>; timeZone?: Maybe<string> },
) {
  const timeZone = given('timeZone', input.timeZone);
  const wanted = {
    name: requiredName(input),
    sector: given('sector', input.sector),
    time_zone: timeZone === undefined ? undefined : checkTimeZone(timeZone),
  };
  return updatePart(context, 'plant', input.id, wanted, async (trx, before, after) => {
    if (before.time_zone === after.time_zone || !(await hasInspections(trx, before.id))) return;
    const remedy = 'the plant has results, which are counted by the days of its time zone: leave it as it is';
    throw new ConflictError('input.timeZone', after.time_zone, remedy);
  });
}

export function updateLine(context: Context, input: NameChange & { targetRatePerMin?: Maybe<number> }) {
  const rate = input.targetRatePerMin;
  const wanted = { name: requiredName(input), target_rate_per_min: rate === undefined ? undefined : checkRate(rate) };
  return updatePart(context, 'line', input.id, wanted);
}

export async function updateStation(context: Context, input: NameChange & { edgeNodeId?: Maybe<string> }) {
  const field = 'input.edgeNodeId';
  const nodeId = input.edgeNodeId === undefined ? undefined : optionalKeyOf('EdgeNode', input.edgeNodeId, field);
  const node = nodeId ? await findPart(context, 'edge_node', nodeId) : null;
  const wanted = { name: requiredName(input), edge_node_id: nodeId };
  return updatePart(context, 'station', input.id, wanted, async (trx, before, after) => {
    if (nodeId && node?.plant_id !== before.plant_id) throw new NotFoundError(field, input.edgeNodeId);
    await endCodesOfMove(trx, before.edge_node_id, after.edge_node_id);
  });
}

export function updateRecipe(context: Context, input: NameChange) {
  return updatePart(context, 'recipe', input.id, { name: optionalText(input.name, 'input.name') });
}

export function updateMaterialBatch(context: Context, input: NameChange & { supplier?: Maybe<string> }) {
  const wanted = {
    name: optionalText(input.name, 'input.name'),
    supplier: optionalText(input.supplier, 'input.supplier'),
  };
  return updatePart(context, 'material_batch', input.id, wanted);
}

export function requiredName({ name }: NameChange): string | undefined {
  const wanted = given('name', name);
  return wanted === undefined ? undefined : checkName(wanted);
}

/** Throws for a null where the part must have a value. */
export function given<T>(field: string, value: Maybe<T>): T | undefined {
  if (value === null)
    throw new InvalidInputError(`input.${field}`, null, 'give a value, or leave it out to keep what it is');
  return value;
}

/** null takes it away. */
function optionalText(text: Maybe<string>, field: string): string | null | undefined {
  return text === undefined ? undefined : checkOptionalName(text, field);
}
