/** What the database itself keeps of alarms: the same state as the pure function, and nothing that makes no sense. */

import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { act } from '../../../../server/kit/act.ts';
import { stateOf } from '../../../../server/modules/line/alarms/alarm-life.ts';
import { alarmStateName } from '../../../../server/modules/line/alarms/alarm-state.ts';
import { observeConditions } from '../../../../server/modules/line/alarms/observe-conditions.service.ts';
import { databases } from '../../../support/database.ts';
import { createSeed, type SeededPlant } from '../../../support/seed.ts';
import { openTestServer, type TestServer } from '../../../support/server.ts';

describe.each(databases())('the table of alarms on %s', (kind) => {
  let server: TestServer;
  let plant: SeededPlant;
  beforeAll(async () => {
    server = await openTestServer(kind);
    plant = await createSeed(server).plant({ stationsPerLine: 2 });
    const source = { kind: 'station' as const, id: plant.lines[0]?.stations[0]?.station.id ?? '' };
    const observed = { type: 'GATE_DISABLED' as const, source, state: 'active' as const, at: new Date(), data: {} };
    await act(server.services, (scope) => observeConditions(scope, plant.row.id, [observed]));
  });
  afterAll(() => server.close());

  const alarm = () => server.db.selectFrom('alarm').selectAll().executeTakeFirstOrThrow();
  const shelved = () => ({
    shelved_until: new Date(),
    shelved_by: plant.owner.row.id,
    shelf_reason: 'x',
    due_at: new Date(),
  });
  const noShelf = { shelved_until: null, shelved_by: null, shelf_reason: null, due_at: null };
  const out = () => ({
    out_of_service_since: new Date(),
    out_of_service_by: plant.owner.row.id,
    out_of_service_reason: 'x',
  });
  const noOut = { out_of_service_since: null, out_of_service_by: null, out_of_service_reason: null };

  it('makes the state that the pure function makes, in every combination', async () => {
    const both = [false, true];
    const seen = new Set<string>();
    for (const is_active of both)
      for (const is_latched of is_active ? [false] : both)
        for (const is_acknowledged of both)
          for (const is_suppressed of both)
            for (const shelf of [null, 'timed', 'one_shot'] as const)
              for (const isOut of both) {
                const flags = { is_active, is_latched, is_acknowledged, is_suppressed, shelf };
                const rest = { ...(shelf === null ? noShelf : shelved()), ...(isOut ? out() : noOut) };
                await server.db
                  .updateTable('alarm')
                  .set({ ...flags, ...rest })
                  .execute();
                const row = await alarm();
                expect(row.state).toBe(alarmStateName(stateOf(row)));
                seen.add(row.state);
              }
    expect(seen.size).toBe(9);
  });

  it.each<[string, () => Record<string, unknown>]>([
    ['a latch while it is active', () => ({ is_active: true, is_latched: true })],
    ['a shelf without an end', () => ({ ...shelved(), shelf: 'timed', shelved_until: null })],
    ['a shelf without a reason', () => ({ ...shelved(), shelf: 'timed', shelf_reason: null })],
    ['a shelf with an empty reason', () => ({ ...shelved(), shelf: 'timed', shelf_reason: '' })],
    ['a shelf of nobody', () => ({ ...shelved(), shelf: 'timed', shelved_by: null })],
    ['a shelf that no clock ends', () => ({ ...shelved(), shelf: 'timed', due_at: null })],
    ['a reason without a shelf', () => ({ shelf_reason: 'x' })],
    ['out of service without a reason', () => ({ ...out(), out_of_service_reason: null })],
    ['out of service by nobody', () => ({ ...out(), out_of_service_by: null })],
    ['a priority beyond four', () => ({ priority: 5 })],
    [
      'active without ever having been raised',
      () => ({ is_active: true, raise_count: 0, raised_at: null, last_raised_at: null }),
    ],
    ['acknowledged at a time by nobody', () => ({ acknowledged_at: new Date() })],
    ['a source of another kind', () => ({ source_kind: 'line' })],
    ['a source of another plant', () => ({ plant_id: sql`gen_random_uuid()` })],
  ])('refuses %s', async (_what, columns) => {
    const plain = { is_active: false, is_latched: false, is_acknowledged: true, is_suppressed: false, shelf: null };
    await server.db
      .updateTable('alarm')
      .set({ ...plain, ...noShelf, ...noOut })
      .execute();
    await expect(
      server.db
        .updateTable('alarm')
        .set(columns() as never)
        .execute(),
    ).rejects.toThrow(/violates (check|foreign key) constraint/);
  });

  it('refuses a second row of the same source and type', async () => {
    const { state: _made, ...row } = await alarm();
    const second = { ...row, id: plant.row.id, data: '{}' };
    await expect(server.db.insertInto('alarm').values(second).execute()).rejects.toThrow(/unique constraint/);
  });
});
