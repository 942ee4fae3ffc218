/** Images are measured once each, nearly equal ones find each other, and similar ones can be asked for. */
import { createHash } from 'node:crypto';
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { imagePath, similarityFolder, sketchPath } from '../../../../server/kit/paths.ts';
import { exactNeighbours } from '../../../../server/modules/images/similarity/exact-neighbours.ts';
import { saveIndex, similarityOf } from '../../../../server/modules/images/similarity/follow-index.ts';
import { poolMeasureJob } from '../../../../server/modules/images/similarity/similarity.jobs.ts';
import { EMBEDDING_DIMENSIONS, loadVectors } from '../../../../server/modules/images/similarity/similarity.service.ts';
import { takeTurns } from '../../../../server/modules/images/similarity/worker-turns.ts';
import { recordImage } from '../../../../server/modules/images/store/images.service.ts';
import { databases } from '../../../support/database.ts';
import { createSeed, type SeededPlant } from '../../../support/seed.ts';
import { openTestServer, type TestServer } from '../../../support/server.ts';
import type { TestClient } from '../../../support/test-client.ts';
import { renderPart } from './render-part.ts';

const PARTS = 8;
const MOST = 9;

describe.each(databases())('similar images on %s', (kind) => {
  let server: TestServer;
  let plant: SeededPlant;
  let reader: TestClient;
  const named = new Map<string, string>();
  const hash = (name: string) => named.get(name) ?? '';

  beforeAll(async () => {
    server = await openTestServer(kind, {
      env: { LEHR_LIMIT_MEASURE_BATCH: '5', LEHR_LIMIT_SIMILAR_IMAGES: String(MOST) },
    });
    const seed = createSeed(server);
    plant = await seed.plant();
    reader = (await plant.person('viewer')).client;
    for (let part = 0; part < PARTS; part++) await store(`part ${part}`, await renderPart(part));
    const first = await renderPart(0);
    await store('same pixels', await sharp(first).webp({ lossless: true }).toBuffer());
    const cut = await sharp(first).extract({ left: 12, top: 8, width: 236, height: 240 }).linear(0.85, 0).toBuffer();
    await store('changed', await sharp(cut).jpeg({ quality: 60 }).toBuffer());
    await store('broken', Buffer.from('no image at all'));
    await workUntilIdle();
  });

  afterAll(async () => {
    await similarityOf(server.services.memory).close();
    await server.close();
  });

  async function store(name: string, bytes: Buffer): Promise<void> {
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    named.set(name, sha256);
    const path = imagePath(server.config.home, plant.row.id, sha256);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, bytes);
    await recordImage(server.db, {
      plant_id: plant.row.id,
      sha256: Buffer.from(sha256, 'hex'),
      format: 'png',
      size_bytes: bytes.length,
      width: 256,
      height: 256,
      received_at: new Date(),
    });
  }

  async function workUntilIdle(): Promise<void> {
    const turns = takeTurns(server.services);
    while (await turns.work());
    await turns.release();
  }

  const rows = () => server.db.selectFrom('pool_image').selectAll().where('plant_id', '=', plant.row.id).execute();

  it('measures every image, and a broken file says why without stopping the rest', async () => {
    const all = await rows();
    const broken = all.find((row) => row.image_sha256.toString('hex') === hash('broken'));
    expect(broken?.measure_error).toMatch(/unsupported|format/i);
    expect(broken?.measure_error).not.toContain(server.config.home);
    for (const row of all.filter((other) => other !== broken)) {
      expect(row.measure_error).toBeNull();
      for (const score of ['blurred', 'dark', 'bright', 'low_information', 'outlier', 'uniqueness'] as const) {
        expect(row[score]).toBeGreaterThanOrEqual(0);
        expect(row[score]).toBeLessThanOrEqual(1);
      }
    }
    const vectors = await loadVectors(server.db, plant.row.id, [...named.values()]);
    expect(vectors.size).toBe(PARTS + 2);
    for (const vector of vectors.values()) {
      expect(vector.length).toBe(EMBEDDING_DIMENSIONS);
      expect(Math.hypot(...vector)).toBeCloseTo(1, 4);
    }
  });

  it('measures nothing twice', async () => {
    const before = await rows();
    await workUntilIdle();
    const measured = (all: Awaited<ReturnType<typeof rows>>) => all.map((row) => row.measured_at?.getTime());
    expect(measured(await rows())).toEqual(measured(before));
  });

  it('finds the same pixels and the changed copy, and no pair among different parts', async () => {
    const pairs = await server.db
      .selectFrom('near_duplicate')
      .selectAll()
      .where('plant_id', '=', plant.row.id)
      .execute();
    const names = new Map(Array.from(named, ([name, sha256]) => [sha256, name]));
    const told = pairs.map((pair) =>
      [pair.a_sha256, pair.b_sha256].map((sha) => names.get(sha.toString('hex'))).sort(),
    );
    expect(told.sort()).toEqual([
      ['changed', 'part 0'],
      ['changed', 'same pixels'],
      ['part 0', 'same pixels'],
    ]);
    const group = [hash('part 0'), hash('same pixels'), hash('changed')].sort();
    const all = await rows();
    const grouped = all.filter((row) => row.near_group !== null);
    expect(grouped.map((row) => row.image_sha256.toString('hex')).sort()).toEqual(group);
    expect(new Set(grouped.map((row) => row.near_group?.toString('hex')))).toEqual(new Set([group[0]]));
    const exact = all.filter((row) => row.exact_group !== null).map((row) => row.image_sha256.toString('hex'));
    expect(exact.sort()).toEqual([hash('part 0'), hash('same pixels')].sort());
  });

  const ask = (first: number, filter: string) =>
    reader.read<{ similarImages: { likeness: number; poolImage: Shown }[] }>(
      `{ similarImages(plantId: "${plant.globalId}", imageSha256: "${hash('part 0')}", first: ${first}${filter}) {
        likeness poolImage { imageSha256 nearDuplicatesTold nearDuplicates { evidence likeness poolImage { imageSha256 } } } } }`,
    );
  interface Shown {
    imageSha256: string;
    nearDuplicatesTold: boolean | null;
    nearDuplicates: { evidence: string; likeness: number; poolImage: { imageSha256: string } }[];
  }

  it('gives the most similar first, without the image itself, just as a comparison with every row does', async () => {
    const { similarImages } = await ask(MOST, '');
    expect(similarImages).toHaveLength(MOST);
    expect(similarImages[0]?.poolImage.imageSha256).toBe(hash('same pixels'));
    expect(similarImages[0]?.poolImage.nearDuplicatesTold).toBe(true);
    const duplicates = similarImages[0]?.poolImage.nearDuplicates ?? [];
    expect(duplicates.map(({ evidence }) => evidence)).toContain('PIXELS');
    const vectors = await loadVectors(server.db, plant.row.id, [hash('part 0')]);
    const vector = vectors.get(hash('part 0')) ?? new Float32Array();
    const exact = await exactNeighbours(server.db, plant.row.id, vector, MOST + 1);
    for (const [rank, { likeness }] of similarImages.entries()) {
      // the index holds half precision
      expect(Math.abs(likeness - (exact[rank + 1]?.likeness ?? 0))).toBeLessThan(1e-3);
    }
  });

  it('keeps to a filter', async () => {
    const { similarImages } = await ask(5, `, filter: { imageSha256s: ["${hash('part 3')}", "${hash('part 4')}"] }`);
    const shas = similarImages.map(({ poolImage }) => poolImage.imageSha256);
    expect(shas.sort()).toEqual([hash('part 3'), hash('part 4')].sort());
  });

  it('refuses more than LEHR_LIMIT_SIMILAR_IMAGES', async () => {
    await expect(ask(MOST + 1, '')).rejects.toThrow(/first.*1 to 9|1 to 9/);
  });

  it('builds the index again when its files are lost or damaged, and goes on with what was saved', async () => {
    const folder = similarityFolder(server.config.home, plant.row.id);
    const place = { folder, embedder: 'any', dimensions: EMBEDDING_DIMENSIONS };
    await saveIndex(server.services, plant.row.id);
    await similarityOf(server.services.memory).close();
    const { similarImages: saved } = await ask(3, '');
    for (const name of await readdir(folder)) {
      if (name.endsWith('.vectors')) await writeFile(`${folder}/${name}`, 'damaged');
    }
    await similarityOf(server.services.memory).close();
    expect((await ask(3, '')).similarImages).toEqual(saved);
    await similarityOf(server.services.memory).close();
    await rm(place.folder, { recursive: true });
    expect((await ask(3, '')).similarImages).toEqual(saved);
  });

  it('makes a lost sketch again when it is needed', async () => {
    await rm(sketchPath(server.config.home, plant.row.id, hash('part 1')));
    const changed = await sharp(await renderPart(1))
      .linear(1.1, 0)
      .jpeg({ quality: 70 })
      .toBuffer();
    await store('late copy', changed);
    await poolMeasureOnce();
    const pairs = await server.db
      .selectFrom('near_duplicate')
      .selectAll()
      .where('plant_id', '=', plant.row.id)
      .execute();
    const shas = pairs.map((pair) => [pair.a_sha256.toString('hex'), pair.b_sha256.toString('hex')]);
    expect(shas).toContainEqual([hash('part 1'), hash('late copy')].sort());
  });

  /** As the queue runs it, until it is told to stop. */
  async function poolMeasureOnce(): Promise<void> {
    const stop = new AbortController();
    const running = poolMeasureJob.perform(server.services, {}, stop.signal);
    const waiting = () =>
      server.db
        .selectFrom('pool_image')
        .select('image_sha256')
        .where('plant_id', '=', plant.row.id)
        .where('outlier', 'is', null)
        .where('measure_error', 'is', null)
        .execute();
    while ((await waiting()).length > 0) await new Promise((resolve) => setTimeout(resolve, 50));
    stop.abort();
    await running;
  }
});
