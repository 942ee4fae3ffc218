/** The data sets in their own layout come in with their masks, go out in every layout, and come in again: the same counts, boxes and masks. */
import { execFile } from 'node:child_process';
import { cp, mkdir, readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { formatNames } from '../../server/modules/datasets/exchange/formats/format.ts';
import { realDataFolder } from '../support/real-data.ts';
import { makeTemporaryFolder } from '../support/temporary-folder.ts';
import { compareSets, type Differences, heldImages } from './exchange/compare-sets.ts';
import { openExchangePlants } from './exchange/exchange-plants.ts';
import type { ProofOptions, ProofResult } from './kit/run-proofs.ts';

export const name = 'exchange';
export const about = 'sets that come in, go out in every layout and come in again are the same: counts, boxes, masks';

const sets = ['bottle', 'cookies', 'magnetic-tile'] as const;
const command = (file: string) => fileURLToPath(new URL(`../../server/programs/${file}`, import.meta.url));
const runFile = promisify(execFile);
/** What a layout holds of regions; the others are compared by what they do. */
const holdsMasks: readonly string[] = ['coco', 'yolo', 'mvtec', 'cvat', 'label_studio'];
const MOST_BOX_PX = 0.5;

interface Told {
  state: string;
  counts: Record<string, number>;
  refused: { path: string; reason: string }[];
}
interface Exported {
  images: number;
  regions: number;
  lost: number;
  leftOut: { reason: string }[];
}

/** `n` images of each class and part of a set; without it all of them. `formats` for a small run. */
export async function run({ n, report }: ProofOptions, formats: readonly string[] = formatNames): Promise<ProofResult> {
  const data = realDataFolder();
  if (data === undefined)
    throw new Error('There are no data sets: put them into ../shared/data, or name them with LEHR_TEST_DATA.');
  await using folder = await makeTemporaryFolder('exchange');
  const plantOf = (format: string) => format.replaceAll('_', '-');
  await using plants = await openExchangePlants(folder.path, ['source', ...formats.map(plantOf)]);
  const { url, env } = plants;
  const tell = async <T>(file: string, args: string[]): Promise<T> => {
    // 1 says that something was left out, which is read from the answer
    const { stdout } = await runFile(process.execPath, [command(file), '--url', url, '--json', ...args], {
      env: { ...process.env, ...env },
      maxBuffer: 2 ** 28,
    }).catch((error: { code?: number; stdout?: string; stderr?: string }) => {
      if (error.code === 1 && error.stdout) return { stdout: error.stdout };
      throw new Error(`${file} ${args.join(' ')}: ${error.stderr}`);
    });
    return JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as T;
  };

  const brought: Record<string, Told['counts'] & { refusedFiles: number }> = {};
  for (const set of sets) {
    const source = n === undefined ? join(data, set) : await someOf(join(data, set), join(folder.path, set), n);
    const told = await tell<Told>('import-folder.ts', ['--plant', 'source', '--data', source, '--dataset', set]);
    brought[set] = { ...told.counts, refusedFiles: told.refused.length };
    report(`${set} in: ${JSON.stringify(told.counts)}`);
    for (const { path, reason } of told.refused) report(`${set} refused ${path}: ${reason}`);
  }
  const lost: Record<string, Record<string, number>> = {};
  for (const format of formats) {
    for (const set of sets) {
      const out = join(folder.path, `${set}-${format}.zip`);
      const written = await tell<Exported>('export-dataset.ts', [
        '--plant',
        'source',
        '--dataset',
        set,
        '--format',
        format,
        '--out',
        out,
      ]);
      const reasons = new Map<string, number>();
      for (const { reason } of written.leftOut) reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
      lost[`${format} ${set}`] = Object.fromEntries(reasons);
      const told = await tell<Told>('import-folder.ts', ['--plant', plantOf(format), '--data', out, '--dataset', set]);
      report(
        `${set} as ${format}: ${written.images} images, ${written.regions} regions out, ${told.counts.taken} in, ${told.refused.length} refused${told.refused
          .slice(0, 5)
          .map(({ path, reason }) => `; ${path}: ${reason}`)
          .join('')}`,
      );
    }
  }

  const found = await plants.read(async (db) => {
    const first = await heldImages(db, plants.plantIds.get('source') ?? '');
    const differences: Record<string, Differences> = {};
    for (const format of formats) {
      const again = await heldImages(db, plants.plantIds.get(plantOf(format)) ?? '');
      for (const set of sets) differences[`${format} ${set}`] = compareSets(first.get(set) ?? [], again.get(set) ?? []);
    }
    return differences;
  });
  let images = 0;
  let wrong = 0;
  for (const [key, difference] of Object.entries(found)) {
    images += difference.images;
    const [format = ''] = key.split(' ');
    const { missing, otherLabel, otherSplit, otherRegions, boxPx, beyondBorder } = difference;
    const isSame = missing === 0 && otherLabel === 0 && otherSplit === 0;
    const regions = format === 'folders' || (otherRegions === 0 && boxPx <= MOST_BOX_PX);
    const masks = !holdsMasks.includes(format) || beyondBorder === 0;
    if (difference.images > 0 && isSame && regions && masks) continue;
    wrong += 1;
    report(`${key}: ${JSON.stringify(difference)}`);
  }
  return {
    n: images,
    counted: { sets: sets.length, layouts: formats.length, images, wrong },
    brought,
    found,
    lost,
    holds: wrong === 0,
  };
}

/** The first so many files of each folder with pictures, and the masks of those. */
async function someOf(from: string, to: string, n: number): Promise<string> {
  for (const entry of await readdir(from, { withFileTypes: true, recursive: true })) {
    if (!entry.isDirectory()) continue;
    const folder = join(entry.parentPath, entry.name);
    const relative = folder.slice(from.length + 1);
    const parts = relative.split('/');
    if (parts.length !== 2 || parts[0] === 'ground_truth') continue;
    const names = (await readdir(folder)).sort().slice(0, n);
    for (const file of names) {
      await copyInto(join(folder, file), join(to, relative, file));
      const mask = join('ground_truth', parts[1] ?? '', `${file.replace(/\.[^.]*$/, '')}_mask.png`);
      if (parts[0] === 'test') await copyInto(join(from, mask), join(to, mask)).catch(() => {});
    }
  }
  return to;
}

async function copyInto(from: string, to: string): Promise<void> {
  await mkdir(dirname(to), { recursive: true });
  await cp(from, to);
}
