/** Carries out the export of a dataset version: reads what it holds, and has a process of its own write the archive. */
import { createWriteStream } from 'node:fs';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import type { Services } from '../../../kit/context.ts';
import { exportFolder, imageStoreFolder } from '../../../kit/paths.ts';
import type { DatasetExportRow } from './exchange.table.ts';
import { type ExportedItemRow, selectExportedItems, updateOpenSetExport } from './export.queries.ts';
import { runChild } from './run-child.ts';
import { SET_ARCHIVE } from './set-exports.service.ts';
import type { WriteMessage, WriteSetJob, WrittenItem } from './write-set-job.ts';

/** Thrown when somebody has cancelled it: there is nothing to say. */
export class SetExportCancelledError extends Error {}

const PAGE = 1000;
const CHILD_HEAP_MB = 2048;
/** Hexadecimal digits of the hash in a file's name: enough that no two images of a plant share them. */
const NAME_DIGITS = 20;
const childFile = fileURLToPath(new URL('./write-set-process.ts', import.meta.url));

/** Writes the archive anew, whatever a run before has left. Gives what there is to say of it. */
export async function runSetExport(
  services: Services,
  row: DatasetExportRow,
  signal: AbortSignal,
): Promise<Extract<WriteMessage, { kind: 'end' }> & { images: number }> {
  const { db, config } = services;
  const folder = exportFolder(config.home, row.id);
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const itemsFile = join(folder, 'items.jsonl');
  const output = join(folder, `${SET_ARCHIVE}.part`);
  let images = 0;
  const lines = async function* () {
    for (let after = Buffer.alloc(0); ; ) {
      signal.throwIfAborted();
      const page = await selectExportedItems(db, row.dataset_version_id, after, PAGE);
      const last = page.at(-1);
      if (!last) return;
      after = Buffer.from(last.image_sha256);
      images += page.length;
      for (const item of page) yield `${JSON.stringify(itemOf(item))}\n`;
    }
  };
  await pipeline(Readable.from(lines()), createWriteStream(itemsFile, { mode: 0o600 }));

  const job: WriteSetJob = {
    format: row.format,
    itemsFile,
    storeFolder: imageStoreFolder(config.home, row.plant_id),
    output,
    atMs: row.requested_at.getTime(),
    leftOut: config.limits.leftOut,
  };
  let end: Extract<WriteMessage, { kind: 'end' }> | undefined;
  await runChild<WriteMessage>({ file: childFile, job, heapMb: CHILD_HEAP_MB, signal }, async (message) => {
    if (message.kind === 'end') end = message;
    else {
      const progress = Math.min(1, message.images / Math.max(1, message.total));
      if (!(await updateOpenSetExport(db, row.id, { progress }))) throw new SetExportCancelledError();
    }
  });
  if (!end) throw new Error('The process ended without an archive.');
  await rm(itemsFile, { force: true });
  await rename(output, join(folder, SET_ARCHIVE));
  const handle = await open(dirname(output), 'r');
  await handle.sync().finally(() => handle.close());
  return { ...end, images };
}

function itemOf(row: ExportedItemRow): WrittenItem {
  const sha256 = row.image_sha256.toString('hex');
  return {
    name: sha256.slice(0, NAME_DIGITS),
    extension: row.format === 'jpeg' ? 'jpg' : row.format,
    sha256,
    width: row.width,
    height: row.height,
    label: row.label,
    regions: row.regions,
    split: row.split,
    context: {
      sourcePath: row.source_path,
      capturedAt: row.captured_at?.toISOString() ?? null,
      line: row.line,
      station: row.station,
      camera: row.camera,
      product: row.product,
      recipe: row.recipe,
      batch: row.batch,
      verdict: row.verdict,
      score: row.score,
      keepProbability: row.keep_probability,
    },
    decision: { rule: row.rule, decidedAt: row.decided_at.toISOString(), persons: row.persons },
  };
}
