/** The roll-up job beside those who record: whoever comes first, no change of an hour is missed. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { encodeGlobalId } from '../../../../server/kit/global-id.ts';
import { rollUp, rollUpLine } from '../../../../server/modules/line/statistics/roll-up.service.ts';
import { databases } from '../../../support/database.ts';
import { createSeed } from '../../../support/seed.ts';
import { openTestServer, type TestServer } from '../../../support/server.ts';
import { idAt, only, type RecordingPlant, record, recordingPlant } from '../inspections/recording.ts';
import { differences, LEVELS } from './plant-clock.ts';

const HOUR_MS = 3_600_000;
const HOUR = Date.parse('2026-06-10T08:00:00Z');
const NOW = HOUR + 30 * HOUR_MS;

describe.runIf(databases().includes('postgresql'))('rolling up beside recording', () => {
  let server: TestServer;
  let glass: RecordingPlant;
  beforeAll(async () => {
    server = await openTestServer('postgresql', { now: () => new Date(NOW) });
  });
  afterAll(() => server.close());
  beforeEach(async () => {
    glass = await recordingPlant(createSeed(server));
    await record(only(glass.nodes).client, [glass.item({ id: idAt(HOUR + 1000) })]);
  });

  const lineId = () => only(glass.plant.lines).line.id;
  const lateRow = (offsetMs = 2000) => record(only(glass.nodes).client, [glass.item({ id: idAt(HOUR + offsetMs) })]);
  const allRolled = () => rollUp(server.db, { hoursPerStep: 5, steps: 100, now: new Date(NOW) });
  const marks = async () => {
    const rows = await server.db.selectFrom('inspection_late').select('hour').where('line_id', '=', lineId()).execute();
    return rows.map(({ hour }) => hour.getTime());
  };
  const expectExact = async () => {
    for (const level of LEVELS) expect(await differences(server.db, glass.plant.row.id, level)).toEqual([]);
  };
  const counted = async (bucket: string | null) => {
    const filter = { lineId: encodeGlobalId('Line', lineId()), from: new Date(HOUR - 24 * HOUR_MS), to: new Date(NOW) };
    const { inspectionStats } = await glass.plant.owner.client.read<{ inspectionStats: { total: number }[] }>(
      'query ($filter: StatsFilter!, $bucket: StatsBucket) { inspectionStats(filter: $filter, bucket: $bucket) { total } }',
      { filter, bucket },
    );
    return inspectionStats.reduce((sum, { total }) => sum + total, 0);
  };

  it('marks nothing for what is not rolled up yet, and the hour of what comes after', async () => {
    await lateRow();
    expect(await marks()).toEqual([]);
    await allRolled();
    await lateRow(3000);
    expect(await marks()).toEqual([HOUR]);
    expect(await counted('DAY')).toBe(3);
    await allRolled();
    expect(await marks()).toEqual([]);
    await expectExact();
  });

  it('makes a job that comes while somebody records wait, and counts what was recorded', async () => {
    await allRolled();
    const holds = Promise.withResolvers<void>();
    const letGo = Promise.withResolvers<void>();
    // The stream's lock as recording holds it, with the counts and the mark written and not committed.
    const holding = server.db.transaction().execute(async (trx) => {
      await trx.updateTable('stream').set({ next_position: 2 }).where('id', '=', lineId()).execute();
      holds.resolve();
      await letGo.promise;
    });
    await holds.promise;
    let isOver = false;
    const recording = lateRow();
    const rolling = rollUpLine(server.db, lineId(), new Date(NOW), 5).then(() => (isOver = true));
    await server.db.selectFrom('plant').select('id').execute();
    expect(isOver).toBe(false);
    letGo.resolve();
    await Promise.all([holding, recording, rolling]);
    expect(await counted('DAY')).toBe(2);
    await allRolled();
    await expectExact();
  });

  it('leaves the mark of somebody who wrote counts before the job and commits after it', async () => {
    const begun = Promise.withResolvers<void>();
    const letFinish = Promise.withResolvers<void>();
    const correcting = server.db.transaction().execute(async (trx) => {
      // Makes the recorder wait before it has the stream: the job passes, rolls up without it, and it must mark what it changes.
      const row = await trx
        .selectFrom('inspection_minute')
        .selectAll()
        .where('line_id', '=', lineId())
        .executeTakeFirstOrThrow();
      await trx
        .updateTable('inspection_minute')
        .set({ pass_count: row.pass_count })
        .where('line_id', '=', lineId())
        .execute();
      begun.resolve();
      await letFinish.promise;
    });
    await begun.promise;
    const recording = lateRow(1001);
    await rollUpLine(server.db, lineId(), new Date(NOW), 5);
    letFinish.resolve();
    await Promise.all([correcting, recording]);
    expect(await counted('DAY')).toBe(2);
    expect(await marks()).toEqual([HOUR]);
    await allRolled();
    await expectExact();
  });

  it('keeps every answer exact while rows of many hours are recorded and rolled up at once', async () => {
    let recorded = 1;
    let isRecording = true;
    const record20 = async (turn: number) => {
      const items = Array.from({ length: 20 }, (_, index) =>
        glass.item({ id: idAt(HOUR + ((turn * 20 + index * 7) % 1500) * 60_000 + index) }),
      );
      await record(only(glass.nodes).client, items);
      recorded += 20;
    };
    let turns = 0;
    // on until both have come between each other often enough
    const recording = (async () => {
      for (let turn = 0; turn < 15 || (turns < 6 && turn < 300); turn++)
        await Promise.all([record20(2 * turn), record20(2 * turn + 1)]);
      isRecording = false;
    })();
    for (; isRecording && turns < 2000; turns++) {
      await rollUp(server.db, { hoursPerStep: 3, steps: 4, now: new Date(NOW) });
      const before = recorded;
      const total = await counted(turns % 2 === 0 ? 'DAY' : null);
      expect(total).toBeGreaterThanOrEqual(before);
    }
    await recording;
    expect(turns).toBeGreaterThanOrEqual(6);
    await allRolled();
    await expectExact();
    expect(await counted('DAY')).toBe(recorded);
  });
});
