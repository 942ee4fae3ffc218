/** Where a camera's pictures come from: rendered bottles, or a folder of real images in MVTec AD layout. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { extname, join } from 'node:path';
import { DEFECT_KINDS } from './bottle-defects.ts';
import type { Glass } from './line-process.ts';
import type { LineView } from './machine-watch.ts';
import { renderBottle } from './render-bottle.ts';
import { seededRandom, seedFrom, shuffled } from './seeded-random.ts';

/** Parts in a row without a defect, at most: a demonstration shows something within half a minute. */
const LONGEST_GOOD_RUN = 25;
const IMAGE_TYPES = ['.png', '.jpg', '.jpeg', '.webp'];

export interface Picture {
  readonly bytes: Buffer;
  /** With its dot. */
  readonly extension: string;
  /** `good`, a kind of defect, or the folder's name of a real image. */
  readonly className: string;
}

export interface PictureSource {
  /** `goodRun` counts the parts since the last defect; the camera keeps it over a restart. */
  take(part: number, view: LineView, goodRun: number): Promise<{ picture: Picture; goodRun: number }>;
}

export function createRenderedSource(line: string, seed: number, defectRate: number): PictureSource {
  return {
    async take(part, view, goodRun) {
      const random = seededRandom(seedFrom(seed, line, part));
      const isDefective = random() < defectRate || goodRun >= LONGEST_GOOD_RUN;
      const kind = DEFECT_KINDS[Math.floor(random() * DEFECT_KINDS.length)] ?? 'crack';
      const { image } = await renderBottle({
        seed: seedFrom(seed, line, part, 'look'),
        glass: glassOf(view.batch),
        lighting: view.lighting / 100,
        defect: isDefective ? kind : 'none',
      });
      const picture = { bytes: image, extension: '.jpg', className: isDefective ? kind : 'good' };
      return { picture, goodRun: isDefective ? 0 : goodRun + 1 };
    },
  };
}

/**
 * Every file of `test/CLASS` once per cycle, in an order of its own each cycle, bytes untouched; part n is always the same file.
 * Throws when the folder holds none. Never looks into `train/`.
 */
export function createFolderSource(line: string, seed: number, folder: string): PictureSource {
  const files = testFiles(folder);
  let order: { cycle: number; files: typeof files } | undefined;
  return {
    async take(part, _view, goodRun) {
      const cycle = Math.floor((part - 1) / files.length);
      if (order?.cycle !== cycle) {
        order = { cycle, files: shuffled(seededRandom(seedFrom(seed, line, 'cycle', cycle)), files) };
      }
      const file = order.files[(part - 1) % files.length];
      if (!file) throw new Error(`part ${part} is out of its cycle`);
      const bytes = readFileSync(file.path);
      return { picture: { bytes, extension: extname(file.path), className: file.className }, goodRun };
    },
  };
}

function testFiles(folder: string): { path: string; className: string }[] {
  const test = join(folder, 'test');
  let classes: string[];
  try {
    classes = readdirSync(test).filter((name) => statSync(join(test, name)).isDirectory());
  } catch (error) {
    throw new Error(`--images ${folder} is refused: give a folder with test/CLASS/ inside (MVTec AD layout)`, {
      cause: error,
    });
  }
  const files = classes.sort().flatMap((className) =>
    readdirSync(join(test, className))
      .filter((name) => !name.startsWith('.') && IMAGE_TYPES.includes(extname(name).toLowerCase()))
      .sort()
      .map((name) => ({ path: join(test, className, name), className })),
  );
  if (files.length === 0) throw new Error(`--images ${folder} is refused: test/ holds no ${IMAGE_TYPES.join(', ')}`);
  return files;
}

/** The batch code tells its glass: `B-0007-AMBER`. */
function glassOf(batch: string): Glass {
  const glass = batch.split('-').at(-1)?.toLowerCase();
  return glass === 'amber' || glass === 'green' ? glass : 'clear';
}
