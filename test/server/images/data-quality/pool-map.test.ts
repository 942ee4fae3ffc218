/** Maps and judged labels in the database, through the background work and the API. */
import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { judgeLabels } from '../../../../server/modules/images/data-quality/judge-labels.ts';
import { keepMap } from '../../../../server/modules/images/data-quality/lay-out-map.ts';
import { similarityOf } from '../../../../server/modules/images/similarity/follow-index.ts';
import { EMBEDDER, EMBEDDING_DIMENSIONS } from '../../../../server/modules/images/similarity/similarity.service.ts';
import { databases } from '../../../support/database.ts';
import { createSeed, type SeededPlant } from '../../../support/seed.ts';
import { createSeededRandom } from '../../../support/seeded-random.ts';
import { openTestServer, type TestServer } from '../../../support/server.ts';
import type { TestClient } from '../../../support/test-client.ts';

interface Asked {
  xy: string;
  codes: string;
  count: number;
  embedded: number;
  placed: number;
  legend: { code: number; value: string; count: number }[];
}

const random = createSeededRandom(3);
const hashOf = (index: number) => createHash('sha256').update(`image ${index}`).digest();

/** Good ones point one way, cracks another. */
function vectorOf(looks: 'good' | 'crack'): Buffer {
  const vector = Float32Array.from(
    { length: EMBEDDING_DIMENSIONS },
    (_, at) => random.normal() * 0.3 + ((looks === 'good') === at < 20 ? 1 : 0),
  );
  const length = Math.hypot(...vector);
  return Buffer.from(vector.map((value) => value / length).buffer);
}

