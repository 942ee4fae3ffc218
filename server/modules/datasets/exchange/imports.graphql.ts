/** Imports of sets in the schema: names and shapes only; the rules are in `imports.service.ts`. */
import { CURATORS, READERS, requireRole } from '../../../kit/access.ts';
import { builder } from '../../../kit/builder.ts';
import { ConflictError, InvalidInputError, NotFoundError } from '../../../kit/errors.ts';
import { keyOf } from '../../../kit/global-id.ts';
import { importReportUrl } from '../../../kit/paths.ts';
import { PersonRef } from '../../people/access/access.ref.ts';
import { loadPerson } from '../../people/access/people.service.ts';
import { PlantRef } from '../../plant/parts/plants.ref.ts';
import { loadPart } from '../../plant/parts/plants.service.ts';
import { DatasetVersionRef } from '../versions/datasets.ref.ts';
import { loadDatasetVersion } from '../versions/datasets.service.ts';
import { LeftOutRef, SetFormat } from './exchange.ref.ts';
import type { DatasetImportRow, FoundInSet, ImportCounts, LabelUse } from './exchange.table.ts';
import { cancelImport, findImport, listImports, listRefused, listUploads, startImport } from './imports.service.ts';

const readers = { roles: READERS };
const curators = { roles: CURATORS };

const ImportState = builder.enumType('ImportState', {
  description: 'How far an import has come.',
  values: {
    QUEUED: { value: 'queued' as DatasetImportRow['state'], description: 'Waits for a worker.' },
    RUNNING: { value: 'running' as DatasetImportRow['state'], description: 'A worker is at it.' },
    SUCCEEDED: { value: 'succeeded' as DatasetImportRow['state'], description: 'It went through the whole set.' },
    FAILED: { value: 'failed' as DatasetImportRow['state'], description: 'It ended before; `error` says why.' },
    CANCELLED: {
      value: 'cancelled' as DatasetImportRow['state'],
      description: 'Somebody ended it; what came in stays.',
    },
  },
});

const ImportLabels = builder.enumType('ImportLabels', {
  description: 'What becomes of the labels of a set.',
  values: {
    DECIDE: { value: 'decide' as LabelUse, description: 'They are what the person who imports says of the images.' },
    SUGGEST: { value: 'suggest' as LabelUse, description: 'None is made; the queue asks people about the images.' },
    NONE: { value: 'none' as LabelUse, description: 'Only images come in.' },
  },
});

const ImportTest = builder.enumType('ImportTest', {
  description: 'What the test images of a set are in the draft.',
  values: {
    GOLDEN: { value: 'golden' as const, description: 'They judge models, and are never trained on.' },
    VALIDATION: { value: 'validation' as const, description: 'They choose and calibrate.' },
  },
});

const ImportSource = builder.enumType('ImportSource', {
  description: 'Where the files of a set lie.',
  values: {
    UPLOAD: { value: 'upload' as const, description: 'In an archive that was sent to /imports/PLANT/NAME.zip.' },
    FOLDER: { value: 'folder' as const, description: 'In a folder below the server’s import folder.' },
  },
});

const ImportClassRef = builder.objectRef<FoundInSet['classes'][number]>('ImportClass').implement({
  description: 'A class as a set has it.',
  authScopes: readers,
  fields: (t) => ({
    name: t.exposeString('name', { description: 'Its name in the set.' }),
    images: t.exposeInt('images', { description: 'Images that it is on.' }),
    code: t.exposeString('code', { nullable: true, description: 'Its code here; null: the defect book offers none.' }),
  }),
});

const ImportSplitRef = builder.objectRef<{ name: string; images: number }>('ImportSplit').implement({
  description: 'A part of a set.',
  authScopes: readers,
  fields: (t) => ({
    name: t.exposeString('name', { description: 'train, validation, test, or none.' }),
    images: t.exposeInt('images', { description: 'Images in it.' }),
  }),
});

