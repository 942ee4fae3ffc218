/** Carries out an import: the set is read in a process of its own; this checks classes, stores images and records what the person says of them. */

import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Region } from '#schema/region.ts';
import type { Trx } from '../../../database/database.ts';
import { CURATORS } from '../../../kit/access.ts';
import { act } from '../../../kit/act.ts';
import { canonicalJson } from '../../../kit/canonical-json.ts';
import { type Context, makeContext, type Services } from '../../../kit/context.ts';
import { newId } from '../../../kit/ids.ts';
import { imagePath, imageStoreFolder, importUploadPath, incomingFolder } from '../../../kit/paths.ts';
import { makeRights } from '../../../kit/rights.ts';
import { yamlLimitsOf } from '../../../kit/yaml-limits.ts';
import { addImports } from '../../images/pool/pool.service.ts';
import { settleImageFile } from '../../images/store/image-file.ts';
import {
  loadDecisions,
  recordAnnotations,
  type SaidOfImage,
  type StandingDecision,
} from '../../labelling/annotations/annotations.service.ts';
import { gravestLabel } from '../../labelling/annotations/gravest-label.ts';
import { type SignedBook, signedBook } from '../../labelling/defect-book/defect-book.service.ts';
import { createCodeOf } from './class-codes.ts';
import type { DatasetImportRow, FoundInSet, ImportCounts } from './exchange.table.ts';
import { askReview, fillDraft } from './fill-draft.ts';
import {
  type NewImportFile,
  noteSources,
  selectDonePaths,
  selectKnownImages,
  selectWorkingPerson,
  updateOpenImport,
  upsertImportFiles,
} from './import.queries.ts';
import type { FoundSet, ReadImage, ReadMessage, ReadSetJob } from './read-set-job.ts';
import { runChild } from './run-child.ts';

/** How the import ended otherwise than with the whole set; its words are for the one who asked. */
export class ImportEndedError extends Error {}

/** Thrown when somebody has cancelled it: there is nothing to say. */
export class ImportCancelledError extends Error {}

const CHILD_HEAP_MB = 2048;
const childFile = fileURLToPath(new URL('./read-set-process.ts', import.meta.url));
const nothing: ImportCounts = {
  images: 0,
  taken: 0,
  added: 0,
  labelled: 0,
  pending: 0,
  regions: 0,
  refused: 0,
  items: 0,
};

interface Run {
  services: Services;
  row: DatasetImportRow;
  book: SignedBook | null;
  codeOf: (name: string) => string | null;
  counts: ImportCounts;
  /** Images of the set; 0 until it is known. */
  total: number;
}

/** Does what is left of the import. Throws `ImportEndedError` and `ImportCancelledError`. */
export async function runImport(services: Services, row: DatasetImportRow, signal: AbortSignal): Promise<ImportCounts> {
  const { db, config } = services;
  await contextOfPerson(services, row);
  const book = await signedBook(db, row.plant_id);
  const offered = book && new Set(book.classes.filter((each) => !each.is_retired).map(({ code }) => code));
  const codeOf = createCodeOf(row.options.classes, offered);
  const run: Run = { services, row, book, codeOf, counts: { ...nothing, ...row.counts }, total: 0 };
  const incoming = incomingFolder(config.home);
  await mkdir(incoming, { recursive: true, mode: 0o700 });
  const doneFile = join(incoming, `import-${row.id}.json`);
  await writeFile(doneFile, JSON.stringify(await selectDonePaths(db, row.id)));
  try {
    const job = jobOf(services, row, incoming, doneFile);
    await runChild<ReadMessage>({ file: childFile, job, heapMb: CHILD_HEAP_MB, signal }, async (message) => {
      if (message.kind === 'fault') throw new ImportEndedError(`The set ${message.message}.`);
      if (message.kind === 'found') await takeFound(run, message.found);
      if (message.kind === 'images') await takeImages(run, message);
    });
  } finally {
    await rm(doneFile, { force: true });
  }
  // reading took a while: what the person may do now counts
  const context = await contextOfPerson(services, row);
  if (!row.is_dry_run && row.options.labels === 'suggest') await askReview(context, row, signal);
  if (!row.is_dry_run && row.options.datasetVersionId !== null) {
    run.counts.items = await fillDraft(context, row, row.options.datasetVersionId, signal);
  }
  return run.counts;
}

