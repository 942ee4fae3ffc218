/** Keeps what a connection tells while it is looked at. */
import type { OpcuaReading } from '../devices/opcua-value.ts';
import type { OpcuaListener } from '../devices/opcua-watch.ts';
import type { SeenSample } from './seen-signal.ts';

export interface SignalEar {
  listener: OpcuaListener;
  /** The newest; undefined when nothing was told. */
  heard(signal: string): OpcuaReading | undefined;
  /** The first value and those that came since, at most `MOST_SAMPLES`. */
  samplesOf(signal: string): SeenSample[];
  /** As the machine tells it. */
  unitOf(signal: string): string | undefined;
}

const MOST_SAMPLES = 1_000;

export function createSignalEar(): SignalEar {
  const readings = new Map<string, OpcuaReading>();
  const samples = new Map<string, SeenSample[]>();
  const units = new Map<string, string>();
  return {
    listener: {
      published() {},
      clock() {},
      unit: (signal, unit) => void units.set(signal, unit),
      value(signal, reading) {
        readings.set(signal, reading);
        const kept = samples.get(signal) ?? [];
        samples.set(signal, kept);
        const { value, sourceMs } = reading;
        if (kept.length < MOST_SAMPLES) kept.push({ value, sourceMs, atMs: performance.now() });
      },
    },
    heard: (signal) => readings.get(signal),
    samplesOf: (signal) => samples.get(signal) ?? [],
    unitOf: (signal) => units.get(signal),
  };
}
