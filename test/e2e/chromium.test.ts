/** The browser that the other tests of this folder look through. */
import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchChromium, type TestBrowser } from '../support/chromium.ts';

describe('launching Chromium', () => {
  let chromium: TestBrowser;
  beforeAll(async () => {
    chromium = await launchChromium();
  });
  afterAll(() => chromium.close());

  it('runs the scripts of a page and renders its text', async () => {
    const page = await chromium.browser.newPage();
    await page.goto(`data:text/html,<h1></h1><script>document.querySelector('h1').textContent = 6 * 7</script>`);
    expect(await page.getByRole('heading').textContent()).toBe('42');
    const box = await page.getByRole('heading').boundingBox();
    expect(box?.height).toBeGreaterThan(10);
    await page.close();
  });

  it('paints what the page says', async () => {
    const page = await chromium.browser.newPage({ viewport: { width: 40, height: 40 } });
    await page.goto('data:text/html,<body style="background: rgb(10, 200, 30)">');
    const pixel = await sharp(await page.screenshot())
      .removeAlpha()
      .extract({ left: 20, top: 20, width: 1, height: 1 })
      .raw()
      .toBuffer();
    expect([...pixel]).toEqual([10, 200, 30]);
    await page.close();
  });

  it('keeps pages of other origins apart, as on an operator’s screen', async () => {
    const page = await chromium.browser.newPage();
    await page.goto('data:text/html,<iframe src="data:text/html,other"></iframe>');
    // As text: the tests are checked without the DOM's types.
    const reached = await page.evaluate("document.querySelector('iframe').contentDocument");
    expect(reached).toBeNull();
    await page.close();
  });
});

describe('closing Chromium', () => {
  it('leaves no file behind', async () => {
    const unpacked = async () => (await readdir(tmpdir())).filter((name) => name.startsWith('lehr-chromium-'));
    const before = await unpacked();
    const chromium = await launchChromium();
    const [folder = ''] = (await unpacked()).filter((name) => !before.includes(name));
    expect(existsSync(`${tmpdir()}/${folder}/chromium`)).toBe(true);
    await chromium.close();
    expect(await unpacked()).not.toContain(folder);
  });
});
