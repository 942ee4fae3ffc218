/**
 * The machine's clock minus the node's, from readings with their round trip: the machine read its clock between question and answer
 * (Cristian 1989), so that each reading bounds the offset on both sides and what all of them allow is narrower than the quickest one.
 * Pure: times come from outside.
 */
import type { ClockOffset } from './device.ts';

export interface ClockReading {
  /** When the question left and when the answer came, by a clock of the node that never steps. */
  askedMs: number;
  answeredMs: number;
  /** What the machine's clock said, rounded down to milliseconds. */
  machineMs: number;
}

/** The readings before contradict the ones after: somebody has set the machine's clock. */
export interface ClockStep {
  stepMs: number;
}

export interface ClockOffsetEstimate {
  /** Readings come in the order of time. Answers the step that this one proves. */
  add(reading: ClockReading): ClockStep | undefined;
  /** Undefined before the first reading. */
  at(nowMs: number): ClockOffset | undefined;
}

/** Two quartz clocks, one of them in a hot cabinet, drift apart no faster than 0.2 ms a second. */
const DRIFT = 200e-6;
/** Clocks that are set right by a time service slew faster than quartz drifts; a smaller contradiction is that. */
const LEAST_STEP_MS = 20;
/** What a clock that is read in milliseconds may have moved on. */
const RESOLUTION_MS = 1;
const MAX_READINGS = 64;

interface Bounds {
  low: number;
  high: number;
}

export function createClockOffset(): ClockOffsetEstimate {
  /** Oldest first; all of them agree. */
  let readings: ClockReading[] = [];

  return {
    add(reading) {
      const before = boundsOf(readings, reading.answeredMs);
      readings = [...readings.slice(1 - MAX_READINGS), reading];
      const agreeing = newestThatAgree(readings);
      if (agreeing.length === readings.length || !before) return undefined;
      readings = agreeing;
      const after = boundsOf(readings, reading.answeredMs) ?? before;
      const gapMs = Math.max(after.low - before.high, before.low - after.high);
      return gapMs > LEAST_STEP_MS ? { stepMs: middle(after) - middle(before) } : undefined;
    },
    at(nowMs) {
      const bounds = boundsOf(readings, nowMs);
      return bounds && { offsetMs: middle(bounds), uncertaintyMs: (bounds.high - bounds.low) / 2 };
    },
  };
}

function boundsOf(readings: ClockReading[], nowMs: number): Bounds | undefined {
  if (readings.length === 0) return undefined;
  return readings
    .map((reading) => boundsOfOne(reading, nowMs))
    .reduce((all, one) => ({ low: Math.max(all.low, one.low), high: Math.min(all.high, one.high) }));
}

function boundsOfOne({ askedMs, answeredMs, machineMs }: ClockReading, nowMs: number): Bounds {
  const drift = DRIFT * Math.max(0, nowMs - askedMs);
  return { low: machineMs - answeredMs - drift, high: machineMs + RESOLUTION_MS - askedMs + drift };
}

function newestThatAgree(readings: ClockReading[]): ClockReading[] {
  const nowMs = readings.at(-1)?.answeredMs ?? 0;
  let low = Number.NEGATIVE_INFINITY;
  let high = Number.POSITIVE_INFINITY;
  let first = readings.length;
  for (const [index, reading] of [...readings.entries()].reverse()) {
    const one = boundsOfOne(reading, nowMs);
    low = Math.max(low, one.low);
    high = Math.min(high, one.high);
    if (low > high) break;
    first = index;
  }
  return readings.slice(first);
}

function middle({ low, high }: Bounds): number {
  return (low + high) / 2;
}
