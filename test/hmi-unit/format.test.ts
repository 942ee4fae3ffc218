import { describe, expect, it } from 'vitest';
import { plantClocks } from '../../hmi/features/frame/plant-clocks.ts';
import { findLine, linePath } from '../../hmi/lib/catalogue.ts';
import { formatAge, formatMoment, formatNumber, formatShare, formatTime } from '../../hmi/lib/format.ts';
import { nextRow } from '../../hmi/lib/row-focus.ts';

describe('writing figures', () => {
  it('keeps a fixed number of digits, in the locale', () => {
    expect(formatNumber(1234.5, 1, 'de-DE')).toBe('1.234,5');
    expect(formatNumber(612, 0, 'en-GB')).toBe('612');
    expect(formatShare(0.018, 'en-GB')).toBe('1.8');
  });

  it.each([
    [200, '0.2 s'],
    [-50, '0.0 s'],
    [9_940, '9.9 s'],
    [9_960, '9 s'],
    [14_700, '14 s'],
    [12 * 60_000, '12 min'],
    [5 * 3_600_000, '5 h'],
    [9 * 86_400_000, '9 d'],
  ])('writes an age of %d ms as %s', (ms, text) => {
    expect(formatAge(ms, 'en-GB')).toBe(text);
  });

  it("writes times by the plant's clock, with the date on another of its days", () => {
    const summer = Date.parse('2026-07-01T22:30:05Z');
    expect(formatTime(summer, 'Europe/Berlin', 'de-DE')).toBe('00:30:05');
    expect(formatMoment(summer, summer + 60_000, 'Europe/Berlin', 'en-GB')).toBe('00:30:05');
    expect(formatMoment(summer, summer - 3_600_000, 'Europe/Berlin', 'en-GB')).toBe('02/07/2026 00:30:05');
  });
});

describe("the plants' clocks", () => {
  const nord = { code: 'nord', name: 'Nord', timeZone: 'Europe/Berlin' };
  const west = { code: 'west', name: 'West', timeZone: 'America/Chicago' };

  it('are one where one plant is looked at, or all keep the same time', () => {
    expect(plantClocks([nord, west], 'west')).toEqual([{ timeZone: 'America/Chicago', name: undefined }]);
    expect(plantClocks([nord, { ...nord, code: 'sued' }], undefined)).toEqual([
      { timeZone: 'Europe/Berlin', name: undefined },
    ]);
  });

  it('carry names where times differ', () => {
    expect(plantClocks([nord, west], undefined).map(({ name }) => name)).toEqual(['Nord', 'West']);
  });
});

describe('moving over the rows', () => {
  it('begins at an end and stops at the other', () => {
    expect(nextRow('ArrowDown', undefined, 3)).toBe(0);
    expect(nextRow('ArrowUp', undefined, 3)).toBe(2);
    expect(nextRow('ArrowDown', 2, 3)).toBe(2);
    expect(nextRow('ArrowUp', 0, 3)).toBe(0);
    expect(nextRow('Enter', 1, 3)).toBeUndefined();
    expect(nextRow('ArrowDown', undefined, 0)).toBeUndefined();
  });
});

describe('addresses of lines', () => {
  const line = { id: '1', code: 'l/1', name: 'Line 1', targetRatePerMin: null };
  const plant = { id: 'p', code: 'nord', name: 'Nord', timeZone: 'Europe/Berlin', lines: [line] };

  it('name plant and line by their codes', () => {
    expect(linePath(plant, line)).toBe('/plants/nord/lines/l%2F1');
    expect(findLine([plant], 'nord', 'l/1')?.line).toBe(line);
    expect(findLine([plant], 'sued', 'l/1')).toBeUndefined();
  });
});
