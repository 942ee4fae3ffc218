import { existsSync } from 'node:fs';
import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createSeededRandom } from '../support/seeded-random.ts';
import type { LineProcess } from '../support/spawn-lines.ts';
import { makeTemporaryFolder, type TemporaryFolder } from '../support/temporary-folder.ts';
import { type EdgeSetting, killEdge, startEdge, writeEdgeConfig } from './kit/edge-process.ts';
import { type ReceivingServer, startReceivingServer } from './kit/receiving-server.ts';
import { makeSigningKey, type SigningKey, signedModel, testImage, writeImages } from './kit/tiny-model.ts';

let folder: TemporaryFolder;
let server: ReceivingServer;
let key: SigningKey;
let edges: LineProcess[];

beforeEach(async () => {
  folder = await makeTemporaryFolder('edge');
  server = await startReceivingServer(['camera-1']);
  key = makeSigningKey();
  server.assignments.set('camera-1', { versionId: 'version-1', artifact: signedModel(key) });
  edges = [];
});

afterEach(async () => {
  for (const edge of edges) await edge.stop();
  await server.down();
  await folder.remove();
});

const spool = () => join(folder.path, 'spool-camera-1');

async function configure(more: Partial<EdgeSetting> = {}): Promise<string> {
  return await writeEdgeConfig({ folder: folder.path, server, trustedKeys: [key.publicKey], ...more });
}

async function start(config: string, args?: string[]): Promise<LineProcess> {
  const edge = await startEdge(config, args);
  edges.push(edge);
  return edge;
}

const partNames = (count: number) =>
  Array.from({ length: count }, (_, index) => `part-${String(index).padStart(4, '0')}.png`);
const partIds = () => [...server.inspections.values()].map(({ partId }) => partId).sort();
const stems = (names: string[]) => names.map((name) => name.replace('.png', ''));

describe('inspecting a folder', () => {
  it('records each part once with verdict, outline and image, then deletes the file', async () => {
    const names = partNames(12);
    await writeImages(spool(), names, (index) => index % 4 === 3);
    const edge = await start(await configure());
    await edge.waitForLine(/^edge ready edge-1$/);
    await server.until(({ inspections, images }) => inspections.size === 12 && images.size === 12);
    expect(partIds()).toEqual(stems(names));
    const rejects = [...server.inspections.values()].filter(({ verdict }) => verdict === 'REJECT');
    expect(rejects.map(({ partId }) => partId)).toEqual(['part-0003', 'part-0007', 'part-0011']);
    for (const { defects } of rejects) {
      expect(defects).toHaveLength(1);
      expect(defects[0]?.box).toEqual({ x: 0.25, y: 0.33333, width: 0.25, height: 0.33334 });
      expect(defects[0]?.outline.length).toBeGreaterThanOrEqual(8);
    }
    await server.until(({ status }) => status?.outboxResults === 0 && status.cameras[0]?.framesTaken === 12);
    expect(await readdir(spool())).toEqual([]);
  });

  it('gives the id the millisecond of the file, which is the moment of capture', async () => {
    await start(await configure());
    const before = Date.now();
    await writeImages(spool(), ['late.png']);
    const after = Date.now();
    await server.until(({ inspections }) => inspections.size === 1);
    const [id = ''] = server.inspections.keys();
    const capturedAt = Number.parseInt(id.replaceAll('-', '').slice(0, 12), 16);
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(capturedAt).toBeGreaterThanOrEqual(before - 20);
    expect(capturedAt).toBeLessThanOrEqual(after);
  });

  it('makes one inspection of each part although the node is killed again and again', async () => {
    const names = partNames(150);
    await writeImages(spool(), names);
    const config = await configure({ source: { ratePerS: 100 } });
    const random = createSeededRandom(7);
    for (let kill = 0; kill < 4; kill++) {
      const edge = await start(config);
      await edge.waitForLine(/^edge ready/);
      const seen = server.inspections.size;
      await server.until(({ inspections }) => inspections.size > seen + random.integer(20));
      await killEdge(edge);
    }
    await start(config);
    await server.until(({ inspections, images }) => inspections.size >= 150 && images.size === 150, 20_000);
    await server.until(({ status }) => status?.outboxResults === 0);
    expect(partIds()).toEqual(stems(names));
    expect(server.conflicts).toEqual([]);
  }, 90_000);

  it('deletes without inspecting what the outbox knew before the crash', async () => {
    await writeImages(spool(), ['known.png']);
    const config = await configure();
    const edge = await start(config);
    await server.until(({ inspections, images }) => inspections.size === 1 && images.size === 1);
    await edge.stop();
    // As if the node had died between the outbox' commit and the deletion.
    await writeImages(spool(), ['known.png', 'new.png']);
    const { mtimeMs, size } = await stat(join(spool(), 'known.png'));
    const outbox = new DatabaseSync(join(folder.path, 'home/outbox.db'));
    outbox
      .prepare('INSERT INTO source_key (key) VALUES (?)')
      .run(`line-1/station-1/camera-1/known.png|${mtimeMs}|${size}`);
    outbox.close();
    await start(config);
    await server.until(({ inspections }) => inspections.size === 2);
    expect(partIds()).toEqual(['known', 'new']);
    await expect.poll(() => readdir(spool())).toEqual([]);
  });

  it('waits for a file that is still being written', async () => {
    const edge = await start(await configure({ source: { settleMs: 60_000 } }));
    await edge.waitForLine(/^edge ready/);
    const whole = await testImage({ mark: 5 });
    await writeFile(join(spool(), 'a-growing.png'), whole.subarray(0, 90));
    await writeFile(join(spool(), 'b-empty.png'), '');
    await writeFile(join(spool(), 'c-good.png'), await testImage({ mark: 6 }));
    await server.until(({ inspections }) => inspections.size === 1);
    expect(partIds()).toEqual(['c-good']);
    await writeFile(join(spool(), 'a-growing.png'), whole);
    await writeFile(join(spool(), 'b-empty.png'), whole);
    await server.until(({ inspections }) => inspections.size === 3);
    expect(partIds()).toEqual(['a-growing', 'b-empty', 'c-good']);
    expect(server.status?.droppedFrames).toBe(0);
  });

  it('puts aside what stays broken, counts it and says so once', async () => {
    const edge = await start(await configure());
    await edge.waitForLine(/^edge ready/);
    await writeFile(join(spool(), 'cut.png'), (await testImage()).subarray(0, 90));
    await writeFile(join(spool(), 'empty.png'), '');
    await writeFile(join(spool(), 'note.txt'), 'no image');
    await writeImages(spool(), ['whole.png']);
    await server.until(({ inspections, status }) => inspections.size === 1 && status?.droppedFrames === 3);
    expect(partIds()).toEqual(['whole']);
    const aside = await readdir(join(folder.path, 'rejected/spool-camera-1'));
    expect(aside.sort()).toEqual(['cut.png', 'empty.png', 'note.txt']);
    expect(edge.output.filter((line) => line.includes('put aside'))).toHaveLength(3);
  });
});

