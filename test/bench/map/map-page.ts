/** The map in a real browser with as many points as are wanted: the server's answer is replaced on its way, the screen is the product's. */
import type { Page } from 'playwright-core';
import { signInAt } from '../../e2e/sign-in.ts';
import { personWith } from '../../plant/demo/people.ts';
import { PLANT_CODE } from '../../plant/demo/setup-plant.ts';
import type { TestBrowser } from '../../support/chromium.ts';
import type { LabellingPlant } from '../../support/labelling-plant.ts';
import { createSeededRandom } from '../../support/seeded-random.ts';

const patienceMs = 30_000;
const viewport = { width: 1280, height: 800 };

/** Opens the map as a quality engineer. */
export async function openMapPage({ browser }: TestBrowser, plant: LabellingPlant, points: number): Promise<Page> {
  const context = await browser.newContext({ viewport, locale: 'en-GB' });
  const page = await context.newPage();
  page.setDefaultTimeout(patienceMs);
  const poolMap = madeMap(points);
  await page.route('**/graphql', async (route) => {
    const answer = await route.fetch();
    const text = await answer.text();
    if (!text.includes('"poolMap"')) return route.fulfill({ response: answer, body: text });
    await route.fulfill({ response: answer, body: JSON.stringify({ data: { poolMap } }) });
  });
  await page.goto(`${plant.url}/data/${PLANT_CODE}/map`);
  await signInAt(page, personWith(plant.people, 'QUALITY_ENGINEER'));
  await page.locator('.map-canvas[data-painted]').waitFor();
  return page;
}

/** Forty groups of different size, as a plant's products and conditions make them. */
function madeMap(points: number) {
  const random = createSeededRandom(9);
  const groups = Array.from(
    { length: 40 },
    () => [random.normal() * 6, random.normal() * 6, 0.3 + random.next()] as const,
  );
  const xy = new Float32Array(2 * points);
  const codes = Buffer.alloc(points);
  const counts = [0, 0, 0, 0];
  for (let at = 0; at < points; at++) {
    const [x, y, width] = random.pick(groups);
    xy[2 * at] = x + random.normal() * width;
    xy[2 * at + 1] = y + random.normal() * width;
    const drawn = random.next();
    const code = drawn < 0.8 ? 1 : drawn < 0.85 ? 2 : drawn < 0.9 ? 3 : 0;
    codes[at] = code;
    counts[code] = (counts[code] ?? 0) + 1;
  }
  const legend = ['good', 'crack', 'stone'].map((value, at) => ({
    code: at + 1,
    value,
    name: null,
    count: counts[at + 1],
  }));
  return {
    __typename: 'PoolMap',
    count: points,
    embedded: points,
    placed: points,
    xy: Buffer.from(xy.buffer).toString('base64'),
    codes: codes.toString('base64'),
    legend: legend.map((entry) => ({ __typename: 'PoolMapClass', ...entry })),
  };
}
