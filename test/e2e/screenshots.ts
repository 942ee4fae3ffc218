/**
 * Takes a picture of every screen of a running product in the three sizes that the HMI is made for, light and dark, for people to look at:
 * `node test/e2e/screenshots.ts URL EMAIL PASSWORD FOLDER [SCREEN …]`; those that operators use in English and German; of the
 * administration, too, when the person is an administrator. Says for each whether the page is larger than the window, which no screen may
 * be, and which words are cut off.
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

const [url, email, password, folder, ...wanted] = process.argv.slice(2);
const isWanted = (screen: string) => wanted.length === 0 || wanted.includes(screen);
if (!url || !email || !password || !folder) {
  console.error('screenshots: give URL, EMAIL, PASSWORD and FOLDER');
  process.exit(2);
}
await mkdir(folder, { recursive: true });
await using chromium = await launchChromium();

/** How to come to each. */
const operatorScreens: Record<string, (page: Page) => Promise<void>> = {
  overview: async (page) => {
    await page.getByRole('link', { name: 'Overview' }).click();
    await page.locator('.line-row td.column-rejects').first().waitFor();
  },
  line: openLine,
  part: async (page) => {
    await openLine(page);
    await page.locator('.part-cell[data-verdict=REJECT]').last().dispatchEvent('pointerdown');
    await page.getByRole('button', { name: 'Show last reject' }).waitFor();
    await page
      .locator('.large-part .marked-image[data-arrived]')
      .waitFor({ timeout: 10_000 })
      .catch(() => console.log('  no image has arrived'));
  },
  table: async (page) => {
    await openLine(page);
    await page.getByRole('button', { name: 'Table' }).click();
  },
  alarms: async (page) => {
    await page.getByRole('link', { name: 'Alarms', exact: true }).click();
    await page.locator('.alarms .alarm-link, .alarms .empty-state').first().waitFor();
  },
  alarm: async (page) => {
    await page.getByRole('link', { name: 'Alarms', exact: true }).click();
    await page.locator('.alarm-link').first().click();
    await page.locator('.alarm-details').waitFor();
  },
  shelve: async (page) => {
    await page.getByRole('link', { name: 'Alarms', exact: true }).click();
    await page.locator('.alarm-link').first().click();
    await page.getByRole('button', { name: 'Shelve' }).click();
  },
  fleet: async (page) => {
    await page.getByRole('link', { name: 'Fleet' }).click();
    await page.locator('.fleet-link').first().click();
    await page.locator('.node-details').waitFor();
  },
  review: async (page) => {
    await openReview(page);
  },
  label: async (page) => {
    await openReview(page);
    await page.locator('a.review-start').click();
    await page.locator('.sketch-canvas[data-shown]').waitFor();
  },
  account: async (page) => {
    await page.locator('a.truth-who').click();
    await page.locator('.account .data-table').waitFor();
  },
};

for (const size of sizes) {
  for (const theme of themes) {
    const context = await chromium.browser.newContext({ viewport: size, colorScheme: theme, locale: 'en-GB' });
    const page = await context.newPage();
    page.setDefaultTimeout(120_000);
    await page.goto(url);
    await page.getByRole('button', { name: 'Sign in' }).waitFor();
    const shoot = async (screen: string) => {
      const file = join(resolve(folder), `${screen}-${size.width}x${size.height}-${theme}.png`);
      await page.screenshot({ path: file });
      const excess = await excessOf(page);
      console.log(`${file}${excess === '' ? '' : `  LARGER THAN THE WINDOW: ${excess}`}`);
      for (const text of await cutOff(page)) console.log(`  CUT OFF: ${text}`);
    };
    /** German words are longer. */
    const shootBoth = async (screen: string) => {
      if (screen === 'label') {
        // Has no room for the choice of a language: the one before it stays.
        await shoot(screen);
        await page.getByRole('link', { name: 'Leave' }).click();
        return;
      }
      await shoot(`${screen}-en`);
      const language = page.locator('.truth-controls select').first();
      await language.selectOption('de');
      await shoot(`${screen}-de`);
      await language.selectOption('en');
    };
    if (isWanted('sign-in')) await shoot('sign-in');
    await signInAt(page, { email, password });
    for (const [screen, open] of Object.entries(operatorScreens)) {
      if (!isWanted(screen)) continue;
      await open(page);
      await shootBoth(screen);
    }
    if (isWanted('administration') && (await page.getByRole('link', { name: 'Plants', exact: true }).isVisible()))
      await shootAdministration(page, shoot);
    await context.close();
  }
}

async function openLine(page: Page) {
  await page.getByRole('link', { name: 'Line 1' }).first().click();
  await page
    .locator('.large-part .marked-image[data-arrived]')
    .waitFor({ timeout: 10_000 })
    .catch(() => console.log('  no image has arrived'));
}

async function openReview(page: Page) {
  await page.getByRole('link', { name: 'Data', exact: true }).first().click();
  await page.getByRole('link', { name: 'Review', exact: true }).click();
  await page.locator('a.review-start, .review .empty-state').first().waitFor();
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

/** Texts that are wider than their room and do not scroll. Cells and readings may: they are looked at in the picture. */
function cutOff(page: Page): Promise<string[]> {
  return page.evaluate(() =>
    [...document.querySelectorAll<HTMLElement>('body *')]
      .filter((element) => {
        const { overflowX } = getComputedStyle(element);
        if (!['hidden', 'clip'].includes(overflowX) || element.classList.contains('visually-hidden')) return false;
        return element.scrollWidth > element.clientWidth + 1 && element.textContent !== '';
      })
      .map((element) => `${element.className}: ${element.textContent?.trim().slice(0, 80)}`),
  );
}
