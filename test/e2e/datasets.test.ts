/** A dataset in a real browser: made, filled, split, checked, frozen, gone on from; by keyboard, in both themes, without a violation. */
import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { input } from '../plant/demo/graphql-client.ts';
import { personWith } from '../plant/demo/people.ts';
import { PLANT_CODE } from '../plant/demo/setup-plant.ts';
import { launchChromium, type TestBrowser } from '../support/chromium.ts';
import { type LabellingPlant, openLabellingPlant } from '../support/labelling-plant.ts';
import { signInAt } from './sign-in.ts';

/** Every wait is for a condition; this only bounds it, on a machine that may be busy. */
const patienceMs = 60_000;
/** Each shows something else, so that none leaks. */
const IMAGES = 8;

const POOL = `query ($plantId: ID!) {
  poolImages(plantId: $plantId, first: 50) { edges { node { imageSha256 } } }
}`;

describe('a dataset', () => {
  let plant: LabellingPlant;
  let chromium: TestBrowser;
  let page: Page;

  beforeAll(async () => {
    chromium = await launchChromium();
    plant = await openLabellingPlant({ images: IMAGES, size: 160 });
    const context = await chromium.browser.newContext({ viewport: { width: 1280, height: 800 }, locale: 'en-GB' });
    page = await context.newPage();
    page.setDefaultTimeout(patienceMs);
    await page.goto(`${plant.url}/data/${PLANT_CODE}/sets`);
    await signInAt(page, personWith(plant.people, 'QUALITY_ENGINEER'));
  }, 180_000);
  afterAll(async () => {
    await chromium?.close();
    await plant?.close();
  }, patienceMs);

  async function images(): Promise<string[]> {
    interface Answer {
      poolImages: { edges: { node: { imageSha256: string } }[] };
    }
    const { poolImages } = await plant.admin.run<Answer>(POOL, { plantId: plant.plantId });
    return poolImages.edges.map(({ node }) => node.imageSha256);
  }

  async function expectAccessible(screen: string) {
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      const { violations } = await new AxeBuilder({ page }).analyze();
      const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
      expect(found, `${screen}, ${colorScheme}`).toEqual([]);
      const folder = process.env.LEHR_TEST_PICTURES;
      if (folder) await page.screenshot({ path: `${folder}/${screen}-${colorScheme}.png`, fullPage: true });
    }
  }

  const part = (name: string) => page.getByRole('link', { name, exact: true });
  const button = (name: string | RegExp) => page.getByRole('button', { name, exact: typeof name === 'string' });

  async function divide(percent: string, look?: () => Promise<void>): Promise<void> {
    await part('Split').click();
    await page.getByLabel('Share for validation, %').fill(percent);
    await button('Preview').click();
    await page.getByText('groups of images that stay together').waitFor();
    await look?.();
    await button('Split so').click();
    await button('Split so').last().click();
    await page.getByText('Split. ').waitFor();
  }

  it('is made and opened by keyboard alone', async () => {
    await page.getByText('There is no dataset yet').waitFor();
    await expectAccessible('sets-none');
    await page.getByLabel('Code').focus();
    await page.keyboard.type('cracks');
    await page.keyboard.press('Tab');
    await page.keyboard.type('Cracks of bottles');
    await page.keyboard.press('Enter');
    await button('Open an empty draft').focus();
    await page.keyboard.press('Enter');
    await page.getByText('The draft has no image').waitFor();
    await expectAccessible('set-none');
  }, 120_000);

  it('takes images with labels, lets one go after two taps, and is split with a preview', async () => {
    const all = await images();
    expect(all).toHaveLength(IMAGES);
    const datasetVersionId = decodeURIComponent(page.url().split('/').at(-1)?.split('?')[0] ?? '');
    const items = all.map((imageSha256, index) => ({
      imageSha256,
      label: index < 5 ? 'good' : 'crack',
      split: 'TRAIN',
    }));
    const values = { datasetVersionId, items };
    await plant.admin.act('addDatasetItems', 'DatasetVersion', 'id', ...input('addDatasetItems', values));
    await page.reload();
    await expect.poll(() => page.locator('.sets-image').count(), { timeout: patienceMs }).toBe(IMAGES);
    await expectAccessible('set-images');
    await page.locator('.sets-image input').first().focus();
    await page.keyboard.press('Space');
    await button(/^Take out/).click();
    await button('Take them out').click();
    await expect.poll(() => page.locator('.sets-image').count(), { timeout: patienceMs }).toBe(IMAGES - 1);

    await divide('30', () => expectAccessible('set-split'));
  }, 120_000);

  it('says what it takes to freeze, is checked, and freezes for good with its consequence in words', async () => {
    await part('Freeze').click();
    await button('Freeze').click();
    await page.getByText('are fixed for good, under your name').waitFor();
    await expectAccessible('set-freeze');
    await button('Freeze for good').click();
    await page.getByRole('alert').waitFor();

    await part('Check').click();
    await button('Check the draft').click();
    await page.getByText('Check: has finished.').waitFor();
    await page.getByRole('link', { name: 'Leaks' }).click();
    await expectAccessible('set-check');
    await page.getByRole('link', { name: 'Rare classes' }).click();
    await page.getByRole('heading', { name: /Worst images first/ }).waitFor();

    // with one side there is nothing to leak, and nothing to wait for until it is measured
    await divide('0');
    await part('Freeze').click();
    await button('Freeze').click();
    await button('Freeze for good').click();
    await page.getByText('It is frozen. Go on in a new draft.').waitFor();
  }, 180_000);

  it('goes on in a draft from it, and shows what has changed', async () => {
    await page.getByRole('link', { name: 'All datasets' }).click();
    await button('Open a draft from version 1').click();
    await page.getByText('Goes on from version 1').waitFor();
    await page.locator('.sets-image input').first().check();
    await button(/^Take out/).click();
    await button('Take them out').click();
    await expect.poll(() => page.locator('.sets-image').count(), { timeout: patienceMs }).toBe(IMAGES - 2);
    await part('Difference').click();
    await page.getByText('gone', { exact: true }).waitFor();
    await expectAccessible('set-difference');
    await part('Models').click();
    await page.getByText('No model was taught by it yet').waitFor();
    await page.getByRole('link', { name: 'All datasets' }).click();
    await page.getByText('Open a draft from version 2').waitFor();
    await expectAccessible('sets');
  }, 120_000);
});
