/** Training runs: asked for by a person on a frozen dataset version, done by a job, ending in a signed model version. */

import { canSee, requireRole } from '../../../kit/access.ts';
import { act } from '../../../kit/act.ts';
import type { Context } from '../../../kit/context.ts';
import { ConflictError, InvalidInputError, NotFoundError } from '../../../kit/errors.ts';
import { keyOf } from '../../../kit/global-id.ts';
import { newId } from '../../../kit/ids.ts';
import { loadById, loadByParent, loadKnown } from '../../../kit/load-rows.ts';
import { selectRowsIn } from '../../../kit/table-rows.ts';
import { findDatasetVersion } from '../../datasets/versions/datasets.service.ts';
import { findModelRow, MODELLERS } from '../registry/models.service.ts';
import type { ModelVersionRow } from '../registry/models.table.ts';
import { insertTrainingRun, selectTrainingImages } from './training.queries.ts';
import type { TrainingRunRow } from './training.table.ts';
import {
  LEAST_FALSE_REJECT_TARGET,
  MAX_TRAINING_IMAGES,
  MIN_TRAINING_IMAGES,
  MOST_FALSE_REJECT_TARGET,
} from './training-job.ts';

export const TRAINING_JOB = 'training';

export interface StartTraining {
  modelId: string;
  datasetVersionId: string;
  seed: number;
  falseRejectTarget: number;
}

/** Queues a run. The job exists exactly when the run does: both are written in one transaction. */
export async function startTraining(context: Context, input: StartTraining): Promise<TrainingRunRow> {
  const model = await findModelRow(context, 'model', keyOf('Model', input.modelId, 'input.modelId'));
  if (!model) throw new NotFoundError('input.modelId', input.modelId);
  requireRole(context, model.plant_id, MODELLERS);
  const field = 'input.datasetVersionId';
  const version = await findDatasetVersion(context, keyOf('DatasetVersion', input.datasetVersionId, field));
  if (version?.plant_id !== model.plant_id) throw new NotFoundError(field, input.datasetVersionId);
  if (version.state !== 'frozen') {
    throw new ConflictError(field, input.datasetVersionId, 'the version is a draft; freeze it first');
  }
  if (!Number.isInteger(input.seed) || input.seed < 0) {
    throw new InvalidInputError('input.seed', input.seed, 'give a whole number from 0 to 2147483647');
  }
  if (!(input.falseRejectTarget >= LEAST_FALSE_REJECT_TARGET && input.falseRejectTarget <= MOST_FALSE_REJECT_TARGET)) {
    throw new InvalidInputError(
      'input.falseRejectTarget',
      input.falseRejectTarget,
      `give a share from ${LEAST_FALSE_REJECT_TARGET} to ${MOST_FALSE_REJECT_TARGET}, such as 0.01`,
    );
  }
  const images = await selectTrainingImages(context.db, version.id);
  if (images.length < MIN_TRAINING_IMAGES || images.length > MAX_TRAINING_IMAGES) {
    throw new ConflictError(
      field,
      input.datasetVersionId,
      `the version has ${images.length} images labelled good in the split TRAIN; training takes ${MIN_TRAINING_IMAGES} to ${MAX_TRAINING_IMAGES}`,
    );
  }
  const { viewer } = context;
  if (viewer.kind !== 'person') throw new Error('A training run takes a person who asks for it.');
  const row: TrainingRunRow = {
    id: newId(),
    plant_id: model.plant_id,
    model_id: model.id,
    dataset_version_id: version.id,
    seed: input.seed,
    false_reject_target: input.falseRejectTarget,
    state: 'queued',
    progress: 0,
    step: null,
    error: null,
    requested_by: viewer.personId,
    requested_at: context.now(),
    started_at: null,
    finished_at: null,
  };
  await act(context, async ({ trx, audit }) => {
    await insertTrainingRun(trx, row);
    await context.jobs.send(trx, TRAINING_JOB, { trainingRunId: row.id });
    const detail = {
      model: model.id,
      datasetVersion: version.id,
      seed: row.seed,
      falseRejectTarget: row.false_reject_target,
    };
    audit('training.start', { plantId: row.plant_id, subjectType: 'TrainingRun', subjectId: row.id }, detail);
  });
  return row;
}

export async function findTrainingRun(context: Context, id: string): Promise<TrainingRunRow | null> {
  const row = await loadById(context, 'training_run', id, (ids) =>
    selectRowsIn(context.db, 'training_run', 'id', ids, ['id']),
  );
  return row && canSee(context, row.plant_id) ? row : null;
}

export function loadTrainingRun(context: Context, id: string): Promise<TrainingRunRow> {
  return loadKnown(context, 'training_run', id, (ids) => selectRowsIn(context.db, 'training_run', 'id', ids, ['id']));
}

/** The version that the run made, or null while it has none. */
export async function loadVersionOfRun(context: Context, runId: string): Promise<ModelVersionRow | null> {
  const select = (ids: readonly string[]) => selectRowsIn(context.db, 'model_version', 'training_run_id', ids, ['id']);
  const [row] = await loadByParent(context, 'version of run', runId, select, (each) => each.training_run_id);
  return row ?? null;
}
