/**
 * Signals without a good value: when each is to be looked for anew, at a bounded rate, and what to tell of them while it lasts.
 * Pure: time comes from outside, steady.
 */
import type { MachineConfig } from '../config/machine-config.ts';
import type { Quality } from '../pipeline/frame.ts';

export interface CareSample {
  quality: Quality;
  status: string | undefined;
  /** The value came, but is none for its name: the node is the right one, or another is to be mapped. */
  isUnfit: boolean;
}

export interface SignalCare {
  heard(signal: string, sample: CareSample, nowMs: number): void;
  /** Of the signals that are bad or missing, those to be looked for now; each is asked about again later and later. */
  due(missing: ReadonlyMap<string, string>, nowMs: number): string[];
  /** One sentence for each kind of trouble that lasts. */
  troubles(missing: ReadonlyMap<string, string>, nowMs: number): string[];
}

interface Trouble {
  sinceMs: number;
  status: string;
  isUnfit: boolean;
  /** It has no node, not only a bad value. */
  isLacking: boolean;
  /** The server has known its node no more since it is bad. */
  wasGone: boolean;
  tries: number;
  nextMs: number;
}

const FIRST_RETRY_MS = 500;
const MOST_DOUBLINGS = 20;
/** The server knows the node no more: it was deleted, and may be there again under another id. */
const GONE = ['BadNodeIdUnknown', 'BadNodeIdInvalid'];

export function createSignalCare(
  config: Pick<MachineConfig, 'retryPathsMs' | 'reresolveMs' | 'badAfterMs'>,
): SignalCare {
  const bad = new Map<string, Trouble>();
  const lacking = new Map<string, Trouble>();

  return {
    heard(signal, { quality, status = 'Bad', isUnfit }, nowMs) {
      if (quality !== 'BAD') {
        bad.delete(signal);
        return;
      }
      const known = bad.get(signal);
      if (known) {
        // As bad as before, perhaps in another way: only that the node is gone is new, once.
        const isGone = GONE.includes(status);
        if (isGone && !known.wasGone) Object.assign(known, { tries: 0, nextMs: nowMs });
        Object.assign(known, { status, isUnfit, wasGone: known.wasGone || isGone });
        return;
      }
      const wasGone = GONE.includes(status);
      const nextMs = wasGone ? nowMs : nowMs + config.reresolveMs;
      bad.set(signal, { sinceMs: nowMs, status, isUnfit, isLacking: false, wasGone, tries: 0, nextMs });
    },
    due(missing, nowMs) {
      for (const name of lacking.keys()) if (!missing.has(name)) lacking.delete(name);
      for (const [name, status] of missing) {
        const known = lacking.get(name);
        if (known) known.status = status;
        else {
          // It has just been looked for.
          const trouble = {
            sinceMs: nowMs,
            status,
            isUnfit: false,
            isLacking: true,
            wasGone: false,
            tries: 0,
            nextMs: nowMs,
          };
          postpone(trouble, nowMs);
          lacking.set(name, trouble);
        }
      }
      const isDue = ([, { nextMs, isUnfit }]: [string, Trouble]) => nextMs <= nowMs && !isUnfit;
      const badNow = [...bad].filter((entry) => !missing.has(entry[0]) && isDue(entry));
      const all = [...badNow, ...[...lacking].filter(isDue)];
      for (const [, trouble] of all) postpone(trouble, nowMs);
      return all.map(([name]) => name);
    },
    troubles(missing, nowMs) {
      const told: string[] = [];
      const list = [...missing].map(([name, reason]) => `${name} (${reason})`).join(', ');
      if (list !== '') told.push(`does not give ${list}`);
      const others = [...bad].filter(([name]) => !missing.has(name));
      for (const [name, { status, isUnfit }] of others) if (isUnfit) told.push(`${name} is no use: ${status}`);
      const lasting = others.filter(([, { isUnfit, sinceMs }]) => !isUnfit && nowMs - sinceMs >= config.badAfterMs);
      const names = lasting.map(([name, { status }]) => `${name} (${status})`).join(', ');
      if (names !== '') told.push(`gives no good value of ${names}; look at its source at the machine`);
      return told;
    },
  };

  function postpone(trouble: Trouble, nowMs: number): void {
    const soonerMs = Math.min(config.retryPathsMs, FIRST_RETRY_MS * 2 ** Math.min(trouble.tries, MOST_DOUBLINGS));
    trouble.nextMs = nowMs + (trouble.isLacking || GONE.includes(trouble.status) ? soonerMs : config.reresolveMs);
    trouble.tries++;
  }
}
