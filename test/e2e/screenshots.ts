/**
 * Takes a picture of every screen of a running product in the three sizes that the HMI is made for, light and dark, for people to look at:
 * `node test/e2e/screenshots.ts URL EMAIL PASSWORD FOLDER`; of the administration, too, when the person is an administrator. Says for each whether the page is larger than the window, which no screen may be.
 */
import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Page } from 'playwright-core';
import { launchChromium } from '../support/chromium.ts';
import { signInAt } from './sign-in.ts';

const sizes = [
  { width: 1920, height: 1080 },
  { width: 1280, height: 800 },
  { width: 820, height: 1180 },
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
    await page.locator('a.truth-who').click();
    await page.locator('.account .data-table').waitFor();
    await shoot('account');
    if (await page.getByRole('link', { name: 'Plants', exact: true }).isVisible())
      await shootAdministration(page, shoot);
    await context.close();
  }
}

/** The screens of an administrator, for the first plant and the first entry of each list. */
async function shootAdministration(page: Page, shoot: (screen: string) => Promise<void>) {
  await page.getByRole('link', { name: 'Plants', exact: true }).click();
  await page.locator('.data-table a').first().click();
  for (const tab of ['Structure', 'Edge nodes', 'Products and recipes', 'Shifts', 'Tokens', 'As a file']) {
    await page.getByRole('link', { name: tab }).click();
    await page.getByRole('status').filter({ hasText: 'Waiting' }).waitFor({ state: 'detached' });
    const first = page.locator('.set-up .data-table a').first();
    if (await first.isVisible()) await first.click();
    await shoot(`set-up-${tab.toLowerCase().replaceAll(' ', '-')}`);
  }
  await page.getByRole('link', { name: 'People', exact: true }).click();
  await page.locator('.people .data-table a').first().click();
  await page.getByRole('button', { name: 'Save roles' }).waitFor();
  await shoot('people');
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
