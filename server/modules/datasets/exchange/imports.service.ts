/** Imports of labelled sets: asked for by a person, carried out by a job, reported file by file. */

import { readdir, stat } from 'node:fs/promises';
import { sql } from 'kysely';
import { CURATORS, canSee, READERS, requireRole } from '../../../kit/access.ts';
import { act } from '../../../kit/act.ts';
import type { Context } from '../../../kit/context.ts';
import { ConflictError, InvalidInputError, NotFoundError } from '../../../kit/errors.ts';
import { keyOf } from '../../../kit/global-id.ts';
import { newId } from '../../../kit/ids.ts';
import { listVisible } from '../../../kit/list-visible.ts';
import { loadById, loadByParent } from '../../../kit/load-rows.ts';
import { type Connection, type Page, type PageArgs, parsePage, toConnection } from '../../../kit/page.ts';
import { importUploadFolder, importUploadPath } from '../../../kit/paths.ts';
import { selectRowsIn } from '../../../kit/table-rows.ts';
import { viewingPerson } from '../../../kit/viewing-person.ts';
import { findPart } from '../../plant/parts/plants.service.ts';
import { findDatasetVersion } from '../versions/datasets.service.ts';
import type { DatasetImportFileRow, DatasetImportRow, ImportOptions, LabelUse } from './exchange.table.ts';
import type { FormatName } from './formats/format.ts';
import {
  countOpenImports,
  insertImport,
  selectImport,
  selectRefusedPages,
  updateOpenImport,
} from './import.queries.ts';
import { checkSetPath } from './set-path-rules.ts';

export const IMPORT_JOB = 'dataset-import';
/** What an uploaded archive may be called. */
export const uploadName = /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}\.zip$/;

export interface StartImport {
  plantId: string;
  source: string;
  sourceKind: 'upload' | 'folder';
  format: FormatName | null;
  labels: LabelUse;
  classes: readonly { name: string; code: string }[];
  testIs: 'golden' | 'validation';
  datasetVersionId: string | null;
  isEmptyGood: boolean;
  isDryRun: boolean;
}

const code = /^[a-z0-9][a-z0-9_-]{0,62}$/;

/** Queues the import. Throws `ConflictError` when the plant has too many that are not finished. */
export async function startImport(context: Context, input: StartImport): Promise<DatasetImportRow> {
  const plant = await findPart(context, 'plant', keyOf('Plant', input.plantId, 'input.plantId'));
  if (!plant) throw new NotFoundError('input.plantId', input.plantId);
  requireRole(context, plant.id, CURATORS, { field: 'input.plantId', value: input.plantId });
  await checkSource(context, plant.id, input);
  const options = await optionsOf(context, plant.id, input);
  const personId = viewingPerson(context);
  return act(context, async ({ trx, now, audit }) => {
    const open = await countOpenImports(trx, plant.id);
    if (open >= context.config.limits.importsOpen)
      throw new ConflictError('input', `${open} imports of the plant are not finished`, 'wait for one, or cancel it');
    const row = await insertImport(trx, {
      id: newId(),
      plant_id: plant.id,
      format: input.format,
      source_kind: input.sourceKind,
      source: input.source,
      options: JSON.stringify(options),
      is_dry_run: input.isDryRun,
      state: 'queued',
      found: null,
      counts: '{}',
      error: null,
      requested_by: personId,
      requested_at: now,
      started_at: null,
      finished_at: null,
    });
    await context.jobs.send(trx, IMPORT_JOB, { importId: row.id });
    audit(input.isDryRun ? 'import.dry_run' : 'import.start', subjectOf(row), { source: input.source, options });
    return row;
  });
}

/** Ends it, or throws `ConflictError` when it has ended. What came in stays. */
export async function cancelImport(context: Context, globalId: string): Promise<DatasetImportRow> {
  const id = keyOf('DatasetImport', globalId, 'id');
  const row = await findImport(context, id);
  if (!row) throw new NotFoundError('id', globalId);
  requireRole(context, row.plant_id, CURATORS, { field: 'id', value: globalId });
  return act(context, async ({ trx, now, audit }) => {
    const cancelled = await updateOpenImport(trx, id, { state: 'cancelled', finished_at: now });
    if (!cancelled) {
      const state = (await selectImport(trx, id))?.state ?? row.state;
      throw new ConflictError('id', globalId, `it has ended (${state.toUpperCase()}): there is nothing to cancel`);
    }
    const change = { before: { state: row.state }, after: { state: cancelled.state } };
    audit('import.cancel', subjectOf(cancelled), { counts: cancelled.counts, ...change });
    return cancelled;
  });
}

/** The import, if the caller may see it. */
export async function findImport(context: Context, id: string): Promise<DatasetImportRow | null> {
  const row = await loadById(context, 'dataset_import', id, (ids) =>
    selectRowsIn(context.db, 'dataset_import', 'id', ids, ['id']),
  );
  return row && canSee(context, row.plant_id) ? row : null;
}

export function listImports(context: Context, plantId: string, args: PageArgs): Promise<Connection<DatasetImportRow>> {
  return listVisible(context, 'dataset_import', args, sql<boolean>`plant_id = ${plantId}::uuid`);
}

