/** Alarms as a plant has them, through the API: what they say, how they are listed, set, hidden by design, and end with their source. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { encodeGlobalId } from '../../../../server/kit/global-id.ts';
import { advanceAlarms } from '../../../../server/modules/line/alarms/advance-alarms.service.ts';
import { markSilentNodes } from '../../../../server/modules/line/nodes/machines.service.ts';
import { databases } from '../../../support/database.ts';
import { createSeed } from '../../../support/seed.ts';
import { openTestServer, type TestServer } from '../../../support/server.ts';
import { type Alarm, type AlarmPlant, alarmPlant } from './alarm-plant.ts';

describe.each(databases())('alarms of a plant on %s', (kind) => {
  let clock = Date.parse('2026-06-01T10:00:00Z');
  let server: TestServer;
  let world: AlarmPlant;

  beforeAll(async () => {
    server = await openTestServer(kind, { now: () => new Date(clock) });
  });
  afterAll(() => server.close());
  beforeEach(async () => {
    clock += 3_600_000;
    // what the tests before have left
    await advanceAlarms(server.services);
    world = await alarmPlant(server);
  });

  it('shows what is raised with what to do, and counts what happens again in the same row', async () => {
    await world.observe(world.gate('pulse', { partId: 'p-1' }));
    const raisedAt = new Date(clock).toISOString();
    clock += 1000;
    await world.observe(world.gate('pulse', { partId: 'p-2' }));
    expect(await world.only()).toMatchObject({
      type: 'GATE_NOT_CONFIRMED',
      priority: 1,
      state: 'UNACKNOWLEDGED',
      condition: 'UNACKNOWLEDGED',
      isActive: true,
      raiseCount: 2,
      raisedAt,
      lastRaisedAt: new Date(clock).toISOString(),
      acknowledgedAt: null,
      text: { title: 'Ausschleusung nicht bestätigt' },
      station: { code: 'station-1' },
      line: { code: 'line-1' },
      edgeNode: null,
      data: { partId: 'p-2' },
    });
    expect(await world.events()).toEqual(['alarm.raised UNACKNOWLEDGED']);
  });

  it('lets open alarms follow what the plant sets, and refuses what makes no sense', async () => {
    await world.observe(world.gate('pulse'));
    const set = (values: Record<string, unknown>) =>
      world.engineer.act('configureAlarm', 'priority', {
        plantId: world.plant.globalId,
        type: 'GATE_NOT_CONFIRMED',
        reason: 'x',
        ...values,
      });
    await set({ priority: 4 });
    expect(await world.only()).toMatchObject({ priority: 4 });
    await set({});
    expect(await world.only()).toMatchObject({ priority: 1 });
    for (const [field, value] of [
      ['priority', 5],
      ['onDelayMs', 86_400_001],
      ['returnMs', 999],
      ['deadband', 0.5],
      ['reason', ''],
    ] as const)
      expect(await set({ [field]: value }), field).toMatchObject({
        __typename: 'InvalidInputError',
        field: `input.${field}`,
      });
  });

  it('hides what its design hides while the machine stands for maintenance', async () => {
    const [node] = world.plant.nodes;
    if (!node) throw new Error('seeded');
    const { client } = await world.plant.edgeToken(node);
    const report = async (state: string, mode: string) => {
      clock += 1000;
      await client.act('reportNodeStatus', 'skewMs', {
        ...{ sentAt: new Date(clock), startedAt: new Date(clock), version: '1', machineConnected: true },
        ...{ outboxResults: 0, outboxImages: 0, deadLetters: 0, droppedFrames: 0, cameras: [] },
        machines: [{ lineId: encodeGlobalId('Line', world.lineId), quality: 'GOOD', state, mode, signals: [] }],
      });
    };
    await report('Execute', 'Produce');
    await world.observe(world.gate('pulse'));
    const { id } = await world.only();
    await world.operator.act('acknowledgeAlarm', 'id', { alarmId: id });
    await report('Stopped', 'Maintenance');
    expect(await world.only()).toMatchObject({ state: 'SUPPRESSED', condition: 'ACKNOWLEDGED' });
    await world.observe({ ...world.gate('pulse'), type: 'TRACKING_LOST' });
    expect((await world.list()).map(({ state }) => state)).toEqual(['SUPPRESSED', 'SUPPRESSED']);
    await report('Execute', 'Produce');
    expect((await world.list()).map(({ state }) => state)).toEqual(['ACKNOWLEDGED', 'UNACKNOWLEDGED']);
  });

  it('is listed by what it needs, its priority and its age, on its line and the lines of its node', async () => {
    await world.observe(world.deadLetters('active'));
    clock += 1000;
    await world.observe(world.gate('pulse'));
    const types = (alarms: Alarm[]) => alarms.map(({ type }) => type);
    expect(types(await world.list())).toEqual(['GATE_NOT_CONFIRMED', 'DEAD_LETTERS']);
    expect(types(await world.list({ priorities: [3] }))).toEqual(['DEAD_LETTERS']);
    expect(types(await world.list({ types: ['GATE_NOT_CONFIRMED'] }))).toEqual(['GATE_NOT_CONFIRMED']);
    expect(types(await world.list({ states: ['NORMAL', 'SHELVED'] }))).toEqual([]);
    expect(types(await world.list({ lineId: encodeGlobalId('Line', world.lineId) }))).toEqual([
      'GATE_NOT_CONFIRMED',
      'DEAD_LETTERS',
    ]);
    await expect(world.list({ priorities: [0] })).rejects.toThrow('filter.priorities[0]');

    const { node } = await world.operator.read<{ node: unknown }>(
      'query ($id: ID!) { node(id: $id) { ... on Line { highestAlarm { type } openAlarms { type } } } }',
      { id: encodeGlobalId('Line', world.lineId) },
    );
    expect(node).toEqual({
      highestAlarm: { type: 'GATE_NOT_CONFIRMED' },
      openAlarms: [{ type: 'GATE_NOT_CONFIRMED' }, { type: 'DEAD_LETTERS' }],
    });
    const [gateAlarm] = await world.list();
    await world.operator.act('shelveAlarm', 'id', { alarmId: gateAlarm?.id, minutes: 1, reason: 'x' });
    expect(types(await world.list())).toEqual(['DEAD_LETTERS', 'GATE_NOT_CONFIRMED']);
  });

  it('returns when its source is retired, and is not raised for a retired node that falls silent', async () => {
    const spare = world.plant.nodes[1]?.id ?? '';
    await world.observe({ ...world.deadLetters('active'), source: { kind: 'edge_node', id: spare } });
    await server.db
      .insertInto('node_presence')
      .values({ edge_node_id: spare, plant_id: world.plant.row.id, up_since: new Date(clock) })
      .execute();
    await server.db
      .updateTable('edge_node')
      .set({ last_seen_at: new Date(clock) })
      .where('id', '=', spare)
      .execute();
    clock += 1000;
    await world.plant.owner.client.act('retireEdgeNode', 'id', { id: encodeGlobalId('EdgeNode', spare) });
    expect(await world.only()).toMatchObject({ type: 'DEAD_LETTERS', state: 'RETURNED_UNACKNOWLEDGED' });
    clock += 60_000;
    expect(await markSilentNodes(server.services, new Date(clock - 3_600_000))).toBeGreaterThan(0);
    expect(await world.only()).toMatchObject({ type: 'DEAD_LETTERS' });
  });

  it('is refused for a source that is no part of the plant', async () => {
    const other = await createSeed(server).plant();
    const foreign = { kind: 'station' as const, id: other.lines[0]?.stations[0]?.station.id ?? '' };
    await expect(world.observe({ ...world.gate('pulse'), source: foreign })).rejects.toThrow('no part of the plant');
  });
});
