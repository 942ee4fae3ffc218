/** Alarms that only the server can see: what a line rejects against its own history, and what its cameras' images look like. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { encodeGlobalId } from '../../../../server/kit/global-id.ts';
import {
  evaluateAlarms,
  LEAST_IMAGES,
  SUBGROUP_MS,
} from '../../../../server/modules/line/alarms/evaluate-alarms.service.ts';
import { LEAST_PARTS, LEAST_SUBGROUPS } from '../../../../server/modules/line/alarms/reject-rate.ts';
import { databases } from '../../../support/database.ts';
import { createSeed, type SeededLine } from '../../../support/seed.ts';
import { openTestServer, type TestServer } from '../../../support/server.ts';
import { idAt, type RecordingPlant, record, recordingPlant } from '../inspections/recording.ts';

describe.each(databases())('what the server itself evaluates on %s', (kind) => {
  const begin = Date.parse('2026-06-01T10:00:00Z');
  let clock = begin;
  let server: TestServer;
  let recording: RecordingPlant;
  /** Each test has its own. */
  let seeded: SeededLine;
  let lineId: string;
  let tests = 0;

  beforeAll(async () => {
    server = await openTestServer(kind, { now: () => new Date(clock) });
    recording = await recordingPlant(createSeed(server), { lines: 4 });
  });
  afterAll(() => server.close());
  beforeEach(() => {
    clock = begin + tests * 86_400_000;
    const line = recording.plant.lines[tests++];
    if (!line) throw new Error('one line for each test');
    seeded = line;
    lineId = line.line.id;
  });

  /** So many windows of five minutes, each with its counts in its first minute; then it is half a minute past the last one. */
  async function produce(windows: readonly { pass: number; reject: number }[], productId: string | null = null) {
    const rows = windows.map(({ pass, reject }, index) => ({
      plant_id: recording.plant.row.id,
      line_id: lineId,
      minute: new Date(clock + index * SUBGROUP_MS),
      camera_id: seeded.stations[0]?.cameras[0]?.id ?? '',
      station_id: seeded.stations[0]?.station.id ?? '',
      ...{ job_id: null, product_id: productId, batch_id: null, defect_class: null },
      model_version_id: recording.version.version.id,
      ...{ pass_count: pass, reject_count: reject, uncertain_count: 0 },
    }));
    await server.db.insertInto('inspection_minute').values(rows).execute();
    clock += windows.length * SUBGROUP_MS;
  }
  const usual = (count: number) =>
    Array.from({ length: count }, (_, n) => ({ pass: 294 + (n % 3), reject: 6 - (n % 3) }));
  const evaluate = async () => {
    clock += 30_000;
    await evaluateAlarms(server.services);
    clock -= 30_000;
  };
  const alarms = () =>
    server.db.selectFrom('alarm').selectAll().where('line_id', '=', lineId).orderBy('type').execute();
  const limits = async () => {
    const { client } = await recording.plant.person('viewer');
    clock += 30_000;
    const { node } = await client.read<{ node: { rejectRateLimits: Record<string, unknown> } }>(
      'query ($id: ID!) { node(id: $id) { ... on Line { rejectRateLimits { centre limit rate historyParts reason } } } }',
      { id: encodeGlobalId('Line', lineId) },
    );
    clock -= 30_000;
    return node.rejectRateLimits;
  };

  it('has no limits without history, and says why', async () => {
    expect((await limits()).reason).toBe('no parts in the last two days');
    await produce([...usual(LEAST_SUBGROUPS - 1), { pass: 0, reject: 300 }]);
    await evaluate();
    expect(await alarms()).toEqual([]);
    expect(await limits()).toMatchObject({
      centre: null,
      limit: null,
      reason: expect.stringContaining('limits take 30'),
    });
  });

  it('raises what chance does not explain once, keeps the fault out of the history, and clears when it is over', async () => {
    await produce(usual(LEAST_SUBGROUPS + 10));
    await evaluate();
    expect(await alarms()).toEqual([]);
    const { limit } = await limits();
    expect(limit).toBeGreaterThan(0.02);
    expect(limit).toBeLessThan(0.08);

    await produce([{ pass: 270, reject: 30 }]);
    // not before the results under way have arrived
    await evaluateAlarms(server.services);
    expect(await alarms()).toEqual([]);
    for (let times = 0; times < 3; times++) await evaluate();
    expect(await alarms()).toMatchObject([
      {
        type: 'REJECT_RATE_OUT_OF_LIMITS',
        state: 'unacknowledged',
        raise_count: 1,
        data: { rate: 0.1, parts: 300, rejects: 30, historySubgroups: LEAST_SUBGROUPS + 10 },
      },
    ]);
    // an hour of it does not become usual
    for (let window = 0; window < 12; window++) {
      await produce([{ pass: 270, reject: 30 }]);
      await evaluate();
    }
    expect(await alarms()).toMatchObject([{ state: 'unacknowledged', is_active: true }]);
    // a line that hardly runs, or stands, says nothing of its rejects
    await produce([{ pass: LEAST_PARTS - 1, reject: 0 }]);
    await evaluate();
    clock += SUBGROUP_MS;
    await evaluate();
    expect(await alarms()).toMatchObject([{ is_active: true }]);
    await produce(usual(1));
    await evaluate();
    expect(await alarms()).toMatchObject([{ state: 'returned_unacknowledged' }]);
    expect((await limits()).limit).toBeCloseTo(Number(limit), 2);
  });

  it('judges each product by its own history, and a line that stands not at all', async () => {
    await produce(usual(LEAST_SUBGROUPS + 10));
    await produce([{ pass: 270, reject: 30 }], recording.plant.row.id);
    await evaluate();
    expect(await alarms()).toEqual([]);
    await produce([{ pass: 270, reject: 30 }]);
    clock += SUBGROUP_MS;
    await evaluate();
    expect(await alarms()).toEqual([]);
  });

  it('raises images outside the recipe’s band by their median, with the worst statistic, and clears behind the deadband', async () => {
    const cameraId = encodeGlobalId('Camera', seeded.stations[0]?.cameras[0]?.id ?? '');
    const { client } = await recording.plant.person('quality_engineer');
    const set = await client.act('setCameraSetup', '__typename', {
      cameraId,
      bands: { brightness: { min: 0.4, max: 0.6 }, sharpness: { min: 10 } },
    });
    expect(set.__typename).toBe('CameraSetup');
    const [node] = recording.nodes;
    const show = async (brightness: number, count = LEAST_IMAGES) => {
      const imageStats = { brightness, contrast: 0.2, colourCast: 0.1, sharpness: 20 };
      const items = Array.from({ length: count }, (_, n) =>
        recording.item({ id: idAt(clock + n), cameraId, imageStats }),
      );
      clock += 60_000;
      if (!node) throw new Error('no node');
      const { recorded } = await record(node.client, items);
      expect(recorded).toBe(count);
      await evaluate();
    };
    await show(0.5);
    await show(0.9, LEAST_IMAGES - 1);
    expect(await alarms()).toEqual([]);
    await show(0.7);
    expect(await alarms()).toMatchObject([
      {
        type: 'IMAGE_STATISTICS_OUT_OF_BAND',
        source_kind: 'camera',
        state: 'unacknowledged',
        data: { statistic: 'brightness', value: expect.closeTo(0.7, 5), band: { min: 0.4, max: 0.6 } },
      },
    ]);
    await show(0.597);
    expect(await alarms()).toMatchObject([{ is_active: true }]);
    await show(0.59);
    expect(await alarms()).toMatchObject([{ is_active: false, state: 'returned_unacknowledged' }]);
  });
});
