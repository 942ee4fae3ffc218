/** A labelling session in a real browser: keys and outlines, answers that cannot be sent, a reload, undo across steps and images, two who disagree. */
import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { personWith } from '../plant/demo/people.ts';
import { PLANT_CODE } from '../plant/demo/setup-plant.ts';
import { launchChromium, type TestBrowser } from '../support/chromium.ts';
import { type LabellingPlant, openLabellingPlant } from '../support/labelling-plant.ts';
import { signInAt } from './sign-in.ts';

/** Every wait is for a condition; this only bounds it, on a machine that may be busy. */
const patienceMs = 60_000;
const IMAGES = 30;

interface Expected {
  label: string;
  kinds: string[];
}

interface Said {
  label: string;
  number: number;
  person: { email: string };
  regions: { kind: string; classCode: string }[];
}

const ANNOTATIONS = `query ($plantId: ID!, $after: String) {
  poolImages(plantId: $plantId, first: 50, after: $after) {
    edges { node {
      imageSha256
      labelState
      label
      decision { label rule }
      annotations { label number person { email } regions { kind classCode } }
    } }
  }
}`;

describe('a labelling session', () => {
  let plant: LabellingPlant;
  let chromium: TestBrowser;
  let quality: Page;
  const expected = new Map<string, Expected>();

  beforeAll(async () => {
    chromium = await launchChromium();
    plant = await openLabellingPlant({ images: IMAGES, size: 320, byTwo: ['stone'] });
    quality = await open('QUALITY_ENGINEER');
  }, 180_000);
  afterAll(async () => {
    await chromium?.close();
    await plant?.close();
  }, patienceMs);

  async function open(role: string): Promise<Page> {
    const context = await chromium.browser.newContext({ viewport: { width: 1280, height: 800 }, locale: 'en-GB' });
    const page = await context.newPage();
    page.setDefaultTimeout(patienceMs);
    await page.goto(`${plant.url}/data/${PLANT_CODE}/review`);
    await signInAt(page, personWith(plant.people, role));
    return page;
  }

  const canvas = (page: Page) => page.locator('.sketch-canvas');
  const present = (page: Page) => canvas(page).getAttribute('data-shown');
  const outlines = (page: Page, count: number) =>
    page.getByRole('application', { name: `Image to label, ${count} outline${count === 1 ? '' : 's'}` }).waitFor();

  /** The hash of the image on the screen, once it is another one than before. */
  async function next(page: Page, before: string | null): Promise<string> {
    await expect.poll(() => present(page), { timeout: patienceMs, interval: 20 }).not.toBe(before);
    return (await present(page)) ?? '';
  }

  async function press(page: Page, ...keys: string[]) {
    for (const key of keys) await page.keyboard.press(key);
  }

  async function drag(page: Page, ...points: [number, number][]) {
    const box = await canvas(page).boundingBox();
    if (!box) throw new Error('there is no canvas');
    const at = ([x, y]: [number, number]) => [box.x + box.width / 2 + x, box.y + box.height / 2 + y] as const;
    const [first = [0, 0], ...rest] = points;
    await page.mouse.move(...at(first as [number, number]));
    await page.mouse.down();
    for (const point of rest) await page.mouse.move(...at(point));
    await page.mouse.up();
  }

  async function expectAccessible(page: Page, screen: string) {
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      const { violations } = await new AxeBuilder({ page }).analyze();
      const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
      expect(found, `${screen}, ${colorScheme}`).toEqual([]);
    }
  }

  async function said(): Promise<Map<string, { label: string | null; rule: string | undefined; said: Said[] }>> {
    interface Answer {
      poolImages: {
        edges: {
          node: { imageSha256: string; label: string; decision: { rule: string } | null; annotations: Said[] };
        }[];
      };
    }
    const { poolImages } = await plant.admin.run<Answer>(ANNOTATIONS, { plantId: plant.plantId });
    return new Map(
      poolImages.edges.map(({ node }) => [
        node.imageSha256,
        { label: node.label, rule: node.decision?.rule, said: node.annotations },
      ]),
    );
  }

  /** One image in one of four ways; gives what must be in the database. */
  async function labelOne(page: Page, way: number): Promise<Expected> {
    switch (way % 4) {
      case 0:
        await press(page, '0');
        return { label: 'good', kinds: [] };
      case 1:
        await press(page, '2', 'b');
        await drag(page, [-60, -50], [0, 0], [40, 30]);
        await press(page, 'Enter');
        return { label: 'crack', kinds: ['BOX'] };
      case 2:
        await press(page, '4', 'm');
        await drag(page, [-40, 20], [0, 30], [50, 10]);
        await press(page, 'e');
        await drag(page, [0, 60], [0, -10]);
        await press(page, 'n');
        return { label: 'seed', kinds: ['MASK'] };
      default:
        await press(page, '1', 'v', 'Enter');
        return { label: 'check', kinds: [] };
    }
  }

  it('shows what waits and begins with one press', async ({ onTestFailed }) => {
    onTestFailed(async () => console.log(await quality.locator('body').ariaSnapshot(), plant.server.output.slice(-20)));
    await quality.getByText('images wait for a person').waitFor();
    await quality.getByRole('cell', { name: String(IMAGES) }).waitFor();
    await expectAccessible(quality, 'review');
    await quality.getByRole('link', { name: 'Start labelling' }).click();
    await next(quality, null);
  });

  it('takes one label by keyboard alone, with an outline', async ({ onTestFailed }) => {
    onTestFailed(async () => console.log(await quality.locator('body').ariaSnapshot()));
    const sha256 = await next(quality, null);
    await press(quality, '?');
    await quality.getByRole('region', { name: 'Keys' }).waitFor();
    await expectAccessible(quality, 'label');
    await press(quality, 'Escape', '2', 'p');
    // Three corners with the crosshair; the fourth press is on the last of them, and closes.
    await press(quality, 'ArrowUp', 'Enter', 'Shift+ArrowRight', 'Enter', 'Shift+ArrowDown', 'Enter', 'Enter');
    await outlines(quality, 1);
    await press(quality, 'b', 'Shift+ArrowLeft', 'Enter', 'Shift+ArrowDown', 'Shift+ArrowLeft', 'Enter');
    await outlines(quality, 2);
    await press(quality, 'm', 'Shift+ArrowUp', 'Enter', 'ArrowRight', 'ArrowRight', 'Enter');
    await outlines(quality, 3);
    await press(quality, 'n');
    await next(quality, sha256);
    expected.set(sha256, { label: 'crack', kinds: ['POLYGON', 'BOX', 'MASK'] });
  });

  it('goes back ten steps and forth, and what is left is what is saved', async ({ onTestFailed }) => {
    onTestFailed(async () => console.log(await quality.locator('body').ariaSnapshot()));
    const sha256 = await next(quality, null);
    await press(quality, '2', 'b');
    for (let step = 0; step < 10; step++) await drag(quality, [-90 + step * 8, -80], [-60 + step * 8, -40 + step * 4]);
    await outlines(quality, 10);
    await press(quality, ...Array<string>(10).fill('z'));
    await outlines(quality, 0);
    await press(quality, ...Array<string>(10).fill('y'));
    await outlines(quality, 10);
    await press(quality, ...Array<string>(8).fill('z'));
    await outlines(quality, 2);
    await press(quality, 'Enter');
    const other = await next(quality, sha256);
    // Over the answer: the image before comes back as it was, and what is said now replaces it.
    await press(quality, 'z');
    expect(await next(quality, other)).toBe(sha256);
    await quality.getByText('Enter saves: Crack, 2 outlines').waitFor();
    await press(quality, 'z', 'Enter');
    expect(await next(quality, sha256)).toBe(other);
    expected.set(sha256, { label: 'crack', kinds: ['BOX'] });
  });

  it('loses nothing when the server is not heard and the page is loaded anew in the middle', async ({
    onTestFailed,
  }) => {
    onTestFailed(async () => console.log(await quality.locator('body').ariaSnapshot()));
    let sha256 = await next(quality, null);
    for (let way = 0; way < 10; way++) {
      expected.set(sha256, await labelOne(quality, way));
      sha256 = await next(quality, sha256);
    }
    await quality.getByText(/not sent yet/).waitFor({ state: 'detached' });
    await quality.route('**/graphql', (route) => route.abort());
    for (let way = 0; way < 3; way++) {
      expected.set(sha256, await labelOne(quality, way));
      sha256 = await next(quality, sha256);
    }
    await quality.getByText('3 not sent yet').waitFor();
    await press(quality, '2', 'b');
    await drag(quality, [-30, -30], [30, 30]);
    await drag(quality, [40, 40], [80, 80]);
    await outlines(quality, 2);
    await quality.unroute('**/graphql');
    await quality.reload();
    expect(await next(quality, null)).toBe(sha256);
    await outlines(quality, 2);
    await press(quality, 'z');
    await outlines(quality, 1);
    await press(quality, 'Enter');
    expected.set(sha256, { label: 'crack', kinds: ['BOX'] });
    await next(quality, sha256);
  });

  it('labels all others, and the database has every answer as it was given', async ({ onTestFailed }) => {
    onTestFailed(async () => console.log(await quality.locator('body').ariaSnapshot()));
    let sha256 = await next(quality, null);
    for (let way = 0; expected.size < IMAGES; way++) {
      // The last one as something that takes two.
      if (expected.size === IMAGES - 1) {
        await press(quality, '3', 'Enter');
        expected.set(sha256, { label: 'stone', kinds: [] });
        break;
      }
      expected.set(sha256, await labelOne(quality, way));
      sha256 = await next(quality, sha256);
    }
    await quality.getByText(/Nothing (more )?waits/).waitFor();
    await quality.getByText(/not sent yet/).waitFor({ state: 'detached' });
    const { email } = personWith(plant.people, 'QUALITY_ENGINEER');
    const found = [...(await said())].map(([hash, each]) => {
      const mine = each.said.filter(({ person }) => person.email === email).at(-1);
      return [hash, { label: mine?.label, kinds: mine?.regions.map(({ kind }) => kind) }] as const;
    });
    expect(new Map(found)).toEqual(expected);
    const repeated = [...(await said()).values()].filter((each) => each.said.length > 1);
    // Only the one that was opened again.
    expect(repeated).toHaveLength(1);
  });

  it('asks a second person, shows both answers to the third without names, and takes his word', async ({
    onTestFailed,
  }) => {
    const second = await open('ML_ENGINEER');
    onTestFailed(async () => console.log(await second.locator('body').ariaSnapshot()));
    await second.getByRole('link', { name: 'second opinion' }).click();
    const sha256 = await next(second, null);
    expect(expected.get(sha256)?.label).toBe('stone');
    expect(await second.getByText('Two answers').count()).toBe(0);
    await press(second, '2', 'b');
    await drag(second, [-50, -50], [30, 20]);
    await press(second, 'Enter');
    await second.getByText('Nothing waits for you.').waitFor();

    const third = await open('ADMINISTRATOR');
    onTestFailed(async () => console.log(await third.locator('body').ariaSnapshot()));
    await third.getByRole('link', { name: 'disagreement' }).click();
    expect(await next(third, null)).toBe(sha256);
    const both = third.getByRole('region', { name: 'Two answers' });
    await both.getByText('Stone').waitFor();
    await both.getByText('Crack').waitFor();
    const text = (await third.locator('.label-screen').textContent()) ?? '';
    for (const role of ['QUALITY_ENGINEER', 'ML_ENGINEER'])
      expect(text).not.toContain(personWith(plant.people, role).name);
    await expectAccessible(third, 'disagreement');
    await press(third, 'd');
    await outlines(third, 1);
    await press(third, 'Enter');
    await expect.poll(async () => (await said()).get(sha256)?.rule, { timeout: patienceMs }).toBe('THIRD');
    expect((await said()).get(sha256)?.label).toBe('crack');
  });
});
