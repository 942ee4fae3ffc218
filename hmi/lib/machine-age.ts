/** Whether the machine's values may be believed: by their own quality, and by when the node last passed them on. */
import { STALE_AFTER_MS } from './freshness.ts';

export interface MachineTimes {
  quality: 'GOOD' | 'STALE' | 'BAD';
  receivedAt: string;
  /** When the value became true at its source, which may be long ago for a value that holds. */
  sourceTime: string | null;
  signals?: readonly { sourceTime: string | null }[];
}

export interface Doubt {
  kind: 'stale' | 'bad';
  /** Time in ms (server's clock) since which the value is in doubt, as well as it is known. */
  since: number;
}

/**
 * Undefined while the values are good. `sentAt` is the picture's own stamp: the values' age is judged at its sending, because
 * the picture's age on the way is judged by itself. A node speaks once a second, as the picture does.
 */
export function machineDoubt(machine: MachineTimes, sentAt: string): Doubt | undefined {
  const received = Date.parse(machine.receivedAt);
  if (machine.quality === 'GOOD') {
    return Date.parse(sentAt) - received > STALE_AFTER_MS ? { kind: 'stale', since: received } : undefined;
  }
  return {
    kind: machine.quality === 'BAD' ? 'bad' : 'stale',
    since: lastWord(machine) ?? received,
  };
}

/** The machine was last heard when the youngest of its values came true: a state that holds for hours says nothing of it. */
function lastWord(machine: MachineTimes): number | undefined {
  const times = [machine, ...(machine.signals ?? [])].flatMap(({ sourceTime }) =>
    sourceTime ? [Date.parse(sourceTime)] : [],
  );
  return times.length > 0 ? Math.max(...times) : undefined;
}
