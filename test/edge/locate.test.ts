import { createHash } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CameraSetup, WHOLE_IMAGE } from '../../edge/pipeline/camera-setup.ts';
import { createReferences } from '../../edge/pipeline/stages/find-reference.ts';
import { prepareFrame, windowOf } from '../../edge/pipeline/stages/prepare-frame.ts';
import { prepareImage } from '../../schema/prepare-image.ts';
import { describeOnRealData } from '../support/real-data.ts';
import { createSeededRandom } from '../support/seeded-random.ts';
import { makeTemporaryFolder, type TemporaryFolder } from '../support/temporary-folder.ts';
import { movedImage } from './kit/moved-image.ts';

const input = { scale: 0.85, kernel: 'lanczos3', maxPixels: 10_000_000 } as const;
const references = createReferences();
let folder: TemporaryFolder;

beforeAll(async () => {
  folder = await makeTemporaryFolder('locate');
});
afterAll(() => folder.remove());

async function setupWith(reference: Uint8Array, more: Partial<CameraSetup> = {}): Promise<CameraSetup> {
  const sha256 = createHash('sha256').update(reference).digest('hex');
  const path = join(folder.path, sha256);
  await writeFile(path, reference);
  return { roi: null, reference: { sha256, path }, maxOffsetPx: 25, maxRotationDeg: 6, ...more };
}

const goodImages = (data: string) =>
  readdirSync(join(data, 'train/good'))
    .sort()
    .map((name) => join(data, 'train/good', name));

describe('cutting the region of interest', () => {
  it('gives what training saw when it is the whole image, and a piece of it when it is not', async () => {
    const bytes = await picture();
    const prepared = await prepareImage(bytes, input);
    const whole = await prepareFrame(bytes, input, WHOLE_IMAGE, references);
    expect(Buffer.compare(whole.image.data, prepared.data)).toBe(0);
    expect(whole).toMatchObject({ position: null, locateProblem: undefined });
    const roi = { x: 0.25, y: 0.5, width: 0.5, height: 0.25 };
    const { image, toOriginal } = await prepareFrame(bytes, input, { ...WHOLE_IMAGE, roi }, references);
    const window = windowOf(roi, prepared);
    for (const [x, y] of [
      [0, 0],
      [window.width - 1, window.height - 1],
    ] as const) {
      const from = ((window.y + y) * prepared.width + window.x + x) * 3;
      const to = (y * window.width + x) * 3;
      expect(image.data.subarray(to, to + 3)).toEqual(new Uint8Array(prepared.data.subarray(from, from + 3)));
    }
    expect(toOriginal(0, 0).x).toBeCloseTo(0.25, 1);
    expect(toOriginal(image.width, image.height).y).toBeCloseTo(0.75, 1);
  });

  it('lies inside the image and is never too small for a model', () => {
    const share = fc.double({ min: 0, max: 1, noNaN: true });
    const roi = fc.record({ x: share, y: share, width: share, height: share });
    const size = fc.record({ width: fc.integer({ min: 32, max: 900 }), height: fc.integer({ min: 32, max: 900 }) });
    fc.assert(
      fc.property(roi, size, (given, image) => {
        const { x, y, width, height } = windowOf(given, image);
        for (const number of [x, y, width, height]) expect(Number.isInteger(number)).toBe(true);
        expect(Math.min(x, y)).toBeGreaterThanOrEqual(0);
        expect(Math.min(width, height)).toBeGreaterThanOrEqual(32);
        expect(x + width).toBeLessThanOrEqual(image.width);
        expect(y + height).toBeLessThanOrEqual(image.height);
      }),
      { endOnFailure: true },
    );
  });
});

