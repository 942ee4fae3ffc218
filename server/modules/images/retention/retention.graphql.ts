/** Retention in the schema: names and shapes only. */
import { ADMINISTRATORS, READERS } from '../../../kit/access.ts';
import { builder } from '../../../kit/builder.ts';
import { ConflictError, InvalidInputError, NotFoundError } from '../../../kit/errors.ts';
import { keyOf } from '../../../kit/global-id.ts';
import { PersonRef } from '../../people/access/access.ref.ts';
import { loadPerson } from '../../people/access/people.service.ts';
import { PlantRef } from '../../plant/parts/plants.ref.ts';
import { loadPart } from '../../plant/parts/plants.service.ts';
import { findRuns, listRules, listRunImages, listRuns, setRules, startDryRun, startRun } from './retention.service.ts';
import {
  type RetentionImageRow,
  type RetentionKind,
  type RetentionRuleRow,
  type RetentionRunRow,
  retentionKinds,
} from './retention.table.ts';

const readers = { roles: READERS };
const administrators = { roles: ADMINISTRATORS };
const plantOf = (globalId: string, field: string) => ({ id: keyOf('Plant', globalId, field), globalId });

const RetentionKindEnum = builder.enumType('RetentionKind', {
  description: 'What an image is to retention; the first that fits from the bottom up.',
  values: {
    PASS: { value: 'pass', description: 'Of a part that passed.' },
    REJECT: { value: 'reject', description: 'Of a part that was rejected, or of which the model was not sure.' },
    AUDIT_SAMPLE: { value: 'audit_sample', description: 'Kept by the random draw that every part takes part in.' },
    DATASET_MEMBER: {
      value: 'dataset_member',
      description: 'People have decided what it shows. While a dataset version has it, it is never deleted.',
    },
  } as const,
});

const RetentionStateEnum = builder.enumType('RetentionState', {
  description: 'How far a run has come.',
  values: {
    QUEUED: { value: 'queued', description: 'It waits for a worker.' },
    RUNNING: { value: 'running', description: 'A worker is at it.' },
    SUCCEEDED: { value: 'succeeded', description: 'It came to its end.' },
    FAILED: { value: 'failed', description: 'It could not be carried out to the end.' },
  } as const,
});

const RetentionOutcomeEnum = builder.enumType('RetentionOutcome', {
  description: 'What became of an image of the list.',
  values: {
    DELETED: { value: 'deleted', description: 'It is deleted; its file goes in a moment.' },
    REMOVED: { value: 'removed', description: 'It is deleted and its file is gone.' },
    KEPT: { value: 'kept', description: 'It was not due any more, or somebody had taken hold of it.' },
  } as const,
});

const RetentionRuleRef = builder.objectRef<RetentionRuleRow>('RetentionRule').implement({
  description: 'How long images of a kind are kept.',
  authScopes: readers,
  fields: (t) => ({
    kind: t.expose('kind', { type: RetentionKindEnum, description: 'Of this kind.' }),
    keepDays: t.exposeInt('keep_days', { description: 'Days after capture and after arrival.' }),
    changedBy: t.field({
      type: PersonRef,
      description: 'Who set it.',
      resolve: (row, _args, context) => loadPerson(context, row.changed_by),
    }),
    changedAt: t.expose('changed_at', { type: 'DateTime', description: 'When.' }),
  }),
});

const RetentionCountRef = builder
  .objectRef<{ kind: RetentionKind; images: number; bytes: number }>('RetentionCount')
  .implement({
    description: 'How many images of a kind a run is about.',
    authScopes: readers,
    fields: (t) => ({
      kind: t.expose('kind', { type: RetentionKindEnum, description: 'The kind.' }),
      images: t.exposeInt('images', { description: 'Images.' }),
      bytes: t.exposeFloat('bytes', { description: 'What their files take.' }),
    }),
  });

const RetentionImageRef = builder.objectRef<RetentionImageRow>('RetentionImage').implement({
  description: 'An image of a run’s list.',
  authScopes: readers,
  fields: (t) => ({
    imageSha256: t.expose('image_sha256', { type: 'Sha256', description: 'Its hash.' }),
    kind: t.expose('kind', { type: RetentionKindEnum, description: 'What it is to retention.' }),
    sizeBytes: t.exposeInt('size_bytes', { description: 'Size of its file.' }),
    capturedAt: t.expose('captured_at', { type: 'DateTime', description: 'When it was captured.' }),
    outcome: t.expose('outcome', {
      type: RetentionOutcomeEnum,
      nullable: true,
      description: 'What became of it; null while nothing has.',
    }),
  }),
});

const RetentionRunRef = builder.objectRef<RetentionRunRow>('RetentionRun');