describe('the way to the server', () => {
  it('loses nothing while the server is away', async () => {
    const config = await configure({ source: { ratePerS: 100 } });
    const edge = await start(config);
    await edge.waitForLine(/^edge ready/);
    await server.down();
    const names = partNames(40);
    await writeImages(spool(), names);
    await expect.poll(() => readdir(spool()), { timeout: 10_000 }).toEqual([]);
    expect(server.inspections.size).toBe(0);
    await server.up();
    await server.until(({ inspections, images }) => inspections.size === 40 && images.size === 40);
    expect(partIds()).toEqual(stems(names));
    expect(edge.output.filter((line) => line.includes('back after'))).toHaveLength(1);
  });

  it('starts without the server on what it knew last', async () => {
    const config = await configure();
    const first = await start(config);
    await first.waitForLine(/^edge ready/);
    await first.stop();
    await server.down();
    await writeImages(spool(), ['alone.png']);
    const edge = await start(config);
    await edge.waitForLine(/^edge ready/, 15_000);
    await expect.poll(() => readdir(spool()), { timeout: 10_000 }).toEqual([]);
    await server.up();
    await server.until(({ inspections }) => inspections.size === 1);
  });

  it('puts what the server refuses into the dead letters and goes on', async () => {
    server.refuse = ({ partId }) => (partId === 'part-0002' ? 'no such part' : undefined);
    let refusedImage: string | undefined;
    server.refuseImage = (sha256) => {
      refusedImage ??= sha256;
      return sha256 === refusedImage ? 422 : undefined;
    };
    const names = partNames(6);
    await writeImages(spool(), names);
    const edge = await start(await configure());
    await server.until(
      ({ inspections, images, status }) => inspections.size === 5 && images.size === 4 && status?.deadLetters === 2,
    );
    await edge.stop();
    const outbox = new DatabaseSync(join(folder.path, 'home/outbox.db'), { readOnly: true });
    const letters = outbox.prepare('SELECT kind, field, value, reason FROM dead_letter ORDER BY kind DESC').all();
    outbox.close();
    expect(letters).toMatchObject([
      { kind: 'result', field: 'partId', value: 'part-0002', reason: 'no such part' },
      { kind: 'image', field: 'image', value: refusedImage },
    ]);
  });

  it('takes on from the line when the outbox is full, and tells what it gave up', async () => {
    const edge = await start(await configure({ outbox: { maxResults: 5, sacrificeNoticeMs: 0 } }));
    await edge.waitForLine(/^edge ready/);
    await server.down();
    await writeImages(spool(), partNames(20));
    await expect.poll(() => readdir(spool()), { timeout: 10_000 }).toEqual([]);
    await server.up();
    await server.until(({ events }) => [...events.values()].some(({ kind }) => kind === 'OUTBOX_SACRIFICED'));
    const told = [...server.events.values()].map(({ data }) => data as { what: string; count: number });
    const lost = told.filter(({ what }) => what === 'results').reduce((sum, { count }) => sum + count, 0);
    await server.until(({ inspections }) => inspections.size === 20 - lost);
    expect(lost).toBeGreaterThanOrEqual(10);
    expect(partIds()).toEqual(stems(partNames(20)).slice(lost));
  });
});

