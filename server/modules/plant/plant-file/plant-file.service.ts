/** The whole model of a plant as one file: given out, and taken in whole or not at all. */

import { createHash } from 'node:crypto';
import type { Trx } from '../../../database/database.ts';
import { ADMINISTRATORS, requireRole } from '../../../kit/access.ts';
import { forbidden } from '../../../kit/access-error.ts';
import { type ActScope, act } from '../../../kit/act.ts';
import type { Context } from '../../../kit/context.ts';
import { InvalidInputError, NotFoundError } from '../../../kit/errors.ts';
import { encodeGlobalId, keyOf } from '../../../kit/global-id.ts';
import { newId } from '../../../kit/ids.ts';
import { yamlLimitsOf } from '../../../kit/yaml-limits.ts';
import { forgetCameraPlaces, hasInspections } from '../parts/part-hooks.ts';
import { findPart } from '../parts/plants.service.ts';
import { applyPlan } from './apply-plan.ts';
import { knownParts, type Missing, type PartChange, planImport } from './plan-import.ts';
import { PlantModelRefusedError } from './plant-file.errors.ts';
import { lockPlantModels, selectPlantByCode, selectPlantRows } from './plant-file.queries.ts';
import { type ModelProblem, type ReadModel, readPlantModel } from './read-model.ts';
import { refusedByPlant } from './refused-by-plant.ts';
import { writePlantModel } from './write-model.ts';

export interface PlantModelFile {
  fileName: string;
  yaml: string;
  sha256: string;
}

/** What of the plant is in use, as a file. The same parts give the same bytes. For administrators of the plant. */
export async function exportPlantModel(context: Context, plantGlobalId: string): Promise<PlantModelFile> {
  const named = { field: 'plantId', value: plantGlobalId };
  const plant = await findPart(context, 'plant', keyOf('Plant', plantGlobalId, named.field));
  if (!plant) throw new NotFoundError(named.field, named.value);
  requireRole(context, plant.id, ADMINISTRATORS, named);
  const rows = await context.db
    .transaction()
    .setIsolationLevel('repeatable read')
    .execute((trx) => selectPlantRows(trx, plant.id, false));
  const count = Object.values(rows).reduce((sum, list) => sum + list.length, 0);
  const { plantModelParts, plantModelBytes } = context.config.limits;
  const tooLarge = (remedy: string) => new InvalidInputError(named.field, named.value, remedy);
  if (count > plantModelParts)
    throw tooLarge(`it has ${count} parts and a file holds ${plantModelParts}: retire batches that are used up`);
  const yaml = writePlantModel({ ...rows, plant });
  const bytes = Buffer.byteLength(yaml, 'utf8');
  if (bytes > plantModelBytes)
    throw tooLarge(`its file has ${bytes} bytes of at most ${plantModelBytes}: retire batches that are used up`);
  return { fileName: `${plant.code}.plant.yaml`, yaml, sha256: hashOf(yaml) };
}

export interface ImportPlantModel {
  yaml: string;
  dryRun: boolean;
  missing: Missing;
}

export interface PlantModelImport {
  dryRun: boolean;
  /** null after a dry run for a plant that does not exist yet. */
  plantId: string | null;
  sha256: string;
  changes: PartChange[];
}

/**
 * Makes the plant what the file says, in one transaction; a dry run finds the same changes and problems and does nothing.
 * For administrators of the plant; a plant that does not exist yet is made by administrators of the installation.
 * Throws `PlantModelRefusedError` with everything that is wrong.
 */
export async function importPlantModel(context: Context, input: ImportPlantModel): Promise<PlantModelImport> {
  const { limits } = context.config;
  const yaml = yamlLimitsOf(limits, limits.plantModelBytes, 'LEHR_LIMIT_PLANT_MODEL_BYTES');
  const read = await readPlantModel(
    input.yaml,
    { yaml, shifts: limits.shifts, shiftCheckMs: limits.shiftCheckMs, parts: limits.plantModelParts },
    context.now(),
  );
  if (read.problems) throw new PlantModelRefusedError(read.problems);
  const sha256 = hashOf(input.yaml);

  return act(context, async (scope) => {
    const { trx } = scope;
    await lockPlantModels(trx);
    const plant = await selectPlantByCode(trx, read.model.plant.code);
    requireAdministrator(context, plant?.id);
    const rows = plant ? await selectPlantRows(trx, plant.id, true) : undefined;
    const known = rows ? knownParts(rows) : [];
    const plan = planImport(read.parts, known, input.missing);
    const problems = [...(await refusedByPlant(read, plan, known, context)), ...(await zoneProblem(trx, read, plant))];
    if (problems.length > 0) throw new PlantModelRefusedError(problems);

    const { changes } = plan;
    const plantId = plant?.id ?? (input.dryRun ? null : newId());
    const answer = { dryRun: input.dryRun, plantId, sha256, changes };
    if (input.dryRun || plantId === null || changes.length === 0) return answer;
    await applyPlan(scope, { plantId, parts: read.parts, known, changes });
    sayImported(scope, { plantId, code: read.model.plant.code, sha256, changes });
    scope.afterCommit(() => forgetCameraPlaces(context.db));
    return answer;
  });
}

function requireAdministrator(context: Context, plantId: string | undefined): void {
  if (context.rights.isAdministrator) return;
  // whether the plant exists is not said to who may not see it
  if (plantId === undefined || !context.rights.rolesIn(plantId).has('administrator'))
    throw forbidden('to import this plant: you are no administrator of it, or of the installation');
}

async function zoneProblem(
  trx: Trx,
  { model, locate }: Extract<ReadModel, { problems?: undefined }>,
  plant: { id: string; time_zone: string } | undefined,
): Promise<ModelProblem[]> {
  if (!plant || plant.time_zone === model.plant.timeZone || !(await hasInspections(trx, plant.id))) return [];
  const remedy = `the plant has results, which are counted by the days of its time zone: give ${plant.time_zone}`;
  return [locate(['plant', 'timeZone'], model.plant.timeZone, remedy)];
}

/** Of how many changes the audit keeps each; the hash says which file it was. */
const mostAudited = 1000;

function sayImported(
  { event, audit }: ActScope,
  { plantId, code, sha256, changes }: { plantId: string; code: string; sha256: string; changes: readonly PartChange[] },
): void {
  const counts = Object.fromEntries(
    (['created', 'changed', 'reinstated', 'retired'] as const).map((action) => [
      action,
      changes.filter((change) => change.action === action).length,
    ]),
  );
  const data = { id: encodeGlobalId('Plant', plantId), code, sha256, ...counts };
  event(plantId, { kind: 'plant.imported', data });
  const kept = changes.slice(0, mostAudited).map(({ action, key, fields }) => ({ action, key, fields }));
  const subject = { plantId, subjectType: 'Plant', subjectId: plantId };
  audit('plant.import_model', subject, { code, sha256, ...counts, changes: kept });
}

function hashOf(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest('hex');
}
