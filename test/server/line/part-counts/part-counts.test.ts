/** Where parts have gone, through the API: the newest snapshot of each count, and its sums. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { recountJobs } from '../../../../server/modules/line/production-runs/production-runs.jobs.ts';
import { databases } from '../../../support/database.ts';
import { openTestServer, type TestServer } from '../../../support/server.ts';
import { idAt } from '../inspections/recording.ts';
import { type LineSidePlant, lineSidePlant, tell } from '../line-side-plant.ts';

const NONE = { accepted: 0, rejected: 0, bypassed: 0, unseen: 0, unknown: 0, inTransit: 0 };

describe.each(databases())('recordPartCounts on %s', (kind) => {
  let clock = Date.parse('2026-06-01T10:00:00Z');
  let server: TestServer;
  let world: LineSidePlant;

  beforeAll(async () => {
    server = await openTestServer(kind, { now: () => new Date(clock) });
    await freshPlant();
  });
  afterAll(() => server.close());
  beforeEach(() => {
    clock += 60_000;
  });
  const freshPlant = async () => {
    world = await lineSidePlant(server);
  };

  const snapshot = (over: Record<string, unknown> = {}) => ({
    id: idAt(clock),
    stationId: world.stationId,
    jobCode: 'J1',
    revision: 1,
    from: new Date(clock),
    to: new Date(clock),
    triggered: 10,
    ...NONE,
    accepted: 7,
    rejected: 2,
    inTransit: 1,
    ...over,
  });
  const outcomes = async (...input: Record<string, unknown>[]) =>
    (await tell(world.node, 'recordPartCounts', input)).items.map(({ outcome, field }) =>
      field === null ? outcome : `${outcome} ${field}`,
    );
  const ofStation = async () => {
    const { node } = await world.reader.read<{ node: { partCounts: Record<string, unknown> | null } }>(
      `query ($id: ID!) { node(id: $id) { ... on Station { partCounts { revision jobCode triggered accepted inTransit } } } }`,
      { id: world.stationId },
    );
    return node.partCounts;
  };
  const ofJob = async () => {
    const { jobs } = await world.reader.read<{ jobs: { edges: { node: Record<string, unknown> }[] } }>(
      `query ($line: ID!) { jobs(filter: { lineId: $line }) { edges { node {
        partCounts { triggered accepted rejected bypassed unseen unknown inTransit difference stations { station { id } revision } }
        summary { partCounts { triggered difference } } } } } }`,
      { line: world.lineId },
    );
    return jobs.edges.map(({ node }) => node);
  };

  it('keeps the newest revision, whatever comes late or twice', async () => {
    await freshPlant();
    expect(await ofStation()).toBeNull();
    const first = snapshot();
    const third = { ...first, revision: 3, triggered: 20, accepted: 18, inTransit: 0 };
    expect(await outcomes(first)).toEqual(['RECORDED']);
    expect(await outcomes(third)).toEqual(['RECORDED']);
    expect(await outcomes(first, { ...first, revision: 2, triggered: 11, accepted: 8 }, third)).toEqual([
      'DUPLICATE',
      'DUPLICATE',
      'DUPLICATE',
    ]);
    expect(await ofStation()).toEqual({ revision: 3, jobCode: 'J1', triggered: 20, accepted: 18, inTransit: 0 });
  });

  it('writes the greatest of several revisions of one call', async () => {
    const first = snapshot();
    const snapshots = [2, 5, 4].map((revision) => ({ ...first, revision }));
    expect(await outcomes(...snapshots)).toEqual(['DUPLICATE', 'RECORDED', 'DUPLICATE']);
    expect(await ofStation()).toMatchObject({ revision: 5 });
  });

  it('refuses another count under the same id', async () => {
    const first = snapshot();
    await outcomes(first);
    expect(await outcomes({ ...first, triggered: 11, accepted: 8 })).toEqual(['CONFLICT revision']);
    expect(await outcomes({ ...first, revision: 2, jobCode: 'J2' })).toEqual(['CONFLICT id']);
    expect(await outcomes({ ...first, revision: 2, from: new Date(clock - 1) })).toEqual(['CONFLICT id']);
    expect(await ofStation()).toMatchObject({ revision: 1, triggered: 10 });
  });

  it.each<[string, () => Record<string, unknown>]>([
    ['triggered', () => ({ triggered: 11 })],
    ['triggered', () => ({ triggered: 9 })],
    ['unseen', () => ({ unseen: -1, accepted: 8 })],
    ['revision', () => ({ revision: -1 })],
    ['from', () => ({ from: new Date('0000-01-01T00:00:00Z') })],
    ['to', () => ({ to: new Date(clock - 1) })],
    ['to', () => ({ to: new Date(clock + 301_000) })],
    ['stationId', () => ({ stationId: world.foreign.stationId })],
    ['id', () => ({ id: 'x' })],
  ])('refuses a snapshot for its %s and takes the others', async (field, over) => {
    expect(await outcomes(snapshot(over()), snapshot())).toEqual([`REFUSED ${field}`, 'RECORDED']);
  });

  it('has the database refuse parts that are nowhere', async () => {
    await outcomes(snapshot());
    const update = server.db
      .updateTable('part_count')
      .set({ unknown: 1 })
      .where('plant_id', '=', world.plant.row.id)
      .execute();
    await expect(update).rejects.toThrow(/check constraint/);
  });

  it('adds up a job, and tells of its summary again when a count comes after its end', async () => {
    await freshPlant();
    const report = (jobCode: string | null) =>
      world.node.act('reportNodeStatus', 'skewMs', {
        sentAt: new Date(clock),
        startedAt: new Date(clock),
        version: '1',
        machineConnected: true,
        outboxResults: 0,
        outboxImages: 0,
        deadLetters: 0,
        droppedFrames: 0,
        cameras: [],
        machines: [{ lineId: world.lineId, quality: 'GOOD', signals: [], jobCode }],
      });
    await report('J1');
    expect(await ofJob()).toEqual([{ partCounts: null, summary: { partCounts: null } }]);
    const first = snapshot();
    await outcomes(first);
    clock += 1000;
    await outcomes(snapshot({ triggered: 5, accepted: 5, rejected: 0, inTransit: 0 }));
    const sums = { ...NONE, triggered: 15, accepted: 12, rejected: 2, inTransit: 1, difference: 0 };
    const stations = [1, 2].map(() => ({ station: { id: world.stationId }, revision: 1 }));
    expect(await ofJob()).toEqual([
      { partCounts: { ...sums, stations }, summary: { partCounts: { triggered: 15, difference: 0 } } },
    ]);

    await report(null);
    await outcomes({ ...first, revision: 2, rejected: 3, inTransit: 0 });
    clock += 3_600_000;
    await recountJobs(server.services);
    const told = await server.db
      .selectFrom('event')
      .select(['kind', 'data'])
      .where('plant_id', '=', world.plant.row.id)
      .where('kind', 'in', ['job.ended', 'job.summary_changed'])
      .orderBy('position')
      .execute();
    const parts = told.map(({ kind: name, data }) => [
      name,
      (data.summary as { partCounts?: Record<string, number> } | undefined)?.partCounts?.rejected,
    ]);
    expect(parts).toEqual([
      ['job.ended', 2],
      ['job.summary_changed', 3],
    ]);
  });
});
