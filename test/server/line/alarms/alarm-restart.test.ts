/** A server that is started anew over the database goes on with every alarm where the one before stopped. */

import { Registry } from 'prom-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Composition, compose } from '../../../../server/compose.ts';
import { readConfig } from '../../../../server/config.ts';
import { schema } from '../../../../server/graphql/schema.ts';
import { createGraphQLDoor } from '../../../../server/graphql/yoga.ts';
import { act as actAs } from '../../../../server/kit/act.ts';
import { encodeGlobalId } from '../../../../server/kit/global-id.ts';
import { silentLog } from '../../../../server/kit/log.ts';
import { advanceAlarms } from '../../../../server/modules/line/alarms/advance-alarms.service.ts';
import {
  type Observation,
  observeConditions,
} from '../../../../server/modules/line/alarms/observe-conditions.service.ts';
import { machineColumns } from '../../../../server/modules/line/nodes/machines.service.ts';
import { databases, openTestDatabase, type TestDatabase } from '../../../support/database.ts';
import { createSeed, type SeededPlant } from '../../../support/seed.ts';
import { makeTemporaryFolder, type TemporaryFolder } from '../../../support/temporary-folder.ts';
import { createTestClient, type TestClient } from '../../../support/test-client.ts';

/** Everything that a server keeps outside its database and home. */
interface Life {
  composed: Composition;
  client(headers: Record<string, string>): TestClient;
}

