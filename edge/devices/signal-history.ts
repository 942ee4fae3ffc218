/**
 * What one signal said and when it became true, for the time that images can be late. A pure record: time comes from outside,
 * instants by the machine's clock, arrivals by the node's steady one.
 */
import { isDeepStrictEqual } from 'node:util';
import type { Json, Quality } from '../pipeline/frame.ts';

export interface HeardSample {
  sourceMs: number;
  receivedMs: number;
  value: Json;
  /** What the machine itself said of the value. */
  quality: Quality;
  /** The machine says that it threw values away between the one before and this. */
  isAfterLoss?: boolean;
  /** The machine's time of its arrival: what has been heard is true by then, whatever its stamp says. */
  latestMs?: number;
}

export interface Sample {
  /** As the machine stamped it. */
  sourceMs: number;
  /** The same moment by the machine's present clock: it moves with every setting. */
  atMs: number;
  /** When the node last heard that this is the value since `sourceMs`. */
  confirmedMs: number;
  value: Json;
  quality: Quality;
}

export interface SignalHistory {
  record(sample: HeardSample): void;
  /** The value that was true at the instant: the newest sample not after it. Undefined when nothing is known of that time. */
  at(instantMs: number): Readonly<Sample> | undefined;
  newest(): Readonly<Sample> | undefined;
  /** Whether the signal changed within `toleranceMs` of the instant, so that either value may have been the true one. */
  isAmbiguous(instantMs: number, toleranceMs: number): boolean;
  /** The machine's clock was set by `stepMs` some time after `sinceMs`; `machineAt` tells its present time of an arrival. */
  shift(stepMs: number, sinceMs: number, machineAt: (receivedMs: number) => number): void;
}

type Entry = Sample & { receivedMs: number; isAfterLoss: boolean };

export function createSignalHistory(limits: { maxEntries: number; maxAgeMs: number }): SignalHistory {
  /** In the order of `atMs`. */
  const samples: Entry[] = [];

  /** Index of the newest sample not after the instant, -1 when all are. */
  const indexAt = (instantMs: number) => samples.findLastIndex(({ atMs }) => atMs <= instantMs);

  return {
    at: (instantMs) => samples[indexAt(instantMs)],
    newest: () => samples.at(-1),
    isAmbiguous(instantMs, toleranceMs) {
      const from = indexAt(instantMs - toleranceMs);
      const to = indexAt(instantMs + toleranceMs);
      const next = samples[indexAt(instantMs) + 1];
      if (next?.isAfterLoss) return true;
      for (let index = from + 1; index <= to; index++) {
        if (!isSame(samples[index - 1], samples[index])) return true;
      }
      return false;
    },
    record({ sourceMs, receivedMs, value, quality, isAfterLoss = false, latestMs = sourceMs }) {
      const atMs = Math.min(sourceMs, latestMs);
      const before = indexAt(atMs);
      const known = [samples.at(-1), samples[before]].find((sample) => sample?.sourceMs === sourceMs);
      if (known) {
        Object.assign(known, { value, quality, confirmedMs: receivedMs });
        return;
      }
      samples.splice(before + 1, 0, {
        sourceMs,
        atMs,
        confirmedMs: receivedMs,
        receivedMs,
        value,
        quality,
        isAfterLoss,
      });
      // The newest sample before the limit still says what was true at the limit.
      const newestMs = samples.at(-1)?.atMs ?? atMs;
      const keep = Math.max(indexAt(newestMs - limits.maxAgeMs), samples.length - limits.maxEntries);
      if (keep > 0) samples.splice(0, keep);
    },
    shift(stepMs, sinceMs, machineAt) {
      for (const sample of samples) {
        const { atMs, sourceMs, receivedMs } = sample;
        const arrivedMs = machineAt(receivedMs);
        const movedMs = atMs + stepMs;
        // Between two looks nobody knows by which of its times the machine stamped: by the one closer to the arrival.
        const isStampedAfter = receivedMs > sinceMs && Math.abs(arrivedMs - sourceMs) < Math.abs(arrivedMs - movedMs);
        sample.atMs = isStampedAfter ? Math.min(sourceMs, arrivedMs) : movedMs;
      }
      samples.sort((a, b) => a.atMs - b.atMs);
    },
  };
}

function isSame(before: Entry | undefined, after: Entry | undefined): boolean {
  return before?.quality === after?.quality && isDeepStrictEqual(before?.value, after?.value);
}
