/** An administrator in a real browser, from the link that an empty server prints to the code that enrols the first edge node. */
import { fileURLToPath } from 'node:url';
import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchChromium, type TestBrowser } from '../support/chromium.ts';
import { type LineProcess, spawnLines } from '../support/spawn-lines.ts';
import { makeTemporaryFolder, type TemporaryFolder } from '../support/temporary-folder.ts';

const main = fileURLToPath(new URL('../../server/main.ts', import.meta.url));
/** Every wait is for a condition; this only bounds it, on a machine that may be busy. */
const patienceMs = 60_000;
const password = 'long enough for the first';

describe('setting up a plant', () => {
  let home: TemporaryFolder;
  let server: LineProcess;
  let chromium: TestBrowser;
  let page: Page;
  let url: string;

  beforeAll(async () => {
    home = await makeTemporaryFolder('home');
    chromium = await launchChromium();
    const env = { PORT: '0', LEHR_HOME: home.path, DATABASE_URL: '', NATS_URL: '' };
    server = await spawnLines(process.execPath, ['--disable-warning=ExperimentalWarning', main], { env });
    url = (await server.waitForLine(/^listening (\S+)$/, patienceMs))[1] ?? '';
    const context = await chromium.browser.newContext({ viewport: { width: 1280, height: 800 }, locale: 'en-GB' });
    page = await context.newPage();
    page.setDefaultTimeout(patienceMs);
  }, 180_000);
  afterAll(async () => {
    await chromium?.close();
    await server?.stop();
    await home?.remove();
  }, patienceMs);

  const link = (name: string | RegExp) => page.getByRole('link', { name });
  const button = (name: string | RegExp) => page.getByRole('button', { name, exact: true });
  const name = () => page.getByLabel('Name', { exact: true });

  async function expectAccessible(screen: string) {
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      const { violations } = await new AxeBuilder({ page }).analyze();
      const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
      expect(found, `${screen}, ${colorScheme}`).toEqual([]);
    }
  }

  /** Adds a part below the chosen one; the screen then shows it. */
  async function add(act: string, partName: string, further: Record<string, string> = {}) {
    await link(act).click();
    await name().fill(partName);
    for (const [label, value] of Object.entries(further)) await page.getByLabel(label).fill(value);
    await button('Create').click();
    await page.getByText('Codes never change.').waitFor();
  }

  it('begins with the link that the server printed', async ({ onTestFailed }) => {
    onTestFailed(async () => console.log(await page.locator('body').ariaSnapshot(), server.output.slice(-20)));
    const [, setupUrl = ''] = await server.waitForLine(/^first administrator: (\S+)$/, patienceMs);
    await page.goto(setupUrl);
    await name().fill('Ada Vision');
    await page.getByLabel('E-mail').fill('ada@lehr.test');
    await page.getByLabel('Password', { exact: true }).fill(password);
    await page.getByLabel('Password, once more').fill('another one altogether');
    await button('Create administrator').click();
    await page.getByText('The two passwords differ.').waitFor();
    await page.getByLabel('Password, once more').fill(password);
    await expectAccessible('first administrator');
    await button('Create administrator').click();
    await link('Create the first plant').waitFor();
    await expectAccessible('nothing yet');
  });

  it('leads from the empty screen to the first plant and down to its camera', async ({ onTestFailed }) => {
    onTestFailed(async () => console.log(await page.locator('body').ariaSnapshot()));
    await link('Create the first plant').click();
    await name().fill('Werk Süd');
    expect(await page.getByLabel('Code').inputValue()).toBe('werk-sued');
    await page.getByLabel('Code').fill('Not A Code');
    await page.getByLabel('Time zone').selectOption('Europe/Berlin');
    await expectAccessible('new plant');
    await button('Create').click();
    await page.getByText('Give 1 to 63 of a-z').waitFor();
    expect(await page.getByLabel('Code').getAttribute('aria-invalid')).toBe('true');
    await page.getByLabel('Code').fill('werk-sued');
    await button('Create').click();

    await add('Add an area', 'Hot end');
    await add('Add a line', 'Line 1', { 'Target rate': '480' });
    await add('Add a station', 'Side wall');
    await add('Add a camera', 'Camera 1');
    expect(page.url()).toContain('at=hot-end%2Fline-1%2Fside-wall%2Fcamera-1');
    await expectAccessible('structure');
    await page.getByRole('navigation', { name: 'Main' }).getByText('Line 1').waitFor();
  });

  it('shows the code of a new edge node once, with what to put where', async ({ onTestFailed }) => {
    onTestFailed(async () => console.log(await page.locator('body').ariaSnapshot()));
    await link('Edge nodes').click();
    await add('Add an edge node', 'Node 1');
    await button('Create enrolment code').click();
    const code = (await page.locator('output.secret-once-text').textContent()) ?? '';
    expect(code).toMatch(/^\S{20,}$/);
    await page.getByText(`LEHR_ENROLMENT_CODE=${code}`).waitFor();
    await page.getByText(/Good for one node, once, until \d/).waitFor();
    await expectAccessible('enrolment code');
    await button('Done, hide it').click();
    expect(await page.getByText(code).count()).toBe(0);
    await page.getByText('A code waits').waitFor();

    await page.goBack();
    await link('Structure').click();
    await link(/Hot end/).click();
    await link(/Side wall/).click();
    await page.getByLabel('Served by edge node').selectOption({ label: 'Node 1 · node-1' });
    await button('Save').click();
    await page.getByText('Saved').waitFor();
  });

  it('says in words what retiring does, and what stands in its way', async ({ onTestFailed }) => {
    onTestFailed(async () => console.log(await page.locator('body').ariaSnapshot()));
    await button('Retire').click();
    await page.getByText('The station takes no new data.').waitFor();
    await button('Retire now').click();
    await page.getByText('First retire each camera of it: camera-1.').waitFor();
    await link(/Camera 1/).click();
    await button('Retire').click();
    await button('Retire now').click();
    await button('Take into use again').click();
    await button('Retire').waitFor();
  });

  it('shows when shifts run as the server computes it, and refuses two at the same time', async ({ onTestFailed }) => {
    onTestFailed(async () => console.log(await page.locator('body').ariaSnapshot()));
    await link('Shifts').click();
    await link('Add a shift').click();
    await name().fill('Early');
    await button('Sat').click();
    await button('Create').click();
    await page.getByText('Next seven days, as the server computes them').waitFor();
    expect(await page.getByText('06:00 to 14:00').count()).toBeGreaterThanOrEqual(5);
    expect(await page.locator('.week-block').count()).toBe(6);
    await expectAccessible('shifts');
    await link('Add a shift').click();
    await name().fill('Same time');
    await button('Create').click();
    await page.locator('.field-refusal, .form-refusal').first().waitFor();
    await link('Cancel').click();
  });

  it('takes in a file only after a clean check of the very same text', async ({ onTestFailed }) => {
    onTestFailed(async () => console.log(await page.locator('body').ariaSnapshot()));
    await link('As a file').click();
    const download = page.waitForEvent('download');
    await button('Download YAML').click();
    const stream = await (await download).createReadStream();
    const chunks: Buffer[] = [];
    for await (const chunk of stream) chunks.push(chunk as Buffer);
    const yaml = Buffer.concat(chunks).toString('utf8');
    expect(yaml).toContain('Hot end');

    const text = page.getByLabel('YAML', { exact: true });
    await text.fill(yaml.replace('Hot end', 'Hot end A').replace('Europe/Berlin', 'Europe/Nowhere'));
    await button('Check').click();
    await page.getByRole('cell', { name: 'Europe/Nowhere' }).waitFor();
    expect(await button('Apply').isDisabled()).toBe(true);
    await text.fill(yaml.replace('Hot end', 'Hot end A'));
    expect(await page.getByRole('cell', { name: 'Europe/Nowhere' }).count()).toBe(0);
    await button('Check').click();
    await page.getByRole('cell', { name: 'Hot end A' }).waitFor();
    await expectAccessible('file');
    await text.press('End');
    await text.pressSequentially('#');
    expect(await button('Apply').isDisabled()).toBe(true);
    await text.press('Backspace');
    await button('Apply').click();
    await button('Apply now').click();
    await page.getByText('Applied: 1 change.').waitFor();
  });

  it('adds a person with roles, who sets a new password with a link and is shut out again', async ({
    onTestFailed,
  }) => {
    onTestFailed(async () => console.log(await page.locator('body').ariaSnapshot()));
    await link('People').click();
    await link('Add a person').click();
    await name().fill('Otto Operator');
    await page.getByLabel('E-mail').fill('otto@lehr.test');
    await page.getByLabel('First password').fill('long enough for Otto');
    await page.getByLabel('operator in Werk Süd').check();
    await button('Create person').click();
    await button('Save roles').waitFor();
    await expectAccessible('person');

    await button('Reset password').click();
    await button('Create link').click();
    const resetUrl = await page.locator('output.secret-once-text').textContent();
    const context = await chromium.browser.newContext({ locale: 'en-GB' });
    const otto = await context.newPage();
    await otto.goto(resetUrl ?? '');
    await otto.getByLabel('New password').fill('another long password');
    await otto.getByLabel('Password, once more').fill('another long password');
    await otto.getByRole('button', { name: 'Set password and sign in' }).click();
    await otto.getByRole('link', { name: /Otto Operator/ }).waitFor({ timeout: patienceMs });
    expect(await otto.getByRole('link', { name: 'People' }).count()).toBe(0);
    await otto.goto(`${url}/admin/people`);
    await otto.getByText('This is for administrators.').waitFor({ timeout: patienceMs });
    await otto.getByRole('link', { name: /Otto Operator/ }).click();
    await otto.getByLabel('Present password').fill('another long password');
    await otto.getByLabel('New password').fill('a third long password');
    await otto.getByLabel('Password, once more').fill('a third long password');

    await button('Shut out').click();
    await button('Shut out now').click();
    await button('Let in again').waitFor();
    await otto.getByRole('button', { name: 'Change password' }).click();
    await otto.getByRole('button', { name: 'Sign in' }).waitFor({ timeout: patienceMs });
    await context.close();
  });

  it('makes a token that is shown once, and changes the own password', async ({ onTestFailed }) => {
    onTestFailed(async () => console.log(await page.locator('body').ariaSnapshot()));
    await page.goto(`${url}/admin/plants/werk-sued/tokens`);
    await page.getByLabel('What it is for').fill('SAP');
    await button('Create token').click();
    await page.locator('output.secret-once-text').waitFor();
    await expectAccessible('tokens');
    await button('End').click();
    await button('End it now').click();
    await page.getByText(/^ended/).waitFor();

    await link(/Ada Vision/).click();
    await page.getByLabel('Present password').fill('wrong by intention');
    await page.getByLabel('New password').fill('long enough for the second');
    await page.getByLabel('Password, once more').fill('long enough for the second');
    await button('Change password').click();
    await page.locator('.form-refusal').waitFor();
    await page.getByLabel('Present password').fill(password);
    await button('Change password').click();
    await page.getByText('Changed. Other devices were signed out.').waitFor();
    await expectAccessible('account');
  });
});
