/** Training runs in the schema: names and shapes only; the rules are in `training.service.ts`. */
import { READERS } from '../../../kit/access.ts';
import { builder } from '../../../kit/builder.ts';
import { ConflictError, InvalidInputError, NotFoundError } from '../../../kit/errors.ts';
import { DatasetVersionRef } from '../../datasets/versions/datasets.ref.ts';
import { loadDatasetVersion } from '../../datasets/versions/datasets.service.ts';
import { PersonRef } from '../../people/access/access.ref.ts';
import { loadPerson } from '../../people/access/people.service.ts';
import { ModelRef, ModelVersionRef } from '../registry/models.ref.ts';
import { loadModelRow, MODELLERS } from '../registry/models.service.ts';
import { TrainingRunRef } from './training.ref.ts';
import { findTrainingRun, loadTrainingRun, loadVersionOfRun, startTraining } from './training.service.ts';
import type { TrainingStateName } from './training.table.ts';

const readers = { roles: READERS };

const TrainingState = builder.enumType('TrainingState', {
  description: 'How far a training run has come.',
  values: {
    QUEUED: { value: 'queued' as TrainingStateName, description: 'Waits for a worker.' },
    RUNNING: { value: 'running' as TrainingStateName, description: 'A worker is at it.' },
    SUCCEEDED: { value: 'succeeded' as TrainingStateName, description: 'It made a model version.' },
    FAILED: { value: 'failed' as TrainingStateName, description: 'It ended without one; `error` says why.' },
  },
});

builder.node(TrainingRunRef, {
  description: 'One run of the trainer on a frozen dataset version.',
  authScopes: readers,
  id: { resolve: (run) => run.id, description: 'Global id.' },
  loadManyWithoutCache: (ids: string[], context) => Promise.all(ids.map((id) => findTrainingRun(context, id))),
  fields: (t) => ({
    seed: t.exposeInt('seed', { description: 'Equal images and seed give an equal model.' }),
    falseRejectTarget: t.exposeFloat('false_reject_target', {
      description: 'Share of good parts that the threshold is calibrated to reject.',
    }),
    state: t.expose('state', { type: TrainingState, description: 'How far it has come.' }),
    progress: t.exposeFloat('progress', { description: '0 to 1.' }),
    step: t.exposeString('step', { nullable: true, description: 'What it is doing.' }),
    error: t.exposeString('error', { nullable: true, description: 'Why it failed.' }),
    requestedAt: t.expose('requested_at', { type: 'DateTime', description: 'When it was asked for.' }),
    startedAt: t.expose('started_at', { type: 'DateTime', nullable: true, description: 'When a worker took it.' }),
    finishedAt: t.expose('finished_at', { type: 'DateTime', nullable: true, description: 'When it ended.' }),
    model: t.field({
      type: ModelRef,
      description: 'The model that gets the version.',
      resolve: (run, _args, context) => loadModelRow(context, 'model', run.model_id),
    }),
    datasetVersion: t.field({
      type: DatasetVersionRef,
      description: 'What it teaches on.',
      resolve: (run, _args, context) => loadDatasetVersion(context, run.dataset_version_id),
    }),
    requestedBy: t.field({
      type: PersonRef,
      description: 'Who asked for it.',
      resolve: (run, _args, context) => loadPerson(context, run.requested_by),
    }),
    modelVersion: t.field({
      type: ModelVersionRef,
      nullable: true,
      description: 'What it made.',
      resolve: (run, _args, context) => loadVersionOfRun(context, run.id),
    }),
  }),
});

builder.objectField(ModelVersionRef, 'trainingRun', (t) =>
  t.field({
    type: TrainingRunRef,
    description: 'The run that made it.',
    authScopes: readers,
    resolve: (version, _args, context) => loadTrainingRun(context, version.training_run_id),
  }),
);

const StartTrainingInput = builder.inputType('StartTrainingInput', {
  description: 'What to train, on what and how.',
  fields: (t) => ({
    modelId: t.id({ required: true, description: 'The model that gets the version.' }),
    datasetVersionId: t.id({ required: true, description: 'A frozen version with images labelled good to train on.' }),
    seed: t.int({ required: true, description: 'Equal images and seed give an equal model.' }),
    falseRejectTarget: t.float({
      required: true,
      description: 'Share of good parts that may be rejected, such as 0.01; the threshold is calibrated to it.',
    }),
  }),
});

builder.mutationField('startTraining', (t) =>
  t.field({
    type: TrainingRunRef,
    description: 'Queues a training run.',
    authScopes: { roles: MODELLERS },
    errors: { types: [InvalidInputError, ConflictError, NotFoundError] },
    args: { input: t.arg({ type: StartTrainingInput, required: true, description: 'What to train.' }) },
    resolve: (_root, { input }, context) => startTraining(context, input),
  }),
);