/** Files that were refused, or of which something was, by path. */
export async function listRefused(
  context: Context,
  importId: string,
  args: PageArgs,
): Promise<Connection<DatasetImportFileRow>> {
  const page = parsePage(args, context.config.limits, 1);
  const rows = await loadByParent(
    context,
    `refused files ${JSON.stringify(page)}`,
    importId,
    (ids) => selectRefusedPages(context.db, ids, page),
    (row) => row.import_id,
  );
  return toConnection(rows, page, (row) => [row.path]);
}

/** The import whose report the caller may read, or null. */
export async function findReport(context: Context, id: string): Promise<DatasetImportRow | null> {
  const row = await findImport(context, id);
  const roles = row && context.rights.rolesIn(row.plant_id);
  return roles && READERS.some((role) => roles.has(role)) ? row : null;
}

/** The report as CSV, page by page. */
export async function* reportLines(context: Context, row: DatasetImportRow): AsyncGenerator<string> {
  yield 'path,state,reason\r\n';
  let after: string | null = null;
  for (;;) {
    const page: Page = { limit: 1000, backward: false, after: after === null ? null : [after], before: null };
    const files: DatasetImportFileRow[] = (await selectRefusedPages(context.db, [row.id], page)).slice(0, 1000);
    for (const { path, state, reason } of files) yield `${[path, state, reason ?? ''].map(csvText).join(',')}\r\n`;
    const last = files.at(-1);
    if (!last || files.length < 1000) return;
    after = last.path;
  }
}

/** RFC 4180; a text that a spreadsheet would take for a formula has an apostrophe in front. */
function csvText(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return `"${safe.replaceAll('"', '""')}"`;
}

async function checkSource({ config }: Context, plantId: string, { source, sourceKind }: StartImport): Promise<void> {
  if (sourceKind === 'folder') {
    if (config.importDir === null)
      throw new InvalidInputError(
        'input.source',
        source,
        'the server has no import folder (LEHR_IMPORT_DIR): send an archive',
      );
    const checked = checkSetPath(source);
    if (checked === 'ignored' || 'reason' in checked || source.length > 500)
      throw new InvalidInputError(
        'input.source',
        source,
        'name a folder below the import folder, such as "bottles/2026"',
      );
    return;
  }
  const path = uploadName.test(source) ? importUploadPath(config.home, plantId, source) : undefined;
  if (path !== undefined && (await stat(path).catch(() => undefined))?.isFile()) return;
  throw new InvalidInputError('input.source', source, 'send the archive first: PUT /imports/PLANT/NAME.zip, whole');
}

async function optionsOf(context: Context, plantId: string, input: StartImport): Promise<ImportOptions> {
  const { importClasses } = context.config.limits;
  if (input.classes.length > importClasses)
    throw new InvalidInputError('input.classes', input.classes.length, `map at most ${importClasses} classes`);
  for (const [at, mapped] of input.classes.entries()) {
    if (mapped.name === '' || mapped.name.length > 200 || mapped.name.includes('\0'))
      throw new InvalidInputError(
        `input.classes[${at}].name`,
        mapped.name,
        'give the name that the set uses, 1 to 200 characters',
      );
    if (!code.test(mapped.code))
      throw new InvalidInputError(
        `input.classes[${at}].code`,
        mapped.code,
        'give the code of a class of the defect book, or good',
      );
  }
  let datasetVersionId: string | null = null;
  if (input.datasetVersionId !== null) {
    const field = 'input.datasetVersionId';
    const version = await findDatasetVersion(context, keyOf('DatasetVersion', input.datasetVersionId, field));
    if (version?.plant_id !== plantId) throw new NotFoundError(field, input.datasetVersionId);
    if (version.state !== 'draft')
      throw new ConflictError(
        field,
        input.datasetVersionId,
        'the version is frozen; open a new one with createDatasetVersion',
      );
    if (input.labels !== 'decide')
      throw new InvalidInputError(
        'input.labels',
        input.labels.toUpperCase(),
        'a draft takes decided images only: give DECIDE',
      );
    datasetVersionId = version.id;
  }
  const classes = Object.fromEntries(input.classes.map(({ name, code: to }) => [name, to]));
  return { labels: input.labels, classes, testIs: input.testIs, datasetVersionId, isEmptyGood: input.isEmptyGood };
}

/** Archives of the plant that lie on the server, by name. */
export async function listUploads(
  { config }: Context,
  plantId: string,
): Promise<{ name: string; sizeBytes: number; sentAt: Date }[]> {
  const folder = importUploadFolder(config.home, plantId);
  const names = (await readdir(folder).catch(() => [])).filter((name) => uploadName.test(name)).sort();
  const found = await Promise.all(
    names.slice(0, config.limits.importUploads).map(async (name) => ({
      name,
      file: await stat(importUploadPath(config.home, plantId, name)).catch(() => undefined),
    })),
  );
  return found.flatMap(({ name, file }) => (file ? [{ name, sizeBytes: file.size, sentAt: file.mtime }] : []));
}

function subjectOf(row: DatasetImportRow) {
  return { plantId: row.plant_id, subjectType: 'DatasetImport', subjectId: row.id };
}
