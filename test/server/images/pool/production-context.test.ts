/** Factors that were added to the production context, from where they are measured to the pool's filter. */
import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { contextOf, statusOf, whyUnfit } from '../../../../edge/devices/machine-context.ts';
import type { SignalAtInstant } from '../../../../edge/pipeline/frame.ts';
import { encodeGlobalId } from '../../../../server/kit/global-id.ts';
import { exportFolder } from '../../../../server/kit/paths.ts';
import { placeImages } from '../../../../server/modules/images/pool/place-images.ts';
import { recordImage } from '../../../../server/modules/images/store/images.service.ts';
import { exportJob } from '../../../../server/modules/line/result-exports/result-exports.jobs.ts';
import { databases } from '../../../support/database.ts';
import { createSeed } from '../../../support/seed.ts';
import { openTestServer, type TestServer } from '../../../support/server.ts';
import type { TestClient } from '../../../support/test-client.ts';
import { idAt, only, type RecordingPlant, record, recordingPlant } from '../../line/inspections/recording.ts';
import { keyInside, parseCsv } from '../../line/result-exports/read-exports.ts';

/** For so long recording takes what it knows of a plant to be true. */
const TRUSTED_MS = 10_000;

const signal = (name: string, value: SignalAtInstant['value'], more: Partial<SignalAtInstant> = {}) => ({
  ...{ name, value, unit: null, quality: 'GOOD' as const, sourceTime: null },
  ...more,
});

