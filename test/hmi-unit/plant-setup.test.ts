import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { changeRows, type ImportCheck, mayApply, valueText } from '../../hmi/features/plant-setup/import-check.ts';
import { isGood, nodeKeyState } from '../../hmi/features/plant-setup/node-key-state.ts';
import { isOptional, numberOrNull, suggestedCode, textOrNull } from '../../hmi/features/plant-setup/part-fields.ts';
import type { PlantInSetUp } from '../../hmi/features/plant-setup/plant-setup.documents.ts';
import { countRetired, findTreePart, partsInUse, plantTree } from '../../hmi/features/plant-setup/plant-tree.ts';
import {
  minutesOf,
  weekBlocks,
  weekdays,
  weeklyDays,
  weeklyRule,
} from '../../hmi/features/plant-setup/week-pattern.ts';

describe('suggesting a code', () => {
  it('writes what the server takes, whatever the name', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 120 }), (name) => {
        expect(suggestedCode('line', name)).toMatch(/^([a-z0-9][a-z0-9-]{0,62})?$/);
      }),
    );
  });

  it('spells German out and leaves accents away', () => {
    expect(suggestedCode('line', 'Linie 3, Süd (groß)')).toBe('linie-3-sued-gross');
    expect(suggestedCode('area', 'Façade à l’est')).toBe('facade-a-l-est');
  });

  it('leaves the codes of machines and MES alone', () => {
    expect(suggestedCode('product', 'Amber bottle')).toBeUndefined();
    expect(isOptional('recipe', 'name')).toBe(true);
    expect(isOptional('line', 'name')).toBe(false);
  });
});

describe('an empty field', () => {
  it('takes the value away', () => {
    expect([textOrNull(' '), textOrNull(undefined), textOrNull(' x ')]).toEqual([null, null, 'x']);
    expect([numberOrNull(''), numberOrNull('480.5')]).toEqual([null, 480.5]);
  });
});

describe('the plant as a tree', () => {
  const at = '2026-03-01T00:00:00.000Z';
  const camera = (code: string, retiredAt: string | null = null) => ({ id: `c-${code}`, code, name: code, retiredAt });
  const plant: PlantInSetUp = {
    id: 'p',
    code: 'nord',
    name: 'Nord',
    sector: 'GLASS',
    timeZone: 'Europe/Berlin',
    retiredAt: null,
    edgeNodes: [],
    areas: ['a', 'ab'].map((code) => ({
      id: code,
      code,
      name: code,
      retiredAt: null,
      lines: [
        {
          id: `${code}-l`,
          code: 'l',
          name: 'l',
          retiredAt: null,
          targetRatePerMin: 480,
          stations: [{ ...camera('s'), edgeNode: { id: 'n' }, cameras: [camera('one'), camera('two', at)] }],
        },
      ],
    })),
  };
  const tree = plantTree(plant);

  it('finds every part by its path, and no part by another', () => {
    expect(findTreePart(tree, '')?.kind).toBe('plant');
    expect(findTreePart(tree, 'ab/l')).toMatchObject({ kind: 'line', id: 'ab-l', values: { targetRatePerMin: '480' } });
    expect(findTreePart(tree, 'a/l/s')).toMatchObject({ kind: 'station', values: { edgeNodeId: 'n' } });
    expect(findTreePart(tree, 'a/l/s/two')).toMatchObject({ kind: 'camera', isRetired: true });
    expect(findTreePart(tree, 'a/x')).toBeUndefined();
    expect(findTreePart(tree, 'abc')).toBeUndefined();
  });

  it('leaves out what is retired, but not what is chosen', () => {
    expect(countRetired(tree)).toBe(2);
    expect(countRetired(partsInUse(tree, ''))).toBe(0);
    const kept = partsInUse(tree, 'a/l/s/two');
    expect(findTreePart(kept, 'a/l/s/two')).toBeDefined();
    expect(findTreePart(kept, 'ab/l/s/two')).toBeUndefined();
  });
});

describe('how a node proves who it is', () => {
  const now = Date.parse('2026-03-01T12:00:00Z');
  const token = (id: string, further: object = {}) => ({
    id,
    isKey: true,
    createdAt: '2026-02-01T00:00:00Z',
    lastUsedAt: null,
    expiresAt: null,
    revokedAt: null,
    ...further,
  });
  const ended = { revokedAt: '2026-02-02T00:00:00Z' };
  const past = { expiresAt: '2026-03-01T11:59:59Z' };

  it('believes neither ended nor expired ones', () => {
    expect(isGood(token('1'), now)).toBe(true);
    expect(isGood(token('1', ended), now)).toBe(false);
    expect(isGood(token('1', past), now)).toBe(false);
    const node = { tokens: [token('1', ended), token('2', past)], enrolmentCodeExpiresAt: null };
    expect(nodeKeyState(node, now)).toEqual({ kind: 'none', token: undefined, codeUntil: undefined });
  });

  it('names the newest key before any secret, and a code only while it is good', () => {
    const until = '2026-03-01T12:00:01Z';
    const node = {
      tokens: [token('1'), token('2'), token('3', { isKey: false })],
      enrolmentCodeExpiresAt: until,
    };
    expect(nodeKeyState(node, now)).toMatchObject({ kind: 'key', token: { id: '2' }, codeUntil: until });
    expect(nodeKeyState(node, now + 2000).codeUntil).toBeUndefined();
    const old = { tokens: [token('3', { isKey: false })], enrolmentCodeExpiresAt: null };
    expect(nodeKeyState(old, now).kind).toBe('secret');
  });
});

