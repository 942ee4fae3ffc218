/** Writes a set as one zip: images as they are, labels in the layout asked for, the manifest, and what the layout has no place for. */
import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { ZipFile } from 'yazl';
import type { ExportItem, OutFile, Refused, WrittenSet } from './formats/format.ts';
import { formatNamed } from './formats/formats.ts';
import { manifestParts } from './manifest-parquet.ts';
import { ASIDE_FILE } from './read-set-job.ts';
import type { WriteMessage, WriteSetJob, WrittenItem } from './write-set-job.ts';

const TEXT_CHARS = 65_536;
const sourceSplit = { train: 'train', validation: 'validation', golden: 'test' } as const;

/** Gives the last message; `onImage` hears of each image that is being written. */
export async function writeSet(
  job: WriteSetJob,
  onImage: (images: number, total: number) => void,
): Promise<WriteMessage> {
  const lines = (await readFile(job.itemsFile, 'utf8')).split('\n').filter((line) => line !== '');
  const lost: Refused[] = [];
  const items: WrittenItem[] = [];
  for (const line of lines) {
    const item = JSON.parse(line) as WrittenItem;
    if (await isThere(pathOf(job, item))) items.push(item);
    else lost.push({ path: item.sha256, reason: 'its file is not kept any more' });
  }
  const written = formatNamed(job.format).write(items, ({ sha256 }, reason) => lost.push({ path: sha256, reason }));
  const zip = new ZipFile();
  const mtime = new Date(job.atMs);
  let images = 0;
  const addText = (path: string, text: () => Iterable<string>) => {
    zip.addReadStreamLazy(path, { mtime, compress: true }, (done) => done(null, Readable.from(inPieces(text()))));
  };
  const add = (file: OutFile) => {
    if ('text' in file) addText(file.path, file.text);
    else if ('bytes' in file) {
      const { bytes } = file;
      zip.addReadStreamLazy(file.path, { mtime, compress: false }, (done) => {
        bytes().then(
          (buffer) => done(null, Readable.from([buffer])),
          (error: unknown) => done(error, Readable.from([])),
        );
      });
    } else {
      const path = pathOf(job, file.image);
      zip.addReadStreamLazy(file.path, { mtime, compress: false }, (done) => {
        images += 1;
        onImage(images, items.length);
        done(null, createReadStream(path));
      });
    }
  };
  for (const file of written.files) add(file);
  const aside = asideOf(items, written);
  if (aside !== null) addText(ASIDE_FILE, () => [aside]);
  zip.addReadStreamLazy('manifest.parquet', { mtime, compress: false }, (done) =>
    done(null, Readable.from(manifestParts(items, (item) => written.imagePath(item)))),
  );
  // last: the layouts say what they lose while they are written
  addText('left-out.csv', () => [
    'image,reason\r\n',
    ...lost.map(({ path, reason }) => `${path},"${reason.replaceAll('"', '""')}"\r\n`),
  ]);
  zip.end();

  const hash = createHash('sha256');
  let sizeBytes = 0;
  const counted = new Transform({
    transform(part: Buffer, _encoding, next) {
      hash.update(part);
      sizeBytes += part.length;
      next(null, part);
    },
  });
  const failed = new Promise<never>((_resolve, reject) => zip.once('error', reject));
  await Promise.race([
    pipeline(zip.outputStream, counted, createWriteStream(job.output, { mode: 0o600, flush: true })),
    failed,
  ]);
  const regions = items.reduce((sum, item) => sum + item.regions.length, 0);
  const leftOut = lost.slice(0, job.leftOut);
  const lostItems = new Set(lost.map(({ path }) => path)).size;
  return { kind: 'end', sizeBytes, sha256: hash.digest('hex'), regions, lost: lostItems, leftOut };
}

/** Labels and splits that the layout has no place for, in a file that imports of ours read again; null when it holds all. */
function asideOf(items: readonly WrittenItem[], written: WrittenSet): string | null {
  const aside = items.flatMap((item) => {
    const label = written.holdsLabel(item) ? {} : { label: item.label };
    const split = written.holdsSplit(item) ? {} : { split: sourceSplit[item.split] };
    const said = { ...label, ...split };
    return Object.keys(said).length === 0 ? [] : [[written.imagePath(item), said] as const];
  });
  return aside.length === 0 ? null : `${JSON.stringify({ version: 1, items: Object.fromEntries(aside) })}\n`;
}

function pathOf({ storeFolder }: WriteSetJob, { sha256 }: ExportItem): string {
  return join(storeFolder, sha256.slice(0, 2), sha256);
}

function isThere(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isFile(),
    () => false,
  );
}

function* inPieces(texts: Iterable<string>): Generator<Buffer> {
  let piece = '';
  for (const text of texts) {
    piece += text;
    if (piece.length < TEXT_CHARS) continue;
    yield Buffer.from(piece);
    piece = '';
  }
  yield Buffer.from(piece);
}
