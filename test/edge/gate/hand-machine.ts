/** A machine of the test's own hand: samples go in as the test says, writes come out; as quick as a call. */
import type { Machine, SignalSample } from '../../../edge/devices/device.ts';
import type { Json } from '../../../edge/pipeline/frame.ts';

export interface HandMachine extends Pick<Machine, 'onSample' | 'onChange' | 'write'> {
  isConnected: boolean;
  readonly writes: { signal: string; value: Json; atMs: number }[];
  /** Why writes fail now. */
  refusal: string | undefined;
  connect(isUp: boolean): void;
  say(signal: string, value: Json, sourceMs?: number, quality?: SignalSample['quality']): void;
  /** Resolves with the next write of the value. */
  written(signal: string, value: Json): Promise<number>;
}

export function handMachine(): HandMachine {
  const listeners = new Map<string, Set<(sample: SignalSample) => void>>();
  const changes = new Set<() => void>();
  const waiting = new Set<{ signal: string; value: Json; resolve(atMs: number): void }>();
  const machine: HandMachine = {
    isConnected: false,
    writes: [],
    refusal: undefined,
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
    say(signal, value, sourceMs = Date.now(), quality = 'GOOD') {
      for (const listener of listeners.get(signal) ?? []) {
        listener({ value, quality, sourceMs, receivedMs: Date.now() });
      }
    },
    written: (signal, value) => new Promise((resolve) => waiting.add({ signal, value, resolve })),
  };
  return machine;
}
