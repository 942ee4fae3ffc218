/** What a person sees who types one command: a line inspected live, its machine, a stop, and a start that goes on where it stopped. */
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { PLANT_CODE } from '../plant/demo/setup-plant.ts';
import { launchChromium, type TestBrowser } from '../support/chromium.ts';
import { makeTemporaryFolder, type TemporaryFolder, writeTree } from '../support/temporary-folder.ts';
import { FROM_IMAGE, FROM_VERDICT, type FromImage, type FromVerdict, type TaughtVerdicts } from './lineage.ts';
import { commandLine, jamGate } from './machine-operator.ts';
import { freePort, type Product, startProduct, startProgram } from './product.ts';
import { numberOf, readParts } from './read-parts.ts';
import { signInAt } from './sign-in.ts';

/** Every wait is for a condition; this only bounds it, on a machine that may be busy. */
const patienceMs = 60_000;
const stopMs = 10_000;

describe('npm start', () => {
  let home: TemporaryFolder;
  let product: Product;
  let chromium: TestBrowser;
  let page: Page;
  let readyAt: number;

  beforeAll(async () => {
    home = await makeTemporaryFolder('home');
    chromium = await launchChromium();
    product = await startProduct({ home: home.path });
    readyAt = performance.now();
    console.log(`ready with an empty home after ${Math.round(product.readyMs / 1000)} s`);
    const context = await chromium.browser.newContext({ viewport: { width: 1280, height: 800 }, locale: 'en-GB' });
    page = await context.newPage();
  }, 400_000);
  afterAll(async () => {
    await chromium?.close();
    await product?.end();
    await home.remove();
  }, patienceMs);

  const state = () => page.getByTestId('machine-state');
  const machineEndpoint = () => {
    const config = parse(readFileSync(join(home.path, 'edge', 'edge.yaml'), 'utf8'));
    return config.machines[0].endpoint as string;
  };

  it('shows the operator parts as they arrive, the machine, and a reject with its outline', async ({
    onTestFailed,
  }) => {
    onTestFailed(async () =>
      console.log(`On the screen:\n${await page.locator('body').ariaSnapshot()}`, product.process.output.slice(-20)),
    );
    await page.goto(product.url);
    await signInAt(page, product.person('operator'));
    await page.getByRole('link', { name: 'Line 1' }).first().click();
    await page.getByText('EXECUTE').waitFor({ timeout: patienceMs });
    expect(await state().getAttribute('data-stale')).toBeNull();

    await page.locator('.part-cell').nth(3).waitFor({ timeout: patienceMs });
    const newest = () => page.locator('.part-cell').last().getAttribute('aria-label');
    const seen = await newest();
    await expect.poll(newest, { timeout: patienceMs }).not.toBe(seen);

    await page.locator('.large-part polygon.outline-mark').first().waitFor({ timeout: patienceMs });
    console.log(`a defect with its outline ${Math.round((performance.now() - readyAt) / 1000)} s after that`);
    const image = page.locator('.large-part img');
    await expect.poll(() => image.evaluate((element: HTMLImageElement) => element.naturalWidth)).toBeGreaterThan(100);
    expect(await image.getAttribute('alt')).toMatch(/defects? outlined/);
  }, 180_000);

  it.each(['light', 'dark'] as const)('is accessible as far as axe can tell, %s', async (colorScheme) => {
    await page.emulateMedia({ colorScheme });
    for (const name of ['Overview', 'Line 1']) {
      await page.getByRole('link', { name, exact: true }).first().click();
      await page.getByText('EXECUTE').first().waitFor({ timeout: patienceMs });
      const { violations } = await new AxeBuilder({ page }).analyze();
      const found = violations.map(({ id, nodes }) => `${name}: ${id}: ${nodes.map(({ html }) => html).join(' ')}`);
      expect(found).toEqual([]);
    }
  });

  it('takes the operator’s word on a reject, and another word later', async ({ onTestFailed }) => {
    onTestFailed(async () => console.log(await page.locator('body').ariaSnapshot()));
    await page.locator('.part-cell[data-verdict=REJECT]').last().dispatchEvent('pointerdown');
    await page.getByRole('button', { name: 'Show last reject' }).waitFor();
    const answer = page.getByRole('region', { name: 'Was it right?' });
    await answer.getByRole('button', { name: 'Was wrong' }).click();
    await answer.getByText('You: the reject was wrong').waitFor();
    await answer.getByRole('button', { name: 'Right', exact: true }).click();
    await answer.getByText('You: the reject was right').waitFor();
    expect(await answer.getByText('the reject was wrong').count()).toBe(0);
    await page.getByRole('button', { name: 'Show last reject' }).click();
  });

  it('shows that the machine is held, and that it runs again', async () => {
    await commandLine(machineEndpoint(), 'line-1', 'Hold');
    await page.getByText('HELD', { exact: true }).waitFor({ timeout: patienceMs });
    await commandLine(machineEndpoint(), 'line-1', 'Unhold');
    await page.getByText('EXECUTE', { exact: true }).waitFor({ timeout: patienceMs });
  });

  it('says on the banner that the gate does not confirm, takes the operator’s word, and lets go when it does', async ({
    onTestFailed,
  }) => {
    onTestFailed(async () =>
      console.log(`On the screen:\n${await page.locator('body').ariaSnapshot()}`, product.process.output.slice(-20)),
    );
    const banner = page.getByRole('region', { name: 'Highest alarm' });
    const gate = banner.locator('.alarm-banner-title', { hasText: 'Gate did not confirm' });
    const acknowledge = banner.getByRole('button', { name: 'Acknowledge' });
    const lineScreen = page.url();
    await jamGate(machineEndpoint(), 'line-1', true);
    // The next reject may take some parts; on a busy computer other alarms may stand before it, and are answered as they come.
    const isShown = async () => {
      // One from before the jam may have returned already: the jam raises it again.
      const active = banner.getByRole('status').filter({ hasText: 'Gate did not confirm, unacknowledged' });
      if ((await active.count()) > 0) return true;
      // Never the gate's own, should it come meanwhile.
      const other = banner.filter({ hasNotText: 'Gate did not confirm' }).getByRole('button', { name: 'Acknowledge' });
      await other.click({ timeout: 1_000 }).catch(() => {});
      return false;
    };
    await expect.poll(isShown, { timeout: 2 * patienceMs }).toBe(true);
    // The line is stopped to look after the gate, and stays in Produce: what nobody has acknowledged stays, too.
    await commandLine(machineEndpoint(), 'line-1', 'Stop');
    await page.goto(lineScreen);
    await page.getByText('STOPPED', { exact: true }).waitFor({ timeout: patienceMs });
    await page.locator('.line-state').getByText('Produce').waitFor();
    await gate.waitFor();
    await acknowledge.waitFor();
    await page.getByRole('link', { name: 'Alarms', exact: true }).click();
    const row = page.locator('.alarm-row').filter({ hasText: 'Gate did not confirm' });
    await row.getByText('unacknowledged', { exact: true }).waitFor();
    expect(await page.getByRole('button', { name: /^Hidden [1-9]/ }).count()).toBe(0);
    await acknowledge.click();
    await row.getByText('acknowledged', { exact: true }).waitFor({ timeout: patienceMs });

    await jamGate(machineEndpoint(), 'line-1', false);
    await commandLine(machineEndpoint(), 'line-1', 'Reset');
    await page.goto(lineScreen);
    await page.getByText('IDLE', { exact: true }).waitFor({ timeout: patienceMs });
    await commandLine(machineEndpoint(), 'line-1', 'Start');
    await page.getByRole('link', { name: 'Alarms', exact: true }).click();
    const left = async () => (await row.count()) + (await gate.count());
    await expect.poll(left, { timeout: 2 * patienceMs }).toBe(0);
    await page.goto(lineScreen);
    await state().waitFor();
  }, 300_000);

  it('leads from a verdict to the people who labelled its training images, and from such an image to every verdict', async () => {
    const client = await product.client('viewer');
    const { plant } = await client.run<{ plant: { id: string } }>(
      'query ($code: String!) { plant(code: $code) { id } }',
      {
        code: PLANT_CODE,
      },
    );
    const verdict = await client.run<FromVerdict>(FROM_VERDICT, { filter: { plantId: plant.id } });
    const taught = verdict.inspections.edges[0]?.node.modelVersion.datasetVersion;
    expect(taught).toMatchObject({ state: 'FROZEN', contentHash: expect.stringMatching(/^[0-9a-f]{64}$/) });
    const items = taught?.items.edges.map(({ node }) => node) ?? [];
    expect(items.length).toBeGreaterThan(100);
    for (const { label, decision } of items) {
      expect(decision.votes.length).toBeGreaterThan(0);
      for (const vote of decision.votes) expect(vote).toMatchObject({ label, person: { name: expect.any(String) } });
    }

    const recorded = await readParts(client, 'line-1');
    const parts = new Set<string>();
    let after: string | null = null;
    for (let more = true; more; ) {
      const variables: Record<string, unknown> = {
        plantId: plant.id,
        filter: { imageSha256s: [items[0]?.image.sha256] },
        first: 200,
        after,
      };
      const { poolImages }: FromImage = await client.run<FromImage>(FROM_IMAGE, variables);
      const page: TaughtVerdicts | undefined =
        poolImages.edges[0]?.node.datasetVersions[0]?.modelVersions[0]?.inspections;
      for (const { node } of page?.edges ?? []) parts.add(node.partId);
      more = page?.pageInfo.hasNextPage ?? false;
      after = page?.pageInfo.endCursor ?? null;
    }
    for (const { partId } of recorded) expect(parts.has(partId), partId).toBe(true);
  }, 120_000);

  it('keeps a second program out of a home that is in use, in one line', async () => {
    await using second = await startProgram({ home: home.path, port: await freePort() });
    const { code } = await second.exit;
    expect(code).toBe(1);
    expect(faultsOf(second.output)).toEqual([expect.stringMatching(/in use|process \d+/)]);
    expect(faultsOf(second.output)[0]).toContain(home.path);
  });

  it('shows what it knows of the machine as stale when the machine’s program is gone', async () => {
    process.kill(product.pids().machine ?? Number.NaN, 'SIGKILL');
    await expect.poll(() => state().getAttribute('data-stale'), { timeout: patienceMs }).toBe('');
    await product.process.waitForLine(/^machine +ended by SIGKILL; the rest goes on without it$/);
  });

  it('is gone within 10 s of an interrupt, with everything that belongs to it', async () => {
    await expect(product.interrupt(stopMs)).resolves.toBeLessThanOrEqual(stopMs);
    expect(await product.process.exit).toEqual({ code: 0, signal: null });
  });

  it('goes on where it stopped: same people, same parts, and the count continues', async () => {
    const former = product;
    product = await startProduct({ home: home.path });
    console.log(`ready with a used home after ${Math.round(product.readyMs / 1000)} s`);
    expect(product.person('operator')).toEqual(former.person('operator'));
    const client = await product.client('viewer');
    const newest = async () => Math.max(...(await readParts(client, 'line-1')).map(numberOf));
    const first = await newest();
    expect(first).toBeGreaterThan(3);
    await expect.poll(newest, { timeout: patienceMs }).toBeGreaterThan(first);
    // Every picture that the camera has taken so far is one part, across the stop and the machine's end.
    const pictures = readFileSync(join(home.path, 'plant', 'truth-line-1.jsonl'), 'utf8')
      .trim()
      .split('\n');
    const taken = pictures.map((line) => numberOf(JSON.parse(line) as { partId: string }));
    const recorded = async () => (await readParts(client, 'line-1')).map(numberOf);
    await expect.poll(recorded, { timeout: patienceMs }).toEqual(expect.arrayContaining(taken));
    const numbers = await recorded();
    expect(new Set(numbers).size).toBe(numbers.length);
    await product.interrupt(stopMs);
  }, 300_000);
});