/** The person who asked, with the rights they have now. Throws when they may not import any more. */
async function contextOfPerson(services: Services, row: DatasetImportRow): Promise<Context> {
  const person = await selectWorkingPerson(services.db, row.requested_by, row.plant_id);
  const rights = makeRights({
    kind: 'person',
    rolesByPlant: new Map([[row.plant_id, person?.roles ?? []]]),
    isAdministrator: person?.is_administrator ?? false,
  });
  if (!person || !CURATORS.some((role) => rights.rolesIn(row.plant_id).has(role))) {
    throw new ImportEndedError('Whoever asked for it may not import any more: somebody else has to.');
  }
  const { id: personId, name, email } = person;
  const principal = { kind: 'person' as const, personId, name, email, sessionId: '' };
  return makeContext(services, { requestId: newId(), address: '', rights, principal });
}

function jobOf({ config }: Services, row: DatasetImportRow, incoming: string, doneFile: string): ReadSetJob {
  const { limits } = config;
  const base = config.importDir;
  if (row.source_kind === 'folder' && base === null)
    throw new ImportEndedError('The server has no import folder any more.');
  return {
    source:
      row.source_kind === 'folder'
        ? { kind: 'folder', base: base ?? '', name: row.source }
        : { kind: 'zip', path: importUploadPath(config.home, row.plant_id, row.source) },
    format: row.format,
    storeFolder: imageStoreFolder(config.home, row.plant_id),
    incoming: row.is_dry_run ? null : incoming,
    isEmptyGood: row.options.isEmptyGood,
    doneFile,
    limits: {
      files: limits.importFiles,
      imageBytes: limits.imageBytes,
      imagePixels: limits.imagePixels,
      regions: limits.labelRegions,
      labelBytes: limits.importLabelBytes,
      yaml: yamlLimitsOf(limits, limits.importLabelBytes, 'LEHR_LIMIT_IMPORT_LABEL_BYTES'),
      totalBytes: limits.importBytes,
    },
  };
}

/** Names what is unknown before anything is written. */
async function takeFound(run: Run, found: FoundSet): Promise<void> {
  const { services, row, codeOf } = run;
  run.total = found.images;
  const classes = Object.entries(found.classes)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, images]) => ({ name, images, code: codeOf(name) }));
  const summary: FoundInSet = { images: found.images, splits: found.splits, classes };
  const files = found.refused.map(({ path, reason }) => refusedFile(path, reason));
  await act(services, async ({ trx }) => {
    await upsertImportFiles(trx, row.id, files);
    // a run before this one has counted them
    run.counts.refused = Math.max(run.counts.refused, files.length);
    await saveStep(trx, run, { found: JSON.stringify(summary), format: found.format });
  });
  const unknown = classes.filter(({ code }) => code === null).map(({ name }) => name);
  if (unknown.length === 0 || row.is_dry_run || row.options.labels === 'none') return;
  const names = unknown.slice(0, 20).join(', ');
  throw new ImportEndedError(
    `The defect book does not offer ${unknown.length} of its classes: ${names}. Map them to classes of the book, or add them to it; nothing was imported.`,
  );
}

async function takeImages(run: Run, batch: Extract<ReadMessage, { kind: 'images' }>): Promise<void> {
  const { services, row, counts } = run;
  const { home } = services.config;
  await contextOfPerson(services, row);
  const hashes = batch.images.map(({ sha256 }) => sha256);
  if (!row.is_dry_run) {
    for (const { file, sha256 } of batch.images) {
      if (file) await settleImageFile(file, imagePath(home, row.plant_id, sha256));
    }
  }
  await act(services, async ({ trx }) => {
    const added = row.is_dry_run
      ? await newOf(trx, row.plant_id, hashes)
      : new Set(await store(trx, run, batch.images));
    const files = batch.images.map(({ path, sha256, split, attributes }): NewImportFile => {
      return { path, state: added.has(sha256) ? 'taken' : 'known', sha256, reason: null, split, attributes };
    });
    if (!row.is_dry_run) await noteSources(trx, row, batch.images);
    await upsertImportFiles(trx, row.id, [
      ...files,
      ...batch.refused.map(({ path, reason }) => refusedFile(path, reason)),
    ]);
    counts.images += batch.images.length + batch.refused.length;
    counts.taken += batch.images.length;
    counts.added += added.size;
    counts.refused += batch.refused.length;
    if (row.options.labels !== 'none') await label(trx, run, batch.images);
    const progress = run.total > 0 ? Math.min(1, batch.done / run.total) : 0;
    await saveStep(trx, run, { progress });
  });
  for (const { file, sha256 } of batch.images) {
    if (!file) continue;
    // retention may have taken away, since then, the file that was there
    await settleImageFile(file, imagePath(home, row.plant_id, sha256));
    await rm(file, { force: true });
  }
}