describe('keeping images', () => {
  it('sends only the images that the policy of the plan keeps, and with each result how likely that was', async () => {
    const policy = {
      auditFraction: 1e-6,
      uncertainProbability: 1,
      rejectProbability: 1,
      bytesPerDay: null,
      quotas: [],
    };
    server.capturePolicy = policy;
    await writeImages(spool(), partNames(8), (index) => index % 4 === 3);
    await start(await configure());
    await server.until(({ inspections, images }) => inspections.size === 8 && images.size === 2);
    await server.until(({ status }) => status?.outboxResults === 0 && status.cameras[0]?.framesTaken === 8);
    expect(server.images.size).toBe(2);
    for (const { verdict, capture } of server.inspections.values()) {
      const isKept = verdict === 'REJECT';
      expect(capture).toEqual({ isKept, keepProbability: isKept ? 1 : 1e-6, reason: isKept ? 'REJECT' : 'AUDIT' });
    }
  });
});

describe('models', () => {
  it('refuses an artifact that no trusted key signed, says so once and loads nothing', async () => {
    server.assignments.set('camera-1', { versionId: 'version-1', artifact: signedModel(makeSigningKey()) });
    await writeImages(spool(), ['waits.png']);
    const edge = await start(await configure());
    await server.until(({ status }) => status?.cameras[0]?.problem?.includes('trust.modelSigningKeys') === true);
    server.assignments.set('camera-1', { versionId: 'version-2', artifact: signedModel(key) });
    await server.until(({ inspections }) => inspections.size === 1);
    expect([...server.inspections.values()][0]?.modelVersionId).toBe('version-2');
    expect(edge.output.filter((line) => line.includes('is refused'))).toHaveLength(1);
  });

  it('refuses a file whose bytes are not what was signed', async () => {
    const artifact = signedModel(key);
    const changed = Uint8Array.from(artifact.bytes);
    changed[changed.length >> 1] = (changed[changed.length >> 1] ?? 0) ^ 1;
    server.assignments.set('camera-1', { versionId: 'version-1', artifact: { ...artifact, bytes: changed } });
    await start(await configure());
    await server.until(({ status }) => status?.cameras[0]?.problem?.includes('what changes it on the way') === true);
    expect(existsSync(join(folder.path, `home/models/${artifact.sha256}.onnx`))).toBe(false);
  });

  it('switches to a newly assigned model between two parts and misses none', async () => {
    await start(await configure());
    const versions = () => [...server.inspections.values()].map(({ modelVersionId }) => modelVersionId);
    let made = 0;
    // Parts keep coming for as long as the other model needs to start, a few of them always under way.
    while (made < 2_000 && versions().at(-1) !== 'version-2') {
      const names = Array.from({ length: 5 }, () => `part-${String(made++).padStart(4, '0')}.png`);
      await writeImages(spool(), names);
      await server.until(({ inspections }) => inspections.size >= made - 5);
      if (made === 10)
        server.assignments.set('camera-1', { versionId: 'version-2', artifact: signedModel(key, 'next') });
    }
    await server.until(({ inspections }) => inspections.size === made);
    expect(new Set(versions())).toEqual(new Set(['version-1', 'version-2']));
    expect(versions()).toEqual(versions().sort());
    expect(new Set(partIds()).size).toBe(made);
  });
});

