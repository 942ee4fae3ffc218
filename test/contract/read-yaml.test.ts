/** The one reader of YAML that others wrote: what it takes it reads as the package does, and no text makes it throw. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { readYaml } from '../../schema/read-yaml.ts';

const limits = { bytes: 100_000, depth: 20, tokens: 20_000, aliases: 0 };
const pieces = [
  ...[
    '- ',
    '? ',
    ': ',
    ', ',
    '[',
    ']',
    '{',
    '}',
    '&a ',
    '*a',
    '!t ',
    '!!omap ',
    '!!set ',
    '|\n',
    '>-\n',
    '"',
    "'",
    '#',
    ' #',
  ],
  ...[
    '\n',
    '\r\n',
    '\t',
    ' ',
    '  ',
    '    ',
    '---',
    '...',
    '\n---\n',
    '\n...\n',
    '%YAML 1.1\n',
    '%',
    '@',
    '`',
    '\\',
    '\\q',
  ],
  ...['a', 'b: 1', 'a: ', '<<: ', '~', '1', '\uFEFF', '\0', '\u001f', '\u0002', '\u0018', '__proto__: '],
];

describe('reading YAML', () => {
  it('gives what the package gives, for whatever JSON can say', () => {
    const value = fc.jsonValue({ maxDepth: 4 });
    fc.assert(
      fc.property(value, fc.constantFrom('PLAIN', 'QUOTE_DOUBLE'), fc.boolean(), (json, defaultStringType, flow) => {
        const options = {
          defaultStringType,
          collectionStyle: flow ? 'flow' : 'block',
          aliasDuplicateObjects: false,
        } as const;
        const text = stringify(json, options);
        const read = readYaml(text, limits);
        expect(read.problems, text).toBeUndefined();
        if (!read.problems) expect(read.value).toEqual(parse(text));
      }),
      { numRuns: 500 },
    );
  });

  it('never throws, and names the line of each problem', () => {
    const text = fc.array(fc.constantFrom(...pieces), { maxLength: 40 }).map((all) => all.join(''));
    fc.assert(
      fc.property(text, fc.constantFrom(0, 3), (yaml, aliases) => {
        const read = readYaml(yaml, { ...limits, aliases });
        const lines = yaml.split('\n').length;
        for (const { line, column, remedy } of read.problems ?? read.warnings) {
          expect(line).toBeGreaterThanOrEqual(1);
          expect(line).toBeLessThanOrEqual(lines);
          expect(column).toBeGreaterThanOrEqual(1);
          expect(remedy).toMatch(/\w{4}/);
        }
        if (read.problems) expect(read.problems.length).toBeGreaterThan(0);
        else expect(() => JSON.stringify(read.value)).not.toThrow();
      }),
      { numRuns: 5_000 },
    );
  });

  it.each([
    ['blocks', (depth: number) => Array.from({ length: depth }, (_, at) => `${' '.repeat(at)}a:\n`).join('')],
    ['lists in brackets', (depth: number) => `${'['.repeat(depth)}${']'.repeat(depth)}`],
    ['maps in braces', (depth: number) => `${'{a: '.repeat(depth)}${'}'.repeat(depth)}`],
    ['lists in lists', (depth: number) => `${'- '.repeat(depth)}1`],
    ['lists as keys', (depth: number) => `${'- '.repeat(depth - 1)}[]`],
  ])('takes %s to exactly the depth', (_what, text) => {
    expect(readYaml(text(20), limits).problems).toBeUndefined();
    expect(readYaml(text(21), limits).problems).toMatchObject([{ value: '21 lists or maps within one another' }]);
  });

  it('takes exactly as many bytes and aliases', () => {
    expect(readYaml(`a: ${'é'.repeat(49_998)}b`, limits).problems).toBeUndefined();
    expect(readYaml(`a: ${'é'.repeat(49_998)}bb`, limits).problems).toMatchObject([{ value: '100001 bytes' }]);
    const few = { ...limits, aliases: 3 };
    expect(readYaml('a: &a 1\nb: [*a, *a, *a]', few)).toMatchObject({ value: { a: 1, b: [1, 1, 1] } });
    expect(readYaml('a: &a 1\nb: [*a, *a, *a, *a]', few).problems).toMatchObject([
      { line: 2, column: 17, value: '*a' },
    ]);
  });
});
