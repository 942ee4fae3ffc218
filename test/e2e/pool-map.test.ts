/** The map of embeddings in a real browser: a line drawn by mouse and by keys, what it chooses, and where it leads. */
import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openMapPage } from '../bench/map/map-page.ts';
import { launchChromium, type TestBrowser } from '../support/chromium.ts';
import { type LabellingPlant, openLabellingPlant } from '../support/labelling-plant.ts';

const patienceMs = 15_000;

describe('the map of images', () => {
  let plant: LabellingPlant;
  let chromium: TestBrowser;
  let page: Page;

  beforeAll(async () => {
    chromium = await launchChromium();
    plant = await openLabellingPlant({ images: 1, size: 64 });
    page = await openMapPage(chromium, plant, 20_000);
  }, 180_000);
  afterAll(async () => {
    await chromium?.close();
    await plant?.close();
  }, patienceMs);

  const chosen = () => page.getByText(/^[\d,]+ images? inside the line$/);
  const countOf = async () => Number(((await chosen().textContent()) ?? '').replace(/\D/g, ''));

  it('chooses what the mouse draws a line around, keeps it in the address, and leads to these images in the pool', async () => {
    const box = await page.locator('.map-hand').boundingBox();
    if (!box) throw new Error('the map is not on the screen');
    const [x, y, radius] = [box.x + box.width / 2, box.y + box.height / 2, box.height / 3];
    await page.mouse.move(x + radius, y);
    await page.mouse.down();
    for (let turn = 1; turn <= 24; turn++)
      await page.mouse.move(x + radius * Math.cos(turn / 4), y + radius * Math.sin(turn / 4));
    await page.mouse.up();
    await chosen().waitFor();
    expect(await countOf()).toBeGreaterThan(100);
    const lasso = new URL(page.url()).searchParams.get('lasso') ?? '';
    expect(lasso.split(',').length).toBeLessThanOrEqual(120);

    const href = await page.getByRole('link', { name: 'Open in the pool' }).getAttribute('href');
    const filter = JSON.parse(new URL(href ?? '', page.url()).searchParams.get('filter') ?? '{}') as {
      lasso: number[];
    };
    expect(filter.lasso).toEqual(lasso.split(',').map(Number));
    await page.reload();
    await chosen().waitFor();
    expect(await countOf()).toBeGreaterThan(100);
  });

  it('does the same by keys alone, and takes the line away again', async () => {
    await page.locator('.map-hand').focus();
    await page.keyboard.press('Escape');
    await page.getByText('Draw a line around images').waitFor();
    const walk = async (key: string, steps: number) => {
      for (let step = 0; step < steps; step++) await page.keyboard.press(`Shift+${key}`);
      await page.keyboard.press('Enter');
    };
    await walk('ArrowLeft', 3);
    await walk('ArrowUp', 4);
    await page.getByText('2 corners; C closes the line').waitFor();
    await walk('ArrowRight', 7);
    await walk('ArrowDown', 5);
    await page.keyboard.press('c');
    await chosen().waitFor();
    expect(await countOf()).toBeGreaterThan(10);
    await page.keyboard.press('Escape');
    await page.getByText('Draw a line around images').waitFor();
    expect(new URL(page.url()).searchParams.has('lasso')).toBe(false);
  });

  it('has no serious fault that axe finds, in both themes', async () => {
    for (const theme of ['Light', 'Dark']) {
      await page.getByLabel('Appearance').selectOption({ label: theme });
      const { violations } = await new AxeBuilder({ page }).analyze();
      expect(violations.filter(({ impact }) => impact === 'serious' || impact === 'critical')).toEqual([]);
    }
  });
});