describe.each(['bottle', 'cookies', 'magnetic-tile'] as const)('locating parts of %s', (set) => {
  describeOnRealData(set, 'on real images', (data) => {
    it('finds shift and rotation in spite of noise and other light', async () => {
      const random = createSeededRandom(11);
      const between = (low: number, high: number) => low + (high - low) * random.next();
      for (const file of goodImages(data).slice(0, 6)) {
        const move = {
          dx: between(-17, 17),
          dy: between(-17, 17),
          rotationDeg: between(-5, 5),
          gain: between(0.75, 1.2),
          offset: between(-15, 15),
          noise: 4,
        };
        const setup = await setupWith(await readFile(file));
        const found = await prepareFrame(await movedImage(file, move, random), input, setup, references);
        expect(found.locateProblem).toBeUndefined();
        expect(Math.abs((found.position?.offsetXPx ?? 0) - move.dx)).toBeLessThan(0.3);
        expect(Math.abs((found.position?.offsetYPx ?? 0) - move.dy)).toBeLessThan(0.3);
        expect(Math.abs((found.position?.rotationDeg ?? 0) - move.rotationDeg)).toBeLessThan(0.1);
      }
    }, 60_000);
  });
});

describeOnRealData('bottle', 'bringing a part back', (data) => {
  it('shows it to the model where the reference has it, and maps what is found there to where it was seen', async () => {
    const [file = ''] = goodImages(data);
    const reference = await readFile(file);
    const setup = await setupWith(reference, { roi: { x: 0.1, y: 0.1, width: 0.8, height: 0.8 } });
    const straight = await prepareFrame(new Uint8Array(reference), input, setup, references);
    const move = { dx: 12.4, dy: -7.3, rotationDeg: 3 };
    const moved = await movedImage(file, move);
    const off = (a: Uint8Array, b: Uint8Array) =>
      a.reduce((sum, value, at) => sum + Math.abs(value - (b[at] ?? 0)), 0) / a.length;
    const left = await prepareFrame(moved, input, { ...setup, reference: null }, references);
    const brought = await prepareFrame(moved, input, setup, references);
    expect(off(brought.image.data, straight.image.data)).toBeLessThan(0.15 * off(left.image.data, straight.image.data));
    const centre = brought.toOriginal(brought.image.width / 2, brought.image.height / 2);
    expect(centre.x - 0.5).toBeCloseTo(move.dx / 450, 2);
    expect(centre.y - 0.5).toBeCloseTo(move.dy / 450, 2);
  });

  it('reports what lies farther off than the setup allows, and leaves it', async () => {
    const [file = ''] = goodImages(data);
    const setup = await setupWith(await readFile(file), { maxOffsetPx: 10 });
    const moved = await movedImage(file, { dx: 11, dy: 0, rotationDeg: 0 });
    const found = await prepareFrame(moved, input, setup, references);
    expect(found.locateProblem).toMatch(/farther off/);
    expect(found.position?.offsetXPx).toBeCloseTo(11, 0);
    const left = await prepareFrame(moved, input, WHOLE_IMAGE, references);
    expect(Buffer.compare(found.image.data, left.image.data)).toBe(0);
    const near = await movedImage(file, { dx: 9, dy: 0, rotationDeg: 0 });
    expect((await prepareFrame(near, input, setup, references)).locateProblem).toBeUndefined();
  });

  it('does not turn what cannot turn, and goes on without a part or a reference', async () => {
    const [file = '', other = ''] = goodImages(data);
    const round = await setupWith(await readFile(file), { maxRotationDeg: 0 });
    const found = await prepareFrame(
      await movedImage(other, { dx: 5, dy: 5, rotationDeg: 0 }),
      input,
      round,
      references,
    );
    expect(found.position?.rotationDeg).toBe(0);
    const nothing = await prepareFrame(await picture(), input, round, references);
    expect(nothing).toMatchObject({ position: null, locateProblem: 'the part was not found' });
    const gone = { ...round, reference: { sha256: 'a'.repeat(64), path: join(folder.path, 'gone') } };
    const without = await prepareFrame(await picture(), input, gone, references);
    expect(without.locateProblem).toMatch(/reference image cannot be used/);
  });
});

/** Structure in all channels that looks like no part. */
async function picture(): Promise<Uint8Array<ArrayBuffer>> {
  const { default: sharp } = await import('sharp');
  const [width, height] = [450, 400];
  const random = createSeededRandom(3);
  const data = Uint8Array.from({ length: width * height * 3 }, () => random.integer(256));
  return new Uint8Array(
    await sharp(data, { raw: { width, height, channels: 3 } })
      .png()
      .toBuffer(),
  );
}
