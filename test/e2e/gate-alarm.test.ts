/** What becomes of an alarm on the screens: from a gate that does not confirm to the word of the operator, and past a server that falls silent. */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type DemoPerson, demoPeople, personWith } from '../plant/demo/people.ts';
import { createAdministrator, setUpPlant, signIn } from '../plant/demo/setup-plant.ts';
import { launchChromium, type TestBrowser } from '../support/chromium.ts';
import { type LineProcess, spawnLines } from '../support/spawn-lines.ts';
import { makeTemporaryFolder, type TemporaryFolder } from '../support/temporary-folder.ts';
import { type NodeVoice, openNodeVoice } from './node-voice.ts';
import { signInAt } from './sign-in.ts';

const main = fileURLToPath(new URL('../../server/main.ts', import.meta.url));
/** Every wait is for a condition; this only bounds it, on a machine that may be busy. */
const patienceMs = 60_000;

describe('an alarm on the screens', () => {
  let home: TemporaryFolder;
  let server: LineProcess;
  let chromium: TestBrowser;
  let url: string;
  let people: readonly DemoPerson[];
  let node: NodeVoice;
  let operator: Page;
  let engineer: Page;

  beforeAll(async () => {
    home = await makeTemporaryFolder('home');
    chromium = await launchChromium();
    const env = { PORT: '0', LEHR_HOME: home.path, DATABASE_URL: '', NATS_URL: '' };
    server = await spawnLines(process.execPath, ['--disable-warning=ExperimentalWarning', main], { env });
    url = (await server.waitForLine(/^listening (\S+)$/, patienceMs))[1] ?? '';
    const [, code = ''] = await server.waitForLine(/^first administrator: \S+[?&]code=(\S+)$/, patienceMs);
    people = demoPeople(join(home.path, 'people.json'));
    const first = personWith(people, 'ADMINISTRATOR');
    await createAdministrator(url, code, first);
    const admin = await signIn(url, first);
    const lines = [{ code: 'line-1', name: 'Line 1', speed: 180 }];
    const { plantId } = await setUpPlant(admin, lines, people, home.path);
    node = await openNodeVoice(admin, plantId);
    operator = await open('OPERATOR');
    engineer = await open('QUALITY_ENGINEER');
  }, 180_000);
  afterAll(async () => {
    node?.fallSilent();
    await chromium?.close();
    await server?.stop();
    await home?.remove();
  }, patienceMs);

  async function open(role: string): Promise<Page> {
    const context = await chromium.browser.newContext({ viewport: { width: 1280, height: 800 }, locale: 'en-GB' });
    const page = await context.newPage();
    page.setDefaultTimeout(patienceMs);
    await page.goto(url);
    await signInAt(page, personWith(people, role));
    return page;
  }
  const banner = (page: Page) => page.getByRole('region', { name: 'Highest alarm' });
  const details = (page: Page) => page.locator('.alarm-details');

  async function expectAccessible(page: Page, screen: string) {
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      const { violations } = await new AxeBuilder({ page }).analyze();
      const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
      expect(found, `${screen}, ${colorScheme}`).toEqual([]);
    }
  }

  it('is on every screen at once, and is acknowledged where it is read', async ({ onTestFailed }) => {
    onTestFailed(async () => console.log(await operator.locator('body').ariaSnapshot(), server.output.slice(-20)));
    await node.report({});
    await banner(operator).getByText('No alarms').waitFor();
    await node.tell('GATE_NOT_CONFIRMED', { partId: 'L1-00000007' });
    await banner(operator).getByText('Gate did not confirm · Line 1').waitFor();
    await operator.locator('a.truth-who').click();
    await banner(operator)
      .getByRole('link', { name: /Gate did not confirm/ })
      .click();
    await details(operator).getByText('A defective part may have left the line.').waitFor();
    await expectAccessible(operator, 'alarm');

    await banner(operator).getByRole('button', { name: 'Acknowledge' }).click();
    await banner(operator).getByText('acknowledged', { exact: true }).waitFor();
    expect(await banner(operator).getByRole('button').count()).toBe(0);
    await details(operator)
      .getByText(`by ${personWith(people, 'OPERATOR').name}`)
      .first()
      .waitFor();
  });

  it('is gone from the banner when the gate confirms again, and stays among the past ones', async () => {
    await node.tell('GATE_REJECTED', { partId: 'L1-00000009' });
    await banner(operator).getByText('No alarms').waitFor();
    await operator.getByRole('link', { name: 'Alarms', exact: true }).click();
    await operator.getByText('No open alarm.').waitFor();
    await operator.getByRole('button', { name: 'Past' }).click();
    await operator.locator('.alarm-row').filter({ hasText: 'Gate did not confirm' }).getByText('normal').waitFor();
  });

  it('is hidden with a reason, counted while it is hidden, and comes back as it is', async ({ onTestFailed }) => {
    onTestFailed(async () => console.log(await operator.locator('body').ariaSnapshot()));
    await node.tell('GATE_NOT_CONFIRMED', { partId: 'L1-00000011' });
    await banner(operator)
      .getByRole('link', { name: /Gate did not confirm/ })
      .click();
    await details(operator).getByRole('button', { name: 'Shelve' }).click();
    await operator.getByLabel('For how long').selectOption({ label: '1 h' });
    await operator.getByLabel('Reason').fill('The fitter is at the valve');
    await expectAccessible(operator, 'shelving');
    await operator.getByRole('button', { name: 'Shelve' }).click();
    await banner(operator).getByText('No alarms · 1 hidden').waitFor();
    await operator.getByRole('button', { name: 'Hidden 1' }).click();
    await operator
      .locator('.alarm-row')
      .getByText(/shelved until/)
      .waitFor();
    await details(operator).getByText('The fitter is at the valve').first().waitFor();
    await operator.getByRole('button', { name: 'Show again' }).click();
    await banner(operator).locator('.alarm-banner-title', { hasText: 'Gate did not confirm' }).waitFor();
    await banner(operator).getByRole('button', { name: 'Acknowledge' }).waitFor();
  });

  it('offers each person what they may do', async ({ onTestFailed }) => {
    onTestFailed(async () => console.log(await engineer.locator('body').ariaSnapshot()));
    const viewer = await open('VIEWER');
    await banner(viewer).locator('.alarm-banner-title', { hasText: 'Gate did not confirm' }).waitFor();
    expect(await banner(viewer).getByRole('button').count()).toBe(0);
    await viewer.context().close();

    expect(await operator.getByRole('button', { name: 'Out of service' }).count()).toBe(0);
    await banner(engineer)
      .getByRole('link', { name: /Gate did not confirm/ })
      .click();
    await details(engineer).getByRole('button', { name: 'Out of service' }).click();
    await engineer.getByLabel('Reason').fill('The gate is being replaced');
    await engineer.getByRole('button', { name: 'Take out of service' }).click();
    await banner(engineer).getByText('No alarms · 1 hidden').waitFor();
    await engineer.getByRole('button', { name: 'Back into service' }).click();
    await banner(engineer).locator('.alarm-banner-title', { hasText: 'Gate did not confirm' }).waitFor();
  });

  it('stands in the row of its line, by shape and digit', async () => {
    await operator.getByRole('link', { name: 'Overview' }).click();
    await operator.locator('.line-row .alarm-shape[data-priority="1"]').waitFor();
    await expectAccessible(operator, 'overview');
  });

  it('leaves the fleet readable: the node is well, and what was refused is sent again on a person’s word', async ({
    onTestFailed,
  }) => {
    onTestFailed(async () => console.log(await engineer.locator('body').ariaSnapshot()));
    await engineer.getByRole('link', { name: 'Fleet' }).click();
    await node.report({});
    await engineer.getByRole('link', { name: 'Edge node 1' }).click();
    await engineer.getByRole('cell', { name: 'Basic256Sha256 SignAndEncrypt' }).waitFor();
    await engineer.getByRole('cell', { name: '3.9 ± 6.4' }).waitFor();
    await engineer.getByText('Nothing was refused.').waitFor();
    await node.report({
      deadLetters: 1,
      deadLetterSamples: [{ id: '1', kind: 'RESULT', key: 'L1-00000003', reason: 'the camera was retired' }],
    });
    await engineer.getByRole('cell', { name: 'the camera was retired' }).waitFor();
    await expectAccessible(engineer, 'fleet');
    await engineer.getByRole('button', { name: 'Try again' }).click();
    await engineer.getByText(/^asked/).waitFor();
    await expect.poll(() => node.retryAsked()).toBe(true);
  });

  it('cannot be acted on while its server is silent, and says how old it is', async ({ onTestFailed }) => {
    onTestFailed(async () => console.log(await operator.locator('body').ariaSnapshot()));
    const acknowledge = banner(operator).getByRole('button', { name: 'Acknowledge' });
    await expect.poll(() => acknowledge.isEnabled(), { timeout: patienceMs }).toBe(true);
    process.kill(server.pid, 'SIGSTOP');
    try {
      await banner(operator)
        .getByText(/^alarms .+ old$/)
        .waitFor();
      expect(await acknowledge.isDisabled()).toBe(true);
    } finally {
      process.kill(server.pid, 'SIGCONT');
    }
    await expect.poll(() => acknowledge.isEnabled(), { timeout: patienceMs }).toBe(true);
  });

  it('stays on the banner when the line stops in Produce, and in maintenance until a person has acknowledged it', async ({
    onTestFailed,
  }) => {
    onTestFailed(async () => console.log(await operator.locator('body').ariaSnapshot()));
    const row = (title: string) => operator.locator('.alarm-row').filter({ hasText: title });
    const gate = banner(operator).locator('.alarm-banner-title', { hasText: 'Gate did not confirm' });
    await operator.getByRole('link', { name: 'Alarms', exact: true }).click();

    await node.reportMachine({ state: 'Stopped', mode: 'Produce' });
    await node.tell('GATE_LATE_VERDICT', {});
    await row('Verdicts come too late').waitFor();
    await gate.waitFor();
    await row('Gate did not confirm').getByText('unacknowledged', { exact: true }).waitFor();

    // What arises in maintenance is logged; what was announced before stays.
    await node.reportMachine({ state: 'Stopped', mode: 'Maintenance' });
    await node.tell('GATE_TRACKING_LOST', {});
    await operator.getByRole('button', { name: 'Hidden 1' }).waitFor();
    expect(await row('no longer tracked').count()).toBe(0);
    await gate.waitFor();
    await row('Gate did not confirm').getByText('unacknowledged', { exact: true }).waitFor();

    await banner(operator).getByRole('button', { name: 'Acknowledge' }).click();
    await operator.getByRole('button', { name: 'Hidden 2' }).click();
    await row('Gate did not confirm').getByText('suppressed by design').waitFor();
    await row('no longer tracked').getByText('suppressed by design').waitFor();
    expect(await gate.count()).toBe(0);

    await node.reportMachine({ state: 'Execute', mode: 'Produce' });
    await banner(operator).locator('.alarm-banner-title', { hasText: 'no longer tracked' }).waitFor();
    await operator.getByRole('button', { name: 'Open' }).click();
    await row('Gate did not confirm').getByText('acknowledged', { exact: true }).waitFor();
  });
});