const countNames: Record<keyof ImportCounts, string> = {
  images: 'Images gone through so far.',
  taken: 'Images that came in.',
  added: 'Of these, new to the plant.',
  labelled: 'Images whose label holds now.',
  pending: 'Images that wait for another person’s word.',
  regions: 'Regions on them.',
  refused: 'Files that were refused.',
  items: 'Images put into the draft.',
};
const ImportCountsRef = builder.objectRef<Partial<ImportCounts>>('ImportCounts').implement({
  description: 'What an import has done; of a look, what it would do.',
  authScopes: readers,
  fields: (t) => {
    const count = (name: keyof ImportCounts) =>
      t.int({ description: countNames[name], resolve: (counts) => counts[name] ?? 0 });
    return {
      images: count('images'),
      taken: count('taken'),
      added: count('added'),
      labelled: count('labelled'),
      pending: count('pending'),
      regions: count('regions'),
      refused: count('refused'),
      items: count('items'),
    };
  },
});

const DatasetImportRef = builder.objectRef<DatasetImportRow>('DatasetImport');

builder.node(DatasetImportRef, {
  description: 'A labelled set that a person brings into a plant.',
  authScopes: readers,
  id: { resolve: (row) => row.id, description: 'Global id.' },
  loadManyWithoutCache: (ids: string[], context) => Promise.all(ids.map((id) => findImport(context, id))),
  fields: (t) => ({
    plant: t.field({
      type: PlantRef,
      description: 'The plant.',
      resolve: (row, _args, context) => loadPart(context, 'plant', row.plant_id),
    }),
    format: t.expose('format', {
      type: SetFormat,
      nullable: true,
      description: 'Its layout; null until somebody has looked.',
    }),
    source: t.exposeString('source', { description: 'Name of the archive or folder.' }),
    sourceKind: t.expose('source_kind', { type: ImportSource, description: 'Where its files lie.' }),
    labels: t.field({
      type: ImportLabels,
      description: 'What becomes of its labels.',
      resolve: (row) => row.options.labels,
    }),
    isDryRun: t.exposeBoolean('is_dry_run', { description: 'Whether it looks and counts only.' }),
    datasetVersion: t.field({
      type: DatasetVersionRef,
      nullable: true,
      description: 'The draft that it fills.',
      resolve: ({ options: { datasetVersionId: id } }, _args, context) =>
        id === null ? null : loadDatasetVersion(context, id),
    }),
    state: t.expose('state', { type: ImportState, description: 'How far it has come.' }),
    progress: t.exposeFloat('progress', { description: '0 to 1, by images.' }),
    foundImages: t.int({
      nullable: true,
      description: 'Images in the set; null until somebody has looked.',
      resolve: (row) => row.found?.images ?? null,
    }),
    classes: t.field({
      type: [ImportClassRef],
      description: 'Classes in the set, by name.',
      resolve: (row) => row.found?.classes ?? [],
    }),
    splits: t.field({
      type: [ImportSplitRef],
      description: 'Parts of the set.',
      resolve: (row) => Object.entries(row.found?.splits ?? {}).map(([name, images]) => ({ name, images })),
    }),
    counts: t.field({ type: ImportCountsRef, description: 'What it has done.', resolve: (row) => row.counts }),
    refused: t.connection({
      type: LeftOutRef,
      description: 'Files that were refused, or of which something was, by path.',
      resolve: async (row, page, context) => {
        const { edges, ...rest } = await listRefused(context, row.id, page);
        return {
          ...rest,
          edges: edges.map(({ cursor, node: { path, reason } }) => ({ cursor, node: { path, reason: reason ?? '' } })),
        };
      },
    }),
    reportUrl: t.string({ description: 'Path of the same list as CSV.', resolve: (row) => importReportUrl(row.id) }),
    error: t.exposeString('error', { nullable: true, description: 'Why it failed.' }),
    requestedBy: t.field({
      type: PersonRef,
      description: 'Who asked for it; its labels are theirs.',
      resolve: (row, _args, context) => loadPerson(context, row.requested_by),
    }),
    requestedAt: t.expose('requested_at', { type: 'DateTime', description: 'When it was asked for.' }),
    finishedAt: t.expose('finished_at', { type: 'DateTime', nullable: true, description: 'When it ended.' }),
  }),
});

const ImportUploadRef = builder.objectRef<{ name: string; sizeBytes: number; sentAt: Date }>('ImportUpload').implement({
  description: 'An archive that was sent and not imported yet.',
  authScopes: curators,
  fields: (t) => ({
    name: t.exposeString('name', { description: 'Its name.' }),
    sizeBytes: t.exposeFloat('sizeBytes', { description: 'Its length.' }),
    sentAt: t.expose('sentAt', { type: 'DateTime', description: 'When the last of it arrived.' }),
  }),
});