builder.node(RetentionRunRef, {
  description:
    'One run of a plant’s rules of retention: a dry one lists what is due, a real one deletes of such a list.',
  authScopes: readers,
  id: { resolve: (row) => row.id, description: 'Global id.' },
  loadManyWithoutCache: (ids: string[], context) => findRuns(context, ids),
  fields: (t) => ({
    plant: t.field({
      type: PlantRef,
      description: 'The plant.',
      resolve: (row, _args, context) => loadPart(context, 'plant', row.plant_id),
    }),
    isDry: t.exposeBoolean('is_dry', { description: 'Whether it only lists.' }),
    state: t.expose('state', { type: RetentionStateEnum, description: 'How far it has come.' }),
    counts: t.field({
      type: [RetentionCountRef],
      description: 'By kind: what is listed, or of a real run what is deleted. Empty until its end.',
      resolve: ({ counts }) => retentionKinds.flatMap((kind) => (counts[kind] ? [{ kind, ...counts[kind] }] : [])),
    }),
    error: t.exposeString('error', { nullable: true, description: 'Why it failed.' }),
    requestedBy: t.field({
      type: PersonRef,
      description: 'Who asked for it.',
      resolve: (row, _args, context) => loadPerson(context, row.requested_by),
    }),
    requestedAt: t.expose('requested_at', { type: 'DateTime', description: 'When.' }),
    finishedAt: t.expose('finished_at', { type: 'DateTime', nullable: true, description: 'When it ended.' }),
  }),
});

builder.queryFields((t) => ({
  retentionImages: t.connection({
    type: RetentionImageRef,
    description:
      'The list of a run, in the order of the hashes; of a real run that of its dry run, with what became of each.',
    authScopes: readers,
    args: {
      plantId: t.arg.id({ required: true, description: 'The plant.' }),
      runId: t.arg.id({ description: 'The run; the newest when left out.' }),
    },
    resolve: (_root, { plantId, runId, ...page }, context) =>
      listRunImages(context, plantOf(plantId, 'plantId'), runId ?? null, page),
  }),
  retentionRules: t.field({
    type: [RetentionRuleRef],
    description: 'How long a plant keeps images; a kind that has no rule is kept for ever.',
    authScopes: readers,
    args: { plantId: t.arg.id({ required: true, description: 'The plant.' }) },
    resolve: (_root, { plantId }, context) => listRules(context, plantOf(plantId, 'plantId')),
  }),
  retentionRuns: t.connection({
    type: RetentionRunRef,
    description: 'A plant’s runs of retention, in the order in which they were asked for.',
    authScopes: readers,
    args: { plantId: t.arg.id({ required: true, description: 'The plant.' }) },
    resolve: (_root, { plantId, ...page }, context) => listRuns(context, plantOf(plantId, 'plantId'), page),
  }),
}));

const RetentionRuleInput = builder.inputType('RetentionRuleInput', {
  description: 'How long images of a kind are kept.',
  fields: (t) => ({
    kind: t.field({ type: RetentionKindEnum, required: true, description: 'The kind.' }),
    keepDays: t.int({ required: true, description: 'Days after capture and after arrival, at least one.' }),
  }),
});

const SetRetentionRulesInput = builder.inputType('SetRetentionRulesInput', {
  description: 'All rules of a plant.',
  fields: (t) => ({
    plantId: t.id({ required: true, description: 'The plant.' }),
    rules: t.field({
      type: [RetentionRuleInput],
      required: true,
      description: 'One a kind; the others are kept for ever.',
    }),
  }),
});

const SetRetentionRulesPayload = builder
  .objectRef<{ rules: RetentionRuleRow[] }>('SetRetentionRulesPayload')
  .implement({
    description: 'The rules that hold now.',
    authScopes: administrators,
    fields: (t) => ({ rules: t.expose('rules', { type: [RetentionRuleRef], description: 'By kind.' }) }),
  });

const StartRetentionDryRunInput = builder.inputType('StartRetentionDryRunInput', {
  description: 'Where to look.',
  fields: (t) => ({ plantId: t.id({ required: true, description: 'The plant.' }) }),
});

const StartRetentionRunInput = builder.inputType('StartRetentionRunInput', {
  description: 'What to delete.',
  fields: (t) => ({
    dryRunId: t.id({ required: true, description: 'The dry run whose list is carried out: at most a week old.' }),
  }),
});

builder.mutationFields((t) => ({
  setRetentionRules: t.field({
    type: SetRetentionRulesPayload,
    description: 'Sets how long a plant keeps images. For administrators of the plant.',
    authScopes: administrators,
    errors: { types: [InvalidInputError, NotFoundError] },
    args: { input: t.arg({ type: SetRetentionRulesInput, required: true, description: 'The rules.' }) },
    resolve: async (_root, { input }, context) => ({
      rules: await setRules(context, plantOf(input.plantId, 'input.plantId'), input.rules),
    }),
  }),
  startRetentionDryRun: t.field({
    type: RetentionRunRef,
    description: 'Lists, in a job, what the rules would delete now; deletes nothing. For administrators of the plant.',
    authScopes: administrators,
    errors: { types: [InvalidInputError, ConflictError, NotFoundError] },
    args: { input: t.arg({ type: StartRetentionDryRunInput, required: true, description: 'Where.' }) },
    resolve: (_root, { input }, context) => startDryRun(context, plantOf(input.plantId, 'input.plantId')),
  }),
  startRetentionRun: t.field({
    type: RetentionRunRef,
    description:
      'Deletes, in a job, what a dry run has listed and what is still due and free then. Never what a dataset version, the golden set, a defect book, the known answers or the queue holds. For administrators of the plant.',
    authScopes: administrators,
    errors: { types: [InvalidInputError, ConflictError, NotFoundError] },
    args: { input: t.arg({ type: StartRetentionRunInput, required: true, description: 'What.' }) },
    resolve: (_root, { input }, context) => startRun(context, input.dryRunId),
  }),
}));
