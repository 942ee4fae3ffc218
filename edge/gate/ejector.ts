/** The gate itself: commands and the end of their pulses, confirmations and whose they are, the asking for a line stop. */
import type { GateConfig } from '../config/gate-config.ts';
import type { GateAction, GateCommand } from './gate-types.ts';
import { awaitsConfirmation, type TrackedPart } from './tracked-part.ts';

export interface Ejector {
  /** `leavesAtMs`: when the part has left the gate; undefined when the belt does not say. */
  fire(part: TrackedPart, leavesAtMs: number | undefined, nowMs: number): void;
  /** Before this it cannot push again. */
  readonly readyAtMs: number;
  /** When it is certain that no confirmation of an ejection at this moment comes any more. */
  confirmedUntilMs(pushedAtMs: number): number;
  /** The machine saw `count` parts pushed out at `atMs`; without a time, sometime since the last that it told. Answers those that nobody asked for. */
  confirm(count: number, atMs: number | undefined, parts: readonly TrackedPart[]): number;
  /** When the part was pushed that the machine saw at `atMs`, as far as the window says. */
  pushedAtMs(seenAtMs: number): number;
  /** False when the line has been asked already, or this gate must not ask. */
  askForStop(): boolean;
  /** The machine's own word on the request. */
  heardStop(isAsked: boolean): void;
  advance(nowMs: number): void;
  readonly wakeAtMs: number;
}

export function createEjector(config: GateConfig, settleMs: number, emit: (action: GateAction) => void): Ejector {
  const { afterMs, windowMs } = config.confirm;
  let pulse: { command: GateCommand; untilMs: number } | undefined;
  let isStopAsked = false;
  let readyAtMs = Number.NEGATIVE_INFINITY;
  const pushAt = (part: TrackedPart) => (part.commandAtMs ?? 0) + config.leadMs;

  return {
    fire(part, leavesAtMs, nowMs) {
      // The machine acts on the rising edge.
      if (pulse) emit({ kind: 'command', isOn: false, command: pulse.command });
      part.commandAtMs = nowMs;
      const command = {
        triggeredAtMs: part.triggeredAtMs,
        atMs: nowMs,
        counter: part.counter,
        partId: part.partId,
        validUntilMs: Math.max(leavesAtMs ?? 0, nowMs + config.leadMs),
      };
      pulse = { command, untilMs: nowMs + config.pulseMs };
      readyAtMs = nowMs + config.resetMs;
      emit({ kind: 'command', isOn: true, command });
    },
    get readyAtMs() {
      return readyAtMs;
    },
    confirmedUntilMs: (pushedAtMs) => pushedAtMs + afterMs + windowMs + settleMs,
    confirm(count, atMs, parts) {
      let left = count;
      const take = (part: TrackedPart | undefined, seenAtMs: number) => {
        if (!part) return;
        part.ejectedAtMs = seenAtMs;
        left--;
      };
      const open = () => parts.filter(awaitsConfirmation);
      if (atMs !== undefined && left > 0) take(ownerOf(atMs, open()), atMs);
      // Several in one sample: the earlier ones have no time of their own.
      const isCounted = atMs === undefined || count > 1;
      for (const part of isCounted ? open() : []) {
        if (left > 0 && (atMs === undefined || pushAt(part) + afterMs <= atMs)) take(part, pushAt(part) + afterMs);
      }
      return left;
    },
    pushedAtMs: (seenAtMs) => seenAtMs - afterMs - windowMs / 2,
    askForStop() {
      if (config.mode !== 'active') return false;
      emit({ kind: 'stop-line' });
      const isNew = !isStopAsked;
      isStopAsked = true;
      return isNew;
    },
    heardStop(isAsked) {
      isStopAsked = isAsked;
    },
    advance(nowMs) {
      if (!pulse || pulse.untilMs > nowMs) return;
      emit({ kind: 'command', isOn: false, command: pulse.command });
      pulse = undefined;
    },
    get wakeAtMs() {
      return pulse?.untilMs ?? Number.POSITIVE_INFINITY;
    },
  };

  /** The command whose window holds the moment; else the nearest of those whose machine was quicker than its lead. */
  function ownerOf(atMs: number, parts: readonly TrackedPart[]): TrackedPart | undefined {
    const earlyMs = (part: TrackedPart) => Math.max(0, pushAt(part) + afterMs - atMs);
    return parts
      .filter((part) => atMs >= (part.commandAtMs ?? 0) && atMs <= pushAt(part) + afterMs + windowMs)
      .toSorted((a, b) => earlyMs(a) - earlyMs(b))[0];
  }
}