describe('starting and stopping', () => {
  it('ends within its time on SIGTERM', async () => {
    const edge = await start(await configure());
    await edge.waitForLine(/^edge ready/);
    const startedAt = performance.now();
    expect(await edge.stop()).toEqual({ code: 0, signal: null });
    expect(performance.now() - startedAt).toBeLessThan(5_000);
  });

  it.each(['SIGTERM', 'SIGKILL'] as const)('leaves no child behind after %s', async (signal) => {
    const edge = await start(await configure());
    await edge.waitForLine(/^edge ready/);
    const children = (await readFile(`/proc/${edge.pid}/task/${edge.pid}/children`, 'utf8')).trim().split(' ');
    expect(children).toHaveLength(1);
    edge.child.kill(signal);
    await edge.exit;
    await expect.poll(() => existsSync(`/proc/${children[0]}`), { timeout: 5_000 }).toBe(false);
  });

  it('refuses a second node on the same home', async () => {
    const config = await configure();
    const first = await start(config);
    await first.waitForLine(/^edge ready/);
    const second = await start(config);
    expect((await second.exit).code).toBe(1);
    expect(second.output.join('\n')).toContain('another edge node runs on it');
  });

  it('names a home that cannot be written, and does not start', async () => {
    const config = await configure();
    await writeFile(config, (await readFile(config, 'utf8')).replace('home: home', 'home: /proc/lehr'));
    const edge = await start(config);
    expect((await edge.exit).code).toBe(2);
    expect(edge.output.join('\n')).toMatch(
      /edge\.yaml:2: home is "\/proc\/lehr"; \/proc cannot be written by this user/,
    );
  });

  it('names field, value and remedy when the server knows no such camera', async () => {
    const edge = await start(await configure({ cameras: ['camera-9'] }));
    expect((await edge.exit).code).toBe(2);
    expect(edge.output.join('\n')).toContain(
      'stations[0].cameras[0].camera is "camera-9"; the server knows no such code as a camera of station-1. It knows: camera-1.',
    );
  });

  it('checks everything with --check and says what is wrong', async () => {
    const config = await configure();
    const marks = ({ output }: LineProcess) => output.map((line) => line.split(':')[0]?.replace(/ +/g, ' '));
    const good = await start(config, ['--check']);
    expect((await good.exit).code).toBe(0);
    expect(marks(good).slice(0, 5)).toEqual(['ok configuration', 'ok home', 'ok server', 'ok clock', 'ok plan']);
    expect(marks(good)[5]).toBe('ok camera line-1/station-1/camera-1');
    expect(marks(good)[6]).toMatch(/^ok model [0-9a-f]{12}…$/);
    expect(existsSync(join(folder.path, 'home'))).toBe(false);
    server.token = 'another';
    const bad = await start(config, ['--check']);
    expect((await bad.exit).code).toBe(1);
    expect(bad.output.join('\n')).toMatch(/^wrong plan: server\.token is refused/m);
    await server.down();
    const alone = await start(config, ['--check']);
    expect((await alone.exit).code).toBe(1);
    expect(alone.output.join('\n')).toMatch(
      /^wrong server: .+edge\.yaml:\d+: server\.url is ".+"; nothing answers there/m,
    );
  }, 60_000);

  it('shows what the server refused beside the running node, and puts it back when the node does not run', async () => {
    server.refuse = ({ partId }) => (partId === 'part-0001' ? 'no such part' : undefined);
    await writeImages(spool(), partNames(3));
    const config = await configure();
    const edge = await start(config);
    await server.until(({ status }) => status?.deadLetters === 1);
    const shown = await start(config, ['--dead-letters']);
    expect((await shown.exit).code).toBe(0);
    expect(shown.output[0]).toMatch(/result {4}[0-9a-f-]{36} {3}partId "part-0001": no such part$/);
    const early = await start(config, ['--retry-dead-letters']);
    expect((await early.exit).code).toBe(1);
    expect(early.output.join('\n')).toContain('another edge node runs on it');
    await edge.stop();
    const late = await start(config, ['--retry-dead-letters']);
    expect((await late.exit).code).toBe(0);
    server.refuse = () => undefined;
    await start(config);
    await server.until(({ inspections, images }) => inspections.size === 3 && images.size === 3);
    await server.until(({ status }) => status?.deadLetters === 0);
  }, 60_000);

  it('sends dead letters again when a person wishes it', async () => {
    server.refuse = () => 'not yet';
    await writeImages(spool(), partNames(4));
    await start(await configure());
    await server.until(({ status }) => status?.deadLetters === 4);
    server.refuse = () => undefined;
    server.deadLetterRetryAt = '2026-01-01T00:00:00.000Z';
    await server.until(({ inspections, images }) => inspections.size === 4 && images.size === 4);
    await server.until(({ status }) => status?.deadLetters === 0);
    expect(server.conflicts).toEqual([]);
  });
});
