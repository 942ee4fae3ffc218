/** A home, its database and an edge with a full outbox, made by the programs of the old commit. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import sharp from 'sharp';
import { z } from 'zod';
import { createSeededRandom } from '../../support/seeded-random.ts';
import { type LineProcess, spawnLines } from '../../support/spawn-lines.ts';
import { fillOldPlant, type Holdings } from './fill-old-plant.ts';
import { type Outbox, readOutbox } from './read-outbox.ts';

export interface OldHomeOptions {
  /** Folder of the old code. */
  checkout: string;
  home: string;
  port: number;
  /** null for the embedded database. */
  databaseUrl: string | null;
  /** How many results wait at the edge when everything ends. */
  waiting: number;
  /** No camera takes pictures while people fill the plant, so that little is recorded. */
  isSmall?: boolean;
  /** Added to the programs' environment. */
  env?: Record<string, string>;
  report(line: string): void;
}

export interface OldHome {
  holdings: Holdings;
  /** As it lies in the edge's home, now that nothing runs. */
  outbox: Outbox;
}

const START_MS = 600_000;
const FILL_MS = 300_000;
const END_MS = 60_000;
const TRAINING_IMAGES = 24;
const GOOD_IMAGES = 40;
const BROKEN_IMAGES = 20;
const SIDE_PX = 64;

const Pids = z.record(z.string(), z.number());
const People = z.array(z.object({ role: z.string(), name: z.string(), email: z.string(), password: z.string() }));

/**
 * Runs the old `npm start` (a line with a machine and a gate), fills the plant, then stops the server in its tracks until the edge's outbox
 * is full. What the edge had under way may have reached the server or not, as with a line that breaks.
 */
export async function makeOldHome(options: OldHomeOptions): Promise<OldHome> {
  const { checkout, home, port, databaseUrl, waiting, isSmall = false, report } = options;
  const images = join(home, '..', `images-${port}`);
  await drawImages(images);
  const url = `http://localhost:${port}`;
  const env = { LEHR_HOME: home, PORT: String(port), DATABASE_URL: databaseUrl ?? '', NATS_URL: '', ...options.env };
  const args = ['--disable-warning=ExperimentalWarning', join(checkout, 'test/plant/start.ts'), '--images', images];
  report('the old version starts and trains its first model');
  const old = await spawnLines(process.execPath, args, { cwd: checkout, env, detached: true });
  const endGroup = () => signal(-old.pid, 'SIGKILL');
  process.once('exit', endGroup);
  try {
    await old.waitForLine(/^ready http/, START_MS);
    const pids = Pids.parse(JSON.parse(await readFile(join(home, 'plant', 'pids.json'), 'utf8')));
    const people = People.parse(JSON.parse(await readFile(join(home, 'plant', 'people.json'), 'utf8')));
    const holdings = await fillOldPlant(url, people, report, () => {
      if (isSmall) signal(pids.camera, 'SIGSTOP');
    });
    signal(pids.server, 'SIGSTOP');
    signal(pids.camera, 'SIGCONT');
    report('the old server stands still; the outbox fills');
    const edgeHome = join(home, 'edge');
    await waitUntil(() => isFull(readOutbox(edgeHome), waiting), 'the outbox of the old edge is not full');
    signal(pids.edge, 'SIGKILL');
    signal(pids.server, 'SIGCONT');
    // without its edge the old version ends by itself, the server as it is told
    await within(old, END_MS);
    return { holdings, outbox: readOutbox(edgeHome) };
  } finally {
    endGroup();
    process.off('exit', endGroup);
    await old.exit;
  }
}

function isFull({ results, images, notes }: Outbox, wanted: number): boolean {
  const has = (kind: string) => notes.some((note) => note.kind === kind);
  return results.length >= wanted && images.length > 0 && has('event') && has('counts');
}

/** A process that has ended already needs no signal. */
function signal(pid: number | undefined, name: NodeJS.Signals): void {
  try {
    if (pid !== undefined) process.kill(pid, name);
  } catch {
    // it is gone
  }
}

async function within(child: LineProcess, limitMs: number): Promise<void> {
  const late = sleep(limitMs, 'late', { ref: false });
  if ((await Promise.race([child.exit, late])) === 'late') throw new Error('the old version does not end');
}

async function waitUntil(isSo: () => boolean, problem: string): Promise<void> {
  const deadline = Date.now() + FILL_MS;
  while (!isSo()) {
    if (Date.now() > deadline) throw new Error(problem);
    await sleep(200);
  }
}

/** Discs in MVTec AD layout; a broken one has a notch. No two are equal. */
async function drawImages(folder: string): Promise<void> {
  const draw = async (name: string, count: number, seed: number, isBroken: boolean) => {
    await mkdir(join(folder, name), { recursive: true });
    for (let index = 0; index < count; index++) {
      const bytes = await drawDisc(seed + index, isBroken);
      await writeFile(join(folder, name, `${String(index).padStart(3, '0')}.png`), bytes);
    }
  };
  await draw('train/good', TRAINING_IMAGES, 1_000, false);
  await draw('test/good', GOOD_IMAGES, 2_000, false);
  await draw('test/broken', BROKEN_IMAGES, 3_000, true);
}

function drawDisc(seed: number, isBroken: boolean): Promise<Buffer> {
  const random = createSeededRandom(seed);
  const pixels = Buffer.alloc(SIDE_PX * SIDE_PX, 30);
  for (let y = 0; y < SIDE_PX; y++) {
    for (let x = 0; x < SIDE_PX; x++) {
      const isNotch = isBroken && x > 34 && Math.abs(y - 32) < 9;
      if (Math.hypot(x - 32, y - 32) < 22 && !isNotch) pixels.writeUInt8(150 + random.integer(3), y * SIDE_PX + x);
    }
  }
  return sharp(pixels, { raw: { width: SIDE_PX, height: SIDE_PX, channels: 1 } })
    .png()
    .toBuffer();
}
