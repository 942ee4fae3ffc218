/** Signals whose stamps cannot be right, told once the machine's clock was read and does not explain it. Pure. */

export interface StampDoubts {
  /** A value of the signal was recorded; answers whether its stamp makes a new doubt. */
  heard(signal: string): boolean;
  /** The machine's clock was read. Answers the doubts that it has not explained, each once, with by how much the stamps are behind. */
  wasRead(): [string, number][];
  /** More readings are needed. */
  readonly isWaiting: boolean;
  troubles(): string[];
}

/** The first may have been under way when the value came. */
const READINGS = 2;

/** `unsureByMs`: see `SignalHistory`. */
export function createStampDoubts(unsureByMs: (signal: string) => number | undefined): StampDoubts {
  /** How many readings are still to come. */
  const waiting = new Map<string, number>();
  const told = new Map<string, number>();

  return {
    heard(signal) {
      if (unsureByMs(signal) === undefined) {
        waiting.delete(signal);
        told.delete(signal);
        return false;
      }
      if (waiting.has(signal) || told.has(signal)) return false;
      waiting.set(signal, READINGS);
      return true;
    },
    wasRead() {
      const sure: [string, number][] = [];
      for (const [signal, left] of [...waiting]) {
        const byMs = unsureByMs(signal);
        if (byMs === undefined || left <= 1) waiting.delete(signal);
        else waiting.set(signal, left - 1);
        if (byMs === undefined || left > 1) continue;
        told.set(signal, byMs);
        sure.push([signal, byMs]);
      }
      for (const signal of told.keys()) if (unsureByMs(signal) === undefined) told.delete(signal);
      return sure;
    },
    get isWaiting() {
      return waiting.size > 0;
    },
    troubles() {
      return [...told].map(([signal, byMs]) => {
        const seconds = Math.abs(byMs / 1_000).toFixed(1);
        const whither = byMs > 0 ? 'behind' : 'ahead of';
        return `the times of ${signal} are ${seconds} s ${whither} its values, which count from their arrival; have its source stamp in UTC, by the machine's clock`;
      });
    },
  };
}
