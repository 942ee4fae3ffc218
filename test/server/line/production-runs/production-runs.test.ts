/** Jobs as MES and people begin and end them, and what is said of their quality, through the API. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { encodeGlobalId } from '../../../../server/kit/global-id.ts';
import { recountJobs } from '../../../../server/modules/line/production-runs/production-runs.jobs.ts';
import { databases } from '../../../support/database.ts';
import { createSeed, type SeededPlant } from '../../../support/seed.ts';
import { openTestServer, type TestServer } from '../../../support/server.ts';
import type { TestClient } from '../../../support/test-client.ts';
import { idAt, only, type RecordingPlant, record, recordingPlant } from '../inspections/recording.ts';

const MINUTE_MS = 60_000;
const JOB = 'id code origin heldBy endedBy startedAt endedAt product { code } recipe { code } batch { code }';
const SUMMARY = `summary { total pass reject uncertain rejectRate rejectRateLow rejectRateHigh otherRejects firstPartAt lastPartAt durationS
  rejectsByClass { defectClass count share cumulativeShare } models { total reject firstMinute lastMinute modelVersion { id } } }`;

interface Job {
  id: string;
  code: string;
  endedAt: string | null;
}

describe.each(databases())('jobs on %s', (kind) => {
  let clock = Date.parse('2026-06-01T10:00:00Z');
  let server: TestServer;
  let recording: RecordingPlant;
  let plant: SeededPlant;
  let mes: TestClient;
  let node: TestClient;
  let lineId: string;

  beforeAll(async () => {
    server = await openTestServer(kind, {
      now: () => new Date(clock),
      env: { LEHR_FREE_QUERIES: 'viewer,operator,quality_engineer,ml_engineer,approver,administrator,mes,edge_node' },
    });
  });
  afterAll(() => server.close());
  beforeEach(async () => {
    clock += 86_400_000;
    recording = await recordingPlant(createSeed(server), { lines: 2 });
    plant = recording.plant;
    node = only(recording.nodes).client;
    mes = (await plant.mesToken()).client;
    lineId = encodeGlobalId('Line', only(plant.lines).line.id);
  });

  const start = (values: Record<string, unknown>, client = mes) =>
    client.act<Job & Record<string, unknown>>('startJob', JOB, { lineId, productCode: 'bottle', ...values });
  const end = (values: Record<string, unknown>, client = mes) =>
    client.act<Job & Record<string, unknown>>('endJob', JOB, values);
  const say = (jobCode: string | null, also: Record<string, unknown> = {}) => {
    clock += 1000;
    const at = new Date(clock);
    return node.act('reportNodeStatus', 'skewMs', {
      version: '1',
      sentAt: at,
      startedAt: at,
      outboxResults: 0,
      outboxImages: 0,
      deadLetters: 0,
      droppedFrames: 0,
      machineConnected: true,
      cameras: [],
      machines: [{ lineId, quality: 'GOOD', state: 'Execute', signals: [], jobCode, ...also }],
    });
  };
  const make = async (count: number, jobCode: string | null, over: Record<string, unknown> = {}, atMs = clock) => {
    const items = Array.from({ length: count }, (_, index) =>
      recording.item({ id: idAt(atMs + index), context: { jobCode, signals: [] }, ...over }),
    );
    expect((await record(node, items)).recorded).toBe(count);
  };
  const events = async () => {
    const rows = await server.db
      .selectFrom('event')
      .select(['kind', 'data'])
      .where('plant_id', '=', plant.row.id)
      .where('kind', 'like', 'job.%')
      .orderBy('position')
      .execute();
    return rows.map(({ kind, data }) => ({ what: `${kind} ${data.jobCode} ${data.origin ?? ''}`.trim(), data }));
  };
  const told = async () => (await events()).map(({ what }) => what);
  const current = async () => {
    const { node: line } = await mes.read<{ node: { currentJob: Job | null } }>(
      'query ($id: ID!) { node(id: $id) { ... on Line { currentJob { code } } } }',
      { id: lineId },
    );
    return line.currentJob?.code ?? null;
  };

  it('begins and ends a job by MES, once however often it is said', async () => {
    const wanted = { code: 'J1', recipeCode: 'r-1', batchCode: 'b-1', startedAt: new Date(clock - 5000).toISOString() };
    const first = await start(wanted);
    expect(first).toMatchObject({
      __typename: 'Job',
      code: 'J1',
      origin: 'MES',
      heldBy: 'MES',
      endedBy: null,
      startedAt: wanted.startedAt,
      product: { code: 'bottle' },
      recipe: { code: 'r-1' },
      batch: { code: 'b-1' },
    });
    expect(await start(wanted)).toEqual(first);
    expect(await current()).toBe('J1');

    clock += 60_000;
    const ended = await end({ jobId: first.id });
    expect(ended).toMatchObject({ id: first.id, endedAt: new Date(clock).toISOString(), endedBy: 'MES' });
    clock += 60_000;
    expect(await end({ lineId, code: 'J1' })).toEqual(ended);
    // A retry of the start that comes late does not begin it again.
    expect(await start(wanted)).toEqual(ended);
    expect(await current()).toBeNull();
    expect(await told()).toEqual(['job.started J1 mes', 'job.ended J1 mes']);
    const audited = await server.db
      .selectFrom('audit')
      .select('action')
      .where('plant_id', '=', plant.row.id)
      .where('subject_type', '=', 'Job')
      .orderBy('seq')
      .execute();
    expect(audited.map(({ action }) => action)).toEqual(['job.start', 'job.start', 'job.end', 'job.end', 'job.start']);
  });

  it.each([
    ['productCode', { productCode: 'jar' }, 'bottle'],
    ['recipeCode', { recipeCode: 'r-2' }, 'r-1'],
    ['batchCode', { batchCode: 'b-2' }, 'b-1'],
    ['startedAt', { startedAt: '2026-06-01T00:00:00.000Z' }, 'startedAt'],
  ])('refuses the same code with another %s, naming it', async (field, other, has) => {
    await start({ code: 'J1', recipeCode: 'r-1', batchCode: 'b-1' });
    const refused = await start({ code: 'J1', recipeCode: 'r-1', batchCode: 'b-1', ...other });
    expect(refused).toMatchObject({
      __typename: 'ConflictError',
      field: `input.${field}`,
      value: Object.values(other)[0],
    });
    expect(refused.remedy).toContain(has);
    expect(await told()).toEqual(['job.started J1 mes']);
  });

  it('gives a job of MES the parts that its machine names no job for', async () => {
    await make(2, null);
    clock += 1000;
    await start({ code: 'J1', batchCode: 'b-1' });
    await make(3, null, {}, clock + 10);
    clock += 5000;
    await end({ lineId, code: 'J1' });
    await make(1, null, {}, clock + 10);
    const { inspections } = await mes.read<{ inspections: { edges: { node: unknown }[] } }>(
      'query ($lineId: ID!) { inspections(filter: { lineId: $lineId }) { edges { node { job { code } batch { code } } } } }',
      { lineId },
    );
    const ofJob = { node: { job: { code: 'J1' }, batch: { code: 'b-1' } } };
    const ofNone = { node: { job: null, batch: null } };
    expect(inspections.edges).toEqual([ofNone, ofJob, ofJob, ofJob, ofNone, ofNone]);
  });

  it('keeps a job of MES while the machine names none, and gives way when it names another', async () => {
    await start({ code: 'J1' });
    await say(null);
    await say('J1');
    expect(await current()).toBe('J1');
    await say('J2');
    expect(await current()).toBe('J2');
    await start({ code: 'J3' });
    expect(await current()).toBe('J3');
    // It goes on naming what MES has ended by starting the next.
    await say('J2');
    expect(await current()).toBe('J3');
    await say('J1');
    expect(await current()).toBe('J1');
    expect(await told()).toEqual([
      'job.started J1 mes',
      'job.ended J1 machine',
      'job.started J2 machine',
      'job.ended J2 mes',
      'job.started J3 mes',
      'job.ended J3 machine',
      'job.started J1 machine',
    ]);
  });

  it('lets MES take over what the machine began, and fills in what it lacks', async () => {
    await say('J1', { productCode: 'bottle' });
    const taken = await start({ code: 'J1', batchCode: 'b-1' });
    expect(taken).toMatchObject({ origin: 'MACHINE', heldBy: 'MES', batch: { code: 'b-1' } });
    await say(null);
    expect(await current()).toBe('J1');
    await end({ jobId: taken.id });
    await say('J1');
    expect(await current()).toBeNull();
    expect(await told()).toEqual(['job.started J1 machine', 'job.taken_over J1 mes', 'job.ended J1 mes']);
  });

  it.each([
    ['a blank code', () => start({ code: ' ' }), 'InvalidInputError', 'input.code'],
    ['a long code', () => start({ code: 'x'.repeat(101) }), 'InvalidInputError', 'input.code'],
    ['a code with U+0000', () => start({ code: 'a\u0000' }), 'InvalidInputError', 'input.code'],
    ['a blank product', () => start({ code: 'J1', productCode: '' }), 'InvalidInputError', 'input.productCode'],
    [
      'a start to come',
      () => start({ code: 'J1', startedAt: new Date(clock + 301_000) }),
      'InvalidInputError',
      'input.startedAt',
    ],
    [
      'a start of another age',
      () => start({ code: 'J1', startedAt: '0001-01-01T00:00:00Z' }),
      'InvalidInputError',
      'input.startedAt',
    ],
    [
      'an unknown line',
      () => start({ code: 'J1', lineId: encodeGlobalId('Line', plant.row.id) }),
      'NotFoundError',
      'input.lineId',
    ],
    ['an unknown job', () => end({ lineId, code: 'J9' }), 'NotFoundError', 'input.code'],
    ['an end of nothing', () => end({}), 'InvalidInputError', 'input.jobId'],
    ['a line without a code', () => end({ lineId }), 'InvalidInputError', 'input.jobId'],
    [
      'both ways at once',
      () => end({ lineId, jobId: encodeGlobalId('Job', plant.row.id) }),
      'InvalidInputError',
      'input.jobId',
    ],
  ])('refuses %s', async (_what, act, type, field) => {
    expect(await act()).toMatchObject({ __typename: type, field });
    expect(await told()).toEqual([]);
  });

  it('refuses an end before the start, and a start inside a job that is over', async () => {
    const begun = new Date(clock).toISOString();
    const { id } = await start({ code: 'J1' });
    expect(await end({ jobId: id, endedAt: new Date(clock - 1) })).toMatchObject({ field: 'input.endedAt' });
    clock += 60_000;
    await end({ jobId: id });
    const inside = await start({ code: 'J2', startedAt: begun });
    expect(inside).toMatchObject({ __typename: 'ConflictError', field: 'input.startedAt' });
    expect(await start({ code: 'J2', startedAt: new Date(clock) })).toMatchObject({ __typename: 'Job' });
  });

  it('is for MES, operators, quality engineers and administrators of the plant', async () => {
    for (const role of ['operator', 'quality_engineer'] as const) {
      const { client } = await plant.person(role);
      expect(await start({ code: role }, client)).toMatchObject({ origin: 'PERSON' });
    }
    const viewer = (await plant.person('viewer')).client;
    await expect(start({ code: 'J1' }, viewer)).rejects.toThrow();
    const stranger = (await (await createSeed(server).plant()).mesToken()).client;
    expect(await start({ code: 'J1' }, stranger)).toMatchObject({ __typename: 'NotFoundError' });
    const { id } = await start({ code: 'J1' });
    expect(await end({ jobId: id }, stranger)).toMatchObject({ __typename: 'NotFoundError', field: 'input.jobId' });
  });

  it('counts what a job made: verdicts, rejects by class, models and first and last part', async () => {
    const box = { x: 0, y: 0, width: 0.1, height: 0.1 };
    const defect = (name: string, score: number) => ({ class: name, score, box });
    const { id } = await start({ code: 'J1' });
    const begunMs = clock;
    await make(5, 'J1');
    await make(2, 'J1', { verdict: 'REJECT', defects: [defect('stone', 0.5), defect('crack', 0.9)] }, clock + 100);
    await make(1, 'J1', { verdict: 'REJECT', defects: [defect('stone', 0.7)] }, clock + 3 * MINUTE_MS);
    await make(1, 'J1', { verdict: 'REJECT' }, clock + 200);
    await make(1, 'J1', { verdict: 'UNCERTAIN', defects: [defect('stone', 0.4)] }, clock + 300);
    await make(4, 'J2', {}, clock + 4 * MINUTE_MS);
    clock += 5 * MINUTE_MS;
    const read = await mes.read<{ node: { summary: Record<string, unknown> } }>(
      `query ($id: ID!) { node(id: $id) { ... on Job { ${SUMMARY} } } }`,
      { id },
    );
    const minute = (ms: number) => new Date(Math.floor(ms / MINUTE_MS) * MINUTE_MS).toISOString();
    expect(read.node.summary).toEqual({
      total: 10,
      pass: 5,
      reject: 4,
      uncertain: 1,
      rejectRate: 0.4,
      rejectRateLow: expect.closeTo(0.1682, 4),
      rejectRateHigh: expect.closeTo(0.6873, 4),
      rejectsByClass: [
        { defectClass: 'crack', count: 2, share: 0.5, cumulativeShare: 0.5 },
        { defectClass: null, count: 1, share: 0.25, cumulativeShare: 0.75 },
        { defectClass: 'stone', count: 1, share: 0.25, cumulativeShare: 1 },
      ],
      otherRejects: 0,
      models: [
        {
          total: 10,
          reject: 4,
          firstMinute: minute(begunMs),
          lastMinute: minute(begunMs + 3 * MINUTE_MS),
          modelVersion: { id: recording.version.globalId },
        },
      ],
      firstPartAt: new Date(begunMs).toISOString(),
      lastPartAt: new Date(begunMs + 3 * MINUTE_MS).toISOString(),
      // J2 began with its first part.
      durationS: 240,
    });
    const [, ended] = await events();
    const { modelVersion, ...use } = (read.node.summary.models as { modelVersion: { id: string } }[])[0] ?? {};
    expect(ended).toMatchObject({
      what: 'job.ended J1 machine',
      data: { summary: { ...read.node.summary, models: [{ ...use, modelVersionId: modelVersion?.id }] } },
    });
  });

  it('tells once of what came late, however much, and not when nothing did', async () => {
    const { id } = await start({ code: 'J1' });
    await make(2, 'J1');
    await end({ jobId: id });
    const turn = () => {
      clock += 30_000;
      return recountJobs(server.services);
    };
    expect(await turn()).toBe(0);
    await make(1, 'J1', {}, clock - 40_000);
    await make(3, 'J1', {}, clock - 50_000);
    // Others may come, too: not at once.
    clock += 29_999;
    expect(await recountJobs(server.services)).toBe(0);
    clock += 1;
    expect(await recountJobs(server.services)).toBe(1);
    expect(await turn()).toBe(0);
    const all = await events();
    expect(all.map(({ what }) => what)).toEqual(['job.started J1 mes', 'job.ended J1 mes', 'job.summary_changed J1']);
    expect(all.map(({ data }) => (data.summary as { total: number } | undefined)?.total)).toEqual([undefined, 2, 6]);
    expect(await server.db.selectFrom('job_recount').selectAll().execute()).toEqual([]);
  });

  it('finds jobs by code and by who began them', async () => {
    await say('J1');
    await start({ code: 'J2' });
    const codes = async (filter: string) => {
      const { jobs } = await mes.read<{ jobs: { edges: { node: Job }[] } }>(
        `{ jobs(filter: { plantId: "${plant.globalId}", ${filter} }) { edges { node { code } } } }`,
      );
      return jobs.edges.map(({ node: job }) => job.code);
    };
    expect(await codes('code: "J1"')).toEqual(['J1']);
    expect(await codes('origin: MES')).toEqual(['J2']);
    expect(await codes('origin: MACHINE, open: false')).toEqual(['J1']);
  });
});
