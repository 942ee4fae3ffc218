/** Values for arguments: mostly such as a caller would send, sometimes what nobody should. */
import {
  type GraphQLInputType,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
  isRequiredInputField,
} from 'graphql';
import type { SeededRandom } from '../../support/seeded-random.ts';

export interface ValuePool {
  /** Global ids by type. */
  ids: ReadonlyMap<string, readonly string[]>;
  codes: readonly string[];
}

/** Depth of input objects; the schema's are finite, what a caller nests is not. */
const mostLevels = 6;

const oddTexts = [
  '',
  ' ',
  '\u0000',
  'a\u0000b',
  '\ud800',
  '\u202e\u200b',
  '🏭'.repeat(50),
  'x'.repeat(101),
  'x'.repeat(10_000),
  "'; DROP TABLE x; --",
  '%_\\',
  '__proto__',
  'constructor',
  'null',
  'NaN',
  '-0',
  '1e999',
  '../../etc',
  '<script>',
  '\r\nX: y',
  '{"a":1}',
];
const oddNumbers = [
  0,
  -0,
  -1,
  1,
  2,
  3,
  100,
  501,
  2 ** 31 - 1,
  2 ** 31,
  -(2 ** 31),
  2 ** 53,
  1e21,
  1e30,
  1e38,
  1e308,
  5e-324,
  0.1,
];
const oddTimes = [
  '0001-01-01T00:00:00Z',
  '1970-01-01T00:00:00Z',
  '9999-12-31T23:59:59Z',
  '2026-02-30T00:00:00Z',
  '2026-06-01T10:00:00.123456789+14:00',
  '+275760-09-13T00:00:00.001Z',
  'yesterday',
  '',
];

export function makeValues(random: SeededRandom, pool: ValuePool) {
  const chance = (probability: number) => random.next() < probability;

  const text = (name: string): string => {
    if (chance(0.12)) return random.pick(oddTexts);
    if (/code$/i.test(name))
      return chance(0.5) && pool.codes.length > 0 ? random.pick(pool.codes) : `f-${random.integer(1e6)}`;
    if (/email/i.test(name)) return `f${random.integer(1e6)}@lehr.test`;
    if (/password/i.test(name)) return 'a long enough password';
    if (/timeZone/i.test(name)) return random.pick(['Europe/Berlin', 'Asia/Kathmandu', 'UTC', 'Mars/Base']);
    if (/start/i.test(name)) return random.pick(['06:00', '24:00', '6', '06:00:00']);
    if (/recurrence|rule/i.test(name)) return random.pick(['FREQ=WEEKLY;BYDAY=MO,TU', 'FREQ=SECONDLY', 'FREQ=', 'X']);
    if (/yaml/i.test(name)) return random.pick(['plant:\n  code: a\n', 'a: &a [*a]', '- - - -', '{', 'plant: !!js 1']);
    if (/from|to|date/i.test(name)) return random.pick(['2026-06-01', '2026-13-01', '0000-00-00']);
    return `text ${random.integer(1000)}`;
  };
  const number = () => (chance(0.12) ? random.pick(oddNumbers) : random.integer(20));
  const time = () =>
    chance(0.1) ? random.pick(oddTimes) : new Date(Date.now() - random.integer(7_200_000)).toISOString();
  const hex = (length: number) => Array.from({ length }, () => random.integer(16).toString(16)).join('');
  const uuid = () => `${hex(8)}-${hex(4)}-${random.pick(['7', '4'])}${hex(3)}-8${hex(3)}-${hex(12)}`;
  const uuidNow = () => {
    const at = (Date.now() - random.integer(600_000)).toString(16).padStart(12, '0');
    return `${at.slice(0, 8)}-${at.slice(8)}-7${hex(3)}-8${hex(3)}-${hex(12)}`;
  };

  const id = (name: string): string => {
    const type = /(\w+?)Ids?$/.exec(name)?.[1] ?? '';
    const known = pool.ids.get(`${type.charAt(0).toUpperCase()}${type.slice(1)}`);
    if (known && chance(0.75)) return random.pick(known);
    if (chance(0.6)) return random.pick([...pool.ids.values()].flat());
    const types = [...pool.ids.keys(), 'Nothing', 'Event', 'Inspection'];
    return random.pick([
      Buffer.from(`${random.pick(types)}:${uuid()}`).toString('base64'),
      Buffer.from(`${random.pick(types)}:${uuid()}:${random.pick(['1', '-1', '9'.repeat(30), uuid()])}`).toString(
        'base64',
      ),
      Buffer.from(`${random.pick(types)}:x`).toString('base64'),
      random.pick(oddTexts),
    ]);
  };

  const scalar = (type: string, name: string): unknown => {
    switch (type) {
      case 'ID':
        return id(name);
      case 'Int':
        return Math.trunc(number());
      case 'Float':
        return number();
      case 'Boolean':
        return chance(0.5);
      case 'DateTime':
        return time();
      case 'UUID':
        return chance(0.7) ? uuidNow() : uuid();
      case 'Sha256':
        return chance(0.8) ? hex(64) : hex(10);
      case 'StreamCursor':
        return chance(0.5)
          ? Buffer.from(`e:${uuid()}:${random.integer(100)}`).toString('base64url')
          : random.pick(oddTexts);
      case 'JSON':
        return random.pick<unknown>([null, 1, 'a', '\u0000', [], {}, { a: [{ b: 1 }] }, nested(200)]);
      default:
        return text(name);
    }
  };

  /** `wrongness` is how likely a value is of another type altogether. */
  const value = (type: GraphQLInputType, name: string, wrongness: number, level = 0): unknown => {
    if (chance(wrongness)) return random.pick<unknown>([null, 'x', 1, 1.5, true, [], {}, [[]], { a: 1 }, nested(50)]);
    if (isNonNullType(type)) return value(type.ofType, name, 0, level);
    if (isListType(type)) {
      const length = chance(0.05) ? 600 : random.integer(3);
      return Array.from({ length }, () => value(type.ofType, name, wrongness, level + 1));
    }
    if (isEnumType(type)) return random.pick(type.getValues()).name;
    if (!isInputObjectType(type)) return scalar(type.name, name);
    if (level > mostLevels) return {};
    const entries = Object.values(type.getFields())
      .filter((field) => (isRequiredInputField(field) ? !chance(wrongness) : chance(0.5)))
      .map((field) => [field.name, value(field.type, field.name, wrongness, level + 1)]);
    if (chance(wrongness)) entries.push([random.pick(['extra', '__proto__', 'constructor']), 1]);
    return Object.fromEntries(entries);
  };
  return { chance, value, oddText: () => random.pick(oddTexts), hex };
}

function nested(depth: number): unknown {
  let inner: unknown = 1;
  for (let level = 0; level < depth; level++) inner = level % 2 === 0 ? [inner] : { a: inner };
  return inner;
}
