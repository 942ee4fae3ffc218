/** Plant files that were made to hold the server: whatever their shape, they are refused by their line, and in time that grows with their size. */
import { performance } from 'node:perf_hooks';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createSeed } from '../../../support/seed.ts';
import { openTestServer, type TestServer } from '../../../support/server.ts';
import type { TestClient } from '../../../support/test-client.ts';

const importing = `mutation ($input: ImportPlantModelInput!) { result: importPlantModel(input: $input) {
  __typename
  ... on PlantModelRefusedError { problems { line column field value remedy } }
} }`;
const plantLine = 'lehr: plant-model/1\nplant: { code: nord, name: Nord, sector: glass, timeZone: Europe/Berlin }\n';

interface Answer {
  result: {
    __typename: string;
    problems?: { line: number; column: number; field: string; value: string | null; remedy: string }[];
  };
}

describe('the tokens of a plant file', () => {
  let small: TestServer;
  beforeAll(async () => {
    small = await openTestServer('embedded', { env: { LEHR_LIMIT_YAML_TOKENS: '100' } });
  });
  afterAll(() => small.close());

  it('takes as many tokens as the limit and not one more', async () => {
    const installer = (await createSeed(small).installer()).client;
    // two lines of 36 words, signs, spaces and ends; then comments of two
    const answers = await Promise.all(
      ['#\n'.repeat(32), `${'#\n'.repeat(32)}#`].map((comments) =>
        installer.read<Answer>(importing, { input: { yaml: plantLine + comments, dryRun: true, missing: 'KEEP' } }),
      ),
    );
    expect(answers).toMatchObject([
      { result: { __typename: 'PlantModelImport' } },
      {
        result: {
          problems: [
            { line: 35, value: 'more than 100 tokens', remedy: expect.stringContaining('LEHR_LIMIT_YAML_TOKENS') },
          ],
        },
      },
    ]);
  });
});

