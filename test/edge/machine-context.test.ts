import { describe, expect, it } from 'vitest';
import { contextOf } from '../../edge/devices/machine-context.ts';
import { LEVELS, type Level, nestedState } from '../../edge/devices/packml-nesting.ts';
import type { SignalAtInstant } from '../../edge/pipeline/frame.ts';

const signal = (name: string, more: Partial<SignalAtInstant>): SignalAtInstant => ({
  name,
  value: 'x',
  unit: null,
  quality: 'GOOD',
  sourceTime: null,
  ...more,
});

describe('the typed context of an inspection', () => {
  it('leaves out a text that is not good or ambiguous, and a number only when it is not good', () => {
    const context = contextOf([
      signal('machineState', { value: 'Execute' }),
      signal('batchCode', { isAmbiguous: true }),
      signal('productCode', { quality: 'STALE' }),
      signal('speedPerMin', { value: 60, isAmbiguous: true }),
      signal('temperatureC', { value: 20, quality: 'STALE' }),
    ]);
    expect(context).toMatchObject({
      machineState: 'Execute',
      batchCode: null,
      productCode: null,
      speedPerMin: 60,
      temperatureC: null,
    });
    // What the machine said is kept all the same.
    expect(context.signals.map(({ value }) => value)).toEqual(['Execute', 'x', 'x', 60, 20]);
  });
});

describe("the state of PackML's nested machines", () => {
  const reading = (value: string | null, sourceMs: number, quality: 'GOOD' | 'BAD' = 'GOOD') => ({
    value,
    quality,
    sourceMs,
    isAfterLoss: false,
    type: 'String',
    isUnfit: false,
    status: quality === 'GOOD' ? undefined : 'BadNoData',
  });
  const state = (...readings: ReturnType<typeof reading>[]) => {
    const levels = readings.map((each, index): [Level, typeof each] => [LEVELS[index] ?? 'ExecuteState', each]);
    return nestedState(new Map(levels));
  };

  it('is that of the innermost machine that is active, since the latest change on the way there', () => {
    expect(state(reading('Cleared', 5), reading('Running', 9), reading('Held', 7))).toMatchObject({
      value: 'Held',
      sourceMs: 9,
    });
    expect(state(reading('Cleared', 5), reading('Stopped', 9), reading(null, 7, 'BAD'))).toMatchObject({
      value: 'Stopped',
      sourceMs: 9,
    });
    expect(state(reading('Aborted', 12), reading(null, 9, 'BAD'), reading(null, 7, 'BAD'))).toMatchObject({
      value: 'Aborted',
      sourceMs: 12,
    });
  });

  it('is bad where a machine on the way is, and unknown until all on the way were heard', () => {
    expect(state(reading('Cleared', 5), reading(null, 9, 'BAD'))).toMatchObject({ quality: 'BAD' });
    expect(state(reading('Cleared', 5))).toBeUndefined();
    expect(state()).toBeUndefined();
  });
});
