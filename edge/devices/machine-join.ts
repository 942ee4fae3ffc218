/** Joins what a machine said to an instant of the node: which value was true, whether that is known, and whether it could have been another. */
import { type MachineConfig, signalNames } from '../config/machine-config.ts';
import type { SignalAtInstant } from '../pipeline/frame.ts';
import { type ContactLog, createContactLog } from './contact-log.ts';
import type { SignalKind } from './opcua-watch.ts';
import { createSignalHistory, type HeardSample, type Sample, type SignalHistory } from './signal-history.ts';

/** An instant by both clocks. */
export interface Instant {
  steadyMs: number;
  machineMs: number;
  uncertaintyMs: number;
  /** The stamp it was read from stands for more than one moment, or for none. */
  isAmbiguous: boolean;
}

export interface MachineJoin {
  readonly contact: ContactLog;
  record(signal: string, sample: Omit<HeardSample, 'toldMs'>): void;
  /** See `SignalHistory`. */
  unsureByMs(signal: string): number | undefined;
  /** The machine has told, at a steady time, all that it had sampled of the signals of a kind by `machineMs`. */
  published(kind: SignalKind, machineMs: number, steadyMs: number): void;
  /** What the server granted a new connection. */
  opened(samplingMs: Record<SignalKind, number>): void;
  /** From now on the unit of a signal for which the configuration gives none. */
  setUnit(signal: string, unit: string): void;
  /** Whether every change that could matter at the instant has been told. */
  isTold(instant: Instant): boolean;
  at(instant: Instant): SignalAtInstant[];
  /** The newest value of each signal. */
  now(instant: Instant): SignalAtInstant[];
  /** See `SignalHistory`. */
  shift(stepMs: number, sinceMs: number, machineAt: (steadyMs: number) => number): void;
}

export function createMachineJoin(config: MachineConfig): MachineJoin {
  const contact = createContactLog(config.staleAfterMs);
  const units = new Map<string, string>();
  const histories = new Map<string, SignalHistory>();
  let samplingMs = { slow: config.samplingIntervalMs, fast: 0 };
  /** When that was heard. */
  const toldAtMs = { slow: 0, fast: 0 };
  const toldMs = { slow: Number.NEGATIVE_INFINITY, fast: Number.NEGATIVE_INFINITY };

  const kindOf = (name: string): SignalKind => (config.signals[name]?.fast ? 'fast' : 'slow');
  const toleranceMs = (kind: SignalKind, instant: Instant) => samplingMs[kind] + instant.uncertaintyMs;
  const historyOf = (name: string): SignalHistory => {
    const history =
      histories.get(name) ?? createSignalHistory({ maxEntries: config.historyEntries, maxAgeMs: config.historyMs });
    histories.set(name, history);
    return history;
  };
  for (const name of signalNames(config)) historyOf(name);
  /** A change is told once it was sampled: up to one sampling interval after it happened. */
  const isKindTold = (kind: SignalKind, instant: Instant) =>
    instant.machineMs + toleranceMs(kind, instant) + samplingMs[kind] <= toldMs[kind];

  return {
    contact,
    record: (signal, sample) => historyOf(signal).record({ ...sample, toldMs: toldMs[kindOf(signal)] }),
    unsureByMs: (signal) => historyOf(signal).unsureByMs(),
    published(kind, machineMs, steadyMs) {
      toldMs[kind] = Math.max(toldMs[kind], machineMs);
      toldAtMs[kind] = steadyMs;
    },
    opened(granted) {
      samplingMs = granted;
    },
    setUnit: (signal, unit) => units.set(signal, unit),
    isTold: (instant) => [...histories.keys()].every((name) => isKindTold(kindOf(name), instant)),
    at(instant) {
      return [...histories].map(([name, history]): SignalAtInstant => {
        const kind = kindOf(name);
        const told = describe(name, history.at(instant.machineMs), instant);
        const isAmbiguous =
          instant.isAmbiguous ||
          (contact.isOpen && !isKindTold(kind, instant)) ||
          history.isAmbiguous(instant.machineMs, toleranceMs(kind, instant));
        return isAmbiguous ? { ...told, isAmbiguous } : told;
      });
    },
    now: (instant) => [...histories].map(([name, history]) => describe(name, history.newest(), instant)),
    shift(stepMs, sinceMs, machineAt) {
      // A message that was sent by the clock as it is now is not to be moved.
      for (const kind of ['slow', 'fast'] as const)
        toldMs[kind] = Math.min(toldMs[kind] + stepMs, machineAt(toldAtMs[kind]));
      for (const history of histories.values()) history.shift(stepMs, sinceMs, machineAt);
    },
  };

  function describe(
    name: string,
    sample: Readonly<Sample> | undefined,
    { steadyMs, machineMs }: Instant,
  ): SignalAtInstant {
    const signal = config.signals[name];
    const unit = signal?.unit ?? units.get(name) ?? null;
    if (!sample) return { name, value: null, unit, quality: 'BAD', sourceTime: null };

    const { value, sourceMs, atMs, confirmedMs } = sample;
    const isFresh = machineMs - atMs <= (signal?.maxAgeMs ?? Number.POSITIVE_INFINITY);
    const isKnown = isFresh && contact.covers(steadyMs, confirmedMs);
    const quality = isKnown || sample.quality === 'BAD' ? sample.quality : 'STALE';
    return { name, value, unit, quality, sourceTime: new Date(sourceMs).toISOString() };
  }
}
