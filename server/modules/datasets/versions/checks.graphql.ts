/** Checks in the schema: figures of the whole version, and what is said of single images. */
import { CURATORS, READERS } from '../../../kit/access.ts';
import { builder } from '../../../kit/builder.ts';
import { ConflictError, InvalidInputError, NotFoundError } from '../../../kit/errors.ts';
import { ImageRef } from '../../images/store/images.ref.ts';
import { loadImage } from '../../images/store/images.service.ts';
import { PersonRef } from '../../people/access/access.ref.ts';
import { loadPerson } from '../../people/access/people.service.ts';
import { checkDatasetVersion, listIssues, loadCheck } from './check-version.service.ts';
import type { PlacedIssue } from './checks.queries.ts';
import type { CheckFigure, DatasetCheckRow } from './dataset-checks.table.ts';
import { DatasetVersionRef } from './datasets.ref.ts';
import { loadDatasetVersion } from './datasets.service.ts';

const readers = { roles: READERS };

const DatasetCheckState = builder.enumType('DatasetCheckState', {
  description: 'How far a check is.',
  values: {
    QUEUED: { value: 'queued', description: 'It waits for its turn.' },
    RUNNING: { value: 'running', description: 'It is under way.' },
    SUCCEEDED: { value: 'succeeded', description: 'It has finished; the figures say what it found.' },
    FAILED: { value: 'failed', description: 'It could not finish; error says why.' },
  } as const,
});

const DatasetCheckFigureRef = builder.objectRef<CheckFigure>('DatasetCheckFigure');
DatasetCheckFigureRef.implement({
  description: 'What one trap says of a whole version.',
  authScopes: readers,
  fields: (t) => ({
    kind: t.exposeString('kind', { description: 'The trap, such as leak, class_imbalance or property_correlated.' }),
    score: t.exposeFloat('score', {
      nullable: true,
      description: 'From 0 (as bad as it gets) to 1; null: it could not be judged, code says why.',
    }),
    flagged: t.exposeBoolean('flagged', { description: 'Whether people should look.' }),
    count: t.exposeInt('count', { description: 'Images that are flagged.' }),
    code: t.exposeString('code', { description: 'What there is to say; the screens have the words.' }),
    params: t.expose('params', { type: 'JSON', description: 'What the sentence names.' }),
  }),
});

const DatasetCheckRef = builder.objectRef<DatasetCheckRow>('DatasetCheck');
DatasetCheckRef.implement({
  description: 'The last look at a version for leaks and for the traps of data sets.',
  authScopes: readers,
  fields: (t) => ({
    state: t.expose('state', { type: DatasetCheckState, description: 'How far it is.' }),
    isCurrent: t.boolean({
      description: 'Whether it has seen the images as they are now.',
      resolve: async (check, _args, context) => {
        const version = await loadDatasetVersion(context, check.dataset_version_id);
        return check.state === 'succeeded' && check.revision === version.revision;
      },
    }),
    figures: t.field({
      type: [DatasetCheckFigureRef],
      description: 'One for each trap; of the check before while this one is under way.',
      resolve: (check) => check.figures ?? [],
    }),
    error: t.exposeString('error', { nullable: true, description: 'Why it failed.' }),
    requestedAt: t.expose('requested_at', { type: 'DateTime', description: 'When it was asked for.' }),
    finishedAt: t.expose('finished_at', { type: 'DateTime', nullable: true, description: 'When one last ended.' }),
    requestedBy: t.field({
      type: PersonRef,
      description: 'Who asked for it.',
      resolve: (check, _args, context) => loadPerson(context, check.requested_by),
    }),
  }),
});

const DatasetIssueRef = builder.objectRef<PlacedIssue>('DatasetIssue');
DatasetIssueRef.implement({
  description: 'What a trap says of one image of a version.',
  authScopes: readers,
  fields: (t) => ({
    kind: t.exposeString('kind', { description: 'The trap.' }),
    imageSha256: t.expose('image_sha256', { type: 'Sha256', description: 'The image.' }),
    score: t.exposeFloat('score', { description: 'From 0 (as bad as it gets) to 1.' }),
    flagged: t.exposeBoolean('is_flagged', { description: 'Whether people should look.' }),
    detail: t.expose('detail', {
      type: 'JSON',
      nullable: true,
      description: 'What else there is to say, such as the other image.',
    }),
    image: t.field({
      type: ImageRef,
      nullable: true,
      description: 'The image.',
      resolve: (issue, _args, context) => loadImage(context, issue.plant_id, issue.image_sha256),
    }),
  }),
});

builder.objectFields(DatasetVersionRef, (t) => ({
  check: t.field({
    type: DatasetCheckRef,
    nullable: true,
    description: 'Its last check.',
    resolve: (version, _args, context) => loadCheck(context, version.id),
  }),
  issues: t.connection({
    type: DatasetIssueRef,
    description: 'What the last check said of single images, the worst first. Of large versions the worst are kept.',
    args: {
      kind: t.arg.string({ description: 'Only of this trap.' }),
      flagged: t.arg.boolean({ description: 'Only those that are flagged, or that are not.' }),
    },
    resolve: (version, args, context) => listIssues(context, version.id, args),
  }),
}));

builder.mutationField('checkDatasetVersion', (t) =>
  t.field({
    type: DatasetVersionRef,
    description:
      'Starts the check of a draft for leaks and traps, unless one is under way. It ends in the field check.',
    authScopes: { roles: CURATORS },
    errors: { types: [InvalidInputError, ConflictError, NotFoundError] },
    args: { datasetVersionId: t.arg.id({ required: true, description: 'The draft.' }) },
    resolve: (_root, { datasetVersionId }, context) => checkDatasetVersion(context, datasetVersionId),
  }),
);
