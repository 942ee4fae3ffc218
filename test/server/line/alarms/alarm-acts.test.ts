/** What people do with alarms, through the API: acknowledge, shelve, take out of service, reset; one at a time and many. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { encodeGlobalId } from '../../../../server/kit/global-id.ts';
import { advanceAlarms } from '../../../../server/modules/line/alarms/advance-alarms.service.ts';
import { databases } from '../../../support/database.ts';
import { openTestServer, type TestServer } from '../../../support/server.ts';
import { type Alarm, type AlarmPlant, alarmFields, alarmPlant } from './alarm-plant.ts';

describe.each(databases())('acts on alarms on %s', (kind) => {
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

  it('stays open when it is acknowledged until its condition is gone', async () => {
    await world.observe(world.gate('pulse'));
    const { id } = await world.only();
    clock += 1000;
    const seen = await world.operator.act<Alarm>('acknowledgeAlarm', alarmFields, { alarmId: id });
    expect(seen).toMatchObject({
      __typename: 'Alarm',
      state: 'ACKNOWLEDGED',
      acknowledgedAt: new Date(clock).toISOString(),
      acknowledgedBy: { name: expect.stringContaining('operator') },
    });
    clock += 1000;
    await world.observe(world.gate('clear'));
    expect(await world.only()).toMatchObject({
      state: 'NORMAL',
      isActive: false,
      returnedAt: new Date(clock).toISOString(),
    });
    expect(await world.events()).toEqual([
      'alarm.raised UNACKNOWLEDGED',
      'alarm.acknowledged ACKNOWLEDGED',
      'alarm.cleared NORMAL',
    ]);
    expect(await world.audited()).toEqual(['alarm.acknowledge']);
  });

  it('comes back unacknowledged when it was raised beneath a shelf, and by itself when its time is over', async () => {
    await world.observe(world.gate('pulse'));
    const { id } = await world.only();
    await world.operator.act('acknowledgeAlarm', 'id', { alarmId: id });
    await world.observe(world.gate('clear'));
    const shelved = await world.operator.act<Alarm>('shelveAlarm', alarmFields, {
      alarmId: id,
      minutes: 10,
      reason: ' trial ',
    });
    const until = new Date(clock + 600_000).toISOString();
    expect(shelved).toMatchObject({ state: 'SHELVED', condition: 'NORMAL' });
    expect(shelved.shelving).toMatchObject({ kind: 'TIMED', until, reason: 'trial' });
    clock += 60_000;
    await world.observe(world.gate('pulse'));
    clock += 60_000;
    await world.observe(world.gate('clear'));
    expect(await world.only()).toMatchObject({
      state: 'SHELVED',
      condition: 'RETURNED_UNACKNOWLEDGED',
      isActive: false,
    });
    const refused = await world.operator.act('acknowledgeAlarm', 'id', { alarmId: id });
    expect(refused).toMatchObject({ __typename: 'ConflictError', field: 'alarmId', value: 'SHELVED' });

    clock += 480_000 - 1;
    expect(await advanceAlarms(server.services)).toBe(0);
    clock += 1;
    expect(await advanceAlarms(server.services)).toBe(1);
    expect(await advanceAlarms(server.services)).toBe(0);
    expect(await world.only()).toMatchObject({ state: 'RETURNED_UNACKNOWLEDGED', shelving: null });
    await world.operator.act('acknowledgeAlarm', 'id', { alarmId: id });
    expect(await world.events()).toEqual([
      'alarm.raised UNACKNOWLEDGED',
      'alarm.acknowledged ACKNOWLEDGED',
      'alarm.cleared NORMAL',
      'alarm.shelved SHELVED',
      'alarm.raised SHELVED',
      'alarm.returned SHELVED',
      'alarm.unshelved RETURNED_UNACKNOWLEDGED',
      'alarm.acknowledged NORMAL',
      'alarm.cleared NORMAL',
    ]);
    const history = await world.historyOf(id);
    expect(history.map((change) => change.kind)).toEqual(
      (await world.events()).map((event) => event.split(' ')[0]).reverse(),
    );
    expect(history.find((change) => change.kind === 'alarm.shelved')).toMatchObject({
      from: 'NORMAL',
      to: 'SHELVED',
      condition: 'NORMAL',
      reason: 'trial',
      actor: { kind: 'person', name: expect.stringContaining('operator') },
    });
    expect(history.find((change) => change.kind === 'alarm.unshelved')?.actor).toEqual({
      kind: 'system',
      name: 'Lehr',
    });
  });

  it('ends a one-shot shelf with its activation, and any shelf by hand', async () => {
    await world.observe(world.gate('pulse'));
    const { id } = await world.only();
    const shelf = { alarmId: id, minutes: 10, shelf: 'ONE_SHOT', reason: 'known' };
    expect(await world.operator.act('shelveAlarm', 'state', shelf)).toMatchObject({ state: 'SHELVED' });
    await world.observe(world.gate('clear'));
    expect(await world.only()).toMatchObject({ state: 'RETURNED_UNACKNOWLEDGED', shelving: null });
    await world.operator.act('shelveAlarm', 'state', { ...shelf, shelf: 'TIMED' });
    expect(await world.operator.act('unshelveAlarm', 'state', { alarmId: id })).toMatchObject({
      state: 'RETURNED_UNACKNOWLEDGED',
    });
    expect(await world.operator.act('unshelveAlarm', 'state', { alarmId: id })).toMatchObject({
      __typename: 'ConflictError',
    });
  });

  it('shelves for alarmShelfMin at the most, and never without a reason', async () => {
    await world.observe(world.gate('pulse'));
    const { id } = await world.only();
    const { alarmShelfMin } = server.config.limits;
    const shelve = (minutes: number, reason: string) =>
      world.operator.act('shelveAlarm', 'state', { alarmId: id, minutes, reason });
    expect(await shelve(alarmShelfMin + 1, 'x')).toMatchObject({
      __typename: 'InvalidInputError',
      field: 'input.minutes',
      remedy: expect.stringContaining(String(alarmShelfMin)),
    });
    expect(await shelve(0, 'x')).toMatchObject({ __typename: 'InvalidInputError', field: 'input.minutes' });
    expect(await shelve(1, ' ')).toMatchObject({ __typename: 'InvalidInputError', field: 'input.reason' });
    expect(await shelve(1, 'x'.repeat(501))).toMatchObject({ __typename: 'InvalidInputError', field: 'input.reason' });
    expect(await shelve(alarmShelfMin, 'x'.repeat(500))).toMatchObject({ state: 'SHELVED' });
  });

  it('stays out of service until an engineer puts it back, and comes back as it is then', async () => {
    await world.observe(world.gate('pulse'));
    const { id } = await world.only();
    const { errors } = await world.operator.ask(
      'mutation ($id: ID!) { setAlarmOutOfService(alarmId: $id, reason: "x") { __typename } }',
      {
        id,
      },
    );
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'FORBIDDEN' });
    const out = await world.engineer.act<Alarm>('setAlarmOutOfService', alarmFields, {
      alarmId: id,
      reason: 'sensor is being replaced',
    });
    expect(out).toMatchObject({ state: 'OUT_OF_SERVICE', outOfService: { reason: 'sensor is being replaced' } });
    expect(await world.operator.act('shelveAlarm', 'id', { alarmId: id, minutes: 1, reason: 'x' })).toMatchObject({
      __typename: 'ConflictError',
    });
    clock += 1_800_000;
    await world.observe(world.gate('clear'));
    expect(await world.only()).toMatchObject({ state: 'OUT_OF_SERVICE', condition: 'RETURNED_UNACKNOWLEDGED' });
    const back = await world.engineer.act<Alarm>('returnAlarmToService', alarmFields, { alarmId: id });
    expect(back).toMatchObject({ state: 'RETURNED_UNACKNOWLEDGED', outOfService: null });
    expect(await world.audited()).toEqual(['alarm.out_of_service', 'alarm.in_service']);
  });

  it('latches where the plant wants it, and is reset only when it was acknowledged', async () => {
    const configured = await world.engineer.act(
      'configureAlarm',
      'type isLatching priority changeReason changedBy { name }',
      {
        plantId: world.plant.globalId,
        type: 'GATE_NOT_CONFIRMED',
        isLatching: true,
        priority: 2,
        reason: 'the shift leader decides',
      },
    );
    expect(configured).toMatchObject({ isLatching: true, priority: 2, changeReason: 'the shift leader decides' });
    await world.observe(world.gate('pulse'));
    const { id, priority } = await world.only();
    expect(priority).toBe(2);
    const reset = () => world.operator.act('resetAlarm', 'state', { alarmId: id });
    expect(await reset()).toMatchObject({ __typename: 'ConflictError', value: 'UNACKNOWLEDGED' });
    await world.observe(world.gate('clear'));
    expect(await world.only()).toMatchObject({ state: 'LATCHED_UNACKNOWLEDGED' });
    expect(await reset()).toMatchObject({ __typename: 'ConflictError', remedy: 'acknowledge it first' });
    await world.operator.act('acknowledgeAlarm', 'id', { alarmId: id });
    expect(await world.only()).toMatchObject({ state: 'LATCHED_ACKNOWLEDGED' });
    expect(await reset()).toMatchObject({ state: 'NORMAL' });
    expect((await world.events()).slice(1)).toEqual([
      'alarm.raised UNACKNOWLEDGED',
      'alarm.latched LATCHED_UNACKNOWLEDGED',
      'alarm.acknowledged LATCHED_ACKNOWLEDGED',
      'alarm.reset NORMAL',
      'alarm.cleared NORMAL',
    ]);
  });

  it('acknowledges up to alarmsPerCall at once, each once, and leaves alone what does not wait for it', async () => {
    await world.observe(world.gate('pulse'), world.deadLetters('active'));
    const [first, second] = await world.list();
    const acknowledge = (alarmIds: unknown[]) =>
      world.operator.act<{ alarms: Alarm[] }>('acknowledgeAlarms', 'alarms { id state }', { alarmIds });
    await world.operator.act('acknowledgeAlarm', 'id', { alarmId: first?.id });
    const { alarms } = await acknowledge([first?.id, second?.id, second?.id]);
    expect(alarms.map(({ state }) => state)).toEqual(['ACKNOWLEDGED', 'ACKNOWLEDGED']);
    expect((await world.events()).filter((event) => event.startsWith('alarm.acknowledged'))).toHaveLength(2);

    const { alarmsPerCall } = server.config.limits;
    expect((await acknowledge(Array(alarmsPerCall).fill(first?.id))).alarms).toHaveLength(1);
    expect(await acknowledge(Array(alarmsPerCall + 1).fill(first?.id))).toMatchObject({
      __typename: 'InvalidInputError',
      field: 'alarmIds',
      remedy: expect.stringContaining(String(alarmsPerCall)),
    });
    const unknown = encodeGlobalId('Alarm', world.plant.row.id);
    expect(await acknowledge([first?.id, unknown])).toMatchObject({
      __typename: 'NotFoundError',
      field: 'alarmIds[1]',
    });
  });
});
