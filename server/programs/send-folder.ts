/** Sends a folder so that the server gets what it lacks: images one by one under their hash, everything else in one archive. */
import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { pipeline } from 'node:stream/promises';
import sharp from 'sharp';
import { ZipFile } from 'yazl';
import type { FormatName, Refused } from '../modules/datasets/exchange/formats/format.ts';
import { detectFormat, formatNamed } from '../modules/datasets/exchange/formats/formats.ts';
import { SENT_FILE } from '../modules/datasets/exchange/read-set-job.ts';
import { openFolder, type SetSource } from '../modules/datasets/exchange/set-source.ts';
import { type Client, CommandError, refusalOf } from './client.ts';
import { show } from './command.ts';

const AT_ONCE = 4;
/** The server has bounds of its own; these only keep this process sound. */
const limits = { files: 10_000_000, imageBytes: 2 ** 40, labelBytes: 1024 ** 3, totalBytes: 2 ** 50 };
const yamlLimits = { bytes: 1024 ** 3, depth: 100, tokens: 50_000_000, aliases: 0 };

export interface SentFolder {
  /** What the archive is called on the server. */
  file: string;
  format: FormatName;
  images: number;
  sent: number;
  refused: Refused[];
}

/** Writes the archive of labels to `archive`; with `isDryRun` sends no image. */
export async function sendFolder(
  client: Client,
  options: {
    folder: string;
    plantCode: string;
    format: FormatName | null;
    archive: string;
    isDryRun: boolean;
    signal: AbortSignal;
  },
): Promise<SentFolder> {
  const folder = resolve(options.folder);
  const source = await openFolder(dirname(folder), basename(folder), limits).catch((error: Error) => {
    throw new CommandError(`${options.folder} ${error.message}`);
  });
  const files = { paths: source.paths, read: source.read, yamlLimits };
  const format = options.format === null ? await detectFormat(files) : formatNamed(options.format);
  if (!format) throw new CommandError(`${options.folder} is no set that is known: name its format with --format`);
  const set = await format.read(files);
  const images = new Map<string, { sha256: string; width: number; height: number }>();
  const refused: Refused[] = [...source.refused];
  let sent = 0;
  let done = 0;
  const waiting = set.images.map(({ path }) => path);
  const total = waiting.length;
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
        options.signal.throwIfAborted();
        const outcome = await sendImage(client, source, path, options);
        if ('reason' in outcome) refused.push({ path, reason: outcome.reason });
        else {
          images.set(path, outcome.image);
          if (outcome.isSent) sent += 1;
        }
        done += 1;
        show(`${done} of ${total} images looked at, ${sent} sent`);
      }
    }),
  );
  const isImage = new Set(set.images.map(({ path }) => path));
  const others = source.paths.filter((path) => !isImage.has(path));
  const sorted = Object.fromEntries([...images].sort(([a], [b]) => (a < b ? -1 : 1)));
  const sha256 = await packLabels(options.archive, source, others, JSON.stringify(sorted));
  return { file: `cli-${sha256.slice(0, 16)}.zip`, format: format.name, images: total, sent, refused };
}

async function sendImage(
  client: Client,
  source: SetSource,
  path: string,
  { plantCode, isDryRun }: { plantCode: string; isDryRun: boolean },
): Promise<{ image: { sha256: string; width: number; height: number }; isSent: boolean } | { reason: string }> {
  const bytes = await source.read(path);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const header = await sharp(bytes)
    .metadata()
    .catch(() => undefined);
  if (!header) return { reason: 'is no image that can be read: send a PNG, JPEG or WebP image' };
  const image = { sha256, width: header.width, height: header.height };
  if (isDryRun) return { image, isSent: false };
  const address = `/images/${plantCode}/${sha256}`;
  if ((await client.fetch(address, { method: 'HEAD' })).ok) return { image, isSent: false };
  const answer = await client.fetch(address, { method: 'PUT', body: new Uint8Array(bytes) });
  if (answer.status === 422 || answer.status === 413) return { reason: await refusalOf(answer) };
  if (!answer.ok) throw new CommandError(await refusalOf(answer));
  await answer.body?.cancel();
  return { image, isSent: true };
}

/** The same labels give the same archive, so that sending it goes on where it stopped. */
async function packLabels(
  archive: string,
  source: SetSource,
  paths: readonly string[],
  images: string,
): Promise<string> {
  const zip = new ZipFile();
  const mtime = new Date(0);
  const hash = createHash('sha256').update(images);
  zip.addBuffer(Buffer.from(images), SENT_FILE, { mtime });
  for (const path of paths) {
    zip.addReadStreamLazy(path, { mtime }, (done) => {
      source.stream(path).then(
        (stream) => done(null, stream),
        (error: unknown) => done(error, source as never),
      );
    });
    hash.update(path);
  }
  zip.end();
  const output = join(archive);
  await pipeline(zip.outputStream, createWriteStream(output, { mode: 0o600 }));
  for (const path of paths) hash.update(await source.read(path));
  return hash.digest('hex');
}
