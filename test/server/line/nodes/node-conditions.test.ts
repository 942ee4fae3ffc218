/** What events of edge nodes do to alarms, through the API: the newest word counts, and the past raises none. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { databases } from '../../../support/database.ts';
import { openTestServer, type TestServer } from '../../../support/server.ts';
import { idAt } from '../inspections/recording.ts';
import { type LineSidePlant, lineSidePlant, tell } from '../line-side-plant.ts';

const MINUTE_MS = 60_000;

describe.each(databases())('the alarms of node events on %s', (kind) => {
  let clock = Date.parse('2026-06-01T10:00:00Z');
  let server: TestServer;
  let world: LineSidePlant;

  beforeAll(async () => {
    server = await openTestServer(kind, { now: () => new Date(clock), env: { LEHR_LIMIT_LATE_PULSE_S: '600' } });
  });
  afterAll(() => server.close());
  beforeEach(async () => {
    clock += 24 * 60 * MINUTE_MS;
    world = await lineSidePlant(server);
  });

  /** Events by their kind and how long ago they happened. */
  const send = async (...events: [kind: string, agoMs: number][]) => {
    const { items } = await tell(
      world.node,
      'recordNodeEvents',
      events.map(([name, agoMs]) => ({
        id: idAt(clock - agoMs),
        kind: name,
        ...(name.startsWith('MACHINE') ? { lineId: world.lineId } : { stationId: world.stationId }),
      })),
    );
    expect(items.map(({ outcome }) => outcome)).toEqual(events.map(() => 'RECORDED'));
  };
  /** As the plant's log tells of them. */
  const log = async () => {
    const rows = await server.db
      .selectFrom('event')
      .select(['kind', 'data'])
      .where('plant_id', '=', world.plant.row.id)
      .where('kind', 'like', 'alarm.%')
      .orderBy('position')
      .execute();
    return rows.map((row) => `${row.kind} ${(row.data as { type?: string }).type}`);
  };
  const raised = async () => (await log()).filter((each) => each.startsWith('alarm.raised'));

  it('are raised by a gate that does not confirm, and return when it does', async () => {
    await send(['GATE_NOT_CONFIRMED', 0]);
    expect(await log()).toEqual(['alarm.raised GATE_NOT_CONFIRMED']);
    clock += 1000;
    await send(['GATE_REJECTED', 0]);
    expect(await log()).toEqual(['alarm.raised GATE_NOT_CONFIRMED', 'alarm.returned GATE_NOT_CONFIRMED']);
  });

  it('are raised by each kind of event that calls for one', async () => {
    const pulses = [
      ...['GATE_UNEXPECTED_EJECTION', 'GATE_TRACKING_LOST', 'PARTS_UNSEEN', 'CLOCK_STEPPED'],
      ...['REJECT_UNTIED', 'COUNTER_RESTARTED', 'TRIGGER_SILENT', 'BELT_SLIPPED'],
    ];
    for (const name of pulses) await send([name, 0]);
    await send(['GATE_DISABLED', 0], ['MACHINE_DISCONNECTED', 0], ['OUTBOX_SACRIFICED', 0]);
    const types = await server.db
      .selectFrom('alarm')
      .select('type')
      .where('plant_id', '=', world.plant.row.id)
      .orderBy('type')
      .execute();
    expect(types.map(({ type }) => type)).toEqual([
      ...['CLOCK_STEPPED', 'COUNTER_RESTARTED', 'GATE_DISABLED', 'GATE_UNEXPECTED_EJECTION'],
      ...['MACHINE_CONNECTION_LOST', 'OUTBOX_FILLING', 'PARTS_UNSEEN', 'REJECT_UNTIED', 'TRACKING_LOST'],
    ]);
  });

  it('name the part that it happened to', async () => {
    const { plant, stationId, node } = world;
    await tell(node, 'recordNodeEvents', [
      { id: idAt(clock), kind: 'GATE_NOT_CONFIRMED', stationId, partId: 'L1-7', data: { cause: 'verdict' } },
    ]);
    const alarms = await server.db.selectFrom('alarm').select('data').where('plant_id', '=', plant.row.id).execute();
    expect(alarms).toEqual([{ data: { cause: 'verdict', partId: 'L1-7' } }]);
  });

  it('are not raised by a single reject, or by what is only told', async () => {
    await send(['GATE_REJECTED', 0], ['GATE_BYPASSED', 0], ['IMAGES_REFUSED', 0], ['MODEL_RESTARTED', 0]);
    await send(['COUNTER_CORRECTED', 0], ['SIGNAL_UNUSABLE', 0], ['SIGNAL_USABLE', 0]);
    expect(await log()).toEqual([]);
  });

  it('are not raised by what a late outbox tells of an earlier time', async () => {
    await send(['GATE_REJECTED', 1000]);
    await send(['GATE_NOT_CONFIRMED', 2000]);
    expect(await log()).toEqual([]);
    await send(['GATE_DISABLED', 3000], ['GATE_ENABLED', 1000]);
    await send(['GATE_DISABLED', 2000]);
    expect((await raised()).length).toBeLessThanOrEqual(1);
    const open = await server.db
      .selectFrom('alarm')
      .select('is_active')
      .where('plant_id', '=', world.plant.row.id)
      .where('is_active', '=', true)
      .execute();
    expect(open).toEqual([]);
  });

  it('are raised by what happened so long ago as is allowed, and not a millisecond more (LEHR_LIMIT_LATE_PULSE_S)', async () => {
    await send(['GATE_UNEXPECTED_EJECTION', 10 * MINUTE_MS + 1]);
    expect(await log()).toEqual([]);
    await send(['GATE_UNEXPECTED_EJECTION', 10 * MINUTE_MS]);
    expect((await log())[0]).toBe('alarm.raised GATE_UNEXPECTED_EJECTION');
  });

  it('are raised by a clock that was set back further than the past reaches, and by one that was set ahead before', async () => {
    const stepped = (agoMs: number, stepMs: number) =>
      tell(world.node, 'recordNodeEvents', [
        { id: idAt(clock - agoMs), kind: 'CLOCK_STEPPED', data: { whose: 'node', stepMs } },
      ]);
    // Its clock runs ahead within what is allowed.
    await send(['GATE_UNEXPECTED_EJECTION', -MINUTE_MS]);
    clock += 1000;
    await stepped(60 * MINUTE_MS, -60 * MINUTE_MS);
    await stepped(0, 60 * MINUTE_MS);
    await send(['GATE_UNEXPECTED_EJECTION', 0]);
    const alarms = await server.db
      .selectFrom('alarm')
      .select(['type', 'raise_count', 'last_raised_at'])
      .where('plant_id', '=', world.plant.row.id)
      .orderBy('type')
      .execute();
    expect(alarms).toEqual([
      { type: 'CLOCK_STEPPED', raise_count: 2, last_raised_at: new Date(clock) },
      { type: 'GATE_UNEXPECTED_EJECTION', raise_count: 2, last_raised_at: new Date(clock) },
    ]);
  });

  it('leave to the status what it repeats every second', async () => {
    await send(['MACHINE_DISCONNECTED', MINUTE_MS], ['GATE_DISABLED', MINUTE_MS]);
    expect(await log()).toEqual([]);
  });
});
