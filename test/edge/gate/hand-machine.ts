/** A machine of the test's own hand: samples go in as the test says, writes come out; as quick as a call. */
import type { GrantedIntervals, Machine, SignalSample } from '../../../edge/devices/device.ts';
import type { Json } from '../../../edge/pipeline/frame.ts';

export interface HandMachine
  extends Pick<Machine, 'onSample' | 'onChange' | 'write' | 'nodeOf' | 'granted' | 'onClockStep' | 'clockOffset'> {
  isConnected: boolean;
  readonly writes: { signal: string; value: Json; atMs: number }[];
  /** Why writes fail now. */
  refusal: string | undefined;
  /** Where signals lead; one that is not named here is a node of its own. */
  readonly nodes: Map<string, string>;
  /** What the server granted of every signal. */
  intervals: GrantedIntervals;
  connect(isUp: boolean): void;
  say(signal: string, value: Json, sourceMs?: number, quality?: SignalSample['quality'], type?: string): void;
  setClock(stepMs: number): void;
  /** Resolves with the next write of the value. */
  written(signal: string, value: Json): Promise<number>;
}

export function handMachine(): HandMachine {
  const listeners = new Map<string, Set<(sample: SignalSample) => void>>();
  const clockSteps = new Set<(stepMs: number) => void>();
  const changes = new Set<() => void>();
  const waiting = new Set<{ signal: string; value: Json; resolve(atMs: number): void }>();
  const machine: HandMachine = {
    isConnected: false,
    writes: [],
    refusal: undefined,
    nodes: new Map(),
    intervals: { publishingMs: 20, samplingMs: 10 },
    nodeOf: (signal) => (machine.isConnected ? (machine.nodes.get(signal) ?? `ns=1;s=${signal}`) : undefined),
    granted: () => (machine.isConnected ? machine.intervals : undefined),
    clockOffset: () => undefined,
    onClockStep(listener) {
      clockSteps.add(listener);
      return () => void clockSteps.delete(listener);
    },
    setClock(stepMs) {
      for (const listener of clockSteps) listener(stepMs);
    },
    onChange: (listener) => void changes.add(listener),
    onSample(signal, listener) {
      const set = listeners.get(signal) ?? new Set();
      listeners.set(signal, set.add(listener));
      return () => void set.delete(listener);
    },
    async write(signal, value) {
      const atMs = performance.timeOrigin + performance.now();
      machine.writes.push({ signal, value, atMs });
      for (const entry of waiting) {
        if (entry.signal !== signal || entry.value !== value) continue;
        waiting.delete(entry);
        entry.resolve(atMs);
      }
      if (machine.refusal !== undefined) throw new Error(machine.refusal);
    },
    connect(isUp) {
      machine.isConnected = isUp;
      for (const listener of changes) listener();
    },
    say(signal, value, sourceMs = Date.now(), quality = 'GOOD', type = builtInType(value)) {
      const status = quality === 'GOOD' ? undefined : 'BadDeviceFailure';
      for (const listener of listeners.get(signal) ?? []) {
        listener({ value, quality, sourceMs, receivedMs: Date.now(), type, status });
      }
    },
    written: (signal, value) => new Promise((resolve) => waiting.add({ signal, value, resolve })),
  };
  return machine;
}

/** As a controller of 32 bits types its variables, unless the test says otherwise. */
function builtInType(value: Json): string | undefined {
  if (typeof value === 'number') return Number.isInteger(value) ? 'UInt32' : 'Double';
  if (typeof value === 'boolean') return 'Boolean';
  return typeof value === 'string' ? 'String' : undefined;
}
