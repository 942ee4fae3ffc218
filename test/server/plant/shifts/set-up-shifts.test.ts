/** Setting up shifts through the API: they do not overlap, they can be asked for, and what cannot be is refused by its field. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { databases } from '../../../support/database.ts';
import { createSeed, freshCode, type Seed, type SeededPlant } from '../../../support/seed.ts';
import { openTestServer, type TestServer } from '../../../support/server.ts';

const early = {
  name: 'Early',
  startsAt: '06:00',
  durationMin: 480,
  recurrence: 'FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR',
  validFrom: '2026-01-01',
};
const late = { ...early, name: 'Late', startsAt: '14:00' };
const night = { ...early, name: 'Night', startsAt: '22:00' };

describe.each(databases())('shifts on %s', (kind) => {
  let server: TestServer;
  let seed: Seed;
  let plant: SeededPlant;

  beforeAll(async () => {
    server = await openTestServer(kind, { env: { LEHR_LIMIT_SHIFTS: '3' } });
    seed = createSeed(server);
  });
  afterAll(() => server.close());

  const create = (values: Record<string, unknown>) =>
    plant.owner.client.act<{ id: string; code: string }>('createShift', 'id code', {
      plantId: plant.globalId,
      code: freshCode('shift'),
      ...values,
    });

  it('takes three shifts that meet, and shows them and when they run', async () => {
    plant = await seed.plant();
    for (const each of [early, late, night]) expect(await create(each)).toMatchObject({ __typename: 'Shift' });
    const { node } = await plant.owner.client.read<{
      node: { shifts: object[]; nextShiftRuns: { from: string; to: string; shift: { name: string } }[] };
    }>(
      `query ($id: ID!) { node(id: $id) { ... on Plant {
        shifts { name startsAt durationMin recurrence validFrom validTo exceptDates extraDates }
        nextShiftRuns(days: 14) { from to shift { name } }
      } } }`,
      { id: plant.globalId },
    );
    expect(node.shifts).toEqual(
      [early, late, night].map((each) => ({ ...each, validTo: null, exceptDates: [], extraDates: [] })),
    );
    expect(node.nextShiftRuns.length).toBeGreaterThanOrEqual(30);
    for (const run of node.nextShiftRuns) expect(run.to > run.from).toBe(true);
  });

  it('names the shift that runs now, and none between shifts', async () => {
    plant = await seed.plant();
    const current = async () => {
      const { node } = await plant.owner.client.read<{ node: { currentShift: { id: string } | null } }>(
        'query ($id: ID!) { node(id: $id) { ... on Plant { currentShift { id } } } }',
        { id: plant.globalId },
      );
      return node.currentShift;
    };
    expect(await current()).toBeNull();
    const always = await create({ ...early, startsAt: '00:00', durationMin: 1440, recurrence: 'FREQ=DAILY' });
    expect(await current()).toEqual({ id: always.id });
    await plant.owner.client.act('retireShift', 'id', { id: always.id });
    expect(await current()).toBeNull();
  });

  it('refuses a shift that would run beside another one, when it is made, changed or reinstated', async () => {
    plant = await seed.plant();
    const first = await create(early);
    const overlap = { __typename: 'ConflictError', field: 'input.startsAt' };
    const remedy = expect.stringContaining(first.code);
    expect(await create({ ...late, startsAt: '13:59' })).toMatchObject({ ...overlap, value: '13:59', remedy });
    // once a year is enough
    const christmas = 'FREQ=YEARLY;BYMONTH=12;BYMONTHDAY=24';
    expect(await create({ ...early, startsAt: '13:00', recurrence: christmas, validFrom: '2026-03-01' })).toMatchObject(
      overlap,
    );
    const second = await create(late);
    const client = plant.owner.client;
    expect(await client.act('updateShift', 'id', { id: second.id, durationMin: 1000 })).toMatchObject({
      __typename: 'ConflictError',
    });
    await client.act('retireShift', 'id', { id: second.id });
    await create({ ...late, startsAt: '15:00' });
    expect(await client.act('reinstateShift', 'id', { id: second.id })).toMatchObject({ __typename: 'ConflictError' });
    const free = { id: first.id, exceptDates: ['2026-05-01', '2026-01-06', '2026-05-01'], validTo: '2030-12-31' };
    expect(await client.act('updateShift', 'exceptDates validTo startsAt', free)).toMatchObject({
      exceptDates: ['2026-01-06', '2026-05-01'],
      validTo: '2030-12-31',
      startsAt: '06:00',
    });
    await client.act('retireShift', 'id', { id: first.id });
    expect(await client.act('reinstateShift', 'retiredAt', { id: first.id })).toMatchObject({ retiredAt: null });
  });

  it('takes one of two that are made at once and overlap', async () => {
    plant = await seed.plant();
    const made = await Promise.all([create(early), create({ ...early, startsAt: '07:00' })]);
    expect(made.map(({ __typename }) => __typename).sort()).toEqual(['ConflictError', 'Shift']);
  });

  it.each([
    ['startsAt', '6:00'],
    ['startsAt', '24:00'],
    ['durationMin', 0],
    ['durationMin', 1441],
    ['recurrence', 'every day'],
    ['recurrence', 'FREQ=HOURLY'],
    ['recurrence', 'FREQ=WEEKLY;BYDAY=1MO'],
    ['recurrence', 'FREQ=DAILY;COUNT=3'],
    ['recurrence', 'FREQ=DAILY;FREQ=WEEKLY'],
    ['recurrence', 'FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30'],
    ['validFrom', '2026-02-30'],
    ['validTo', '2025-12-31'],
    ['exceptDates', ['tomorrow']],
    ['extraDates', ['2025-12-31']],
    ['name', ''],
  ])('refuses %s = %j', async (field, value) => {
    plant ??= await seed.plant();
    const refused = await create({ ...early, [field]: value });
    expect(refused).toMatchObject({ __typename: 'InvalidInputError', field: `input.${field}` });
  });

  it('takes as many shifts as the limit and no more', async () => {
    plant = await seed.plant();
    for (const each of [early, late, night]) expect(await create(each)).toMatchObject({ __typename: 'Shift' });
    const weekend = { ...early, recurrence: 'FREQ=WEEKLY;BYDAY=SA,SU' };
    expect(await create(weekend)).toMatchObject({ __typename: 'ConflictError', value: '4 shifts' });
  });
});
