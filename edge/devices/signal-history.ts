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
  /** The value that held when the watching began, whenever it came to be. */
  isFirst?: boolean;
  /** All that the machine had sampled by then was told before: a change that is told now came later. */
  toldMs?: number;
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
  /** By how much the stamp of the newest value is behind its arrival (ahead: negative) when it cannot be right; undefined when it can. */
  unsureByMs(): number | undefined;
  /** The value that was true at the instant: the newest sample not after it. Undefined when nothing is known of that time. */
  at(instantMs: number): Readonly<Sample> | undefined;
  newest(): Readonly<Sample> | undefined;
  /** Whether the signal changed within `toleranceMs` of the instant, so that either value may have been the true one. */
  isAmbiguous(instantMs: number, toleranceMs: number): boolean;
  /** The machine's clock was set by `stepMs` some time after `sinceMs`; `machineAt` tells its present time of an arrival. */
  shift(stepMs: number, sinceMs: number, machineAt: (receivedMs: number) => number): void;
}

interface Entry extends Sample {
  receivedMs: number;
  isAfterLoss: boolean;
  /** The change was between this and `atMs`: the same where the stamp is to be believed. */
  fromMs: number;
  unsureByMs: number | undefined;
}

/** A change may be stamped so long before what was told earlier: gateways poll the controllers behind them. */
const LONGEST_WAY_MS = 30_000;
/** Less is the slow hand of a time service. */
const LEAST_UNSURE_MS = 20;
/** Stamps that stand still for no longer are those of a coarse clock. */
const LEAST_REPEAT_MS = 1_000;

export function createSignalHistory(limits: { maxEntries: number; maxAgeMs: number }): SignalHistory {
  /** In the order of `atMs`. */
  const samples: Entry[] = [];

  /** Index of the newest sample not after the instant, -1 when all are. */
  const indexAt = (instantMs: number) => samples.findLastIndex(({ atMs }) => atMs <= instantMs);

  return {
    at: (instantMs) => samples[indexAt(instantMs)],
    newest: () => samples.at(-1),
    unsureByMs: () => samples.at(-1)?.unsureByMs,
    isAmbiguous(instantMs, toleranceMs) {
      const from = indexAt(instantMs - toleranceMs);
      const to = indexAt(instantMs + toleranceMs);
      const next = samples[indexAt(instantMs) + 1];
      if (next?.isAfterLoss) return true;
      for (let index = from + 1; index <= to; index++) {
        if (!isSame(samples[index - 1], samples[index])) return true;
      }
      for (let index = samples.length - 1; index > to; index--) {
        const { fromMs = Number.POSITIVE_INFINITY } = samples[index] ?? {};
        if (fromMs < instantMs + toleranceMs && !isSame(samples[index - 1], samples[index])) return true;
      }
      return false;
    },
    record(heard) {
      const { sourceMs, receivedMs, value, quality, isAfterLoss = false, latestMs = sourceMs } = heard;
      const newest = samples.at(-1);
      const isRepeated = newest?.sourceMs === sourceMs;
      if (newest && isRepeated && (isSame(newest, heard) || !isTooOld(heard))) {
        Object.assign(newest, { value, quality, confirmedMs: receivedMs });
        return;
      }
      // Values of one signal come in the order in which they came to be: whatever its stamp says, this is the newest.
      const isBack = newest !== undefined && (isRepeated || sourceMs < newest.atMs);
      const isSound = !isBack && !isStale(heard) && sourceMs <= latestMs;
      const atMs = isSound ? sourceMs : Math.max(latestMs, newest?.atMs ?? latestMs);
      const sinceMs = Math.max(heard.toldMs ?? Number.NEGATIVE_INFINITY, newest?.fromMs ?? Number.NEGATIVE_INFINITY);
      samples.push({
        sourceMs,
        atMs,
        fromMs: isSound || sinceMs === Number.NEGATIVE_INFINITY ? atMs : Math.min(sinceMs, atMs),
        confirmedMs: receivedMs,
        receivedMs,
        value,
        quality,
        isAfterLoss,
        unsureByMs: isSound ? undefined : unsureBy(heard, samples),
      });
      // The newest sample before the limit still says what was true at the limit.
      const newestMs = samples.at(-1)?.atMs ?? atMs;
      const keep = Math.max(indexAt(newestMs - limits.maxAgeMs), samples.length - limits.maxEntries);
      if (keep > 0) samples.splice(0, keep);
    },
    shift(stepMs, sinceMs, machineAt) {
      for (const sample of samples) {
        const { atMs, sourceMs, receivedMs, fromMs } = sample;
        const arrivedMs = machineAt(receivedMs);
        const movedMs = atMs + stepMs;
        // What could not be right by the clock as it was taken to be, but is by the clock as it is.
        const isExplained = fromMs < atMs && sourceMs <= arrivedMs && arrivedMs - sourceMs < LONGEST_WAY_MS;
        // Between two looks nobody knows by which of its times the machine stamped: by the one closer to the arrival.
        const isCloser = Math.abs(arrivedMs - sourceMs) < Math.abs(arrivedMs - movedMs);
        const isStampedAfter = receivedMs > sinceMs && (isExplained || isCloser);
        sample.atMs = isStampedAfter ? Math.min(sourceMs, arrivedMs) : movedMs;
        sample.fromMs = isStampedAfter ? sample.atMs : fromMs + stepMs;
        if (isStampedAfter) sample.unsureByMs = undefined;
      }
      samples.sort((a, b) => a.atMs - b.atMs);
    },
  };
}

/** Told as a change, but stamped longer ago than any way takes. */
function isStale({ isFirst, sourceMs, toldMs = Number.NEGATIVE_INFINITY }: HeardSample): boolean {
  return !isFirst && sourceMs < toldMs - LONGEST_WAY_MS;
}

/** The stamp is of a time of which all had been told. */
function isTooOld({ sourceMs, toldMs = Number.NEGATIVE_INFINITY }: HeardSample): boolean {
  return sourceMs < toldMs;
}

/** After a time in which the value was bad, one that is older is no wonder: only the good ones before are a measure. */
function unsureBy(heard: HeardSample, before: readonly Entry[]): number | undefined {
  const { sourceMs, latestMs = sourceMs, toldMs = Number.NEGATIVE_INFINITY } = heard;
  if (heard.quality === 'BAD') return undefined;
  const known = before.findLast(({ quality }) => quality !== 'BAD');
  const byMs = latestMs - sourceMs;
  if (byMs < -LEAST_UNSURE_MS) return byMs;
  // Nothing has changed that could be filed under a wrong time.
  if (known && isDeepStrictEqual(known.value, heard.value)) return undefined;
  if (known?.sourceMs === sourceMs) return toldMs - sourceMs > LEAST_REPEAT_MS ? byMs : undefined;
  if (known && known.atMs - sourceMs > LEAST_UNSURE_MS) return byMs;
  return isStale(heard) && before.at(-1)?.quality !== 'BAD' ? byMs : undefined;
}

type Said = Pick<HeardSample, 'value' | 'quality'>;

function isSame(before: Said | undefined, after: Said | undefined): boolean {
  return before?.quality === after?.quality && isDeepStrictEqual(before?.value, after?.value);
}
