/** The cameras as the edge node meets them: files in a spool, fed by a machine over OPC UA. */
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type Program, startMachine, startProgram, until } from './program.ts';

const folder = mkdtempSync(join(tmpdir(), 'lehr-camera-test-'));
const MACHINE = ['--lines', 'line-1', '--speed', '1200', '--acting-ms', '30', '--pki', join(folder, 'pki')];
let machine: Program;
let endpoint: string;
let camera: Program | undefined;

beforeAll(async () => {
  ({ program: machine, endpoint } = await startMachine(MACHINE));
}, 60_000);
afterEach(async () => {
  await camera?.end();
});
afterAll(async () => {
  await machine?.end();
  rmSync(folder, { recursive: true, force: true });
});

interface Truth {
  readonly partId: string;
  readonly class: string;
  readonly sha256: string;
}

function setUp(name: string, options: object, flags: readonly string[] = []) {
  const home = join(folder, name);
  mkdirSync(home, { recursive: true });
  const [spool, truth, config] = [join(home, 'spool'), join(home, 'truth.jsonl'), join(home, 'cameras.json')];
  writeFileSync(config, JSON.stringify({ ...options, lines: [{ line: 'line-1', spool, truth }] }));
  return {
    spool,
    start: (machineAt = endpoint) => startProgram('camera.ts', ['--machine', machineAt, '--config', config, ...flags]),
    names: () => (existsSync(spool) ? readdirSync(spool).sort() : []),
    truths: (): Truth[] =>
      readFileSync(truth, 'utf8')
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line)),
  };
}

const numberIn = (name = ''): number => Number(/-(\d{8})\./.exec(name)?.[1]);
const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

describe('a camera with rendered bottles', () => {
  it('names whole pictures in order, with the time of capture and the truth beside', async () => {
    const began = Date.now();
    const { spool, start, names, truths } = setUp('rendered', { maxSpool: 8, defectRate: 0 });
    camera = start();
    await camera.line(/spool holds 8 pictures/);
    const numbers = names().map((name) => Number(/^L1-(\d{8})\.jpg$/.exec(name)?.[1]));
    expect(numbers).toEqual(Array.from({ length: 8 }, (_, i) => (numbers[0] ?? 0) + i));
    let last = began - 1;
    for (const name of names()) {
      const file = join(spool, name);
      const capturedAt = statSync(file).mtimeMs;
      expect(capturedAt).toBeGreaterThan(last);
      expect(capturedAt).toBeLessThanOrEqual(Date.now());
      last = capturedAt;
      expect((await sharp(file).metadata()).format).toBe('jpeg');
    }
    expect(truths()).toEqual(
      names().map((name) => ({
        partId: name.slice(0, -4),
        class: 'good',
        sha256: sha256(readFileSync(join(spool, name))),
      })),
    );
  }, 60_000);

  it('stops once at a full spool, goes on when there is room, and numbers on after a restart', async () => {
    const { spool, start, names } = setUp('full', { maxSpool: 3 });
    camera = start();
    await camera.line(/spool holds 3 pictures/);
    const [first = ''] = names();
    rmSync(join(spool, first));
    await camera.line(/line-1 goes on/);
    await until(() => (names().length === 3 ? true : undefined));
    const last = numberIn(names().at(-1));
    expect(last).toBeGreaterThan(numberIn(first) + 2);
    camera.process.kill('SIGINT');
    expect(await camera.end()).toBe(0);

    for (const name of names()) rmSync(join(spool, name));
    writeFileSync(join(spool, '.L1-00000005.jpg'), 'cut short by a kill');
    camera = start();
    await until(() => (names().length === 3 ? true : undefined));
    const numbers = names().map(numberIn);
    expect(numbers[0]).toBeGreaterThan(last);
    expect(numbers).toEqual(numbers.map((_, i) => (numbers[0] ?? 0) + i));
  }, 60_000);

  it('never lets more than 25 parts in a row pass without a defect, and marks each in the truth', async () => {
    const { start, truths } = setUp('defects', { maxSpool: 60, defectRate: 0.0001 });
    camera = start();
    await camera.line(/spool holds 60 pictures/);
    const defective = truths().flatMap((truth, i) => (truth.class === 'good' ? [] : [i]));
    expect(defective).toEqual([25, 51]);
    for (const i of defective) expect(['crack', 'chip', 'inclusion']).toContain(truths()[i]?.class);
  }, 60_000);
});

describe('a camera with a folder of images', () => {
  it('feeds every file of test/ once per cycle, untouched, and never one of train/', async () => {
    const images = join(folder, 'mvtec');
    const files = new Map<string, string>();
    for (const [path, className] of [
      ['test/good/000.png', 'good'],
      ['test/good/001.png', 'good'],
      ['test/broken large/000.png', 'broken large'],
      ['test/contamination/000.png', 'contamination'],
      ['train/good/000.png', 'never'],
    ] as const) {
      mkdirSync(join(images, path, '..'), { recursive: true });
      const bytes = Buffer.from(`the bytes of ${path}`);
      writeFileSync(join(images, path), bytes);
      if (className !== 'never') files.set(sha256(bytes), className);
    }
    const { spool, start, names, truths } = setUp('images', { maxSpool: 12 }, ['--images', images]);
    camera = start();
    await camera.line(/spool holds 12 pictures/);
    const seen = names().map((name) => sha256(readFileSync(join(spool, name))));
    // Part 1, 5, 9 … begin a cycle; the first picture may be of any part.
    const begin = (4 - ((numberIn(names()[0]) - 1) % 4)) % 4;
    for (const cycle of [begin, begin + 4]) {
      expect(seen.slice(cycle, cycle + 4).sort()).toEqual([...files.keys()].sort());
    }
    expect(truths().map((truth) => truth.class)).toEqual(seen.map((hash) => files.get(hash)));
  }, 60_000);

  it('refuses a folder without test images in one line', async () => {
    camera = setUp('empty', {}, ['--images', folder]).start();
    await expect(camera.line(/--images .* is refused: give a folder with test\/CLASS/)).resolves.toBeTruthy();
    expect(await camera.left()).toBe(1);
  });
});

describe('a camera without its machine', () => {
  it('takes no pictures, says so once, and numbers on when it is back', async () => {
    const state = ['--state', join(folder, 'away.json')];
    const first = await startMachine([...MACHINE, ...state]);
    const { start, names } = setUp('away', { maxSpool: 1_000 });
    camera = start(first.endpoint);
    await camera.line(/line-1 is in Execute/);
    await until(() => names()[2]);
    first.program.process.kill('SIGKILL');
    await camera.line(/machine does not answer/);
    const seen = names();
    const second = await startMachine([...MACHINE, ...state, '--port', new URL(first.endpoint).port]);
    await until(() => (names().length > seen.length + 2 ? true : undefined));
    expect(names().slice(0, seen.length)).toEqual(seen);
    expect(numberIn(names()[seen.length])).toBeGreaterThan(numberIn(seen.at(-1)));
    expect(camera.lines.filter((line) => line.startsWith('machine does not answer')).length).toBe(1);
    expect(camera.lines.filter((line) => line.startsWith('machine answers')).length).toBe(2);
    await second.program.end();
  }, 60_000);
});