describe('the week of a shift', () => {
  const days = fc.uniqueArray(fc.constantFrom(...weekdays), { minLength: 1 });

  it('reads the rule that it writes', () => {
    fc.assert(
      fc.property(days, (chosen) => {
        expect(weeklyDays(weeklyRule(chosen))?.toSorted()).toEqual(chosen.toSorted());
      }),
    );
  });

  it.each([
    'FREQ=WEEKLY;INTERVAL=2;BYDAY=MO',
    'FREQ=MONTHLY;BYDAY=1MO',
    'FREQ=WEEKLY;BYDAY=1MO',
    'FREQ=DAILY;BYMONTH=3',
    'FREQ=WEEKLY',
    '',
  ])('does not pretend that %s is the same every week', (rule) => {
    expect(weeklyDays(rule)).toBeUndefined();
  });

  it('fills as many minutes as the shift has, each within one day', () => {
    fc.assert(
      fc.property(
        days,
        fc.integer({ min: 0, max: 1439 }),
        fc.integer({ min: 1, max: 1440 }),
        (chosen, start, length) => {
          const startsAt = `${String(Math.floor(start / 60)).padStart(2, '0')}:${String(start % 60).padStart(2, '0')}`;
          const blocks = weekBlocks({ startsAt, durationMin: length, recurrence: weeklyRule(chosen) });
          expect(blocks.reduce((sum, { fromMin, toMin }) => sum + toMin - fromMin, 0)).toBe(length * chosen.length);
          for (const { day, fromMin, toMin } of blocks) {
            expect(day).toBeGreaterThanOrEqual(0);
            expect(day).toBeLessThanOrEqual(6);
            expect(fromMin).toBeGreaterThanOrEqual(0);
            expect(toMin).toBeLessThanOrEqual(1440);
            expect(toMin).toBeGreaterThan(fromMin);
          }
        },
      ),
    );
  });

  it('goes on at Monday’s begin after Sunday night', () => {
    const blocks = weekBlocks({ startsAt: '22:00', durationMin: 480, recurrence: 'FREQ=WEEKLY;BYDAY=SU' });
    expect(blocks).toEqual([
      { day: 6, fromMin: 1320, toMin: 1440 },
      { day: 0, fromMin: 0, toMin: 360 },
    ]);
  });

  it('takes hours with either decimal sign', () => {
    expect([minutesOf('8'), minutesOf('7,75'), minutesOf(' 7.5 ')]).toEqual([480, 465, 450]);
    expect([minutesOf(''), minutesOf('eight')]).toEqual([Number.NaN, Number.NaN]);
  });
});

describe('checking a file', () => {
  const question = { yaml: 'plant: x', missing: 'KEEP' } as const;
  const change = { action: 'CREATED', type: 'Area', codes: ['a'], fields: [] } as const;
  const problem = { line: 1, column: 1, field: 'plant', value: null, remedy: 'give one' };
  const check = (further: Partial<ImportCheck> = {}): ImportCheck => ({
    question,
    changes: [{ ...change, codes: ['a'], fields: [] }],
    problems: [],
    ...further,
  });

  it('allows to apply only what was checked, has changes and no problem', () => {
    expect(mayApply(check(), question)).toBe(true);
    expect(mayApply(undefined, question)).toBe(false);
    expect(mayApply(check(), { ...question, yaml: 'plant: x ' })).toBe(false);
    expect(mayApply(check(), { ...question, missing: 'RETIRE' })).toBe(false);
    expect(mayApply(check({ problems: [problem] }), question)).toBe(false);
    expect(mayApply(check({ changes: [] }), question)).toBe(false);
  });

  it('shows a row for each value, and names the part once', () => {
    const fields = [
      { field: 'name', from: 'A', to: 'B' },
      { field: 'exceptDates', from: null, to: ['2026-12-24', '2026-12-25'] },
    ];
    expect(changeRows([{ action: 'CHANGED', type: 'Shift', codes: ['early'], fields }])).toEqual([
      { part: 'early', type: 'Shift', action: 'CHANGED', field: 'name', from: 'A', to: 'B' },
      { part: '', type: '', action: undefined, field: 'exceptDates', from: '', to: '2026-12-24, 2026-12-25' },
    ]);
    expect(changeRows([{ action: 'RETIRED', type: 'Camera', codes: ['l', 's', 'c'], fields: [] }])).toEqual([
      { part: 'l / s / c', type: 'Camera', action: 'RETIRED', field: '', from: '', to: '' },
    ]);
    expect(valueText({ a: 1 })).toBe('{"a":1}');
  });
});