describe('npm start that cannot start', () => {
  let folder: TemporaryFolder;
  beforeAll(async () => {
    folder = await makeTemporaryFolder('no-start');
    await writeTree(folder.path, {
      'no-train/test/good/1.png': 'x',
      'no-test/train/good/1.png': 'x',
      'no-images/train/good/readme.txt': 'x',
    });
  });
  afterAll(() => folder.remove());

  it('says which port is taken', async () => {
    const busy = createServer();
    await new Promise<void>((resolve) => busy.listen(0, '127.0.0.1', resolve));
    const { port } = busy.address() as { port: number };
    await using child = await startProgram({ home: join(folder.path, 'home'), port });
    const { code } = await child.exit;
    await new Promise((resolve) => busy.close(resolve));
    expect(code).toBe(1);
    expect(faultsOf(child.output)).toEqual([expect.stringContaining(String(port))]);
  });

  it('says that the home’s database is broken, and what to do', async () => {
    await writeTree(folder.path, { 'broken/database/LEHR_COMPLETE': '', 'broken/database/PG_VERSION': '17' });
    await using child = await startProgram({ home: join(folder.path, 'broken'), port: await freePort() });
    expect((await child.exit).code).toBe(1);
    expect(faultsOf(child.output)).toEqual([
      expect.stringMatching(/broken\/database does not open: restore .* or move it away/),
    ]);
  });

  it('says which options there are', async () => {
    await using child = await startProgram({ home: join(folder.path, 'home'), port: 0, args: ['--image', 'x'] });
    expect((await child.exit).code).toBe(1);
    expect(child.output).toEqual(["npm start: Unknown option '--image'; the only option is --images DIR"]);
  });

  it.each(['missing', 'no-train', 'no-test', 'no-images'])('says what is wrong with --images %s', async (name) => {
    const images = join(folder.path, name);
    await using child = await startProgram({ home: join(folder.path, 'home'), port: 0, args: ['--images', images] });
    expect((await child.exit).code).toBe(1);
    expect(child.output).toEqual([expect.stringContaining(`--images ${images}: `)]);
  });
});

/** What a program says beyond its progress. */
function faultsOf(output: readonly string[]): string[] {
  return output.filter((line) => !/ (info|debug) /.test(line));
}
