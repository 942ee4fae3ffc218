/** Reads a set picture by picture: what it says of each, whether the image is one, what is refused and why. Runs in a process of its own. */
import { createHash, randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { open, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { z } from 'zod';
import { checkImageFile, ImageFault, type ImageHeader } from '../../images/store/image-file.ts';
import { type Refused, SetFault, type SourceImage, type SourceSplit } from './formats/format.ts';
import { detectFormat, formatNamed } from './formats/formats.ts';
import { fitRegion } from './formats/set-values.ts';
import {
  ASIDE_FILE,
  type FoundSet,
  type ReadImage,
  type ReadMessage,
  type ReadSetJob,
  SENT_FILE,
} from './read-set-job.ts';
import { checkSetPath } from './set-path-rules.ts';
import { openFolder, openZip, type SetSource } from './set-source.ts';

const BATCH_IMAGES = 32;
const BATCH_CHARS = 4_000_000;
const ATTRIBUTE_CHARS = 65_536;
/** U+0000 and halves of surrogate pairs, which jsonb refuses. */
const unstorable = /\0|\p{Surrogate}/u;

/** What no path of a set may be is no path of these lists either. */
const pathSchema = z.string().refine((path) => {
  const checked = checkSetPath(path);
  return checked !== 'ignored' && 'path' in checked && checked.path === path;
});
const sentSchema = z.record(
  pathSchema,
  z.object({
    sha256: z.string().regex(/^[0-9a-f]{64}$/),
    width: z.int().positive(),
    height: z.int().positive(),
  }),
);
const asideSchema = z.object({
  items: z.record(
    z.string(),
    z.object({
      label: z
        .string()
        .min(1)
        .max(100)
        .refine((label) => !label.includes('\0') && label.isWellFormed())
        .optional(),
      split: z.enum(['train', 'validation', 'test']).optional(),
    }),
  ),
});

type Sent = z.infer<typeof sentSchema>;
type Aside = z.infer<typeof asideSchema>['items'];

/** Yields what the set is, then its images in batches. Throws `SetFault` where it cannot be read as a whole. */
export async function* readSet(job: ReadSetJob): AsyncGenerator<ReadMessage> {
  const { source: from, limits } = job;
  const source =
    from.kind === 'zip' ? await openZip(from.path, limits) : await openFolder(from.base, from.name, limits);
  try {
    const sent = await readJson(source, SENT_FILE, sentSchema, {} as Sent);
    const aside = (await readJson(source, ASIDE_FILE, asideSchema, { items: {} as Aside })).items;
    const paths = [...new Set([...source.paths, ...Object.keys(sent)])].sort();
    const files = { paths, read: source.read, yamlLimits: limits.yaml };
    const format = job.format === null ? await detectFormat(files) : formatNamed(job.format);
    if (!format)
      throw new SetFault('has no images in folders and no labels that are known: name its format, or pack it anew');
    const set = await format.read(files);
    const { found, images } = await lookOver(set.images, aside);
    const refused = [...source.refused, ...set.refused, ...found.refused];
    yield { kind: 'found', found: { ...found, format: format.name, refused } };
    yield* readImages(job, source, sent, aside, images);
  } finally {
    source.close();
  }
}

/** Counts classes and splits, and leaves out what cannot be read. */
async function lookOver(all: readonly SourceImage[], aside: Aside) {
  const classes = new Map<string, number>();
  const splits: FoundSet['splits'] = {};
  const refused: Refused[] = [];
  const images: SourceImage[] = [];
  for (const image of all) {
    try {
      const said = aside[image.path]?.label;
      const names = new Set([...(await image.classNames()), ...(said === undefined ? [] : [said])]);
      for (const name of names) classes.set(name, (classes.get(name) ?? 0) + 1);
      const split = aside[image.path]?.split ?? image.split ?? 'none';
      splits[split] = (splits[split] ?? 0) + 1;
      images.push(image);
    } catch (error) {
      if (!(error instanceof SetFault)) throw error;
      refused.push({ path: image.path, reason: error.message });
    }
  }
  const found = { images: images.length, classes: Object.fromEntries(classes), splits, refused };
  return { found, images: images.sort((a, b) => (a.path < b.path ? -1 : 1)) };
}

async function* readImages(
  job: ReadSetJob,
  source: SetSource,
  sent: Sent,
  aside: Aside,
  all: readonly SourceImage[],
): AsyncGenerator<ReadMessage> {
  const done = new Set(job.doneFile === null ? [] : (JSON.parse(await readFile(job.doneFile, 'utf8')) as string[]));
  const seen = new Map<string, { path: string; said: string }>();
  let images: ReadImage[] = [];
  let refused: Refused[] = [];
  let chars = 0;
  for (const [at, image] of all.entries()) {
    if (done.has(image.path)) continue;
    try {
      const read = await readImage(job, source, sent, aside, image);
      const said = JSON.stringify([read.label, read.regions]);
      const other = seen.get(read.sha256);
      if (other && other.said !== said) {
        if (read.file) await rm(read.file, { force: true });
        throw new SetFault(`is the same picture as ${other.path}, with another label: keep one of them`);
      }
      seen.set(read.sha256, { path: image.path, said });
      images.push(read);
      chars += said.length;
    } catch (error) {
      if (!(error instanceof SetFault)) throw error;
      refused.push({ path: image.path, reason: error.message });
    }
    if (images.length + refused.length < BATCH_IMAGES && chars < BATCH_CHARS) continue;
    yield { kind: 'images', images, refused, done: at + 1 };
    images = [];
    refused = [];
    chars = 0;
  }
  yield { kind: 'images', images, refused, done: all.length };
}

async function readImage(
  job: ReadSetJob,
  source: SetSource,
  sent: Sent,
  aside: Aside,
  image: SourceImage,
): Promise<ReadImage> {
  const known = sent[image.path];
  const kept = known === undefined ? await takeImage(job, source, image.path) : await storedImage(job, known);
  try {
    const said = await image.annotate({ width: kept.width, height: kept.height });
    if (said.regions.length > job.limits.regions) {
      throw new SetFault(
        `has ${said.regions.length} regions: at most ${job.limits.regions} are kept (LEHR_LIMIT_LABEL_REGIONS)`,
      );
    }
    const regions = said.regions.map((region) => fitRegion(region, kept));
    const own = aside[image.path];
    const label = own?.label ?? said.label ?? (regions.length === 0 && job.isEmptyGood ? 'good' : null);
    const split: SourceSplit | null = own?.split ?? image.split;
    return { path: image.path, ...kept, label, regions, split, attributes: keptAttributes(said.attributes) };
  } catch (error) {
    if (kept.file) await rm(kept.file, { force: true });
    throw error;
  }
}

/** As the database can keep them; no more than its rows should hold. */
function keptAttributes(attributes: Record<string, unknown> | undefined): Record<string, unknown> | null {
  if (attributes === undefined) return null;
  const text = JSON.stringify(attributes, (key, value: unknown) =>
    typeof value === 'string'
      ? value.replaceAll('\0', '\uFFFD').toWellFormed()
      : unstorable.test(key)
        ? undefined
        : value,
  );
  return text.length > ATTRIBUTE_CHARS ? { characters: text.length } : (JSON.parse(text) as Record<string, unknown>);
}

type Kept = ImageHeader & { sha256: string; sizeBytes: number; file: string | null };

/** Unpacks the image, hashed as it comes, and looks at it as at one that is sent. */
async function takeImage(job: ReadSetJob, source: SetSource, path: string): Promise<Kept> {
  const folder = job.incoming ?? tmpdir();
  const file = join(folder, `import-${randomUUID()}`);
  const hash = createHash('sha256');
  let sizeBytes = 0;
  const counted = new Transform({
    transform(part: Buffer, _encoding, next) {
      hash.update(part);
      sizeBytes += part.length;
      next(null, part);
    },
  });
  try {
    await pipeline(await source.stream(path), counted, createWriteStream(file, { mode: 0o600 })).catch(
      (error: unknown) => {
        if (error instanceof SetFault) throw error;
        throw new SetFault('is damaged in the archive: pack it again');
      },
    );
    const header = await checkImageFile(file, job.limits.imagePixels);
    if (job.incoming !== null) {
      // on the disk, not in its cache, before a row names it
      const handle = await open(file, 'r');
      await handle.sync().finally(() => handle.close());
    }
    const kept = { ...header, sha256: hash.digest('hex'), sizeBytes };
    if (job.incoming !== null) return { ...kept, file };
    await rm(file, { force: true });
    return { ...kept, file: null };
  } catch (error) {
    await rm(file, { force: true });
    throw error instanceof ImageFault ? new SetFault(`cannot be taken: ${error.message}`) : error;
  }
}

/** An image that was sent by itself before: the store knows it. A look only takes the sender's word for its size. */
async function storedImage(job: ReadSetJob, known: { sha256: string; width: number; height: number }): Promise<Kept> {
  const { sha256 } = known;
  const path = join(job.storeFolder, sha256.slice(0, 2), sha256);
  const found = await stat(path).catch(() => undefined);
  if (found)
    return { ...(await checkImageFile(path, job.limits.imagePixels)), sha256, sizeBytes: found.size, file: null };
  if (job.incoming !== null) throw new SetFault('was not sent: send the image, then import again');
  return { format: 'png', width: known.width, height: known.height, sha256, sizeBytes: 0, file: null };
}

async function readJson<T>(source: SetSource, path: string, schema: z.ZodType<T>, missing: T): Promise<T> {
  if (!source.paths.includes(path)) return missing;
  try {
    return schema.parse(JSON.parse((await source.read(path)).toString('utf8')));
  } catch {
    throw new SetFault(`holds a ${path} that is damaged: pack it again, or leave the file out`);
  }
}
