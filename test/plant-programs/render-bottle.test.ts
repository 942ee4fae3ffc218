/** The renderer: what training, tests and the demonstration rely on. */
import fc from 'fast-check';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { DEFECT_KINDS } from '../plant/bottle-defects.ts';
import { type BottleRequest, renderBottle } from '../plant/render-bottle.ts';

const GOOD: BottleRequest = { seed: 11, glass: 'amber', lighting: 1, dx: 0, dy: 0, rotation: 0, defect: 'none' };

async function pixels(bytes: Buffer): Promise<{ data: Buffer; width: number; height: number }> {
  const { data, info } = await sharp(bytes).raw().toBuffer({ resolveWithObject: true });
  return { data, width: info.width, height: info.height };
}

async function meanOf(request: BottleRequest): Promise<number[]> {
  const { channels } = await sharp((await renderBottle(request)).image).stats();
  return channels.map(({ mean }) => mean);
}

describe('rendering a bottle', () => {
  it('gives the same bytes for the same request and others for another seed', async () => {
    const request = { seed: 5, glass: 'green', lighting: 0.97, defect: 'crack' } as const;
    const [first, second] = [await renderBottle(request), await renderBottle(request)];
    expect(first.image.equals(second.image)).toBe(true);
    expect(first.mask?.equals(second.mask ?? Buffer.alloc(0))).toBe(true);
    expect((await renderBottle({ ...request, seed: 6 })).image.equals(first.image)).toBe(false);
  });

  it('gives a JPEG of 320 × 448 within 60 kB, and no mask for a good bottle', async () => {
    const { image, mask } = await renderBottle(GOOD);
    expect(await sharp(image).metadata()).toMatchObject({ format: 'jpeg', width: 320, height: 448, channels: 3 });
    expect(image.length).toBeLessThan(60_000);
    expect(mask).toBeNull();
  });

  it('shows the light, the glass and the position it is asked for', async () => {
    const [normal, dim] = [await meanOf(GOOD), await meanOf({ ...GOOD, lighting: 0.6 })];
    expect(dim[1]).toBeLessThan(0.75 * (normal[1] ?? 0));
    const blue = async (glass: BottleRequest['glass']) => (await meanOf({ ...GOOD, glass }))[2] ?? 0;
    expect(await blue('amber')).toBeLessThan((await blue('clear')) - 20);

    const left = await edgeOf(GOOD);
    expect((await edgeOf({ ...GOOD, dx: 12 })) - left).toBeCloseTo(12, 0);
  });

  it.each(DEFECT_KINDS)('draws a %s exactly where its mask says, and large enough to be found', async (defect) => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: 1_000_000 }), async (seed) => {
        const { image, mask } = await renderBottle({ ...GOOD, seed, defect });
        if (!mask) throw new Error(`a bottle with a ${defect} has no mask`);
        const marked = await markedOf(mask);
        const box = boxOf(marked);
        expect(Math.hypot(box.width, box.height)).toBeGreaterThanOrEqual(12);

        // The seed also draws the bottle's looks, so that the mirrored half is the nearest thing to the bottle without its defect.
        const seen = await pixels(image);
        const contrast = contrastAt(seen.data, marked);
        expect(contrast).toBeGreaterThan(10);
      }),
      { numRuns: 12, seed: 3 },
    );
  });
});

/** One byte a pixel; sharp itself would widen a grey PNG to three. */
async function markedOf(mask: Buffer): Promise<Buffer> {
  expect(await sharp(mask).metadata()).toMatchObject({ format: 'png', width: 320, height: 448, channels: 1 });
  return sharp(mask).extractChannel(0).raw().toBuffer();
}

/** First column from the left at half height where the bottle's dark edge is. */
async function edgeOf(request: BottleRequest): Promise<number> {
  const { data, width } = await pixels((await renderBottle(request)).image);
  for (let x = 0; x < width; x++) if ((data[(300 * width + x) * 3 + 1] ?? 255) < 120) return x;
  return Number.NaN;
}

function boxOf(mask: Buffer): { width: number; height: number } {
  const marked = [...mask.keys()].filter((i) => mask[i] === 255);
  const xs = marked.map((i) => i % 320);
  const ys = marked.map((i) => Math.floor(i / 320));
  return { width: Math.max(...xs) - Math.min(...xs) + 1, height: Math.max(...ys) - Math.min(...ys) + 1 };
}

/** Mean difference of marked pixels from those mirrored at the bottle's axis (green channel). */
function contrastAt(data: Buffer, mask: Buffer): number {
  let sum = 0;
  let count = 0;
  for (let i = 0; i < mask.length; i++) {
    if (mask[i] !== 255) continue;
    const mirrored = i - (i % 320) + Math.min(319, 320 - (i % 320));
    if (mask[mirrored] === 255) continue;
    sum += Math.abs((data[i * 3 + 1] ?? 0) - (data[mirrored * 3 + 1] ?? 0));
    count++;
  }
  return count === 0 ? Number.POSITIVE_INFINITY : sum / count;
}