describe.each(databases())('the map and the labels of a plant on %s', (kind) => {
  let server: TestServer;
  let plant: SeededPlant;
  let curator: TestClient;
  let viewer: TestClient;
  const images = 60;
  const swapped = [0, 40];
  const looksOf = (index: number) => (index < 40 ? ('good' as const) : ('crack' as const));
  const labelOf = (index: number) =>
    swapped.includes(index) ? (looksOf(index) === 'good' ? 'crack' : 'good') : looksOf(index);

  beforeAll(async () => {
    server = await openTestServer(kind, { env: { LEHR_LIMIT_MAP_POINTS: '65', LEHR_LIMIT_MAP_IMAGES: '70' } });
    plant = await createSeed(server).plant();
    curator = (await plant.person('quality_engineer')).client;
    viewer = (await plant.person('viewer')).client;
    await addImages(0, images, true);
  });
  afterAll(async () => {
    await similarityOf(server.services.memory).close();
    await server.close();
  });

  async function addImages(from: number, to: number, isLabelled: boolean): Promise<void> {
    const indices = Array.from({ length: to - from }, (_, index) => from + index);
    const at = new Date();
    const key = (index: number) => ({ plant_id: plant.row.id, image_sha256: hashOf(index) });
    const file = { format: 'png', size_bytes: 9, width: 4, height: 4, received_at: at } as const;
    const rows = indices.map((index) => ({ plant_id: plant.row.id, sha256: hashOf(index), ...file }));
    await server.db
      .insertInto('image')
      .values(rows as never)
      .execute();
    const embedding = { embedder: EMBEDDER, embedded_at: at };
    await server.db
      .insertInto('image_embedding')
      .values(indices.map((index) => ({ ...key(index), ...embedding, vector: vectorOf(looksOf(index)) })) as never)
      .execute();
    if (!isLabelled) return;
    for (const label of ['good', 'crack'])
      await server.db
        .updateTable('pool_image')
        .set({ label, label_state: 'labelled', labelled_at: at })
        .where('image_sha256', 'in', indices.filter((index) => labelOf(index) === label).map(hashOf))
        .execute();
  }

  const askMap = async (client: TestClient, rest = '') => {
    const text = `query { poolMap(plantId: "${plant.globalId}", colourBy: LABEL${rest}) { count embedded placed xy codes legend { code value count } } }`;
    const { data } = await client.ask<{ poolMap: Asked }>(text);
    if (!data) throw new Error('the map was refused');
    const { xy, codes, ...map } = data.poolMap;
    const bytes = Uint8Array.from(Buffer.from(xy, 'base64'));
    return { ...map, xy: new Float32Array(bytes.buffer), codes: [...Buffer.from(codes, 'base64')] };
  };

  it('doubts the labels that were swapped before all others, and changes none', async () => {
    await judgeLabels(server.services, plant.row.id);
    const rows = await server.db
      .selectFrom('pool_image')
      .select(['image_sha256', 'label', 'label_error'])
      .where('plant_id', '=', plant.row.id)
      .orderBy('label_error')
      .execute();
    const first = rows.slice(0, 2).map(({ image_sha256 }) => image_sha256.toString('hex'));
    expect(first.toSorted()).toEqual(swapped.map((index) => hashOf(index).toString('hex')).toSorted());
    expect(rows.filter(({ label_error: score }) => (score ?? 1) < server.config.flags.labelError)).toHaveLength(2);
    expect(rows.filter(({ label }) => label === 'good')).toHaveLength(40);
  });

  it('is empty until it has been laid out, and then holds every image once', async () => {
    expect(await askMap(viewer)).toMatchObject({ count: 0, embedded: images, placed: 0, legend: [] });
    expect(await keepMap(server.services, plant.row.id)).toBe('laid out');
    const map = await askMap(viewer);
    expect(map).toMatchObject({ count: images, placed: images });
    expect(map.legend).toEqual([
      { code: 1, value: 'good', count: 40 },
      { code: 2, value: 'crack', count: 20 },
    ]);
    expect(map.xy).toHaveLength(2 * images);
    expect(map.codes.filter((code) => code === 1)).toHaveLength(40);
  });

  it('finds the image of a point by a small lasso around it', async () => {
    const { xy } = await askMap(viewer);
    const [x = 0, y = 0] = xy;
    const corners = [x - 1e-4, y - 1e-4, x + 1e-4, y - 1e-4, x + 1e-4, y + 1e-4, x - 1e-4, y + 1e-4];
    const { data } = await viewer.ask<{ poolImages: { edges: { node: { imageSha256: string } }[] } }>(
      `query ($lasso: [Float!]) { poolImages(plantId: "${plant.globalId}", filter: { lasso: $lasso }) { edges { node { imageSha256 } } } }`,
      { lasso: corners },
    );
    const known = Array.from({ length: images }, (_, index) => hashOf(index).toString('hex')).toSorted();
    expect(data?.poolImages.edges.map(({ node }) => node.imageSha256)).toEqual([known[0]]);
  });

  it('puts a new image among its neighbours at once, and lays out anew when a fifth is new', async () => {
    await addImages(images, images + 1, false);
    expect(await keepMap(server.services, plant.row.id)).toBe('placed');
    expect(await keepMap(server.services, plant.row.id)).toBe('nothing new');
    const places = await server.db
      .selectFrom('pool_image')
      .select(['map_x', 'map_y', 'label', 'image_sha256'])
      .where('plant_id', '=', plant.row.id)
      .execute();
    const own = places.find(({ image_sha256 }) => image_sha256.equals(hashOf(images)));
    const nearest = places
      .filter((each) => each !== own)
      .toSorted((a, b) => apart(a, own) - apart(b, own))
      .slice(0, 5);
    expect(nearest.filter(({ label }) => label === 'crack').length).toBeGreaterThanOrEqual(4);

    await addImages(images + 1, images + 16, false);
    expect(await keepMap(server.services, plant.row.id)).toBe('laid out');
    // laid out with LEHR_LIMIT_MAP_IMAGES, the others put among them; no more points than LEHR_LIMIT_MAP_POINTS
    expect(await askMap(viewer)).toMatchObject({ count: 65, placed: images + 16 });
    expect(await askMap(viewer, ', filter: { label: ["crack"] }')).toMatchObject({ count: 20 });
  });

  it('looks through the labels when a curator asks for it, and for nobody else', async () => {
    const text = `mutation { findLabelErrors(plantId: "${plant.globalId}") { __typename } }`;
    expect((await viewer.ask(text)).errors).toBeDefined();
    server.sentJobs.length = 0;
    expect(await curator.ask(text)).toMatchObject({ data: { findLabelErrors: { __typename: 'Plant' } } });
    expect(server.sentJobs).toEqual([{ kind: 'judge-labels', data: { plantId: plant.row.id } }]);
  });
});

function apart(a: { map_x: number | null; map_y: number | null }, b: typeof a | undefined): number {
  return Math.hypot((a.map_x ?? 0) - (b?.map_x ?? 0), (a.map_y ?? 0) - (b?.map_y ?? 0));
}
