/**
 * What one signal said and when it became true, for the time that images can be late. A pure record: time comes from outside.
 */
import type { Json, Quality } from '../pipeline/frame.ts';

export interface Sample {
  sourceMs: number;
  /** When the node last heard that this is the value since `sourceMs`. */
  confirmedMs: number;
  value: Json;
  /** What the machine itself said of the value. */
  quality: Quality;
}

export interface SignalHistory {
  record(sample: { sourceMs: number; receivedMs: number; value: Json; quality: Quality }): void;
  /** The value that was true at the instant: the newest sample not after it. Undefined when nothing is known of that time. */
  at(instantMs: number): Readonly<Sample> | undefined;
}

export function createSignalHistory(limits: { maxEntries: number; maxAgeMs: number }): SignalHistory {
  /** In the order of source time. */
  const samples: Sample[] = [];

  /** Index of the newest sample not after the instant, -1 when all are. */
  const indexAt = (instantMs: number) => samples.findLastIndex(({ sourceMs }) => sourceMs <= instantMs);

  return {
    at: (instantMs) => samples[indexAt(instantMs)],
    record({ sourceMs, receivedMs, value, quality }) {
      const before = indexAt(sourceMs);
      const same = samples[before];
      if (same && same.sourceMs === sourceMs) {
        Object.assign(same, { value, quality, confirmedMs: receivedMs });
        return;
      }
      samples.splice(before + 1, 0, { sourceMs, confirmedMs: receivedMs, value, quality });
      // The newest sample before the limit still says what was true at the limit.
      const keep = Math.max(indexAt(receivedMs - limits.maxAgeMs), samples.length - limits.maxEntries);
      if (keep > 0) samples.splice(0, keep);
    },
  };
}
