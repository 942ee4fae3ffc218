import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { LineProcess } from '../support/spawn-lines.ts';
import { makeTemporaryFolder, type TemporaryFolder } from '../support/temporary-folder.ts';
import { startEdge, writeEdgeConfig } from './kit/edge-process.ts';
import { movedImage } from './kit/moved-image.ts';
import { type ReceivingServer, startReceivingServer } from './kit/receiving-server.ts';
import { makeSigningKey, type SigningKey, signedModel, testImage } from './kit/tiny-model.ts';

let folder: TemporaryFolder;
let server: ReceivingServer;
let key: SigningKey;
let edge: LineProcess;

const setup = { recipeCode: null, roi: null, reference: null, maxOffsetPx: 20, maxRotationDeg: 5 };

beforeEach(async () => {
  folder = await makeTemporaryFolder('setup');
  server = await startReceivingServer(['camera-1']);
  key = makeSigningKey();
  server.assignments.set('camera-1', { versionId: 'version-1', artifact: signedModel(key) });
});

afterEach(async () => {
  await edge.stop();
  await server.down();
  await folder.remove();
});

async function start(source?: Record<string, unknown>): Promise<void> {
  const setting = { folder: folder.path, server, trustedKeys: [key.publicKey], ...(source && { source }) };
  edge = await startEdge(await writeEdgeConfig(setting));
  await edge.waitForLine(/^edge ready/, 30_000);
}

const give = (name: string, bytes: Uint8Array) => writeFile(join(folder.path, 'spool-camera-1', name), bytes);
const byPart = (partId: string) => [...server.inspections.values()].find((each) => each.partId === partId);

describe('a camera with a setup', () => {
  it('judges the region of interest and tells defects as shares of the whole image', async () => {
    // The spot lies at (16, 16) to (32, 32) of 64 × 48 px: inside the first region, outside of the second.
    server.setups.set('camera-1', [{ ...setup, roi: { x: 0, y: 0, width: 0.75, height: 1 } }]);
    await start();
    await give('inside.png', await testImage({ isDefective: true }));
    await server.until(() => byPart('inside') !== undefined);
    expect(byPart('inside')).toMatchObject({
      verdict: 'REJECT',
      defects: [{ box: { x: 0.25, y: 0.33333, width: 0.25, height: 0.33334 } }],
    });
    server.setups.set('camera-1', [{ ...setup, roi: { x: 0.5, y: 0, width: 0.5, height: 1 } }]);
    for (let number = 0; byPart(`outside-${number - 1}`)?.verdict !== 'PASS'; number++) {
      await give(`outside-${number}.png`, await testImage({ isDefective: true, mark: number }));
      await server.until(() => byPart(`outside-${number}`) !== undefined);
    }
  }, 60_000);

  it('fetches the reference, finds the part against it, and goes on without while it cannot', async () => {
    const reference = await part();
    const sha256 = createHash('sha256').update(reference).digest('hex');
    const wrong = 'b'.repeat(64);
    const withReference = (hash: string) => [{ ...setup, reference: { sha256: hash, url: `/images/plant-1/${hash}` } }];
    server.references.set(wrong, reference);
    server.setups.set('camera-1', withReference(wrong));
    await start();
    await give('first.png', reference);
    await server.until(
      ({ status }) =>
        byPart('first') !== undefined && status?.cameras[0]?.problem?.includes('not the one of the plan') === true,
    );
    expect(byPart('first')).toMatchObject({ position: null });
    server.references.set(sha256, reference);
    server.setups.set('camera-1', withReference(sha256));
    const moved = await movedImage(reference, { dx: 8.5, dy: -4.25, rotationDeg: 2 });
    for (let number = 0; !(byPart(`moved-${number - 1}`) as { position?: unknown } | undefined)?.position; number++) {
      await give(`moved-${number}.png`, moved);
      await server.until(() => byPart(`moved-${number}`) !== undefined);
    }
    const { position } = [...server.inspections.values()].at(-1) as unknown as {
      position: { offsetXPx: number; offsetYPx: number; rotationDeg: number };
    };
    expect(position.offsetXPx).toBeCloseTo(8.5, 0);
    expect(position.offsetYPx).toBeCloseTo(-4.25, 0);
    expect(position.rotationDeg).toBeCloseTo(2, 0);
    expect(existsSync(join(folder.path, 'home/references', sha256))).toBe(true);
  }, 60_000);
});

describe('a live camera whose images are of another size than its reference', () => {
  it('is told with both sizes, and its images are refused until the size is back', async () => {
    const reference = await part();
    const sha256 = createHash('sha256').update(reference).digest('hex');
    server.references.set(sha256, reference);
    server.setups.set('camera-1', [{ ...setup, reference: { sha256, url: `/images/plant-1/${sha256}` } }]);
    let isBack = false;
    let mark = 0;
    const camera = createServer((_request, response) => {
      const image = isBack
        ? movedImage(reference, { dx: ++mark / 10, dy: 0, rotationDeg: 0 })
        : testImage({ mark: ++mark });
      void image.then((bytes) => response.end(bytes));
    });
    await new Promise<void>((resolve) => camera.listen(0, '127.0.0.1', resolve));
    try {
      const { port } = camera.address() as AddressInfo;
      await start({ kind: 'http', mode: 'snapshot', url: `http://127.0.0.1:${port}/`, ratePerS: 10 });
      const problem = 'gives 64 × 48 px, the reference image of its set-up has 200 × 160 px';
      await server.until(({ status }) => status?.cameras[0]?.problem?.includes(problem) === true);
      await server.until(({ events }) => [...events.values()].some(({ kind }) => kind === 'IMAGES_REFUSED'));
      isBack = true;
      const before = server.inspections.size;
      await server.until(({ status }) => status?.cameras[0]?.problem === null);
      await server.until(({ inspections }) => inspections.size > before);
    } finally {
      camera.closeAllConnections();
      await new Promise((resolve) => camera.close(resolve));
    }
  }, 60_000);
});

describe('a model in shadow', () => {
  it('judges along and is reported, while every result is of the active one', async () => {
    server.shadows.set('camera-1', { versionId: 'version-2', artifact: signedModel(key, 'next') });
    await start();
    await server.until(({ status }) => status?.cameras[0]?.shadowModelVersionId === 'version-2', 30_000);
    for (let number = 0; number < 5; number++) await give(`part-${number}.png`, await testImage({ mark: number }));
    await server.until(({ inspections }) => inspections.size === 5);
    const judges = [...server.inspections.values()].map(({ modelVersionId }) => modelVersionId);
    expect(new Set(judges)).toEqual(new Set(['version-1']));
    server.shadows.delete('camera-1');
    await server.until(({ status }) => status?.cameras[0]?.shadowModelVersionId === null);
    expect([...server.inspections.values()]).toHaveLength(5);
  }, 60_000);
});

/** Dark, with a few bright shapes that fix its place and rotation. */
async function part(): Promise<Uint8Array<ArrayBuffer>> {
  const shapes =
    '<svg width="200" height="160"><rect width="200" height="160" fill="#101010"/><rect x="40" y="40" width="70" height="30" fill="#503020"/>' +
    '<circle cx="140" cy="100" r="28" fill="#205060"/><path d="M60 90 L100 130 L50 130 Z" fill="#405020"/></svg>';
  return new Uint8Array(await sharp(Buffer.from(shapes)).removeAlpha().blur(1).png().toBuffer());
}