const plantArg = { required: true, description: 'The plant.' } as const;

builder.queryFields((t) => ({
  datasetImports: t.connection({
    type: DatasetImportRef,
    description: 'A plant’s imports, in the order in which they were asked for.',
    authScopes: readers,
    args: { plantId: t.arg.id(plantArg) },
    resolve: (_root, { plantId: globalId, ...page }, context) => {
      const plantId = keyOf('Plant', globalId, 'plantId');
      requireRole(context, plantId, READERS, { field: 'plantId', value: globalId });
      return listImports(context, plantId, page);
    },
  }),
  importUploads: t.field({
    type: [ImportUploadRef],
    description: 'Archives of the plant that lie on the server, by name; LEHR_LIMIT_IMPORT_UPLOADS at most.',
    authScopes: curators,
    args: { plantId: t.arg.id(plantArg) },
    resolve: (_root, { plantId: globalId }, context) => {
      const plantId = keyOf('Plant', globalId, 'plantId');
      requireRole(context, plantId, CURATORS, { field: 'plantId', value: globalId });
      return listUploads(context, plantId);
    },
  }),
}));

const ImportClassInput = builder.inputType('ImportClassInput', {
  description: 'What a class of the set is called here.',
  fields: (t) => ({
    name: t.string({ required: true, description: 'Its name in the set.' }),
    code: t.string({ required: true, description: 'Code of a class of the defect book, or good.' }),
  }),
});

const StartDatasetImportInput = builder.inputType('StartDatasetImportInput', {
  description: 'What to import.',
  fields: (t) => ({
    plantId: t.id(plantArg),
    source: t.string({ required: true, description: 'Name of the archive that was sent, or of the folder.' }),
    sourceKind: t.field({ type: ImportSource, defaultValue: 'upload' as const, description: 'Where its files lie.' }),
    format: t.field({ type: SetFormat, description: 'Its layout; left out: by what lies in it.' }),
    labels: t.field({
      type: ImportLabels,
      defaultValue: 'decide' as const,
      description: 'What becomes of its labels.',
    }),
    classes: t.field({ type: [ImportClassInput], description: 'Classes that are called otherwise here.' }),
    datasetVersionId: t.id({ description: 'A draft to put the images into, divided as the set is.' }),
    testIs: t.field({
      type: ImportTest,
      defaultValue: 'golden' as const,
      description: 'What its test images are in the draft.',
    }),
    isEmptyGood: t.boolean({ defaultValue: false, description: 'Whether images without any label are good.' }),
    isDryRun: t.boolean({ defaultValue: false, description: 'Looks and counts only.' }),
  }),
});

builder.mutationFields((t) => ({
  startDatasetImport: t.field({
    type: DatasetImportRef,
    description:
      'Queues the import of a set. Classes that the defect book does not offer are named before anything is written. For quality engineers, ML engineers and administrators of the plant.',
    authScopes: curators,
    errors: { types: [InvalidInputError, ConflictError, NotFoundError] },
    args: { input: t.arg({ type: StartDatasetImportInput, required: true, description: 'What to import.' }) },
    resolve: (_root, { input }, context) =>
      startImport(context, {
        plantId: input.plantId,
        source: input.source,
        sourceKind: input.sourceKind ?? 'upload',
        format: input.format ?? null,
        labels: input.labels ?? 'decide',
        classes: input.classes ?? [],
        testIs: input.testIs ?? 'golden',
        datasetVersionId: input.datasetVersionId ?? null,
        isEmptyGood: input.isEmptyGood ?? false,
        isDryRun: input.isDryRun ?? false,
      }),
  }),
  cancelDatasetImport: t.field({
    type: DatasetImportRef,
    description: 'Ends an import that is not finished; what came in stays.',
    authScopes: curators,
    errors: { types: [InvalidInputError, ConflictError, NotFoundError] },
    args: { id: t.arg.id({ required: true, description: 'The import.' }) },
    resolve: (_root, { id }, context) => cancelImport(context, id),
  }),
}));
