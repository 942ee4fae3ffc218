/** Carries out an export: page by page in the order of capture, file by file, going on after the last file that was finished. */
import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Services } from '../../../kit/context.ts';
import { exportFolder } from '../../../kit/paths.ts';
import { readExportPage } from '../inspections/inspections.service.ts';
import type { ExportedRow, NameOf } from './export-columns.ts';
import { openPart, type PartWriter } from './part-writer.ts';
import { insertFile, type NamedTable, selectFiles, selectNames, updateOpenExport } from './result-exports.queries.ts';
import type { InspectionExportFileRow, InspectionExportRow } from './result-exports.table.ts';

type Needed = Pick<Services, 'db' | 'config'>;

/** Names that are kept at once; a plant has fewer cameras, and jobs follow each other. */
const KEPT_NAMES = 10_000;

/** How the export ended otherwise than with all its rows; its words are for the one who asked. */
export class ExportEndedError extends Error {}

/** Thrown when somebody has cancelled it: there is nothing to say. */
export class ExportCancelledError extends Error {}

interface Key {
  at: Date;
  id: string;
}

/**
 * Writes what is left of the export. Rows are those below the positions at which the lines stood when it was asked for, so
 * that a run that was cut short and the one after it see the same. Throws `ExportEndedError` for more rows than allowed.
 */
export async function runExport(services: Needed, row: InspectionExportRow, signal: AbortSignal): Promise<void> {
  const { db, config } = services;
  const { exportPartRows, exportPageRows, exportRows } = config.limits;
  const folder = exportFolder(config.home, row.id);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const files = await selectFiles(db, [row.id]);
  await removeUnfinished(folder, files);

  const names = keptNames(services);
  let count = files.reduce((sum, file) => sum + file.row_count, 0);
  let after = keyOf(files.at(-1));
  for (let number = files.length + 1; ; number++) {
    const name = `inspections-${String(number).padStart(5, '0')}.${row.format}`;
    const part = await openPart(row.format, join(folder, name));
    let inPart = 0;
    let isEnd = false;
    try {
      while (inPart < exportPartRows && !isEnd) {
        signal.throwIfAborted();
        const limit = Math.min(exportPageRows, exportPartRows - inPart);
        const page = await readExportPage(db, selectionOf(row), row.heads, after, limit);
        isEnd = page.length < limit;
        inPart += page.length;
        count += page.length;
        if (count > exportRows)
          throw new ExportEndedError(
            `There are more than ${exportRows} rows: narrow the filter, or export in several steps.`,
          );
        await writePage(part, page, names);
        const last = page.at(-1);
        if (last) after = { at: last.captured_at, id: last.id };
        await sayProgress(services, row, after, count);
      }
    } catch (error) {
      await part.abandon();
      throw error;
    }
    if (inPart === 0 && number > 1) {
      await part.abandon();
      break;
    }
    const { sizeBytes, sha256 } = await part.finish();
    await insertFile(db, {
      export_id: row.id,
      number,
      name,
      size_bytes: sizeBytes,
      sha256,
      row_count: inPart,
      last_captured_at: after?.at ?? null,
      last_id: after?.id ?? null,
    });
    if (isEnd) break;
  }
  await removeUnfinished(folder, await selectFiles(db, [row.id]));
}

async function writePage(part: PartWriter, page: readonly ExportedRow[], names: ReturnType<typeof keptNames>) {
  if (page.length === 0) return;
  await part.write(page, await names(page));
}

/** Also learns whether somebody has cancelled the export. */
async function sayProgress({ db }: Needed, row: InspectionExportRow, after: Key | undefined, count: number) {
  const { first_at: first, last_at: last } = row;
  const spanMs = first && last ? last.getTime() - first.getTime() : 0;
  const doneMs = first && after ? after.at.getTime() - first.getTime() : 0;
  const progress = spanMs > 0 ? Math.min(1, Math.max(0, doneMs / spanMs)) : 0;
  if (!(await updateOpenExport(db, row.id, { progress, row_count: count }))) throw new ExportCancelledError();
}

/** Files that were being written, or had their name and not yet their row. */
async function removeUnfinished(folder: string, files: readonly InspectionExportFileRow[]): Promise<void> {
  const finished = new Set(files.map(({ name }) => name));
  for (const name of await readdir(folder)) if (!finished.has(name)) await rm(join(folder, name), { force: true });
}

function selectionOf({ plant_id: plantId, selection }: InspectionExportRow) {
  const { from, to } = selection;
  return {
    ...selection,
    plantIds: [plantId],
    from: from === null ? null : new Date(from),
    to: to === null ? null : new Date(to),
  };
}

function keyOf(file: InspectionExportFileRow | undefined): Key | undefined {
  return file?.last_captured_at && file.last_id ? { at: file.last_captured_at, id: file.last_id } : undefined;
}

/** Reads the names that a page needs and that are not known yet: one statement a table, seldom any. */
function keptNames({ db }: Needed): (page: readonly ExportedRow[]) => Promise<NameOf> {
  const kept = new Map<NamedTable, Map<string, string>>();
  const keyColumns = {
    line: 'line_id',
    station: 'station_id',
    camera: 'camera_id',
    edge_node: 'edge_node_id',
    job: 'job_id',
    product: 'product_id',
    recipe: 'recipe_id',
    material_batch: 'batch_id',
    model_version: 'model_version_id',
  } as const satisfies Record<NamedTable, keyof ExportedRow>;

  return async (page) => {
    for (const [table, column] of Object.entries(keyColumns) as [NamedTable, (typeof keyColumns)[NamedTable]][]) {
      let known = kept.get(table);
      if (!known || known.size > KEPT_NAMES) {
        known = new Map();
        kept.set(table, known);
      }
      const missing = new Set<string>();
      for (const row of page) {
        const id = row[column];
        if (id !== null && !known.has(id)) missing.add(id);
      }
      if (missing.size > 0) for (const [id, name] of await selectNames(db, table, [...missing])) known.set(id, name);
    }
    return (table, id) => (id === null ? null : (kept.get(table)?.get(id) ?? id));
  };
}