async function newOf(trx: Trx, plantId: string, hashes: readonly string[]): Promise<Set<string>> {
  const known = await selectKnownImages(trx, plantId, hashes);
  return new Set(hashes.filter((sha256) => !known.has(sha256)));
}

/** Images that were sent by themselves have rows already; of others this makes them. */
function store(trx: Trx, { services, row }: Run, images: readonly ReadImage[]): Promise<string[]> {
  const nowMs = services.now().getTime();
  const rows = images.map(({ path, sha256, format, sizeBytes, width, height }) => ({
    plantId: row.plant_id,
    sha256,
    format,
    sizeBytes,
    width,
    height,
    importId: row.id,
    sourcePath: path,
    capturedAtMs: nowMs,
    receivedAtMs: nowMs,
  }));
  return addImports(trx, rows);
}

/** Records the set's words as those of the person who brings it; where they only suggest, they are counted. */
async function label(trx: Trx, run: Run, images: readonly ReadImage[]): Promise<void> {
  const { services, row, book, counts } = run;
  const said = new Map<string, SaidOfImage>();
  for (const image of images) {
    const words = wordsOf(run, image);
    if (!words || said.has(image.sha256)) continue;
    const { plant_id: plantId } = row;
    said.set(image.sha256, { plantId, sha256: image.sha256, ...words, origin: 'import', bookId: book?.id ?? null });
    counts.regions += words.regions.length;
  }
  if (row.is_dry_run) counts.labelled += said.size;
  if (row.is_dry_run || row.options.labels !== 'decide' || said.size === 0) return;
  const who = { personId: row.requested_by, at: services.now() };
  for (const [sha256, standing] of await loadDecisions(trx, row.plant_id, [...said.keys()])) {
    const again = said.get(sha256);
    if (!again || !says(standing, again, row.requested_by)) continue;
    said.delete(sha256);
    counts.labelled += 1;
  }
  for (const { state } of await recordAnnotations(trx, who, [...said.values()])) {
    if (state === 'labelled') counts.labelled += 1;
    else counts.pending += 1;
  }
}

/** Whether the person has said just that, by the same definitions, and it holds: a set that comes in again adds nothing to the history. */
function says(standing: StandingDecision, again: SaidOfImage, personId: string): boolean {
  return (
    standing.label === again.label &&
    standing.bookId === again.bookId &&
    standing.personIds.includes(personId) &&
    canonicalJson(standing.regions) === canonicalJson(again.regions)
  );
}

/** Label and regions with the plant's codes; undefined when the set says nothing of the image. */
function wordsOf({ codeOf, book }: Run, image: ReadImage): { label: string; regions: Region[] } | undefined {
  const regions = image.regions.flatMap((region) => {
    const classCode = codeOf(region.classCode);
    return classCode === null || classCode === 'good' ? [] : [{ ...region, classCode }];
  });
  const own = image.label === null ? null : codeOf(image.label);
  if (own !== null && (own !== 'good' || regions.length === 0)) return { label: own, regions };
  if (regions.length === 0) return undefined;
  const codes = regions.map(({ classCode }) => classCode);
  return { label: gravestLabel(codes, book?.classes ?? []), regions };
}

/** Also learns whether somebody has cancelled the import. */
async function saveStep(trx: Trx, { row, counts }: Run, change: Parameters<typeof updateOpenImport>[2]): Promise<void> {
  const saved = await updateOpenImport(trx, row.id, { ...change, counts: JSON.stringify(counts) });
  if (!saved) throw new ImportCancelledError();
}

function refusedFile(path: string, reason: string): NewImportFile {
  const shown = path.slice(0, 1000).replaceAll('\u0000', '\uFFFD') || '(no name)';
  return {
    path: shown,
    state: 'refused',
    sha256: null,
    reason: reason.slice(0, 1000).replaceAll('\u0000', '\uFFFD'),
    split: null,
    attributes: null,
  };
}
