/** The calendar that names the shift of a capture. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { plantCalendar } from '../../../../server/modules/plant/shifts/plant-calendar.ts';
import { type ShiftPattern, shiftIntervals } from '../../../../server/modules/plant/shifts/shift-intervals.ts';

const shift = (code: string, change: Partial<ShiftPattern> = {}) => ({
  ...{ id: `id of ${code}`, code, starts_at: '06:00', duration_min: 480, recurrence: 'FREQ=DAILY' },
  ...{ valid_from: '2020-01-01', valid_to: null, except_dates: [], extra_dates: [], retired_at: null },
  ...change,
});
const three = [
  shift('early'),
  shift('late', { starts_at: '14:00' }),
  shift('night', { starts_at: '22:00', recurrence: 'FREQ=WEEKLY;BYDAY=MO,TU,WE,TH' }),
];
const zone = 'Europe/Berlin';

describe('the shift at a moment', () => {
  it('has its first millisecond and not its last, also over midnight of any clock', () => {
    const calendar = plantCalendar(three, zone);
    const at = (iso: string) => calendar.shiftAt(Date.parse(iso));
    expect(at('2026-01-05T04:59:59.999Z')).toBe(null);
    expect(at('2026-01-05T05:00:00.000Z')).toBe('early');
    expect(at('2026-01-05T13:00:00.000Z')).toBe('late');
    expect(at('2026-01-05T23:59:59.999Z')).toBe('night');
    expect(at('2026-01-06T00:00:00.000Z')).toBe('night');
    expect(at('2026-01-06T04:59:59.999Z')).toBe('night');
  });

  it('is that of the interval in which the moment lies', () => {
    const calendar = plantCalendar(three, zone);
    const day = { min: Date.parse('2026-03-20T00:00Z'), max: Date.parse('2026-04-05T00:00Z') };
    fc.assert(
      fc.property(fc.integer(day), (timeMs) => {
        const [run] = shiftIntervals(three, zone, new Date(timeMs), new Date(timeMs + 1));
        const expected = three.find(({ id }) => id === run?.shiftId)?.code ?? null;
        expect(calendar.shiftAt(timeMs)).toBe(expected);
      }),
    );
  });
});

describe('the version of a calendar', () => {
  const version = plantCalendar(three, zone).version;

  it('is the same for equal calendars in any order, and null without shifts', () => {
    expect(plantCalendar(three.toReversed(), zone).version).toBe(version);
    expect(version).toMatch(/^[0-9a-f]{16}$/);
    expect(plantCalendar([], zone)).toMatchObject({ version: null });
  });

  it.each<[string, Partial<ShiftPattern>]>([
    ['begin', { starts_at: '06:30' }],
    ['duration', { duration_min: 470 }],
    ['recurrence', { recurrence: 'FREQ=WEEKLY;BYDAY=MO' }],
    ['first day', { valid_from: '2020-01-02' }],
    ['last day', { valid_to: '2030-01-01' }],
    ['exception', { except_dates: ['2026-12-25'] }],
    ['extra day', { extra_dates: ['2026-12-26'] }],
    ['retirement', { retired_at: new Date('2026-06-01T00:00Z') }],
  ])('changes with the %s of a shift', (_name, change) => {
    expect(plantCalendar([{ ...shift('early'), ...change }, ...three.slice(1)], zone).version).not.toBe(version);
  });

  it('changes with the time zone and stays with a name', () => {
    expect(plantCalendar(three, 'Europe/London').version).not.toBe(version);
    expect(
      plantCalendar(
        three.map((each) => ({ ...each, name: 'other' })),
        zone,
      ).version,
    ).toBe(version);
  });
});
