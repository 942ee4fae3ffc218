/** Exports of dataset versions in the schema: names and shapes only; the rules are in `set-exports.service.ts`. */
import { CURATORS, READERS, requireRole } from '../../../kit/access.ts';
import { builder } from '../../../kit/builder.ts';
import { ConflictError, InvalidInputError, NotFoundError } from '../../../kit/errors.ts';
import { keyOf } from '../../../kit/global-id.ts';
import { exportUrl } from '../../../kit/paths.ts';
import { PersonRef } from '../../people/access/access.ref.ts';
import { loadPerson } from '../../people/access/people.service.ts';
import { DatasetVersionRef } from '../versions/datasets.ref.ts';
import { loadDatasetVersion } from '../versions/datasets.service.ts';
import { LeftOutRef, SetFormat } from './exchange.ref.ts';
import type { DatasetExportRow } from './exchange.table.ts';
import { cancelSetExport, findSetExport, listSetExports, SET_ARCHIVE, startSetExport } from './set-exports.service.ts';

const readers = { roles: READERS };
const curators = { roles: CURATORS };

const SetExportState = builder.enumType('SetExportState', {
  description: 'How far an export of a dataset version has come.',
  values: {
    QUEUED: { value: 'queued' as DatasetExportRow['state'], description: 'Waits for a worker.' },
    RUNNING: { value: 'running' as DatasetExportRow['state'], description: 'A worker is at it.' },
    SUCCEEDED: { value: 'succeeded' as DatasetExportRow['state'], description: 'Its archive can be fetched.' },
    FAILED: {
      value: 'failed' as DatasetExportRow['state'],
      description: 'It ended without an archive; `error` says why.',
    },
    CANCELLED: { value: 'cancelled' as DatasetExportRow['state'], description: 'Somebody ended it.' },
    EXPIRED: {
      value: 'expired' as DatasetExportRow['state'],
      description: 'Its archive was kept long enough and is removed.',
    },
  },
});

const DatasetExportRef = builder.objectRef<DatasetExportRow>('DatasetExport');

builder.node(DatasetExportRef, {
  description: 'A dataset version as an archive: images, labels in the layout asked for, and manifest.parquet.',
  authScopes: readers,
  id: { resolve: (row) => row.id, description: 'Global id.' },
  loadManyWithoutCache: (ids: string[], context) => Promise.all(ids.map((id) => findSetExport(context, id))),
  fields: (t) => ({
    datasetVersion: t.field({
      type: DatasetVersionRef,
      description: 'What is exported; of a draft, as it was then.',
      resolve: (row, _args, context) => loadDatasetVersion(context, row.dataset_version_id),
    }),
    format: t.expose('format', { type: SetFormat, description: 'Its layout.' }),
    state: t.expose('state', { type: SetExportState, description: 'How far it has come.' }),
    progress: t.exposeFloat('progress', { description: '0 to 1, by images.' }),
    images: t.int({ description: 'Images in it.', resolve: ({ counts }) => counts.images ?? 0 }),
    regions: t.int({ description: 'Regions on them.', resolve: ({ counts }) => counts.regions ?? 0 }),
    lost: t.int({
      description:
        'Images of which the layout cannot hold something; manifest.parquet and left-out.csv in the archive have it.',
      resolve: ({ counts }) => counts.lost ?? 0,
    }),
    leftOut: t.field({
      type: [LeftOutRef],
      description: 'What the layout cannot hold, the first of it (LEHR_LIMIT_LEFT_OUT).',
      resolve: (row) => row.left_out,
    }),
    url: t.string({
      nullable: true,
      description: 'Path of the archive on this server; null while there is none.',
      resolve: ({ id, state }) => (state === 'succeeded' ? exportUrl(id, SET_ARCHIVE) : null),
    }),
    sizeBytes: t.exposeFloat('size_bytes', { nullable: true, description: 'Length of the archive.' }),
    sha256: t.expose('sha256', { type: 'Sha256', nullable: true, description: 'Hash of the archive.' }),
    error: t.exposeString('error', { nullable: true, description: 'Why it failed.' }),
    requestedBy: t.field({
      type: PersonRef,
      description: 'Who asked for it.',
      resolve: (row, _args, context) => loadPerson(context, row.requested_by),
    }),
    requestedAt: t.expose('requested_at', { type: 'DateTime', description: 'When it was asked for.' }),
    finishedAt: t.expose('finished_at', { type: 'DateTime', nullable: true, description: 'When it ended.' }),
    expiresAt: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'Until when its archive can be fetched.',
      resolve: ({ state, finished_at: at }, _args, { config }) =>
        state === 'succeeded' && at ? new Date(at.getTime() + config.limits.exportMs) : null,
    }),
  }),
});

builder.queryField('datasetExports', (t) =>
  t.connection({
    type: DatasetExportRef,
    description: 'A plant’s exports of dataset versions, in the order in which they were asked for.',
    authScopes: readers,
    args: { plantId: t.arg.id({ required: true, description: 'The plant.' }) },
    resolve: (_root, { plantId: globalId, ...page }, context) => {
      const plantId = keyOf('Plant', globalId, 'plantId');
      requireRole(context, plantId, READERS, { field: 'plantId', value: globalId });
      return listSetExports(context, plantId, page);
    },
  }),
);

const StartDatasetExportInput = builder.inputType('StartDatasetExportInput', {
  description: 'What to export.',
  fields: (t) => ({
    datasetVersionId: t.id({ required: true, description: 'The version, draft or frozen.' }),
    format: t.field({ type: SetFormat, required: true, description: 'Its layout.' }),
  }),
});

builder.mutationFields((t) => ({
  startDatasetExport: t.field({
    type: DatasetExportRef,
    description:
      'Queues an export of a dataset version. For quality engineers, ML engineers and administrators of the plant.',
    authScopes: curators,
    errors: { types: [InvalidInputError, ConflictError, NotFoundError] },
    args: { input: t.arg({ type: StartDatasetExportInput, required: true, description: 'What to export.' }) },
    resolve: (_root, { input }, context) => startSetExport(context, input),
  }),
  cancelDatasetExport: t.field({
    type: DatasetExportRef,
    description: 'Ends an export that is not finished; what was written is removed.',
    authScopes: curators,
    errors: { types: [InvalidInputError, ConflictError, NotFoundError] },
    args: { id: t.arg.id({ required: true, description: 'The export.' }) },
    resolve: (_root, { id }, context) => cancelSetExport(context, id),
  }),
}));
