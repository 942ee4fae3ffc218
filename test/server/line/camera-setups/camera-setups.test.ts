/** How cameras look, which model only watches, and what a node is told of both, through the API. */
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { encodeGlobalId } from '../../../../server/kit/global-id.ts';
import { mayFetchReference } from '../../../../server/modules/line/camera-setups/camera-setups.service.ts';
import { databases } from '../../../support/database.ts';
import { openTestServer, type TestServer } from '../../../support/server.ts';
import type { TestClient } from '../../../support/test-client.ts';
import { type LineSidePlant, lineSidePlant } from '../line-side-plant.ts';

const SETUP =
  'recipeCode roi { x y width height } reference { sha256 url } maxOffsetPx maxRotationDeg bands { brightness { min max } sharpness { min max } } changedBy { name }';

describe.each(databases())('the setups of a camera on %s', (kind) => {
  let server: TestServer;
  let world: LineSidePlant;
  let engineer: TestClient;

  beforeAll(async () => {
    server = await openTestServer(kind, { env: { LEHR_LIMIT_CAMERA_SETUPS: '2' } });
    await freshPlant();
  });
  afterAll(() => server.close());
  const freshPlant = async () => {
    world = await lineSidePlant(server);
    engineer = (await world.plant.person('quality_engineer')).client;
  };

  const set = (input: Record<string, unknown>, client = engineer) =>
    client.act<Record<string, unknown>>('setCameraSetup', SETUP, { cameraId: world.cameraId, ...input });
  const remove = (recipeCode: string | null) =>
    engineer.act('removeCameraSetup', 'id', { cameraId: world.cameraId, recipeCode });
  /** As the node's plan has them. */
  const planned = async () => {
    const { viewer } = await world.node.read<{
      viewer: { edgeNode: { stations: { cameras: { setups: Record<string, unknown>[] }[] }[] } };
    }>(
      `{ viewer { edgeNode { deadLetterRetryAt stations { cameras { setups { ${SETUP.replace('changedBy { name }', '')} } } } } } }`,
    );
    return viewer.edgeNode.stations[0]?.cameras[0]?.setups ?? [];
  };
  const image = async () => {
    const sha256 = randomBytes(32);
    const row = { plant_id: world.plant.row.id, format: 'png', size_bytes: 1, width: 1, height: 1 } as const;
    await server.db
      .insertInto('image')
      .values({ ...row, sha256, received_at: new Date() })
      .execute();
    return sha256.toString('hex');
  };
  const told = async () =>
    (
      await server.db
        .selectFrom('event')
        .select('kind')
        .where('plant_id', '=', world.plant.row.id)
        .orderBy('position')
        .execute()
    ).map((event) => event.kind);

  it('are written, replaced and removed, and the node learns of them', async () => {
    await freshPlant();
    const reference = await image();
    const roi = { x: 0.25, y: 0, width: 0.5, height: 1 };
    const bands = { brightness: { min: 0.2, max: 0.8 }, sharpness: { min: 40 } };
    expect(await set({ recipeCode: 'r-1', roi, referenceSha256: reference, maxOffsetPx: 12, bands })).toMatchObject({
      __typename: 'CameraSetup',
      recipeCode: 'r-1',
      changedBy: { name: expect.stringContaining('quality engineer') },
    });
    await set({ maxRotationDeg: 3 });
    const none = { roi: null, reference: null, maxOffsetPx: 40, bands: { brightness: null, sharpness: null } };
    expect(await planned()).toEqual([
      { recipeCode: null, ...none, maxRotationDeg: 3 },
      {
        recipeCode: 'r-1',
        roi,
        reference: { sha256: reference, url: `/images/${world.plant.row.code}/${reference}` },
        maxOffsetPx: 12,
        maxRotationDeg: 10,
        bands: { brightness: { min: 0.2, max: 0.8 }, sharpness: { min: 40, max: null } },
      },
    ]);
    await set({ recipeCode: 'r-1' });
    expect((await planned())[1]).toEqual({ recipeCode: 'r-1', ...none, maxRotationDeg: 10 });
    await remove(null);
    expect((await planned()).map(({ recipeCode }) => recipeCode)).toEqual(['r-1']);
    expect(await remove(null)).toMatchObject({ __typename: 'NotFoundError', field: 'input.recipeCode' });
    const set3 = Array(3).fill('camera.setup_set');
    expect(await told()).toEqual([...set3, 'camera.setup_removed']);
    const audited = await server.db
      .selectFrom('audit')
      .select(['action', 'record'])
      .where('plant_id', '=', world.plant.row.id)
      .where('action', 'like', 'camera-setup.%')
      .orderBy('seq')
      .execute();
    expect(audited.map(({ action }) => action)).toEqual([...Array(3).fill('camera-setup.set'), 'camera-setup.removed']);
    expect(JSON.parse(audited[2]?.record ?? '').detail.before).toMatchObject({ roi, referenceSha256: reference });
  });

  it.each<[string, () => Record<string, unknown>]>([
    ['input.roi.width', () => ({ roi: { x: 0.5, y: 0, width: 0.6, height: 1 } })],
    ['input.roi.height', () => ({ roi: { x: 0, y: 0, width: 1, height: 0 } })],
    ['input.maxOffsetPx', () => ({ maxOffsetPx: 0 })],
    ['input.maxRotationDeg', () => ({ maxRotationDeg: 181 })],
    ['input.bands.brightness.max', () => ({ bands: { brightness: { min: 0.5, max: 0.5 } } })],
    ['input.bands.contrast.min', () => ({ bands: { contrast: { min: 1.5 } } })],
    ['input.recipeCode', () => ({ recipeCode: ' ' })],
    ['input.referenceSha256', () => ({ referenceSha256: '0'.repeat(64) })],
    ['input.cameraId', () => ({ cameraId: world.lineId })],
  ])('are refused for %s', async (field, over) => {
    const before = await planned();
    expect(await set(over())).toMatchObject({ field });
    expect(await planned()).toEqual(before);
  });

  it('are as many as the configuration allows (LEHR_LIMIT_CAMERA_SETUPS)', async () => {
    await freshPlant();
    await set({});
    await set({ recipeCode: 'r-1' });
    expect(await set({ recipeCode: 'r-1', maxOffsetPx: 5 })).toMatchObject({ __typename: 'CameraSetup' });
    expect(await set({ recipeCode: 'r-2' })).toMatchObject({ __typename: 'ConflictError', field: 'input.recipeCode' });
  });

  it('open their reference to the node of the camera, and to no other', async () => {
    const reference = await image();
    await set({ referenceSha256: reference });
    const may = (nodeId: string | undefined, sha256: string) =>
      mayFetchReference({ db: server.db, rights: { edgeNodeId: nodeId } } as never, sha256);
    const [own, other] = world.plant.nodes;
    expect(await may(own?.id, reference)).toBe(true);
    expect(await may(other?.id, reference)).toBe(false);
    expect(await may(own?.id, await image())).toBe(false);
  });

  it('has dead letters sent again when a person asks for it', async () => {
    const edgeNodeId = encodeGlobalId('EdgeNode', world.plant.nodes[0]?.id ?? '');
    const retry = await engineer.act<{ deadLetterRetryAt: string }>('retryDeadLetters', 'deadLetterRetryAt', {
      edgeNodeId,
    });
    const { viewer } = await world.node.read<{ viewer: { edgeNode: Record<string, unknown> } }>(
      '{ viewer { edgeNode { deadLetterRetryAt } } }',
    );
    expect(viewer.edgeNode.deadLetterRetryAt).toBe(retry.deadLetterRetryAt);
    expect((await told()).at(-1)).toBe('node.dead_letters_retried');
  });
});
