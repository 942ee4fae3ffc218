/** Labelling: from the press of a key to the next image on the screen, in Chromium, at the pace of a fast reviewer. */
import type { Page } from 'playwright-core';
import { signInAt } from '../e2e/sign-in.ts';
import { personWith } from '../plant/demo/people.ts';
import { PLANT_CODE } from '../plant/demo/setup-plant.ts';
import { launchChromium } from '../support/chromium.ts';
import { openLabellingPlant } from '../support/labelling-plant.ts';
import { summarise } from './kit/percentiles.ts';
import type { BenchOptions, BenchResult } from './kit/run-benches.ts';

export const name = 'labelling';
export const about =
  'key press to next image painted, 2,000-pixel images, against drawing a bitmap that is decoded already';

const KEYS = 110;
const SIZE = 2000;
/** From one answer to the next; few people are faster. */
const PACE_MS = 700;
const WARM_UP = 5;
const PATIENCE_MS = 60_000;
const VIEWPORT = { width: 1920, height: 1080 };

export async function run({ n = KEYS, report }: BenchOptions): Promise<BenchResult> {
  await using plant = await openLabellingPlant({ images: n + WARM_UP + 1, size: SIZE });
  report(`${n + WARM_UP + 1} images of ${SIZE} × ${SIZE} pixels wait`);
  await using chromium = await launchChromium();
  const context = await chromium.browser.newContext({ viewport: VIEWPORT, locale: 'en-GB' });
  const page = await context.newPage();
  page.setDefaultTimeout(PATIENCE_MS);
  await page.goto(`${plant.url}/data/${PLANT_CODE}/review`);
  await signInAt(page, personWith(plant.people, 'QUALITY_ENGINEER'));
  await page.getByRole('link', { name: 'Start labelling' }).click();
  await page.locator('.sketch-canvas[data-shown]').waitFor();
  await page.evaluate(installClocks);

  const [subject, floor]: [number[], number[]] = [[], []];
  for (let turn = -WARM_UP; turn < n; turn++) {
    await page.waitForTimeout(PACE_MS / 2);
    const drawn = await timed(page, 'F9');
    await page.waitForTimeout(PACE_MS / 2);
    const next = await timed(page, turn % 2 === 0 ? '0' : 'defect');
    if (turn < 0) continue;
    floor.push(drawn);
    subject.push(next);
    if (turn % 20 === 19) report(`${turn + 1} keys: p95 ${round(summarise(subject).p95)} ms`);
  }
  const [keys, bare] = [summarise(subject), summarise(floor)];
  return {
    value: round(keys.p95),
    unit: 'ms, p95 from key press to next image painted',
    ratio: round(keys.p95 / bare.p95),
    against:
      'p95 of drawing an already decoded bitmap of the same size to a canvas of the same size upon a key, same page, in turn',
    n,
    p50: round(keys.p50),
    floor: { p50: round(bare.p50), p95: round(bare.p95) },
    goalMs: 100,
    imagePixels: SIZE,
    viewport: VIEWPORT,
    paceMs: PACE_MS,
    includes:
      'From the time stamp of the key’s event to the first task after the frame that shows the next image. Every second answer is a class without an outline ' +
      '(the key of the class is not counted, its Enter is). Images were asked for and decoded ahead, as for any reviewer; one that was not there in time counts with its wait.',
  };
}

/** Milliseconds from the key to what it paints. */
async function timed(page: Page, key: string): Promise<number> {
  if (key === 'defect') await page.keyboard.press('2');
  await page.evaluate(() => window.dispatchEvent(new Event('lehr-arm')));
  await page.keyboard.press(key === 'defect' ? 'Enter' : key);
  const handle = await page.waitForFunction(() => (window as { lehrTook?: number }).lehrTook);
  return (await handle.jsonValue()) ?? Number.NaN;
}

/** In the page: F9 draws a decoded bitmap of the floor; every other key waits for the next image. */
async function installClocks(): Promise<void> {
  const shared = window as { lehrTook?: number | undefined };
  const holder = document.querySelector('.sketch-canvas');
  const painted = holder?.querySelector('canvas');
  if (!holder || !painted) throw new Error('there is no canvas');
  const source = new OffscreenCanvas(2000, 2000);
  const pen = source.getContext('2d');
  const noise = pen?.createImageData(2000, 2000);
  if (!pen || !noise) throw new Error('there is no context');
  for (let at = 0; at < noise.data.length; at++) noise.data[at] = (at * 2_654_435_761) >>> 24;
  pen.putImageData(noise, 0, 0);
  const bitmap = await createImageBitmap(source);
  const canvas = document.createElement('canvas');
  canvas.width = painted.width;
  canvas.height = painted.height;
  canvas.style.cssText = 'position:absolute;inset:0;width:100%;height:100%;pointer-events:none';
  const context = canvas.getContext('2d');

  let pressedAt = 0;
  const channel = new MessageChannel();
  channel.port1.onmessage = () => {
    shared.lehrTook = performance.now() - pressedAt;
    canvas.remove();
  };
  const afterPaint = () => requestAnimationFrame(() => channel.port2.postMessage(null));
  window.addEventListener('lehr-arm', () => {
    shared.lehrTook = undefined;
  });
  document.addEventListener(
    'keydown',
    (event) => {
      pressedAt = event.timeStamp;
      if (event.key !== 'F9') return;
      holder.append(canvas);
      const side = Math.min(canvas.width, canvas.height);
      if (context) context.imageSmoothingQuality = 'medium';
      context?.drawImage(bitmap, (canvas.width - side) / 2, 0, side, side);
      afterPaint();
    },
    true,
  );
  new MutationObserver(afterPaint).observe(holder, { attributes: true, attributeFilter: ['data-shown'] });
}

const round = (value: number) => Math.round(value * 10) / 10;
