/** What time it is at the machine: keeps the estimate of its clock fresh and notices when somebody sets it, or the node's. */
import { createBell, waitFor } from '../wait.ts';
import { type ClockReading, createClockOffset } from './clock-offset.ts';
import type { ClockOffset } from './device.ts';
import type { NodeClock } from './node-clock.ts';

export interface ClockSetting {
  whose: 'machine' | 'node';
  stepMs: number;
  /** Last steady time at which the clock was seen to be as before. */
  sinceMs: number;
}

export interface MachineClock {
  /** The machine's time at a steady time of the node's, and how far it may be off. */
  at(steadyMs: number): { machineMs: number; uncertaintyMs: number };
  /** Machine minus node, as people read the two clocks. */
  offset(): ClockOffset | undefined;
  /** False from a contradiction until the next reading has settled it. */
  readonly isSure: boolean;
  /** A message has arrived that the machine sent at `machineMs`; one that cannot be, or is later than they use to be, hurries the next reading. */
  heard(machineMs: number): void;
  /** Hurries the next reading. */
  doubt(): void;
  add(reading: ClockReading): void;
  /** Compares the node's two clocks and tells when somebody has set its wall clock since the last look. */
  look(): void;
  /** Reads the machine's clock until `signal` aborts. A reading that fails is tried again: whether the connection is lost is told where that is. */
  follow(read: () => Promise<ClockReading>, signal: AbortSignal): Promise<void>;
}

const FIRST_READINGS = 4;
const BETWEEN_FIRST_MS = 10;
const BETWEEN_MS = 1_000;
/** A message that comes later than the quickest by so much hurries the next reading: the network is slow, or the clock was set back. */
const LATER_MS = 20;
/** The longest that such a message is waited for, when more of them come. */
const BETWEEN_HURRIED_MS = 100;
/** A message may be this long on its way before its time is doubted. */
const LATEST_MESSAGE_MS = 1_000;
/** Nothing was read yet: as far as the clocks of one network are apart. */
const UNREAD: ClockOffset = { offsetMs: 0, uncertaintyMs: 100 };
/** The wall clock's and the stamps' own resolution. */
const STAMP_MS = 1;

export function createMachineClock(
  node: NodeClock,
  tell: (setting: ClockSetting) => void,
  wasRead: () => void,
): MachineClock {
  const estimate = createClockOffset();
  const doubt = createBell();
  let isSure = true;
  /** Asked for while a reading was under way: the bell alone would be missed. */
  let isHurried = false;
  let readMs = node.steadyNow();
  let leastLateMs = Number.POSITIVE_INFINITY;

  const at = (steadyMs: number) => {
    const nowMs = node.steadyNow();
    const known = estimate.at(nowMs);
    // Unread, the machine's clock is taken for the wall clock.
    const { offsetMs, uncertaintyMs } = known ?? { ...UNREAD, offsetMs: node.aheadMs() };
    return { machineMs: steadyMs + offsetMs, uncertaintyMs: uncertaintyMs + STAMP_MS };
  };

  return {
    at,
    get isSure() {
      return isSure;
    },
    offset() {
      const known = estimate.at(node.steadyNow());
      return known && { ...known, offsetMs: known.offsetMs - node.aheadMs() };
    },
    heard(machineMs) {
      const { machineMs: nowMs, uncertaintyMs } = at(node.steadyNow());
      const lateMs = nowMs - machineMs;
      leastLateMs = Math.min(leastLateMs, lateMs);
      const isLater = lateMs > leastLateMs + LATER_MS + uncertaintyMs;
      if (isLater && node.steadyNow() - readMs > BETWEEN_HURRIED_MS) hurry();
      if (lateMs > -uncertaintyMs && lateMs < LATEST_MESSAGE_MS + uncertaintyMs) return;
      isSure = false;
      hurry();
    },
    doubt: hurry,
    add,
    look,
    async follow(read, signal) {
      for (let count = 0; !signal.aborted; count++) {
        look();
        isHurried = false;
        const isRead = await read()
          .then(add)
          .then(
            () => true,
            () => false,
          );
        await waitFor(undefined, signal, isRead ? BETWEEN_FIRST_MS : BETWEEN_MS);
        if (isRead && count >= FIRST_READINGS && isSure && !isHurried) await doubt.next(signal, BETWEEN_MS);
      }
      isSure = true;
    },
  };

  function hurry(): void {
    isHurried = true;
    doubt.ring();
  }

  function add(reading: ClockReading): void {
    const sinceMs = readMs;
    const step = estimate.add(reading);
    readMs = reading.answeredMs;
    isSure = true;
    if (step) {
      leastLateMs = Number.POSITIVE_INFINITY;
      tell({ whose: 'machine', stepMs: step.stepMs, sinceMs });
    }
    wasRead();
  }

  function look(): void {
    const sinceMs = readMs;
    const stepMs = node.look();
    if (stepMs !== 0) tell({ whose: 'node', stepMs, sinceMs });
  }
}
