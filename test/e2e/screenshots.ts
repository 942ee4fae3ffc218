/**
 * Takes a picture of every screen of a running product in the three sizes that the HMI is made for, light and dark, for people to look at:
 * `node test/e2e/screenshots.ts URL EMAIL PASSWORD FOLDER`. Says for each whether the page is larger than the window, which no screen may be.
 */
import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Page } from 'playwright-core';
import { launchChromium } from '../support/chromium.ts';
import { signInAt } from './sign-in.ts';

const sizes = [
  { width: 1920, height: 1080 },
  { width: 1280, height: 800 },
  { width: 834, height: 1194 },
];
const themes = ['light', 'dark'] as const;

const [url, email, password, folder] = process.argv.slice(2);
if (!url || !email || !password || !folder) {
  console.error('screenshots: give URL, EMAIL, PASSWORD and FOLDER');
  process.exit(2);
}
await mkdir(folder, { recursive: true });
await using chromium = await launchChromium();

for (const size of sizes) {
  for (const theme of themes) {
    const context = await chromium.browser.newContext({ viewport: size, colorScheme: theme, locale: 'en-GB' });
    const page = await context.newPage();
    await page.goto(url);
    await page.getByRole('button', { name: 'Sign in' }).waitFor();
    const shoot = async (screen: string) => {
      const file = join(resolve(folder), `${screen}-${size.width}x${size.height}-${theme}.png`);
      await page.screenshot({ path: file });
      const excess = await excessOf(page);
      console.log(`${file}${excess === '' ? '' : `  LARGER THAN THE WINDOW: ${excess}`}`);
    };
    await shoot('sign-in');

    await signInAt(page, { email, password });
    await page.locator('.line-row td.column-rejects').first().waitFor();
    await shoot('overview');
    await page.getByRole('link', { name: 'Line 1' }).first().click();
    await page.locator('.large-part .marked-image[data-arrived]').waitFor({ timeout: 60_000 });
    await shoot('line');
    await page.locator('.part-cell[data-verdict=REJECT]').last().dispatchEvent('pointerdown');
    await page.getByRole('button', { name: 'Show last reject' }).waitFor();
    await page.locator('.large-part .marked-image[data-arrived]').waitFor();
    await shoot('part');
    await page.getByRole('button', { name: 'Show last reject' }).click();
    await page.getByRole('button', { name: 'Table' }).click();
    await shoot('table');
    await context.close();
  }
}

/** By how much the page would have to be scrolled; empty when it fits. */
function excessOf(page: Page): Promise<string> {
  return page.evaluate(() => {
    const { scrollWidth, clientWidth, scrollHeight, clientHeight } = document.documentElement;
    const across = scrollWidth - clientWidth;
    const down = scrollHeight - clientHeight;
    return across > 0 || down > 0 ? `${across} px across, ${down} px down` : '';
  });
}
