/** Which images are kept, what becomes of them, and what nodes are asked to keep, through the API. */
import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { encodeGlobalId } from '../../../../server/kit/global-id.ts';
import { newId } from '../../../../server/kit/ids.ts';
import { databases } from '../../../support/database.ts';
import { createSeed } from '../../../support/seed.ts';
import { openTestServer, type TestServer } from '../../../support/server.ts';
import type { TestClient } from '../../../support/test-client.ts';
import { only, type RecordingPlant, record, recordingPlant } from '../inspections/recording.ts';
import { tell } from '../line-side-plant.ts';

const STATS = { brightness: 0.5, contrast: 0.2, colourCast: 0.1, sharpness: 20 };

describe.each(databases())('captures on %s', (kind) => {
  let server: TestServer;
  let recording: RecordingPlant;
  let node: TestClient;
  let engineer: TestClient;

  beforeAll(async () => {
    server = await openTestServer(kind, { env: { LEHR_LIMIT_CAPTURE_QUOTAS: '2' } });
    await freshPlant();
  });
  afterAll(() => server.close());
  const freshPlant = async () => {
    recording = await recordingPlant(createSeed(server), { lines: 2, nodes: 2 });
    const [first] = recording.nodes;
    if (!first) throw new Error('seeded');
    node = first.client;
    engineer = (await recording.plant.person('quality_engineer')).client;
  };

  const draw = (isKept: boolean, keepProbability: number, reason = 'AUDIT') => ({ isKept, keepProbability, reason });
  const recorded = async (over: Record<string, unknown> = {}) => {
    const item = recording.item(over);
    await record(node, [item]);
    return item.id;
  };
  const captureOf = async (id: string) => {
    const { node: found } = await engineer.read<{ node: { capture: Record<string, unknown> } }>(
      'query ($id: ID!) { node(id: $id) { ... on Inspection { capture { isKept keepProbability reason lostAt } } } }',
      { id: encodeGlobalId('Inspection', `${recording.plant.row.id}:${id}`) },
    );
    return found.capture;
  };
  const revise = async (...input: Record<string, unknown>[]) =>
    (await tell(node, 'reviseCaptures', input)).items.map(({ outcome, field }) =>
      field === null ? outcome : `${outcome} ${field}`,
    );

  describe('a result', () => {
    it('says how likely its image was kept, and whether it was', async () => {
      const id = await recorded({ capture: draw(false, 0.05) });
      expect(await captureOf(id)).toEqual({ isKept: false, keepProbability: 0.05, reason: 'AUDIT', lostAt: null });
    });

    it('that says nothing was kept for certain, and has the fingerprint that it had before there were captures', async () => {
      const item = recording.item({ id: newId() });
      await record(node, [item]);
      const all = { isKept: true, keepProbability: 1, reason: 'ALL', lostAt: null };
      expect(await captureOf(item.id)).toEqual(all);
      const { cameraId, modelVersionId } = item;
      const form = [2, item.id, cameraId, modelVersionId, 'pass', 0.1, 20, null, null, null, null, [], null];
      const row = await server.db
        .selectFrom('inspection')
        .select('content_hash')
        .where('id', '=', item.id)
        .executeTakeFirstOrThrow();
      expect(row.content_hash.toString('hex')).toBe(createHash('sha256').update(JSON.stringify(form)).digest('hex'));
    });

    it('with another draw is another result', async () => {
      const item = recording.item({ capture: draw(true, 0.5, 'QUOTA') });
      await record(node, [item]);
      const { items } = await record(node, [item, { ...item, capture: draw(false, 0.5, 'QUOTA') }]);
      expect(items.map(({ outcome }) => outcome)).toEqual(['DUPLICATE', 'CONFLICT']);
    });

    it.each([0, -0.1, 1.01, 1e-12])('is refused with a probability of %d', async (keepProbability) => {
      const { items } = await record(node, [recording.item({ capture: draw(true, keepProbability) })]);
      expect(only(items)).toMatchObject({ outcome: 'REFUSED', field: 'capture.keepProbability' });
    });

    it('may have waited for its verdict as long as a result may be late', async () => {
      const { lateMs } = server.config.limits;
      const { items } = await record(node, [
        recording.item({ latencyMs: lateMs }),
        recording.item({ latencyMs: lateMs + 1 }),
      ]);
      expect(items.map(({ outcome, field }) => [outcome, field])).toEqual([
        ['RECORDED', null],
        ['REFUSED', 'latencyMs'],
      ]);
    });

    it('may say of a signal that it was changing', async () => {
      const signal = (name: string, more = {}) => ({ name, value: 1, quality: 'GOOD', ...more });
      const id = await recorded({ context: { signals: [signal('a', { isAmbiguous: true }), signal('b')] } });
      const { node: found } = await engineer.read<{ node: { context: { signals: unknown[] } } }>(
        'query ($id: ID!) { node(id: $id) { ... on Inspection { context { signals { name isAmbiguous } } } } }',
        { id: encodeGlobalId('Inspection', `${recording.plant.row.id}:${id}`) },
      );
      expect(found.context.signals).toEqual([
        { name: 'a', isAmbiguous: true },
        { name: 'b', isAmbiguous: false },
      ]);
    });
  });

  describe('a revision', () => {
    it('lowers the probability, and never raises it', async () => {
      const id = await recorded({ capture: draw(true, 0.4) });
      const of = (keepProbability: number) => ({ inspectionId: id, keepProbability });
      expect(await revise(of(0.2), of(0.2))).toEqual(['RECORDED', 'DUPLICATE']);
      expect(await revise(of(0.1))).toEqual(['RECORDED']);
      expect(await revise(of(0.2), of(0.4), of(0.1))).toEqual(['DUPLICATE', 'DUPLICATE', 'DUPLICATE']);
      expect(await captureOf(id)).toMatchObject({ isKept: true, keepProbability: 0.1, lostAt: null });
    });

    it('tells an image that the thinning took from one that was lost', async () => {
      const [taken, lost] = [await recorded({ capture: draw(true, 0.4) }), await recorded()];
      const revisions = [
        { inspectionId: taken, keepProbability: 0.2, isLost: true },
        { inspectionId: lost, isLost: true },
      ];
      expect(await revise(...revisions)).toEqual(['RECORDED', 'RECORDED']);
      const taking = { isKept: false, keepProbability: 0.2, lostAt: null };
      expect(await captureOf(taken)).toMatchObject(taking);
      const loss = await captureOf(lost);
      expect(loss).toMatchObject({ isKept: true, keepProbability: 1, lostAt: expect.any(String) });
      expect(await revise(...revisions)).toEqual(['DUPLICATE', 'DUPLICATE']);
      expect([await captureOf(taken), await captureOf(lost)]).toEqual([expect.objectContaining(taking), loss]);
    });

    it('is audited, and refused for what the node has not recorded or not kept', async () => {
      const [kept, dropped] = [await recorded(), await recorded({ capture: draw(false, 0.5) })];
      const [, other] = recording.nodes;
      const camera = recording.plant.cameras[1];
      const foreign = recording.item({}, camera);
      await record(other?.client ?? node, [foreign]);
      expect(
        await revise(
          { inspectionId: kept, keepProbability: 0.5 },
          { inspectionId: dropped, keepProbability: 0.2 },
          { inspectionId: foreign.id, isLost: true },
          { inspectionId: newId(), isLost: true },
          { inspectionId: 'x', isLost: true },
          { inspectionId: 'ffffffff-ffff-7000-8000-000000000000', isLost: true },
          { inspectionId: kept },
          { inspectionId: kept, keepProbability: 0 },
        ),
      ).toEqual([
        'RECORDED',
        'REFUSED keepProbability',
        'REFUSED inspectionId',
        'REFUSED inspectionId',
        'REFUSED inspectionId',
        'REFUSED inspectionId',
        'REFUSED keepProbability',
        'REFUSED keepProbability',
      ]);
      const audited = await server.db
        .selectFrom('audit')
        .select('record')
        .where('plant_id', '=', recording.plant.row.id)
        .where('action', '=', 'captures.revise')
        .orderBy('seq')
        .execute();
      expect(audited.map((entry) => JSON.parse(entry.record).detail.revised).at(-1)).toBe(1);
    });
  });

  describe('the policy', () => {
    const POLICY = 'auditFraction uncertainProbability rejectProbability bytesPerDay quotas { id cell remaining }';
    const planned = async (client = node) => {
      const { viewer } = await client.read<{ viewer: { edgeNode: { capturePolicy: Record<string, unknown> | null } } }>(
        `{ viewer { edgeNode { capturePolicy { ${POLICY} } } } }`,
      );
      return viewer.edgeNode.capturePolicy;
    };
    const policy = { auditFraction: 0.01, uncertainProbability: 0.5, rejectProbability: 1 };
    const set = (over: Record<string, unknown> = {}) =>
      engineer.act('setCapturePolicy', POLICY, { plantId: recording.plant.globalId, ...policy, ...over });
    const open = (over: Record<string, unknown> = {}) =>
      engineer.act<{ id: string; field?: string }>('openCaptureQuota', 'id remaining wanted', {
        plantId: recording.plant.globalId,
        cell: { brightness: { min: 0.4, max: 0.6 } },
        wanted: 2,
        probability: 0.5,
        ...over,
      });
    const close = (id: string) => engineer.act('closeCaptureQuota', 'id closedAt', { id });

    it('is the plant’s, or a node’s own; without one everything is kept', async () => {
      await freshPlant();
      expect(await planned()).toBeNull();
      await set();
      const [first, second] = recording.nodes;
      await set({ edgeNodeId: encodeGlobalId('EdgeNode', first?.row.id ?? ''), auditFraction: 0.2, bytesPerDay: 1e9 });
      expect(await planned()).toEqual({ ...policy, auditFraction: 0.2, bytesPerDay: 1e9, quotas: [] });
      expect(await planned(second?.client)).toEqual({ ...policy, bytesPerDay: null, quotas: [] });
    });

    it.each([
      ['input.auditFraction', { auditFraction: 0 }],
      ['input.rejectProbability', { rejectProbability: 1.1 }],
      ['input.bytesPerDay', { bytesPerDay: 0.5 }],
      ['input.edgeNodeId', { edgeNodeId: encodeGlobalId('EdgeNode', newId()) }],
    ])('is refused for %s', async (field, over) => {
      expect(await set(over)).toMatchObject({ field });
    });

    it('asks for images of a cell until there are so many, and again for those that are lost', async () => {
      await freshPlant();
      await set();
      const quota = await open();
      expect(quota).toMatchObject({ remaining: 2, wanted: 2 });
      const remaining = async () => (await planned())?.quotas;
      const cell = { brightness: { min: 0.4, max: 0.6 } };
      expect(await remaining()).toEqual([{ id: quota.id, cell, remaining: 2 }]);

      const fitting = { imageStats: STATS, capture: draw(true, 0.5, 'QUOTA') };
      const id = await recorded(fitting);
      await recorded({ ...fitting, imageStats: { ...STATS, brightness: 0.6 } });
      await recorded({ ...fitting, capture: draw(false, 0.5, 'QUOTA') });
      expect(await remaining()).toEqual([{ id: quota.id, cell, remaining: 1 }]);
      await recorded({ imageStats: STATS });
      expect(await remaining()).toEqual([]);
      await revise({ inspectionId: id, isLost: true });
      expect(await remaining()).toEqual([{ id: quota.id, cell, remaining: 1 }]);

      expect(await close(quota.id)).toMatchObject({ closedAt: expect.any(String) });
      expect(await remaining()).toEqual([]);
      expect(await close(quota.id)).toMatchObject({ __typename: 'ConflictError', field: 'id' });
    });

    it('has as many quotas as are allowed (LEHR_LIMIT_CAPTURE_QUOTAS)', async () => {
      await freshPlant();
      await open();
      await open();
      expect(await open()).toMatchObject({ __typename: 'ConflictError', field: 'input.plantId' });
    });

    it.each([
      ['input.cell', { cell: {} }],
      ['input.cell', { cell: [1] }],
      ['input.cell.colour', { cell: { colour: 'red' } }],
      ['input.cell.brightness', { cell: { brightness: 'bright' } }],
      ['input.cell.brightness', { cell: { brightness: { min: 1, max: 0 } } }],
      ['input.cell.productCode', { cell: { productCode: 5 } }],
      ['input.cell.productCode', { cell: { productCode: 'a\ud800' } }],
      ['input.cell.cameraId', { cell: { cameraId: encodeGlobalId('Camera', newId()) } }],
      ['input.wanted', { wanted: 0 }],
      ['input.probability', { probability: 0 }],
    ])('refuses a quota for %s', async (field, over) => {
      expect(await open(over)).toMatchObject({ field });
    });
  });
});
