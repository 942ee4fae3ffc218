/** The live picture of a plant's alarms, and alarms that several see, raise and answer at the same moment. */

import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { act } from '../../../../server/kit/act.ts';
import { encodeGlobalId } from '../../../../server/kit/global-id.ts';
import { advanceAlarms } from '../../../../server/modules/line/alarms/advance-alarms.service.ts';
import {
  type Observation,
  observeConditions,
} from '../../../../server/modules/line/alarms/observe-conditions.service.ts';
import { databases } from '../../../support/database.ts';
import type { SeededPlant } from '../../../support/seed.ts';
import type { TestClient } from '../../../support/test-client.ts';
import { follow, type LiveServer, openLiveServer } from '../../live/live-server.ts';

const LIST = `subscription ($plantId: ID!) {
  alarmList(plantId: $plantId) {
    skipped sentAt open hidden tallies { priority open unacknowledged }
    alarms { id type priority state raisedAt raiseCount text(language: DE) { title action } station { code } line { code } edgeNode { code } }
  }
}`;

interface Picture {
  open: number;
  hidden: number;
  tallies: { priority: number; open: number; unacknowledged: number }[];
  alarms: { id: string; type: string; state: string; raiseCount: number; text: { title: string } }[];
}

describe.each(databases())('the alarms of a plant on %s', (kind) => {
  let live: LiveServer;
  let plant: SeededPlant;
  let operators: TestClient[];
  beforeAll(async () => {
    live = await openLiveServer(kind, { env: { LEHR_LIMIT_ALARMS_SHOWN: '2' } });
  });
  afterAll(() => live.close());
  beforeEach(async () => {
    plant = await live.seed.plant({ stationsPerLine: 4 });
    operators = [(await plant.person('operator')).client, (await plant.person('operator')).client];
  });

  const observed = (station: number, state: Observation['state'], over: Partial<Observation> = {}): Observation => ({
    type: 'GATE_NOT_CONFIRMED',
    source: { kind: 'station', id: plant.lines[0]?.stations[station]?.station.id ?? '' },
    state,
    at: new Date(),
    data: {},
    ...over,
  });
  const observe = async (...observations: Observation[]) => {
    await act(live.server.services, (scope) => observeConditions(scope, plant.row.id, observations));
  };
  const alarms = () =>
    live.server.db.selectFrom('alarm').selectAll().where('plant_id', '=', plant.row.id).orderBy('id').execute();
  const kinds = async () =>
    (
      await live.server.db
        .selectFrom('event')
        .select('kind')
        .where('plant_id', '=', plant.row.id)
        .orderBy('position')
        .execute()
    ).map((event) => event.kind);

  it('shows the highest with what to do, counts the others, and follows every change', async () => {
    const client = live.client((await plant.mesToken()).secret);
    const stream = follow<Picture>(client, LIST, { plantId: plant.globalId }, 'alarmList');
    const last = () => stream.payloads.at(-1);
    await stream.until(() => last()?.open === 0, 'a picture of nothing');
    await observe(observed(0, 'pulse'), observed(1, 'pulse', { type: 'PARTS_UNSEEN' }), observed(2, 'pulse'));
    await stream.until(() => last()?.open === 3, 'three alarms');
    expect(last()?.alarms.map(({ type }) => type)).toEqual(['GATE_NOT_CONFIRMED', 'GATE_NOT_CONFIRMED']);
    expect(last()?.alarms[0]?.text.title).toBe('Ausschleusung nicht bestätigt');
    expect(last()?.tallies).toEqual([
      { priority: 1, open: 2, unacknowledged: 2 },
      { priority: 2, open: 1, unacknowledged: 1 },
      { priority: 3, open: 0, unacknowledged: 0 },
      { priority: 4, open: 0, unacknowledged: 0 },
    ]);
    const [first, second] = last()?.alarms ?? [];
    await operators[0]?.act('acknowledgeAlarm', 'id', { alarmId: first?.id });
    await operators[0]?.act('shelveAlarm', 'id', { alarmId: second?.id, minutes: 1, reason: 'x' });
    await stream.until(() => last()?.hidden === 1, 'one hidden');
    expect(last()).toMatchObject({ open: 2, alarms: [{ state: 'ACKNOWLEDGED' }, { type: 'PARTS_UNSEEN' }] });
  });

  it('is refused to those of another plant', async () => {
    const stranger = live.client((await (await live.seed.plant()).mesToken()).secret);
    const stream = follow<Picture>(stranger, LIST, { plantId: plant.globalId }, 'alarmList');
    await stream.until(({ isEnded }) => isEnded, 'the refusal');
    expect(stream.errors?.[0]?.extensions).toMatchObject({ code: 'NOT_FOUND', field: 'plantId' });
  });

  it('is acknowledged by one of two who do so at once; the other is told', async () => {
    await observe(observed(0, 'pulse'));
    const [alarm] = await alarms();
    const alarmId = encodeGlobalId('Alarm', alarm?.id ?? '');
    const answers = await Promise.all(
      operators.map((operator) => operator.act('acknowledgeAlarm', 'state', { alarmId })),
    );
    expect(answers.map(({ __typename }) => __typename).sort()).toEqual(['Alarm', 'ConflictError']);
    expect(await kinds()).toEqual(['alarm.raised', 'alarm.acknowledged']);
  });

  it('is one row however many nodes see it at once, and every pulse is counted', async () => {
    await Promise.all(
      Array.from({ length: 8 }, (_, n) => observe(observed(n % 2, 'pulse'), observed(1 - (n % 2), 'pulse'))),
    );
    expect((await alarms()).map((alarm) => alarm.raise_count)).toEqual([8, 8]);
    expect(await kinds()).toEqual(['alarm.raised', 'alarm.raised']);
  });

  it('is advanced once by two servers, also while people act on it', async () => {
    const at = new Date(Date.now() - 7_200_000);
    await observe(...[0, 1, 2, 3].map((station) => observed(station, 'pulse', { at })));
    const [alarm] = await alarms();
    const alarmId = encodeGlobalId('Alarm', alarm?.id ?? '');
    const { services } = live.server;
    const [first, second] = await Promise.all([
      advanceAlarms(services),
      advanceAlarms(services),
      ...operators.map((operator) => operator.act('acknowledgeAlarm', 'state', { alarmId })),
      observe(observed(0, 'clear'), observed(1, 'clear')),
    ]);
    expect(Number(first) + Number(second)).toBeLessThanOrEqual(4);
    const told = await kinds();
    expect(told.filter((each) => each === 'alarm.raised')).toHaveLength(4);
    const ended = await live.server.db
      .selectFrom('alarm_change')
      .select('alarm_id')
      .where('plant_id', '=', plant.row.id)
      .where('kind', 'in', ['alarm.returned', 'alarm.cleared'])
      .where('from_state', 'in', ['unacknowledged', 'acknowledged'])
      .execute();
    expect(new Set(ended.map((change) => change.alarm_id)).size).toBe(4);
    expect(ended).toHaveLength(4);
    expect(told.filter((each) => each === 'alarm.acknowledged')).toHaveLength(1);
    expect((await alarms()).filter((each) => each.is_active || each.due_at)).toEqual([]);
  });

  it('takes as many statements for twenty observations as for two, and few when there is no news', async () => {
    const count = (act: () => Promise<unknown>) => live.server.countStatements(act);
    const types = [
      'GATE_NOT_CONFIRMED',
      'GATE_UNEXPECTED_EJECTION',
      'LATE_VERDICTS',
      'TRACKING_LOST',
      'PARTS_UNSEEN',
    ] as const;
    const many = types.flatMap((type) => [0, 1, 2, 3].map((station) => observed(station, 'pulse', { type })));
    const two = await count(() => observe(...many.slice(0, 2)));
    expect(await count(() => observe(...many.slice(2)))).toBeLessThanOrEqual(two + 1);
    const held = [0, 1, 2, 3].map((station) => observed(station, 'active', { type: 'GATE_DISABLED' }));
    await observe(...held);
    expect(await count(() => observe(...held))).toBeLessThanOrEqual(3);
    const none = [0, 1, 2, 3].map((station) => observed(station, 'clear', { type: 'REJECT_RATE_OUT_OF_LIMITS' }));
    expect(await count(() => observe(...none))).toBe(1);
    await advanceAlarms(live.server.services);
    expect(await count(() => advanceAlarms(live.server.services))).toBe(1);
  });
});
