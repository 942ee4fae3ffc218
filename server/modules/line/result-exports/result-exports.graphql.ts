/** Exports in the schema: names and shapes only; the rules are in `result-exports.service.ts`. */
import { READERS, requireRole } from '../../../kit/access.ts';
import { builder } from '../../../kit/builder.ts';
import { ConflictError, InvalidInputError, NotFoundError } from '../../../kit/errors.ts';
import { keyOf } from '../../../kit/global-id.ts';
import { exportUrl } from '../../../kit/paths.ts';
import { PersonRef } from '../../people/access/access.ref.ts';
import { loadPerson } from '../../people/access/people.service.ts';
import { PlantRef } from '../../plant/parts/plants.ref.ts';
import { loadPart } from '../../plant/parts/plants.service.ts';
import { InspectionFilter, inspectionSelection } from '../inspections/inspection-filter.ref.ts';
import {
  cancelExport,
  EXPORTERS,
  findExport,
  listExports,
  loadExportFiles,
  startExport,
} from './result-exports.service.ts';
import type {
  ExportFormatName,
  ExportStateName,
  InspectionExportFileRow,
  InspectionExportRow,
} from './result-exports.table.ts';

const readers = { roles: READERS };
const exporters = { roles: EXPORTERS };

const ExportFormat = builder.enumType('ExportFormat', {
  description: 'What an export’s files are.',
  values: {
    CSV: {
      value: 'csv' as ExportFormatName,
      description:
        'RFC 4180 with a header, UTF-8, times in UTC; defects and signals as JSON. A text that a spreadsheet would take for a formula has an apostrophe in front.',
    },
    PARQUET: {
      value: 'parquet' as ExportFormatName,
      description: 'Apache Parquet, times in milliseconds; defects and signals as JSON.',
    },
  },
});

const ExportState = builder.enumType('ExportState', {
  description: 'How far an export has come.',
  values: {
    QUEUED: { value: 'queued' as ExportStateName, description: 'Waits for a worker.' },
    RUNNING: { value: 'running' as ExportStateName, description: 'A worker is at it.' },
    SUCCEEDED: { value: 'succeeded' as ExportStateName, description: 'Its files can be fetched.' },
    FAILED: { value: 'failed' as ExportStateName, description: 'It ended without all rows; `error` says why.' },
    CANCELLED: { value: 'cancelled' as ExportStateName, description: 'Somebody ended it.' },
    EXPIRED: { value: 'expired' as ExportStateName, description: 'Its files were kept long enough and are removed.' },
  },
});

const InspectionExportFileRef = builder.objectRef<InspectionExportFileRow>('InspectionExportFile').implement({
  description: 'One finished file of an export; never changes.',
  authScopes: readers,
  fields: (t) => ({
    name: t.exposeString('name', { description: 'Its name.' }),
    url: t.string({
      description: 'Path on this server; can be fetched when the export has succeeded.',
      resolve: (file) => exportUrl(file.export_id, file.name),
    }),
    rows: t.exposeFloat('row_count', { description: 'Inspections in it.' }),
    sizeBytes: t.exposeFloat('size_bytes', { description: 'Its length.' }),
    sha256: t.expose('sha256', { type: 'Sha256', description: 'Hash of its bytes.' }),
  }),
});

const InspectionExportRef = builder.objectRef<InspectionExportRow>('InspectionExport');

builder.node(InspectionExportRef, {
  description: 'Inspections of a plant as files: what was recorded when it was asked for, in the order of capture.',
  authScopes: readers,
  id: { resolve: (row) => row.id, description: 'Global id.' },
  loadManyWithoutCache: (ids: string[], context) => Promise.all(ids.map((id) => findExport(context, id))),
  fields: (t) => ({
    plant: t.field({
      type: PlantRef,
      description: 'The plant.',
      resolve: (row, _args, context) => loadPart(context, 'plant', row.plant_id),
    }),
    format: t.expose('format', { type: ExportFormat, description: 'What its files are.' }),
    state: t.expose('state', { type: ExportState, description: 'How far it has come.' }),
    progress: t.exposeFloat('progress', { description: '0 to 1, by the time of capture.' }),
    rows: t.exposeFloat('row_count', { description: 'Inspections written so far.' }),
    files: t.field({
      type: [InspectionExportFileRef],
      description: 'Its finished files, in order.',
      resolve: (row, _args, context) => loadExportFiles(context, row.id),
    }),
    error: t.exposeString('error', { nullable: true, description: 'Why it failed.' }),
    requestedBy: t.field({
      type: PersonRef,
      description: 'Who asked for it.',
      resolve: (row, _args, context) => loadPerson(context, row.requested_by),
    }),
    requestedAt: t.expose('requested_at', { type: 'DateTime', description: 'When it was asked for.' }),
    startedAt: t.expose('started_at', { type: 'DateTime', nullable: true, description: 'When a worker took it.' }),
    finishedAt: t.expose('finished_at', { type: 'DateTime', nullable: true, description: 'When it ended.' }),
    expiresAt: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'When its files are removed; null while there is nothing to remove.',
      resolve: ({ state, finished_at: at }, _args, { config }) =>
        state === 'succeeded' && at ? new Date(at.getTime() + config.limits.exportMs) : null,
    }),
  }),
});

builder.queryField('inspectionExports', (t) =>
  t.connection({
    type: InspectionExportRef,
    description: 'A plant’s exports, in the order in which they were asked for.',
    authScopes: readers,
    args: { plantId: t.arg.id({ required: true, description: 'The plant.' }) },
    resolve: (_root, { plantId: globalId, ...page }, context) => {
      const plantId = keyOf('Plant', globalId, 'plantId');
      requireRole(context, plantId, READERS, { field: 'plantId', value: globalId });
      return listExports(context, plantId, page);
    },
  }),
);

const StartInspectionExportInput = builder.inputType('StartInspectionExportInput', {
  description: 'What to export.',
  fields: (t) => ({
    filter: t.field({
      type: InspectionFilter,
      required: true,
      description: 'Which inspections; names at least the plant or the line.',
    }),
    format: t.field({ type: ExportFormat, required: true, description: 'What the files are.' }),
  }),
});

builder.mutationFields((t) => ({
  startInspectionExport: t.field({
    type: InspectionExportRef,
    description:
      'Queues an export of the inspections that are recorded now. For quality engineers, ML engineers, approvers and administrators of the plant.',
    authScopes: exporters,
    errors: { types: [InvalidInputError, ConflictError, NotFoundError] },
    args: { input: t.arg({ type: StartInspectionExportInput, required: true, description: 'What to export.' }) },
    resolve: (_root, { input }, context) =>
      startExport(context, { selection: inspectionSelection(input.filter, 'input.filter'), format: input.format }),
  }),
  cancelInspectionExport: t.field({
    type: InspectionExportRef,
    description: 'Ends an export that is not finished; what was written is removed.',
    authScopes: exporters,
    errors: { types: [InvalidInputError, ConflictError, NotFoundError] },
    args: { id: t.arg.id({ required: true, description: 'The export.' }) },
    resolve: (_root, { id }, context) => cancelExport(context, id),
  }),
}));
