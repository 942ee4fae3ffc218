/** Correcting what was recorded of production: rows and counts together, nothing else, by those who may. */
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { encodeGlobalId } from '../../../../server/kit/global-id.ts';
import { databases } from '../../../support/database.ts';
import { createSeed, type Seed, type SeededPerson } from '../../../support/seed.ts';
import { openTestServer, type TestServer } from '../../../support/server.ts';
import { differences } from '../statistics/plant-clock.ts';
import { type Item, idAt, only, type RecordingPlant, record, recordingPlant } from './recording.ts';

const NOW = Date.parse('2026-06-10T12:00:00Z');

describe.each(databases())('correctProduction on %s', (kind) => {
  let server: TestServer;
  let seed: Seed;
  let glass: RecordingPlant;
  let engineer: SeededPerson;
  let items: Item[];
  beforeAll(async () => {
    server = await openTestServer(kind, { now: () => new Date(NOW), env: { LEHR_LIMIT_CORRECTION_ROWS: '20' } });
    seed = createSeed(server);
  });
  afterAll(() => server.close());
  beforeEach(async () => {
    glass = await recordingPlant(seed);
    engineer = await glass.plant.person('quality_engineer');
    const context = { jobCode: 'j', batchCode: 'wrong', productCode: 'p', signals: [] };
    items = Array.from({ length: 30 }, (_, index) => glass.item({ id: idAt(NOW - (index + 1) * 60_000), context }));
    await record(only(glass.nodes).client, items);
  });

  const correct = (over: Record<string, unknown>, client = engineer.client) =>
    client.act<{ corrected: number; field: string }>('correctProduction', 'corrected dryRun', {
      lineId: encodeGlobalId('Line', only(glass.plant.lines).line.id),
      from: new Date(NOW - 10 * 60_000),
      to: new Date(NOW),
      reason: 'typed wrongly',
      ...over,
    });
  const batches = async () => {
    const { rows } = await sql<{ code: string | null; count: number }>`
      SELECT b.code, count(*) AS count FROM inspection i LEFT JOIN material_batch b ON b.id = i.batch_id
      WHERE i.plant_id = ${glass.plant.row.id} GROUP BY 1 ORDER BY 2
    `.execute(server.db);
    return rows.map(({ code, count }) => `${code} ${count}`);
  };

  it('changes rows and counts, tells event and audit, and leaves a result sent again a duplicate', async () => {
    expect(await correct({ batchCode: 'right' })).toMatchObject({ corrected: 10, dryRun: false });
    expect(await batches()).toEqual(['right 10', 'wrong 20']);
    expect(await differences(server.db, glass.plant.row.id, 'minute')).toEqual([]);
    expect(await record(only(glass.nodes).client, items)).toMatchObject({ duplicates: 30, conflicts: 0 });
    // Nothing is left to correct: no second event.
    expect(await correct({ batchCode: 'right' })).toMatchObject({ corrected: 0 });

    const events = await server.db
      .selectFrom('event')
      .select(['data', 'actor_id'])
      .where('plant_id', '=', glass.plant.row.id)
      .where('kind', '=', 'inspections.corrected')
      .execute();
    expect(events).toMatchObject([
      { actor_id: engineer.row.id, data: { corrected: 10, changes: { batchCode: 'right' }, reason: 'typed wrongly' } },
    ]);
    const audit = await server.db
      .selectFrom('audit')
      .select('record')
      .where('plant_id', '=', glass.plant.row.id)
      .where('action', '=', 'inspections.correct')
      .execute();
    expect(JSON.parse(only(audit).record).detail).toMatchObject({
      corrected: 10,
      before: [{ count: 10 }],
      after: { count: 10 },
    });
  });

  it('takes a code away with null, moves parts to a known job and marks an ended one for recount', async () => {
    expect(await correct({ batchCode: null, productCode: 'q' })).toMatchObject({ corrected: 10 });
    expect(await batches()).toEqual(['null 10', 'wrong 20']);
    const lineId = encodeGlobalId('Line', only(glass.plant.lines).line.id);
    await engineer.client.act('startJob', 'id', { lineId, code: 'k', productCode: 'q', startedAt: new Date(NOW) });
    expect(await correct({ jobCode: 'k' })).toMatchObject({ corrected: 10 });
    expect(await differences(server.db, glass.plant.row.id, 'minute')).toEqual([]);
    const marked = await server.db
      .selectFrom('job')
      .innerJoin('job_recount', 'job_recount.job_id', 'job.id')
      .select('job.code')
      .where('job.plant_id', '=', glass.plant.row.id)
      .execute();
    expect(marked).toEqual([{ code: 'j' }]);
  });

  it('only tells the number when asked to, and leaves no trace', async () => {
    expect(await correct({ batchCode: 'right', dryRun: true })).toMatchObject({ corrected: 10, dryRun: true });
    expect(await batches()).toEqual(['wrong 30']);
    const made = await server.db
      .selectFrom('material_batch')
      .select('code')
      .where('plant_id', '=', glass.plant.row.id)
      .execute();
    expect(made).toEqual([{ code: 'wrong' }]);
  });

  it('refuses more than the limit, an unknown job, nothing to change, no reason and a time that is none', async () => {
    const minutes = (count: number) => ({ from: new Date(NOW - count * 60_000), batchCode: 'right' });
    expect(await correct(minutes(21))).toMatchObject({ __typename: 'InvalidInputError', field: 'input.to' });
    expect(await correct({ jobCode: 'unknown' })).toMatchObject({
      __typename: 'NotFoundError',
      field: 'input.jobCode',
    });
    expect(await correct({})).toMatchObject({ __typename: 'InvalidInputError', field: 'input' });
    expect(await correct({ batchCode: '' })).toMatchObject({
      __typename: 'InvalidInputError',
      field: 'input.batchCode',
    });
    expect(await correct({ batchCode: 'b', reason: ' ' })).toMatchObject({ field: 'input.reason' });
    expect(await correct({ batchCode: 'b', to: new Date(0) })).toMatchObject({ field: 'input.to' });
    expect(await batches()).toEqual(['wrong 30']);
    expect(await correct(minutes(20))).toMatchObject({ corrected: 20 });
  });

  it('is for quality engineers and administrators of the plant', async () => {
    const operator = await glass.plant.person('operator');
    await expect(correct({ batchCode: 'b' }, operator.client)).rejects.toThrow();
    const stranger = await (await seed.plant()).person('quality_engineer');
    expect(await correct({ batchCode: 'b' }, stranger.client)).toMatchObject({ __typename: 'NotFoundError' });
    expect(await correct({ batchCode: 'b' }, glass.plant.owner.client)).toMatchObject({ corrected: 10 });
  });
});