describe('a plant file', () => {
  const limits = { LEHR_LIMIT_YAML_DEPTH: '12', LEHR_LIMIT_YAML_TOKENS: '400000', LEHR_LIMIT_SHIFTS: '2' };
  let server: TestServer;
  let client: TestClient;
  beforeAll(async () => {
    server = await openTestServer('embedded', { env: limits });
    client = (await createSeed(server).installer()).client;
  });
  afterAll(() => server.close());

  const read = async (yaml: string) => {
    const input = { yaml, dryRun: true, missing: 'KEEP' };
    return (await client.read<Answer>(importing, { input })).result;
  };
  const msOf = async (yaml: string) => {
    // of this process alone: other tests run beside it
    const before = process.cpuUsage().user;
    await read(yaml);
    return (process.cpuUsage().user - before) / 1000;
  };

  const keys = (count: number, of: (at: number) => string) => Array.from({ length: count }, (_, at) => of(at)).join('');
  it.each([
    ['keys of a block map', (n: number) => keys(n, (at) => `k${at}: 1\n`)],
    ['keys of a flow map', (n: number) => `{ ${keys(n, (at) => `k${at}: 1, `)} }`],
    ['keys that are one', (n: number) => 'k: 1\n'.repeat(n)],
    ['keys below a known one', (n: number) => `${plantLine}areas:\n${keys(n, (at) => `  k${at}: 1\n`)}`],
    ['wrong parts of a list', (n: number) => `${plantLine}areas:\n${'  - x\n'.repeat(n)}`],
    ['wrong escapes', (n: number) => `lehr: "${'\\q'.repeat(n)}"`],
    ['missing commas', (n: number) => `[ ${'"a" '.repeat(n)} ]`],
    ['closing brackets', (n: number) => ']'.repeat(n)],
    ['directives', (n: number) => `${'%X\n'.repeat(n)}---\nlehr: 1\n`],
    ['unknown tags', (n: number) => `[${'!a b, '.repeat(n)}]`],
    ['an ordered map of YAML 1.1', (n: number) => `%YAML 1.1\n---\n!!omap [ ${keys(n, (at) => `k${at}: 1, `)} ]`],
  ])(
    'with twice as many %s takes less than three times as long',
    async (_what, text) => {
      const few = text(15_000);
      const many = text(30_000);
      await read(text(3_000));
      const once = Math.min(await msOf(few), await msOf(few), await msOf(few));
      const twice = Math.min(await msOf(many), await msOf(many), await msOf(many));
      expect(twice).toBeLessThan(3 * once + 30);
      expect((await read(many)).__typename).toBe('PlantModelRefusedError');
    },
    120_000,
  );

  it.each([
    ['indented', (depth: number) => keys(depth, (at) => `${' '.repeat(at)}a:\n`), 1200],
    ['in brackets', (depth: number) => `${'['.repeat(depth)}`, 100_000],
    ['in brackets over many lines', (depth: number) => '[\n'.repeat(depth), 100_000],
    ['in braces', (depth: number) => '{a: '.repeat(depth), 100_000],
    ['in dashes', (depth: number) => '- '.repeat(depth), 100_000],
    ['as keys', (depth: number) => '? '.repeat(depth), 100_000],
  ])('that nests too deep, %s, is refused where it does', async (_what, text, depth) => {
    const { problems } = await read(text(depth));
    expect(problems).toMatchObject([
      {
        field: 'the file',
        value: '13 lists or maps within one another',
        remedy: expect.stringContaining('at most 12'),
      },
    ]);
    expect(problems?.[0]?.remedy).toContain('LEHR_LIMIT_YAML_DEPTH');
    const { problems: within } = await read(`${text(11)}\n`);
    expect(within?.[0]?.remedy).not.toContain('LEHR_LIMIT_YAML_DEPTH');
  });

  it('takes brackets in texts for text', async () => {
    const { __typename } = await read(
      `${plantLine}recipes:\n  - code: "${'['.repeat(80)}"\n    name: |\n      ${'- [{'.repeat(40)}\n`,
    );
    expect(__typename).toBe('PlantModelImport');
  });

  it('with far more shifts than a plant has is refused before one is compared with another', async () => {
    const shifts = (count: number) => {
      const lines = keys(count, (at) => {
        const start = `${String(Math.floor(at / 60)).padStart(2, '0')}:${String(at % 60).padStart(2, '0')}`;
        return `  - { code: s${at}, name: S, startsAt: "${start}", durationMin: 1, recurrence: FREQ=DAILY, validFrom: 2026-01-01 }\n`;
      });
      return `${plantLine}shifts:\n${lines}`;
    };
    expect((await read(shifts(1_440))).problems).toMatchObject([
      { line: 4, field: 'shifts', value: '1440 shifts', remedy: expect.stringContaining('LEHR_LIMIT_SHIFTS') },
    ]);
    expect((await read(shifts(2))).__typename).toBe('PlantModelImport');
  });

  it('names each key that is there twice by its line', async () => {
    const { problems } = await read(`${plantLine}recipes: []\nproducts: []\n"recipes": []\n`);
    expect(problems).toMatchObject([
      { line: 5, column: 1, value: 'recipes', remedy: expect.stringContaining('Map keys must be unique') },
    ]);
  });
});

describe('the shifts of a plant file', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await openTestServer('embedded', { env: { LEHR_LIMIT_SHIFT_CHECK_MS: '100' } });
  });
  afterAll(() => server.close());

  it('leave the event loop free while they are compared, and have a limit (LEHR_LIMIT_SHIFT_CHECK_MS)', async () => {
    const lines = Array.from({ length: 50 }, (_, at) => {
      const start = `${String(Math.floor(at / 4)).padStart(2, '0')}:${String((at % 4) * 15).padStart(2, '0')}`;
      return `  - { code: s${at}, name: S, startsAt: "${start}", durationMin: 1, recurrence: FREQ=DAILY, validFrom: ${1950 + at}-01-01 }\n`;
    });
    const installer = (await createSeed(server).installer()).client;
    const read = async (shifts: string[]) => {
      const yaml = `${plantLine}shifts:\n${shifts.join('')}`;
      return (await installer.read<Answer>(importing, { input: { yaml, dryRun: true, missing: 'KEEP' } })).result;
    };
    await read(lines.slice(0, 1));
    const before = performance.eventLoopUtilization();
    const { problems } = await read(lines);
    const { active } = performance.eventLoopUtilization(before);
    expect(problems).toMatchObject([
      { line: 4, field: 'shifts', value: '50 shifts', remedy: expect.stringContaining('LEHR_LIMIT_SHIFT_CHECK_MS') },
    ]);
    // Day by day and shift by shift it is a minute's work; the loop only reads the file.
    expect(active).toBeLessThan(10_000);
    expect((await read(lines.slice(0, 2))).__typename).toBe('PlantModelImport');
  });
});