describe.each(databases())('alarms over a restart on %s', (kind) => {
  let clock = Date.parse('2026-06-01T10:00:00Z');
  let home: TemporaryFolder;
  let database: TestDatabase | undefined;
  let life: Life;
  let plant: SeededPlant;
  let headers: Readonly<Record<string, string>>;
  const now = () => new Date(clock);

  beforeAll(async () => {
    home = await makeTemporaryFolder('alarm-restart');
    if (kind === 'postgresql') database = await openTestDatabase(kind);
    life = await start();
    const { db, now: time } = life.composed.services;
    const { authenticator } = life.composed;
    plant = await createSeed({ db, client: life.client, services: { now: time }, authenticator }).plant({
      stationsPerLine: 10,
    });
    headers = (await plant.person('operator', 'quality_engineer')).client.headers;
  }, 120_000);
  afterAll(async () => {
    await end(life);
    await database?.close();
    await home.remove();
  });

  async function start(): Promise<Life> {
    const env = database ? { DATABASE_URL: database.url } : {};
    const config = readConfig({ LEHR_HOME: home.path, LEHR_FREE_QUERIES: 'operator,quality_engineer', ...env });
    const onFailure = () => {};
    const composed = await compose({ config, log: silentLog, registry: new Registry(), now, onFailure });
    const { services, authenticator } = composed;
    const yoga = createGraphQLDoor({ schema, services, authenticator });
    const fetch = (request: Request) => Promise.resolve(yoga.fetch(request));
    return { composed, client: (given) => createTestClient('http://lehr.test', fetch, given) };
  }

  async function end({ composed }: Life): Promise<void> {
    await composed.jobs.stop();
    composed.services.hub.close();
    await composed.database.close();
  }

  const station = (index: number) => plant.lines[0]?.stations[index]?.station.id ?? '';
  const observe = (index: number, state: Observation['state']) =>
    actAs(life.composed.services, (scope) =>
      observeConditions(scope, plant.row.id, [
        { type: 'GATE_DISABLED', source: { kind: 'station', id: station(index) }, state, at: now(), data: {} },
      ]),
    );
  const act = async (index: number, field: string, values: Record<string, unknown> = {}) => {
    const { id } = await life.composed.services.db
      .selectFrom('alarm')
      .select('id')
      .where('source_id', '=', station(index))
      .executeTakeFirstOrThrow();
    const alarmId = encodeGlobalId('Alarm', id);
    const answer = await life.client({ ...headers }).act<{ state?: string }>(field, 'state', { alarmId, ...values });
    if (answer.__typename !== 'Alarm') throw new Error(JSON.stringify(answer));
  };
  const states = async () => {
    const { alarms } = await life
      .client({ ...headers })
      .read<{ alarms: { edges: { node: { state: string; station: { code: string } } }[] } }>(
        '{ alarms { edges { node { state station { code } } } } }',
      );
    const byCode = new Map(alarms.edges.map(({ node }) => [node.station.code, node.state]));
    return (plant.lines[0]?.stations ?? []).map(({ station: { code } }) => byCode.get(code) ?? null);
  };
  const latching = (isLatching: boolean) =>
    life.client({ ...headers }).act('configureAlarm', 'type', {
      ...{ plantId: plant.globalId, type: 'GATE_DISABLED', isLatching, onDelayMs: 5000, reason: 'x' },
    });

  it('keeps every state, and what each waits for still comes', { timeout: 120_000 }, async () => {
    await latching(true);
    for (const index of [0, 1, 2, 3, 4, 5, 6, 7]) await observe(index, 'active');
    clock += 5000;
    await advanceAlarms(life.composed.services);
    for (const index of [1, 2, 4]) await act(index, 'acknowledgeAlarm');
    for (const index of [3, 4]) await observe(index, 'clear');
    await latching(false);
    for (const index of [2, 5]) await observe(index, 'clear');
    await act(6, 'shelveAlarm', { minutes: 10, shelf: 'TIMED', reason: 'x' });
    await act(7, 'setAlarmOutOfService', { reason: 'x' });
    await life.composed.services.db
      .insertInto('machine_status')
      .values({
        ...{ line_id: plant.lines[0]?.line.id ?? '', plant_id: plant.row.id, edge_node_id: plant.nodes[0]?.id ?? '' },
        ...{ quality: 'good', state: 'Stopped', mode: 'Maintenance', signals: '{}', received_at: now() },
        ...machineColumns({}),
        ...{ product_code: null, recipe_code: null, batch_code: null, job_code: null },
        source_time: null,
      })
      .execute();
    await life.composed.services.db
      .insertInto('node_presence')
      .values({ edge_node_id: plant.nodes[0]?.id ?? '', plant_id: plant.row.id, up_since: now() })
      .execute();
    for (const state of ['active', 'pulse'] as const) await observe(8, state);
    await life.composed.services.db.deleteFrom('machine_status').execute();
    // its delay runs while the server is down
    await observe(9, 'active');
    const before = await states();
    expect(before).toEqual([
      ...['UNACKNOWLEDGED', 'ACKNOWLEDGED', 'NORMAL', 'LATCHED_UNACKNOWLEDGED', 'LATCHED_ACKNOWLEDGED'],
      ...['RETURNED_UNACKNOWLEDGED', 'SHELVED', 'OUT_OF_SERVICE', 'SUPPRESSED', null],
    ]);

    await end(life);
    clock += 5000;
    life = await start();
    expect(await states()).toEqual(before);
    await advanceAlarms(life.composed.services);
    expect((await states())[9]).toBe('UNACKNOWLEDGED');
    await observe(0, 'clear');
    await observe(1, 'clear');
    await observe(2, 'active');
    for (const index of [3, 5]) await act(index, 'acknowledgeAlarm');
    for (const index of [3, 4]) await act(index, 'resetAlarm');
    await act(7, 'returnAlarmToService');
    // the machine is not known any more: nothing is hidden on doubt
    await observe(8, 'pulse');
    clock += 595_000;
    await advanceAlarms(life.composed.services);
    expect(await states()).toEqual([
      ...['RETURNED_UNACKNOWLEDGED', 'NORMAL', 'UNACKNOWLEDGED', 'NORMAL', 'NORMAL'],
      ...['NORMAL', 'UNACKNOWLEDGED', 'UNACKNOWLEDGED', 'UNACKNOWLEDGED', 'UNACKNOWLEDGED'],
    ]);
  });
});
