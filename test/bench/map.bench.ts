/** Moving the map of embeddings in Chromium: what a frame takes with 100,000 points, against the same movement with 1,000. */
import type { Page } from 'playwright-core';
import { launchChromium } from '../support/chromium.ts';
import { openLabellingPlant } from '../support/labelling-plant.ts';
import type { BenchOptions, BenchResult } from './kit/run-benches.ts';
import { openMapPage } from './map/map-page.ts';

export const name = 'map';
export const about =
  'frame time while the map of 100,000 points is moved by hand, in a browser without a graphics card';

const fullSize = 100_000;
const floorPoints = 1000;
const moves = 150;

export async function run({ n = fullSize, report }: BenchOptions): Promise<BenchResult> {
  await using plant = await openLabellingPlant({ images: 1, size: 64 });
  await using chromium = await launchChromium();
  const measure = async (points: number) => {
    const page = await openMapPage(chromium, plant, points);
    const frames = await movedFrames(page);
    await page.context().close();
    report(`${points} points: ${JSON.stringify(frames)}`);
    return frames;
  };
  const floor = await measure(floorPoints);
  const full = await measure(n);
  return {
    value: full.frameP95,
    unit: 'ms a frame, p95',
    ratio: full.frameP95 / floor.frameP95,
    against: `the same with ${floorPoints} points`,
    n,
    full,
    floor,
  };
}

/** Drags the map about and gives the times between frames, and what painting took of them. */
async function movedFrames(page: Page) {
  const canvas = page.locator('.map-hand');
  await page.getByRole('button', { name: 'Move', exact: true }).click();
  const box = await canvas.boundingBox();
  if (!box) throw new Error('the map is not on the screen');
  const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
  await page.evaluate(() => {
    const seen: { frames: number[]; paints: number[] } = { frames: [], paints: [] };
    const canvas = document.querySelector<HTMLCanvasElement>('.map-canvas');
    let before = performance.now();
    const look = () => {
      const now = performance.now();
      seen.frames.push(now - before);
      seen.paints.push(Number(canvas?.dataset.paintedMs ?? Number.NaN));
      before = now;
      requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
    Object.assign(globalThis, { seen });
  });
  await page.mouse.move(x, y);
  await page.mouse.down();
  for (let move = 0; move < moves; move++)
    await page.mouse.move(x + 120 * Math.sin(move / 8), y + 90 * Math.cos(move / 11));
  await page.mouse.up();
  return page.evaluate(() => {
    const { frames, paints } = (globalThis as unknown as { seen: { frames: number[]; paints: number[] } }).seen;
    const quantile = (values: number[], share: number) =>
      Math.round((values.toSorted((a, b) => a - b)[Math.floor(share * (values.length - 1))] ?? Number.NaN) * 10) / 10;
    return {
      frames: frames.length,
      frameP50: quantile(frames, 0.5),
      frameP95: quantile(frames, 0.95),
      frameMax: quantile(frames, 1),
      paintP50: quantile(paints, 0.5),
      paintP95: quantile(paints, 0.95),
    };
  });
}
