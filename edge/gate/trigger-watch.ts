/** Whether parts still come while the line runs: a belt that moves on and on in production without a trigger has a dead trigger, or no parts. */
import type { Json } from '../pipeline/frame.ts';
import type { Belt } from './belt.ts';
import type { GateEvents } from './gate-events.ts';
import type { GateProblems } from './gate-problems.ts';

export interface TriggerWatch {
  triggered(): void;
  /** The machine's state; a machine that does not tell one counts as running. */
  takeState(value: Json): void;
  advance(isConnected: boolean, nowMs: number): void;
  readonly wakeAtMs: number;
}

export interface TriggerWatchOptions {
  signal: string;
  silentAfterMm: number;
  belt: Belt;
  events: GateEvents;
  problems: GateProblems;
}

/** How often is looked when nothing else happens. */
const LOOK_MS = 1_000;

export function createTriggerWatch({
  signal,
  silentAfterMm,
  belt,
  events,
  problems,
}: TriggerWatchOptions): TriggerWatch {
  let state: string | undefined;
  let lastMm: number | undefined;
  let movedMm = 0;
  let isTold = false;
  let wakeAtMs = Number.POSITIVE_INFINITY;

  return {
    triggered() {
      movedMm = 0;
      isTold = false;
      problems.set('silent', undefined);
    },
    takeState(value) {
      state = typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;
    },
    advance(isConnected, nowMs) {
      if (!belt.isHeard || !isConnected) {
        lastMm = undefined;
        wakeAtMs = Number.POSITIVE_INFINITY;
        return;
      }
      wakeAtMs = nowMs + LOOK_MS;
      const mm = belt.positionAt(nowMs);
      if (lastMm !== undefined && isRunning()) movedMm += mm - lastMm;
      lastMm = mm;
      if (movedMm <= silentAfterMm || isTold) return;
      isTold = true;
      const beltMm = Math.round(movedMm);
      events.tell('TRIGGER_SILENT', nowMs, undefined, { signal, beltMm, state: state ?? null });
      const remedy = 'see to the trigger sensor, or give trigger.silentAfterMm for a line that runs empty for longer';
      problems.set('silent', `${signal} told of no part while the belt moved ${beltMm} mm; ${remedy}`);
    },
    get wakeAtMs() {
      return wakeAtMs;
    },
  };

  function isRunning(): boolean {
    return state === undefined || state.toLowerCase() === 'execute';
  }
}
