/** What edge nodes tell of, through the API: once in the plant's log, whatever is sent again. */
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { newId } from '../../../../server/kit/ids.ts';
import { databases } from '../../../support/database.ts';
import { openTestServer, type TestServer } from '../../../support/server.ts';
import { idAt } from '../inspections/recording.ts';
import { type LineSidePlant, lineSidePlant, tell } from '../line-side-plant.ts';

describe.each(databases())('recordNodeEvents on %s', (kind) => {
  let clock = Date.parse('2026-06-01T10:00:00Z');
  let server: TestServer;
  let world: LineSidePlant;
  /** Where the plant's log stood when the test began. */
  let begin: number;

  beforeAll(async () => {
    server = await openTestServer(kind, { now: () => new Date(clock), env: { LEHR_LIMIT_EVENT_DATA_LENGTH: '300' } });
    world = await lineSidePlant(server);
  });
  afterAll(() => server.close());
  beforeEach(async () => {
    clock += 60_000;
    begin = (await stream())?.next_position ?? 0;
  });

  const stream = () =>
    server.db
      .selectFrom('stream')
      .select('next_position')
      .where('kind', '=', 'event')
      .where('id', '=', world.plant.row.id)
      .executeTakeFirst();
  const event = (over: Record<string, unknown> = {}) => ({
    id: idAt(clock),
    kind: 'GATE_NOT_CONFIRMED',
    stationId: world.stationId,
    ...over,
  });
  const send = (...events: Record<string, unknown>[]) => tell(world.node, 'recordNodeEvents', events);
  const outcomes = async (...events: Record<string, unknown>[]) =>
    (await send(...events)).items.map(({ outcome, field }) => (field === null ? outcome : `${outcome} ${field}`));
  const log = () =>
    server.db
      .selectFrom('event')
      .select(['id', 'kind', 'position', 'occurred_at', 'line_id', 'station_id', 'edge_node_id', 'data'])
      .where('plant_id', '=', world.plant.row.id)
      .where('position', '>=', begin)
      .where('kind', 'not like', 'alarm.%')
      .orderBy('position')
      .execute();

  it('writes an event with its time, place and particulars', async () => {
    const inspectionId = newId();
    const told = event({
      cameraId: world.cameraId,
      partId: 'p-1',
      inspectionId,
      jobCode: 'J1',
      data: { windowMs: 40 },
    });
    expect(await outcomes(told)).toEqual(['RECORDED']);
    const { events } = await world.reader.read<{ events: { edges: { node: Record<string, unknown> }[] } }>(
      `query ($plant: ID!) { events(filter: { plantId: $plant, kinds: ["gate.not-confirmed"] }, first: 1) { edges { node {
        kind occurredAt actor { kind } line { id } station { id } edgeNode { code } data } } } }`,
      { plant: world.plant.globalId },
    );
    expect(events.edges.map(({ node }) => node)).toEqual([
      {
        kind: 'gate.not-confirmed',
        occurredAt: new Date(clock).toISOString(),
        actor: { kind: 'token' },
        line: { id: world.lineId },
        station: { id: world.stationId },
        edgeNode: { code: 'node-1' },
        data: {
          windowMs: 40,
          partId: 'p-1',
          jobCode: 'J1',
          cameraId: world.cameraId,
          inspectionId: Buffer.from(`Inspection:${world.plant.row.id}:${inspectionId}`).toString('base64url'),
        },
      },
    ]);
    expect((await log()).map(({ id }) => id)).toEqual([told.id]);
  });

  it('writes nothing twice, and positions stay dense', async () => {
    const first = event();
    expect(await outcomes(first, event({ kind: 'GATE_REJECTED' }), first)).toEqual([
      'RECORDED',
      'RECORDED',
      'DUPLICATE',
    ]);
    const changed = { ...first, data: { more: 1 } };
    const second = event({ kind: 'CLOCK_STEPPED', stationId: null });
    expect(await outcomes(first, changed, second)).toEqual(['DUPLICATE', 'CONFLICT id', 'RECORDED']);
    const rows = await log();
    expect(rows.map(({ kind: name }) => name)).toEqual(['gate.not-confirmed', 'gate.rejected', 'node.clock-stepped']);
    const { rows: all } = await sql<{ dense: boolean }>`
      SELECT count(*) = max(position) - min(position) + 1 AS dense FROM event WHERE plant_id = ${world.plant.row.id}
    `.execute(server.db);
    expect(all).toEqual([{ dense: true }]);
    const audited = await server.db
      .selectFrom('audit')
      .select('record')
      .where('action', '=', 'node-events.record')
      .where('plant_id', '=', world.plant.row.id)
      .orderBy('seq')
      .execute();
    expect(audited.slice(-2).map(({ record }) => JSON.parse(record).detail.recorded)).toEqual([2, 1]);
  });

  it('writes an event once when it is sent by several calls at once', async () => {
    const told = Array.from({ length: 10 }, () => event());
    const answers = await Promise.all([told, told.toReversed(), told].map((each) => send(...each)));
    const all = answers.flatMap(({ items }) => items.map(({ outcome }) => outcome));
    expect(all.filter((outcome) => outcome === 'RECORDED')).toHaveLength(10);
    expect(all.filter((outcome) => outcome === 'DUPLICATE')).toHaveLength(20);
    expect(await log()).toHaveLength(10);
  });

  it('takes the particulars in any order of their names', async () => {
    const first = event({ data: { count: 3, reason: 'restart' } });
    await send(first);
    expect(await outcomes({ ...first, data: { reason: 'restart', count: 3 } })).toEqual(['DUPLICATE']);
  });

  it.each<[string, () => Record<string, unknown>]>([
    ['id', () => ({ id: '00000000-0000-4000-8000-000000000000' })],
    ['id', () => ({ id: idAt(Date.parse('1970-01-02')) })],
    ['id', () => ({ id: idAt(clock + 301_000) })],
    ['stationId', () => ({ stationId: null })],
    ['stationId', () => ({ stationId: world.foreign.stationId })],
    ['stationId', () => ({ stationId: world.lineId })],
    ['stationId', () => ({ cameraId: world.cameraId, stationId: world.foreign.stationId })],
    ['lineId', () => ({ kind: 'MACHINE_CONNECTED', stationId: null })],
    ['lineId', () => ({ kind: 'MACHINE_CONNECTED', stationId: null, lineId: world.foreign.lineId })],
    ['lineId', () => ({ lineId: world.foreign.lineId })],
    ['cameraId', () => ({ cameraId: world.foreign.cameraId })],
    ['partId', () => ({ partId: 'x'.repeat(101) })],
    ['inspectionId', () => ({ inspectionId: 'x' })],
    ['data', () => ({ data: [1] })],
    ['data', () => ({ data: { text: 'a\u0000b' } })],
  ])('refuses an event for its %s and writes the others', async (field, over) => {
    expect(await outcomes(event(over()), event())).toEqual([`REFUSED ${field}`, 'RECORDED']);
    expect(await log()).toHaveLength(1);
  });

  it('takes particulars of exactly the length that is allowed (LEHR_LIMIT_EVENT_DATA_LENGTH)', async () => {
    const data = (length: number) => ({ text: 'x'.repeat(length - '{"text":""}'.length) });
    expect(await outcomes(event({ data: data(300) }), event({ data: data(301) }))).toEqual([
      'RECORDED',
      'REFUSED data',
    ]);
  });

  it('is for edge nodes only', async () => {
    const { errors } = await world.reader.ask(
      'mutation ($input: [NodeEventInput!]!) { recordNodeEvents(input: $input) { __typename } }',
      { input: [event()] },
    );
    expect(errors?.[0]?.extensions?.code).toBe('FORBIDDEN');
  });
});
