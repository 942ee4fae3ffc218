/** The heartbeat of edge nodes, their machines and the jobs of their lines, through the API. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { encodeGlobalId } from '../../../../server/kit/global-id.ts';
import { newId } from '../../../../server/kit/ids.ts';
import { markSilentNodes } from '../../../../server/modules/line/nodes/machines.service.ts';
import { databases } from '../../../support/database.ts';
import { createSeed, type SeededPlant } from '../../../support/seed.ts';
import { openTestServer, type TestServer } from '../../../support/server.ts';
import type { TestClient } from '../../../support/test-client.ts';

const letterOf = (reason: string) => ({ id: 'd', kind: 'IMAGE', reason });

describe.each(databases())('reportNodeStatus on %s', (kind) => {
  let clock = Date.parse('2026-06-01T10:00:00Z');
  let server: TestServer;
  let plant: SeededPlant;
  let client: TestClient;
  let reader: TestClient;
  let lineId: string;
  let cameraId: string;

  beforeAll(async () => {
    server = await openTestServer(kind, { now: () => new Date(clock) });
  });
  afterAll(() => server.close());

  beforeEach(async () => {
    clock += 3_600_000;
    plant = await createSeed(server).plant({ lines: 2, nodes: 2 });
    const [node] = plant.nodes;
    const [line] = plant.lines;
    const [camera] = plant.cameras;
    if (!node || !line || !camera) throw new Error('seeded');
    client = (await plant.edgeToken(node)).client;
    reader = (await plant.person('operator')).client;
    lineId = encodeGlobalId('Line', line.line.id);
    cameraId = encodeGlobalId('Camera', camera.id);
  });

  const reportOf = (machine: Record<string, unknown> | null, over: Record<string, unknown> = {}) => ({
    sentAt: new Date(clock),
    startedAt: new Date(clock - 60_000),
    version: '0.1.0',
    machineConnected: true,
    outboxResults: 0,
    outboxImages: 0,
    deadLetters: 0,
    droppedFrames: 0,
    cameras: [{ cameraId, framesTaken: 3 }],
    machines: machine ? [{ lineId, quality: 'GOOD', signals: [], ...machine }] : [],
    ...over,
  });
  const report = (machine: Record<string, unknown> | null, over: Record<string, unknown> = {}) => {
    clock += 1000;
    return client.act(
      'reportNodeStatus',
      '... on ReportNodeStatusPayload { receivedAt skewMs }',
      reportOf(machine, over),
    );
  };
  const events = async () => {
    const rows = await server.db
      .selectFrom('event')
      .select(['kind', 'data'])
      .where('plant_id', '=', plant.row.id)
      .orderBy('position')
      .execute();
    return rows.map(({ kind, data }) => {
      const told = data.jobCode ?? data.state ?? data.batchCode ?? '';
      return `${kind} ${told}`.trim();
    });
  };
  const audited = async () => {
    const rows = await server.db.selectFrom('audit').select('seq').where('action', '=', 'node.report').execute();
    return rows.length;
  };
  const line = async () => {
    const { node } = await reader.read<{ node: Record<string, unknown> }>(
      `query ($id: ID!) { node(id: $id) { ... on Line {
        machine { quality state mode speedPerMin batchCode signals { name value unit quality sourceTime } }
        currentJob { code product { code } recipe { code } batch { code } startedAt }
      } } }`,
      { id: lineId },
    );
    return node;
  };

  it('measures the clock, keeps what the node says and tells once that it is up', async () => {
    const answer = await report(null, { sentAt: new Date(clock + 1000 + 250) });
    expect(answer).toMatchObject({ __typename: 'ReportNodeStatusPayload', skewMs: 250 });
    await report(null, { deadLetters: 2 });
    expect(await events()).toEqual(['node.up', 'alarm.raised UNACKNOWLEDGED']);

    const { edgeNodes } = await reader.read<{ edgeNodes: { edges: unknown[] } }>(
      '{ edgeNodes { edges { node { code lastSeenAt skewMs status { version deadLetters cameras { cameraId framesTaken problem } } } } } }',
    );
    expect(edgeNodes.edges).toContainEqual({
      node: {
        code: 'node-1',
        lastSeenAt: new Date(clock).toISOString(),
        skewMs: 0,
        status: { version: '0.1.0', deadLetters: 2, cameras: [{ cameraId, framesTaken: 3, problem: null }] },
      },
    });
  });

  it('keeps what a node says of its computer, its outbox, its connections and gates', async () => {
    const stationId = encodeGlobalId('Station', plant.lines[0]?.stations[0]?.station.id ?? '');
    const at = new Date(clock).toISOString();
    const letter = { id: 'd-1', kind: 'RESULT', key: 'k', reason: 'r', field: 'score', value: '2', at };
    const machine = { isConnected: true, clockOffsetMs: -3.5, clockUncertaintyMs: 2, security: 'Sign', problem: null };
    const gate = { stationId, mode: 'DRY_RUN', isEnabled: true, isTracking: false, confirmed: 5, notConfirmed: 1 };
    const camera = { cameraId, framesTaken: 3, droppedFrames: 2, p99LatencyMs: 90, shadowModelVersionId: null };
    const said = {
      hardware: { hostname: 'edge-1', system: 'Linux', processor: 'x', cores: 4, memoryBytes: 8e9 },
      disk: { freeBytes: 5e11, totalBytes: 1e12 },
      outboxImageBytes: 3e10,
      outboxLimitShare: 0.25,
      oldestResultAt: at,
      sacrificedImages: 7,
      sacrificedResults: 0,
      deadLetterSamples: [letter],
      certificateExpiresAt: at,
      problem: 'disk slow',
    };
    const gates = [{ ...gate, unexpected: 0, late: 2, lastCommandAt: at, problem: null }];
    await report({ state: 'Execute', ...machine }, { ...said, gates, cameras: [camera] });
    const { edgeNodes } = await reader.read<{ edgeNodes: { edges: { node: { status: unknown } }[] } }>(
      `{ edgeNodes { edges { node { status {
        hardware { hostname system processor cores memoryBytes } disk { freeBytes totalBytes }
        outboxImageBytes outboxLimitShare oldestResultAt sacrificedImages sacrificedResults certificateExpiresAt problem
        deadLetterSamples { id kind key reason field value at }
        machines { lineId isConnected clockOffsetMs clockUncertaintyMs security problem }
        gates { stationId mode isEnabled isTracking confirmed notConfirmed unexpected late lastCommandAt problem }
        cameras { cameraId framesTaken droppedFrames p99LatencyMs shadowModelVersionId }
      } } } } }`,
    );
    const status = { ...said, gates, machines: [{ lineId, ...machine }], cameras: [camera] };
    expect(edgeNodes.edges.map(({ node }) => node.status)).toContainEqual(status);
  });

  it('reads what an older node has reported', async () => {
    const status = { version: '0', startedAt: '2026-01-01T00:00:00.000Z', outboxResults: 0, outboxImages: 0 };
    const old = { ...status, deadLetters: 0, droppedFrames: 0, machineConnected: true, cameras: [] };
    await server.db
      .updateTable('edge_node')
      .set({ status: JSON.stringify(old) })
      .where('plant_id', '=', plant.row.id)
      .execute();
    const { edgeNodes } = await reader.read<{ edgeNodes: { edges: { node: { status: unknown } }[] } }>(
      '{ edgeNodes { edges { node { status { version hardware { cores } gates { mode } machines { security } deadLetterSamples { id } } } } } }',
    );
    expect(edgeNodes.edges[0]?.node.status).toEqual({
      version: '0',
      hardware: null,
      gates: [],
      machines: [],
      deadLetterSamples: [],
    });
  });

  it('tells of a state once, and audits only what changed', async () => {
    const before = await audited();
    await report({ state: 'Idle', mode: 'Produce', speedPerMin: 0 });
    await report({ state: 'Idle', mode: 'Produce', speedPerMin: 1 });
    const once = await audited();
    await report({ state: 'Idle', mode: 'Produce', speedPerMin: 2 });
    expect(await audited()).toBe(once);
    expect(once).toBe(before + 1);
    await report({
      state: 'Execute',
      mode: 'Produce',
      speedPerMin: 60,
      signals: [{ name: 'encoder', value: 5, unit: 'mm', quality: 'STALE', sourceTime: '2026-06-01T09:00:00.000Z' }],
    });
    expect(await events()).toEqual(['node.up', 'machine.state Idle', 'machine.state Execute']);
    expect((await line()).machine).toEqual({
      quality: 'GOOD',
      state: 'Execute',
      mode: 'Produce',
      speedPerMin: 60,
      batchCode: null,
      signals: [{ name: 'encoder', value: 5, unit: 'mm', quality: 'STALE', sourceTime: '2026-06-01T09:00:00.000Z' }],
    });
  });

  it('shows a machine as stale that nobody has confirmed for the node’s silence', async () => {
    await report({ state: 'Execute' });
    clock += 5000;
    expect((await line()).machine).toMatchObject({ quality: 'GOOD' });
    clock += 1;
    expect((await line()).machine).toMatchObject({ quality: 'STALE', state: 'Execute' });
    await report({ state: 'Execute', quality: 'BAD' });
    clock += 60_000;
    expect((await line()).machine).toMatchObject({ quality: 'BAD' });
  });

  it('lets the job of the line follow the machine', async () => {
    const made = { productCode: 'bottle', recipeCode: 'r-1', batchCode: 'b-1' };
    await report({ state: 'Execute', jobCode: 'J1', ...made });
    const startedAt = new Date(clock).toISOString();
    const job = { code: 'J1', startedAt, product: { code: 'bottle' }, recipe: { code: 'r-1' }, batch: { code: 'b-1' } };
    expect((await line()).currentJob).toEqual(job);

    // What is not to be trusted ends nothing.
    await report({ state: null, jobCode: null, quality: 'STALE' });
    expect((await line()).currentJob).toEqual(job);
    await report({ state: 'Execute', jobCode: 'J2', ...made, batchCode: 'b-2' });
    expect((await line()).currentJob).toMatchObject({ code: 'J2', batch: { code: 'b-2' } });
    await report({ state: 'Execute', jobCode: 'J1', ...made, batchCode: 'b-2' });
    expect((await line()).currentJob).toEqual(job);
    await report({ state: 'Idle', jobCode: '' });
    expect((await line()).currentJob).toBeNull();
    expect(await events()).toEqual([
      'node.up',
      'machine.state Execute',
      'job.started J1',
      'machine.state',
      'machine.state Execute',
      'batch.changed b-2',
      'job.ended J1',
      'job.started J2',
      'job.ended J2',
      'job.started J1',
      'machine.state Idle',
      'job.ended J1',
    ]);
    const { jobs } = await reader.read<{ jobs: { edges: { node: { code: string } }[] } }>(
      'query ($filter: JobFilter) { jobs(filter: $filter) { edges { node { code } } } }',
      { filter: { lineId, open: false, batchCode: 'b-2' } },
    );
    expect(jobs.edges.map(({ node }) => node.code)).toEqual(['J2']);
  });

  it('does not go back to the job of a report that is older than the present one', async () => {
    await report({ state: 'Execute', jobCode: 'J1' });
    await report({ state: 'Execute', jobCode: 'J2' });
    await report({ state: 'Execute', jobCode: 'J1' }, { sentAt: new Date(clock - 1000) });
    expect((await line()).currentJob).toMatchObject({ code: 'J2' });
  });

  it('tells once that a node has fallen silent, and that it is back', async () => {
    const since = new Date(clock - 3_600_000);
    // Nodes of other tests have been silent for an hour.
    await markSilentNodes(server.services, since);
    await report(null);
    clock += 5000;
    expect(await markSilentNodes(server.services, since)).toBe(0);
    clock += 1;
    // A server that has only just begun to listen cannot tell.
    expect(await markSilentNodes(server.services, new Date(clock - 4000))).toBe(0);
    const marked = await Promise.all([1, 2].map(() => markSilentNodes(server.services, since)));
    expect(marked.reduce((sum, count) => sum + count, 0)).toBe(1);
    expect(await markSilentNodes(server.services, since)).toBe(0);
    await report(null);
    expect(await events()).toEqual([
      'node.up',
      'node.down',
      'alarm.raised UNACKNOWLEDGED',
      'node.up',
      'alarm.returned RETURNED_UNACKNOWLEDGED',
    ]);
  });

  it.each([
    ['input.version', () => ({ version: 'x'.repeat(101) })],
    ['input.outboxImages', () => ({ outboxImages: -1 })],
    ['input.cameras[0].cameraId', () => ({ cameras: [{ cameraId: 'x', framesTaken: 0 }] })],
    [
      'input.machines[0].speedPerMin',
      () => ({ machines: [{ lineId, quality: 'GOOD', signals: [], speedPerMin: 1e40 }] }),
    ],
    ['input.outboxLimitShare', () => ({ outboxLimitShare: 1.1 })],
    ['input.disk.freeBytes', () => ({ disk: { freeBytes: -1, totalBytes: 1 } })],
    ['input.problem', () => ({ problem: 'x'.repeat(501) })],
    ['input.gates[0].stationId', () => ({ gates: [{ stationId: 'x', mode: 'OFF' }] })],
    ['input.gates[0].late', () => ({ gates: [{ stationId: 'x', mode: 'OFF', late: -1 }] })],
    ['input.deadLetterSamples[0].reason', () => ({ deadLetterSamples: [letterOf('x'.repeat(501))] })],
    // LEHR_LIMIT_DEAD_LETTER_SAMPLES
    ['input.deadLetterSamples', () => ({ deadLetterSamples: Array(21).fill(letterOf('r')) })],
    ['input.machines[1].lineId', () => ({ machines: [1, 2].map(() => ({ lineId, quality: 'GOOD', signals: [] })) })],
  ])('refuses a report for its %s and writes nothing', async (field, over) => {
    expect(await report(null, over())).toMatchObject({ __typename: 'InvalidInputError', field });
    expect(await events()).toEqual([]);
  });

  it('takes text that is not well-formed', async () => {
    expect(await report(null, { problem: 'a\ud800' })).toMatchObject({ __typename: 'ReportNodeStatusPayload' });
  });

  it('takes as many dead letters as are allowed', async () => {
    const deadLetterSamples = Array(20).fill(letterOf('r'));
    expect(await report(null, { deadLetterSamples })).toMatchObject({ __typename: 'ReportNodeStatusPayload' });
  });

  it('does not let a node speak for what is not its own', async () => {
    const foreignLine = encodeGlobalId('Line', plant.lines[1]?.line.id ?? '');
    const foreignCamera = encodeGlobalId('Camera', plant.cameras[1]?.id ?? '');
    expect(await report({ lineId: foreignLine })).toMatchObject({
      __typename: 'NotFoundError',
      field: 'input.machines[0].lineId',
    });
    for (const other of [foreignCamera, encodeGlobalId('Camera', newId())])
      expect(await report(null, { cameras: [{ cameraId: other, framesTaken: 0 }] })).toMatchObject({
        __typename: 'NotFoundError',
        field: 'input.cameras[0].cameraId',
      });
    const operator = await plant.person('operator');
    const asked = await operator.client.ask(
      'mutation ($input: ReportNodeStatusInput!) { reportNodeStatus(input: $input) { __typename } }',
      { input: reportOf(null) },
    );
    expect(asked.errors?.[0]?.extensions?.code).toBe('FORBIDDEN');
  });
});
