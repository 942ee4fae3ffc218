/** Statistics of a gate with one camera, "a", as a test says that they were measured. */
import type { GateStatistics } from '../../../edge/gate/gate-statistics.ts';
import { createSpread, type SpreadSummary } from '../../../edge/gate/spread.ts';

export interface Measured {
  askedMs?: number[];
  takenMs?: number[];
  triggersMs?: number[];
  images?: number;
}

export function measured({ askedMs = [], takenMs = [], triggersMs = [], images }: Measured): GateStatistics {
  const count = Math.max(askedMs.length, triggersMs.length);
  return {
    mode: 'dry-run',
    from: '2026-01-01T00:00:00.000Z',
    to: '2026-01-01T01:00:00.000Z',
    parts: { triggered: count, ended: count, late: 0 },
    triggersMs,
    betweenPartsMs: spreadOf(triggersMs.slice(1).map((atMs, at) => atMs - (triggersMs[at] ?? 0))),
    marginMs: null,
    pitchMm: null,
    speedMmPerS: null,
    updateMs: null,
    ageMs: {},
    confirmations: 0,
    confirmedAfterMs: null,
    writeMs: null,
    readMs: null,
    granted: {},
    cameras: {
      a: {
        images: images ?? Math.max(askedMs.length, takenMs.length),
        untied: 0,
        partsWithout: 0,
        askedMs: spreadOf(askedMs),
        verdictMs: null,
        intervalMs: spreadOf(takenMs.slice(1).map((atMs, at) => atMs - (takenMs[at] ?? 0))),
        takenMs,
      },
    },
  };
}

export function spreadOf(values: readonly number[]): SpreadSummary | null {
  const spread = createSpread();
  for (const value of values) spread.add(value);
  return spread.summary();
}
