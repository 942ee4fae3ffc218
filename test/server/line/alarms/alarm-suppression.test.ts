/** What the design of alarms hides, in the words in which an edge node tells state and mode: of production nothing. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { encodeGlobalId } from '../../../../server/kit/global-id.ts';
import { advanceAlarms } from '../../../../server/modules/line/alarms/advance-alarms.service.ts';
import { reviewSuppressed } from '../../../../server/modules/line/alarms/review-suppressed.service.ts';
import { markSilentNodes } from '../../../../server/modules/line/nodes/machines.service.ts';
import { databases } from '../../../support/database.ts';
import type { TestServer } from '../../../support/server.ts';
import type { TestClient } from '../../../support/test-client.ts';
import { follow, type LiveServer, openLiveServer } from '../../live/live-server.ts';
import { type AlarmPlant, alarmPlant } from './alarm-plant.ts';

const gateTypes = [
  'GATE_NOT_CONFIRMED',
  'GATE_UNEXPECTED_EJECTION',
  'LATE_VERDICTS',
  'GATE_DISABLED',
  'TRACKING_LOST',
  'PARTS_UNSEEN',
] as const;

describe.each(databases())('alarms and the mode of the machine on %s', (kind) => {
  let clock = Date.parse('2026-06-01T10:00:00Z');
  let live: LiveServer;
  let server: TestServer;
  let world: AlarmPlant;
  let node: TestClient;
  let nodeId: string;

  beforeAll(async () => {
    live = await openLiveServer(kind, { now: () => new Date(clock) });
    ({ server } = live);
  });
  afterAll(() => live.close());
  beforeEach(async () => {
    clock += 3_600_000;
    await advanceAlarms(server.services);
    world = await alarmPlant(server);
    const [first] = world.plant.nodes;
    if (!first) throw new Error('seeded');
    nodeId = first.id;
    ({ client: node } = await world.plant.edgeToken(first));
  });

  async function report(state: string | null, mode: string | null, also: Record<string, unknown> = {}) {
    clock += 1000;
    const told = await node.act('reportNodeStatus', 'skewMs', {
      ...{ sentAt: new Date(clock), startedAt: new Date(clock), version: '1', machineConnected: true },
      ...{ outboxResults: 0, outboxImages: 0, deadLetters: 0, droppedFrames: 0, cameras: [] },
      machines: [{ lineId: encodeGlobalId('Line', world.lineId), quality: 'GOOD', state, mode, signals: [], ...also }],
    });
    expect(told).toMatchObject({ skewMs: 0 });
  }
  const raise = (...types: readonly (typeof gateTypes)[number][]) =>
    world.observe(...types.map((type) => ({ ...world.gate('pulse'), type })));
  const states = async () => (await world.list()).map(({ type, state }) => `${type} ${state}`).sort();
  const acknowledge = async (alarmId: string | undefined) =>
    world.operator.act<{ state?: string }>('acknowledgeAlarm', 'state condition', { alarmId });
  /** What the banner, the row of the line and the counts say. */
  const shown = async () => {
    const told = await world.operator.read<{
      node: { highestAlarm: { type: string } | null; openAlarms: unknown[] };
      hidden: { edges: unknown[] };
    }>(
      `query ($id: ID!, $plantId: ID!) {
        node(id: $id) { ... on Line { highestAlarm { type } openAlarms { type } } }
        hidden: alarms(filter: { plantId: $plantId, states: [SHELVED, SUPPRESSED, OUT_OF_SERVICE] }) { edges { node { id } } }
      }`,
      { id: encodeGlobalId('Line', world.lineId), plantId: world.plant.globalId },
    );
    const stream = follow<{ alarms: { type: string }[]; open: number; hidden: number }>(
      live.client((await world.plant.mesToken()).secret),
      'subscription ($plantId: ID!) { alarmList(plantId: $plantId) { alarms { type } open hidden } }',
      { plantId: world.plant.globalId },
      'alarmList',
    );
    await stream.until(({ payloads }) => payloads.length > 0, 'a picture');
    stream.stop();
    const { alarms, open, hidden } = stream.payloads[0] ?? { alarms: [], open: 0, hidden: 0 };
    expect(alarms).toHaveLength(open);
    expect(told.node.openAlarms).toHaveLength(open);
    expect(told.hidden.edges).toHaveLength(hidden);
    return { banner: alarms[0]?.type ?? null, line: told.node.highestAlarm?.type ?? null, open, hidden };
  };

  it.each(['Stopped', 'Idle', 'Aborted'])('hides none of six when a line that produces is %s', async (state) => {
    await report('Execute', 'Produce');
    await raise(...gateTypes);
    await report(state, 'Produce');
    expect(await states()).toEqual(gateTypes.map((type) => `${type} UNACKNOWLEDGED`).sort());
    expect(await shown()).toEqual({ banner: 'GATE_NOT_CONFIRMED', line: 'GATE_NOT_CONFIRMED', open: 6, hidden: 0 });
  });

  it.each([
    'Produce',
    'Production',
    'PRODUCING',
    'Automatik',
    'Invalid',
    'Clean',
    'Setup',
    'Halbautomatik',
    'Not Manual',
    'toString',
    '2',
    null,
  ])('hides nothing that arises while the machine stands in mode %s', async (mode) => {
    await report('Stopped', mode);
    await raise('GATE_NOT_CONFIRMED');
    expect(await states()).toEqual(['GATE_NOT_CONFIRMED UNACKNOWLEDGED']);
  });

  it.each(['Maintenance', 'Manual', 'MANUAL', ' maintenance ', 'Manual Mode', 'MAINTENANCE_MODE'])(
    'logs what arises while the machine stands in mode %s, and announces it when that is over',
    async (mode) => {
      await report('Stopped', mode);
      await raise('GATE_NOT_CONFIRMED');
      expect(await states()).toEqual(['GATE_NOT_CONFIRMED SUPPRESSED']);
      expect(await world.events()).toContain('alarm.raised SUPPRESSED');
      expect(await shown()).toEqual({ banner: null, line: null, open: 0, hidden: 1 });
      await report('Stopped', 'Produce');
      expect(await states()).toEqual(['GATE_NOT_CONFIRMED UNACKNOWLEDGED']);
    },
  );

  it('leaves what was announced before on the banner until a person has acknowledged it', async () => {
    await report('Execute', 'Produce');
    await raise('GATE_NOT_CONFIRMED');
    await report('Stopped', 'Maintenance');
    await raise('TRACKING_LOST');
    expect(await states()).toEqual(['GATE_NOT_CONFIRMED UNACKNOWLEDGED', 'TRACKING_LOST SUPPRESSED']);
    expect(await shown()).toEqual({ banner: 'GATE_NOT_CONFIRMED', line: 'GATE_NOT_CONFIRMED', open: 1, hidden: 1 });

    // it returns, and comes again: still nobody has seen it
    await world.observe(world.gate('clear'));
    await report('Stopped', 'Maintenance');
    expect((await states())[0]).toBe('GATE_NOT_CONFIRMED RETURNED_UNACKNOWLEDGED');
    await raise('GATE_NOT_CONFIRMED');
    const gate = (await world.list()).find(({ type }) => type === 'GATE_NOT_CONFIRMED');
    expect(gate?.state).toBe('UNACKNOWLEDGED');
    expect(await acknowledge(gate?.id)).toMatchObject({ state: 'SUPPRESSED', condition: 'ACKNOWLEDGED' });
    expect(await shown()).toEqual({ banner: null, line: null, open: 0, hidden: 2 });
    await report('Execute', 'Produce');
    expect(await states()).toEqual(['GATE_NOT_CONFIRMED ACKNOWLEDGED', 'TRACKING_LOST UNACKNOWLEDGED']);
  });

  it('hides nothing on a mode that is not known for sure', async () => {
    const mode = (quality: string) => ({ signals: [{ name: 'machineMode', value: 'Maintenance', quality }] });
    await report('Stopped', 'Maintenance', mode('GOOD'));
    await raise('TRACKING_LOST');
    expect(await states()).toEqual(['TRACKING_LOST SUPPRESSED']);
    // what is remembered of the mode is old, however well the state is known
    await report('Stopped', 'Maintenance', mode('STALE'));
    expect(await states()).toEqual(['TRACKING_LOST UNACKNOWLEDGED']);
  });

  it('shows what it hides when the node falls silent, and hides again what arises after its return', async () => {
    await report('Stopped', 'Maintenance');
    await raise('TRACKING_LOST');
    expect(await states()).toEqual(['TRACKING_LOST SUPPRESSED']);
    clock += 60_000;
    await markSilentNodes(server.services, new Date(0));
    expect(await states()).toEqual(['NODE_UNREACHABLE UNACKNOWLEDGED', 'TRACKING_LOST RETURNED_UNACKNOWLEDGED']);
    await report('Stopped', 'Maintenance');
    await raise('GATE_NOT_CONFIRMED');
    expect(await states()).toContain('GATE_NOT_CONFIRMED SUPPRESSED');
  });

  it('counts as hidden what the list of hidden ones shows', async () => {
    // known since its delay began, but never raised
    await world.engineer.act('configureAlarm', 'priority', {
      ...{ plantId: world.plant.globalId, type: 'GATE_DISABLED', onDelayMs: 60_000, reason: 'x' },
    });
    await world.observe({ ...world.gate('active'), type: 'GATE_DISABLED' });
    await world.observe({ ...world.gate('clear'), type: 'GATE_DISABLED' });
    await report('Stopped', 'Maintenance');
    expect(await shown()).toMatchObject({ open: 0, hidden: 0 });
  });

  it('shows what a server of an older rule has hidden in production, and what it had announced before', async () => {
    await report('Execute', 'Produce');
    await raise('GATE_NOT_CONFIRMED', 'TRACKING_LOST');
    const asFormerly = async (type: string, beneath: string) => {
      const alarm = await server.db
        .updateTable('alarm')
        .set({ is_suppressed: true })
        .where('plant_id', '=', world.plant.row.id)
        .where('type', '=', type)
        .returning('id')
        .executeTakeFirstOrThrow();
      await server.db
        .insertInto('alarm_change')
        .values({
          ...{ id: crypto.randomUUID().replace(/^./, 'f'), plant_id: world.plant.row.id, alarm_id: alarm.id, beneath },
          ...{ kind: 'alarm.suppressed', at: new Date(clock), recorded_at: new Date(clock), from_state: beneath },
          ...{ to_state: 'suppressed', actor_kind: 'system', actor_id: null, reason: null },
        } as never)
        .execute();
    };
    await asFormerly('GATE_NOT_CONFIRMED', 'unacknowledged');
    await asFormerly('TRACKING_LOST', 'normal');
    await server.db
      .updateTable('machine_status')
      .set({ state: 'Stopped', mode: 'Maintenance' })
      .where('line_id', '=', world.lineId)
      .execute();
    await reviewSuppressed(server.services);
    expect(await states()).toEqual(['GATE_NOT_CONFIRMED UNACKNOWLEDGED', 'TRACKING_LOST SUPPRESSED']);

    await server.db.updateTable('machine_status').set({ mode: 'Produce' }).where('edge_node_id', '=', nodeId).execute();
    await reviewSuppressed(server.services);
    expect(await states()).toEqual(['GATE_NOT_CONFIRMED UNACKNOWLEDGED', 'TRACKING_LOST UNACKNOWLEDGED']);
    expect((await world.events()).filter((event) => event.startsWith('alarm.unsuppressed'))).toHaveLength(2);
  });
});
