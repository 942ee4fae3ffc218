/** Random plant models as plain objects, in the form of the file. */
import fc from 'fast-check';

const code = fc.stringMatching(/^[a-z0-9][a-z0-9-]{0,12}$/);
/** What a text may not hold is shown elsewhere; here are all the characters that are hard to write in YAML. */
const hard = fc.constantFrom(
  '1',
  'true',
  'null',
  '~',
  '2026-01-01',
  '- x',
  '? y',
  'a: b',
  '#c',
  '!t',
  '&a',
  '*a',
  "'",
  '"',
  '0x1',
  '1e3',
  '\u0085',
  '\u2028',
  '\ufeff',
  'é',
  '漢',
  '😀',
  '|',
  '>',
  '%',
  '@',
  '`',
  '\\n',
  'a\tb',
  '',
  '[',
  '{',
  ',',
);
const text = (longest: number) =>
  fc
    .oneof(hard, fc.string({ unit: 'binary', maxLength: longest }))
    .map((raw) => [...raw.replaceAll('\0', '')].slice(0, longest).join('').slice(0, longest))
    .map((raw) => (raw.isWellFormed() ? raw : raw.toWellFormed()))
    .filter((raw) => raw.length >= 1);
const name = text(60);
const several = <T extends { code: string }>(item: fc.Arbitrary<T>, maxLength = 4) =>
  fc.uniqueArray(item, { selector: (each) => each.code, maxLength });
const optional = <K extends string, T>(key: K, value: fc.Arbitrary<T>) =>
  fc.option(value, { nil: undefined }).map((one) => (one === undefined ? {} : ({ [key]: one } as Record<K, T>)));

const nodes = several(fc.record({ code, name }), 3);

const shifts = fc
  .record({ start: fc.integer({ min: 0, max: 1439 }), names: fc.array(name, { minLength: 3, maxLength: 3 }) })
  .chain(({ start, names }) =>
    fc.subarray([0, 1, 2]).map((kept) =>
      kept.map((at) => {
        const minute = (start + at * 480) % 1440;
        const clock = `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`;
        return {
          code: `shift-${at}`,
          name: names[at] ?? 'S',
          startsAt: clock,
          durationMin: 480,
          recurrence: at === 1 ? 'FREQ=WEEKLY;BYDAY=MO,WE' : 'FREQ=DAILY',
          validFrom: '2026-01-01',
          exceptDates: at === 0 ? ['2026-12-24', '2026-12-25'] : [],
          extraDates: at === 1 ? ['2026-01-03'] : [],
        };
      }),
    ),
  );

/** Lines are named once in the plant, so their area stands in their code. */
export const anyModel = nodes.chain((edgeNodes) => {
  const edgeNode =
    edgeNodes.length === 0
      ? fc.constant({})
      : optional('edgeNode', fc.constantFrom(...edgeNodes.map((node) => node.code)));
  const cameras = several(fc.record({ code, name }), 2);
  const station = fc
    .tuple(fc.record({ code, name, cameras }), edgeNode)
    .map(([one, served]) => ({ ...one, ...served }));
  const rate = optional('targetRatePerMin', fc.double({ min: 1e-3, max: 100_000, noNaN: true }));
  const line = fc
    .tuple(fc.record({ code, name, stations: several(station, 3) }), rate)
    .map(([one, target]) => ({ ...one, ...target }));
  const areas = several(fc.record({ code, name, lines: several(line, 3) }), 3).map((all) =>
    all.map((area, at) => ({
      ...area,
      lines: area.lines.map((each) => ({ ...each, code: `${at}-${each.code}` })),
    })),
  );
  return fc.record({
    lehr: fc.constant('plant-model/1'),
    plant: fc.record({
      code: fc.constant('random'),
      name,
      sector: fc.constantFrom('glass', 'packaging', 'pharma', 'food', 'other'),
      timeZone: fc.constantFrom('Europe/Berlin', 'Asia/Tokyo', 'America/New_York', 'UTC'),
    }),
    edgeNodes: fc.constant(edgeNodes),
    areas,
    products: several(fc.record({ code: text(30), name })),
    recipes: several(fc.tuple(text(30), optional('name', name)).map(([one, rest]) => ({ code: one, ...rest }))),
    batches: several(
      fc
        .tuple(text(30), optional('name', name), optional('supplier', name))
        .map(([one, named, supplied]) => ({ code: one, ...named, ...supplied })),
    ),
    shifts,
  });
});
