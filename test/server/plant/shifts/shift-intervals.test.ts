/** When shifts run: over the nights in which clocks change, with exceptions, and against a slow count by the clock. */
import fc from 'fast-check';
import { Temporal } from 'temporal-polyfill';
import { describe, expect, it } from 'vitest';
import {
  findOverlap,
  mostShiftDays,
  type ShiftPattern,
  shiftIntervals,
} from '../../../../server/modules/plant/shifts/shift-intervals.ts';

const everyDay: ShiftPattern = {
  id: 'day',
  starts_at: '06:00',
  duration_min: 480,
  recurrence: 'FREQ=DAILY',
  valid_from: '2020-01-01',
  valid_to: null,
  except_dates: [],
  extra_dates: [],
  retired_at: null,
};
const shift = (change: Partial<ShiftPattern>): ShiftPattern => ({ ...everyDay, ...change });
const at = (iso: string) => new Date(iso);
const hours = ({ from, to }: { from: Date; to: Date }) => (to.getTime() - from.getTime()) / 3_600_000;

describe('shiftIntervals', () => {
  it('gives every run that touches the range, whole', () => {
    const runs = shiftIntervals([everyDay], 'Europe/Berlin', at('2026-01-05T12:00Z'), at('2026-01-06T05:00:00.001Z'));
    expect(runs).toEqual([
      { shiftId: 'day', from: at('2026-01-05T05:00Z'), to: at('2026-01-05T13:00Z') },
      { shiftId: 'day', from: at('2026-01-06T05:00Z'), to: at('2026-01-06T13:00Z') },
    ]);
  });

  it('makes the night shift an hour shorter in spring and longer in autumn', () => {
    const night = shift({ starts_at: '22:00' });
    const [spring] = shiftIntervals([night], 'Europe/Berlin', at('2026-03-29T00:00Z'), at('2026-03-29T01:00Z'));
    const [autumn] = shiftIntervals([night], 'Europe/Berlin', at('2026-10-25T00:00Z'), at('2026-10-25T01:00Z'));
    expect([spring && hours(spring), autumn && hours(autumn)]).toEqual([7, 9]);
  });

  it('begins a shift that lies in the missing hour when that hour would have begun, and leaves out one inside of it', () => {
    const range = [at('2026-03-28T22:00Z'), at('2026-03-29T10:00Z')] as const;
    const early = shift({ starts_at: '02:30', duration_min: 60 });
    const inside = shift({ starts_at: '02:10', duration_min: 40 });
    expect(shiftIntervals([early], 'Europe/Berlin', ...range)).toEqual([
      { shiftId: 'day', from: at('2026-03-29T01:00Z'), to: at('2026-03-29T01:30Z') },
    ]);
    expect(shiftIntervals([inside], 'Europe/Berlin', ...range)).toEqual([]);
  });

  it('keeps to its days, exceptions, extra days and validity', () => {
    const weekly = shift({
      recurrence: 'FREQ=WEEKLY;BYDAY=MO,TU',
      valid_from: '2026-01-06',
      valid_to: '2026-01-20',
      except_dates: ['2026-01-12'],
      extra_dates: ['2026-01-17'],
    });
    const runs = shiftIntervals([weekly], 'UTC', at('2026-01-01T00:00Z'), at('2026-03-01T00:00Z'));
    expect(runs.map((run) => run.from.toISOString().slice(0, 10))).toEqual([
      '2026-01-06',
      '2026-01-13',
      '2026-01-17',
      '2026-01-19',
      '2026-01-20',
    ]);
  });

  it('ends with the retirement, in the middle of a run too', () => {
    const retired = shift({ retired_at: at('2026-01-02T09:00Z') });
    const runs = shiftIntervals([retired], 'UTC', at('2026-01-01T00:00Z'), at('2026-02-01T00:00Z'));
    expect(runs.map(hours)).toEqual([8, 3]);
  });

  it('refuses a longer time than it can count', () => {
    const to = new Date(at('2026-01-01T00:00Z').getTime() + mostShiftDays * 86_400_000);
    expect(shiftIntervals([], 'UTC', at('2026-01-01T00:00Z'), to)).toEqual([]);
    expect(() => shiftIntervals([], 'UTC', at('2025-12-31T23:59:59.999Z'), to)).toThrow(RangeError);
  });

  it('gives three shifts that meet on paper without a gap or an overlap, in every time zone', () => {
    const zones = fc.constantFrom('Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'Asia/Kolkata', 'UTC');
    const start = fc.integer({ min: 0, max: 1439 });
    fc.assert(
      fc.property(zones, start, fc.integer({ min: 0, max: 700 }), (zone, minute, day) => {
        const three = [0, 480, 960].map((offset, index) => {
          const begins = (minute + offset) % 1440;
          const clock = `${String(Math.floor(begins / 60)).padStart(2, '0')}:${String(begins % 60).padStart(2, '0')}`;
          return shift({ id: `shift-${index}`, starts_at: clock });
        });
        const from = new Date(at('2025-01-01T00:00Z').getTime() + day * 86_400_000);
        const to = new Date(from.getTime() + 10 * 86_400_000);
        const runs = shiftIntervals(three, zone, from, to);
        expect(findOverlap(runs)).toBeUndefined();
        expect(runs[0]?.from.getTime()).toBeLessThanOrEqual(from.getTime());
        expect(runs.at(-1)?.to.getTime()).toBeGreaterThanOrEqual(to.getTime());
        runs.slice(1).forEach((run, index) => {
          expect(run.from).toEqual(runs[index]?.to);
        });
      }),
      { numRuns: 200 },
    );
  });

  it('says for every moment the same as a look at the plant’s clock', () => {
    const pattern = fc.record({
      minute: fc.integer({ min: 0, max: 1439 }),
      duration_min: fc.integer({ min: 1, max: 1440 }),
      days: fc.uniqueArray(fc.constantFrom('MO', 'TU', 'WE', 'TH', 'FR', 'SA', 'SU'), { minLength: 1 }),
    });
    const hour = fc.integer({ min: 0, max: 24 * 365 });
    fc.assert(
      fc.property(pattern, hour, ({ minute, duration_min, days }, hourOfYear) => {
        const names = ['MO', 'TU', 'WE', 'TH', 'FR', 'SA', 'SU'];
        const clock = `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`;
        const one = shift({ starts_at: clock, duration_min, recurrence: `FREQ=WEEKLY;BYDAY=${days.join(',')}` });
        const moment = new Date(at('2026-01-01T00:00Z').getTime() + hourOfYear * 3_600_000);
        const runs = shiftIntervals([one], 'Europe/Berlin', moment, new Date(moment.getTime() + 1));

        const local = Temporal.Instant.fromEpochMilliseconds(moment.getTime())
          .toZonedDateTimeISO('Europe/Berlin')
          .toPlainDateTime();
        // both hours of the autumn night show the same time: the run goes through them or begins in the first
        const isRepeated = ['earlier', 'later'].some(
          (side) =>
            local.toZonedDateTime('Europe/Berlin', { disambiguation: side as 'earlier' | 'later' })
              .epochMilliseconds !== moment.getTime(),
        );
        fc.pre(!isRepeated);
        const isOn = [0, -1].some((back) => {
          const begin = local.toPlainDate().add({ days: back }).toPlainDateTime(clock);
          const end = begin.add({ minutes: duration_min });
          const isDay = days.includes(names[begin.dayOfWeek - 1] as (typeof days)[number]);
          return (
            isDay && Temporal.PlainDateTime.compare(begin, local) <= 0 && Temporal.PlainDateTime.compare(local, end) < 0
          );
        });
        expect(runs.length > 0).toBe(isOn);
      }),
      { numRuns: 300 },
    );
  });
});