describe.each(databases())('production context on %s', (kind) => {
  /** Noon, so that a few hours before and after are of the same day. */
  let clock = Date.parse('2026-06-10T12:00:00Z');
  let server: TestServer;
  let recording: RecordingPlant;
  let node: TestClient;
  let reader: TestClient;
  let engineer: TestClient;

  beforeAll(async () => {
    server = await openTestServer(kind, { now: () => new Date(clock) });
    recording = await recordingPlant(createSeed(server));
    node = only(recording.nodes).client;
    engineer = (await recording.plant.person('quality_engineer')).client;
    reader = (await recording.plant.person('viewer')).client;
  });
  afterAll(() => server.close());

  /** Records a result with this context and its image. Gives the image's hash. */
  async function recorded(context: Record<string, unknown>, over: Record<string, unknown> = {}): Promise<string> {
    const sha256 = randomBytes(32);
    const item = recording.item({ id: idAt(clock), imageSha256: sha256.toString('hex'), context, ...over });
    expect(await record(node, [item])).toMatchObject({ recorded: 1 });
    expect(await record(node, [item])).toMatchObject({ duplicates: 1 });
    const image = { plant_id: recording.plant.row.id, format: 'png', size_bytes: 9, width: 4, height: 3 } as const;
    await recordImage(server.db, { ...image, sha256, received_at: new Date(clock) });
    while (await placeImages(server.services));
    return sha256.toString('hex');
  }

  const pooled = async (filter: Record<string, unknown>, fields = '') => {
    const { poolImages } = await reader.read<{ poolImages: { edges: { node: Record<string, unknown> }[] } }>(
      `query ($plantId: ID!, $filter: PoolFilter) {
        poolImages(plantId: $plantId, filter: $filter, first: 50) { edges { node { imageSha256 ${fields} } } }
      }`,
      { plantId: recording.plant.globalId, filter },
    );
    return poolImages.edges.map((edge) => edge.node);
  };
  const hashes = async (filter: Record<string, unknown>) =>
    (await pooled(filter)).map(({ imageSha256 }) => imageSha256).sort();
  /** The column of an export of everything. */
  const exported = async (column: string): Promise<(string | undefined)[]> => {
    const { id } = await engineer.act<{ id: string }>('startInspectionExport', 'id', {
      filter: { plantId: recording.plant.globalId },
      format: 'CSV',
    });
    await exportJob.perform(server.services, { exportId: keyInside(id) }, new AbortController().signal);
    const folder = exportFolder(server.config.home, keyInside(id));
    const [header = [], ...records] = parseCsv(await readFile(join(folder, 'inspections-00001.csv'), 'utf8'));
    return records.map((cells) => cells[header.indexOf(column)]);
  };

  describe('lampHours, which the machine tells', () => {
    it('comes from the signal of its name to the filter of the pool and to exports', async () => {
      const old = await recorded({ ...contextOf([signal('lampHours', 7200.5)]) });
      const young = await recorded({ ...contextOf([signal('lampHours', 12)]) });
      const unknown = await recorded({ ...contextOf([signal('lampHours', 9000, { quality: 'BAD' })]) });
      expect(await hashes({ lampHours: { min: 5000 } })).toEqual([old]);
      expect(await hashes({ lampHours: { max: 5000 } })).toEqual([young]);
      expect(await pooled({ imageSha256s: [unknown] }, 'lampHours')).toEqual([
        { imageSha256: unknown, lampHours: null },
      ]);
      expect(await pooled({ imageSha256s: [old] }, 'lampHours inspection { context { lampHours } }')).toEqual([
        { imageSha256: old, lampHours: 7200.5, inspection: { context: { lampHours: 7200.5 } } },
      ]);
      expect((await exported('lamp_hours')).sort()).toEqual(['', '12', '7200.5']);
    });

    it('is a condition of quotas', async () => {
      const quota = await engineer.act<{ id: string }>('openCaptureQuota', 'id remaining', {
        ...{ plantId: recording.plant.globalId, cell: { lampHours: { min: 6000 } }, wanted: 5, probability: 1 },
      });
      expect(quota).toMatchObject({ remaining: 5 });
    });

    it('is refused below 0, by the node as by the server', async () => {
      expect(whyUnfit('lampHours', -1)).toContain('no number from 0');
      const item = recording.item({ id: idAt(clock), context: { lampHours: -1, signals: [] } });
      const { items } = await record(node, [item]);
      expect(items[0]).toMatchObject({ outcome: 'REFUSED', field: 'context.lampHours' });
    });

    it('is left out of what a node sends while the machine does not tell it: an older server takes the message', () => {
      expect(Object.keys(contextOf([signal('speedPerMin', 60)]))).not.toContain('lampHours');
      expect(statusOf([signal('lampHours', 12)])).toMatchObject({ lampHours: 12 });
    });

    it('is another content when it is another number', async () => {
      const item = recording.item({ id: idAt(clock), context: { lampHours: 1, signals: [] } });
      await record(node, [item]);
      const other = { ...item, context: { lampHours: 2, signals: [] } };
      const without = { ...item, context: { signals: [] } };
      expect(await record(node, [item, other, without])).toMatchObject({ duplicates: 1, conflicts: 2 });
    });

    it('is shown of the machine now', async () => {
      const line = recording.plant.lines[0]?.line;
      const lineId = encodeGlobalId('Line', line?.id ?? '');
      await node.act('reportNodeStatus', '... on ReportNodeStatusPayload { skewMs }', {
        ...{ sentAt: new Date(clock), startedAt: new Date(clock), version: '1', machineConnected: true },
        ...{ outboxResults: 0, outboxImages: 0, deadLetters: 0, droppedFrames: 0, cameras: [] },
        machines: [{ lineId, ...statusOf([signal('lampHours', 31.25)]) }],
      });
      const { node: found } = await reader.read<{ node: unknown }>(
        'query ($id: ID!) { node(id: $id) { ... on Line { machine { lampHours speedPerMin } } } }',
        { id: lineId },
      );
      expect(found).toEqual({ machine: { lampHours: 31.25, speedPerMin: null } });
    });
  });

  describe('materialSupplier, which the batch has', () => {
    const supplied = async (code: string, supplier: string) => {
      const plantId = recording.plant.globalId;
      const input = { plantId, code, supplier };
      const { id } = await recording.plant.owner.client.act<{ id: string }>('createMaterialBatch', 'id', input);
      return id;
    };
    const supplierOf = async (sha256: string) => {
      const [image] = await pooled(
        { imageSha256s: [sha256] },
        'materialSupplier inspection { context { materialSupplier } }',
      );
      return image;
    };
    const correct = (batchCode: string) =>
      recording.plant.owner.client.act<{ corrected: number }>('correctProduction', 'corrected', {
        lineId: encodeGlobalId('Line', recording.plant.lines[0]?.line.id ?? ''),
        ...{ from: new Date(clock - 86_400_000), to: new Date(clock + 86_400_000) },
        ...{ batchCode, reason: 'typed wrongly', dryRun: false },
      });

    it('is taken from the batch when the result is recorded, and filters the pool', async () => {
      const batchId = await supplied('sand-1', 'Quarry North');
      await supplied('sand-2', 'Quarry South');
      const north = await recorded({ batchCode: 'sand-1', signals: [] });
      const south = await recorded({ batchCode: 'sand-2', signals: [] });
      const nobody = await recorded({ batchCode: 'sand-3', signals: [] });
      expect(await hashes({ materialSupplier: ['Quarry North'] })).toEqual([north]);
      expect(await hashes({ materialSupplier: ['Quarry North', 'Quarry South'] })).toEqual([north, south].sort());
      const of = (sha256: string, materialSupplier: string | null) => ({
        ...{ imageSha256: sha256, materialSupplier },
        inspection: { context: { materialSupplier } },
      });
      expect(await supplierOf(nobody)).toEqual(of(nobody, null));
      expect((await exported('material_supplier')).filter(Boolean).sort()).toEqual(['Quarry North', 'Quarry South']);

      // what was recorded stays; what comes afterwards has the new one
      await recording.plant.owner.client.act('updateMaterialBatch', 'id', {
        ...{ id: batchId, supplier: 'Quarry East' },
      });
      const east = await recorded({ batchCode: 'sand-1', signals: [] });
      expect(await supplierOf(north)).toEqual(of(north, 'Quarry North'));
      expect(await supplierOf(east)).toEqual(of(east, 'Quarry East'));
    });

    it('follows a correction of the batch, also one that names the same batch after its supplier became known', async () => {
      const sha256 = await recorded({ batchCode: 'typo', signals: [] });
      await correct('sand-2');
      expect(await supplierOf(sha256)).toMatchObject({
        materialSupplier: 'Quarry South',
        inspection: { context: { materialSupplier: 'Quarry South' } },
      });
      await correct('sand-3');
      expect(await supplierOf(sha256)).toMatchObject({ materialSupplier: null });
      const { materialBatches } = await reader.read<{
        materialBatches: { edges: { node: { id: string; code: string } }[] };
      }>('query ($plantId: ID!) { materialBatches(plantId: $plantId) { edges { node { id code } } } }', {
        plantId: recording.plant.globalId,
      });
      const batch = materialBatches.edges.find(({ node: each }) => each.code === 'sand-3')?.node;
      await recording.plant.owner.client.act('updateMaterialBatch', 'id', {
        ...{ id: batch?.id, supplier: 'Quarry West' },
      });
      expect((await correct('sand-3')).corrected).toBeGreaterThan(0);
      expect(await supplierOf(sha256)).toMatchObject({ materialSupplier: 'Quarry West' });
    });

    it('is a facet of the pool', async () => {
      const { poolFacets } = await reader.read<{ poolFacets: { field: string; value: string }[] }>(
        'query ($plantId: ID!) { poolFacets(plantId: $plantId) { field value } }',
        { plantId: recording.plant.globalId },
      );
      expect(poolFacets).toContainEqual({ field: 'materialSupplier', value: 'Quarry West' });
    });
  });

  describe('shift, which the calendar names', () => {
    const HOUR_MS = 3_600_000;
    const clockTime = (at: number) =>
      new Date(at).toLocaleTimeString('sv', { timeZone: recording.plant.row.time_zone, timeStyle: 'short' });
    const capturedAt = (at: number) => recorded({ signals: [] }, { id: idAt(at) });
    const shiftOf = async (sha256: string) => {
      const [image] = await pooled(
        { imageSha256s: [sha256] },
        'shift shiftCalendar inspection { context { shift shiftCalendar } }',
      );
      const { imageSha256: _, inspection, ...found } = image ?? {};
      expect(inspection).toEqual({ context: found });
      return found;
    };

    it('is found at the capture, stays when the calendar changes, and filters the pool', async () => {
      const owner = recording.plant.owner.client;
      expect(await shiftOf(await capturedAt(clock))).toEqual({ shift: null, shiftCalendar: null });

      // a shift that began an hour ago and lasts two
      const { id } = await owner.act<{ id: string }>('createShift', 'id', {
        ...{ plantId: recording.plant.globalId, code: 'early', name: 'Early' },
        ...{
          startsAt: clockTime(clock - HOUR_MS),
          durationMin: 120,
          recurrence: 'FREQ=DAILY',
          validFrom: '2020-01-01',
        },
      });
      clock += TRUSTED_MS;
      const inside = await capturedAt(clock);
      const before = await capturedAt(clock - 3 * HOUR_MS);
      const first = await shiftOf(inside);
      expect(first).toEqual({ shift: 'early', shiftCalendar: expect.stringMatching(/^[0-9a-f]{16}$/) });
      expect(await shiftOf(before)).toEqual({ ...first, shift: null });

      await owner.act('updateShift', 'id', { id, startsAt: clockTime(clock + 5 * HOUR_MS) });
      clock += TRUSTED_MS;
      const outside = await shiftOf(await capturedAt(clock));
      expect(outside).toMatchObject({ shift: null });
      expect(outside.shiftCalendar).not.toBe(first.shiftCalendar);
      expect(await shiftOf(inside)).toEqual(first);

      expect(await hashes({ shift: ['early'] })).toEqual([inside]);
      expect((await exported('shift')).filter(Boolean)).toEqual(['early']);
      expect((await exported('shift_calendar')).filter((version) => version === first.shiftCalendar)).toHaveLength(2);
    });
  });
});
