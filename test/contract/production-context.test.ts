/** The vocabulary of production context against itself and against the tables. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { factorColumns, factorNames, factors, machineNumbers, numberNames } from '../../schema/production-context.ts';
import { databases, openTestDatabase, type TestDatabase } from '../support/database.ts';

describe('the factors of production context', () => {
  it('have columns of their own', () => {
    const columns = factorNames.map((name) => factors[name].column);
    expect(new Set(columns).size).toBe(columns.length);
  });

  it.each(numberNames)('%s has a range in which its bins lie', (name) => {
    const { range, binWidth } = factors[name];
    expect(binWidth).toBeGreaterThan(0);
    expect(range[1] - range[0]).toBeGreaterThan(binWidth);
    expect(range.every((end) => Math.abs(end) <= 1e30)).toBe(true);
  });
});

describe.each(databases())('the columns of factors on %s', (kind) => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await openTestDatabase(kind);
  });
  afterAll(() => database.close());

  it.each(['inspection', 'pool_image', 'pool_awaited', 'machine_status'])('are there in %s', async (table) => {
    const tables = await database.db.introspection.getTables();
    const there = tables.find(({ name }) => name === table)?.columns.map(({ name }) => name);
    const wanted =
      table === 'machine_status' ? machineNumbers.map((name): string => factors[name].column) : factorColumns;
    expect(there).toEqual(expect.arrayContaining(wanted));
  });
});
