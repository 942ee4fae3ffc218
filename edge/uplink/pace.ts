/** Keeps to so much a second in the long run: what was spent has to be waited for before more is. */
export interface Pace {
  spend(amount: number): void;
  /** Milliseconds until more may be spent. */
  waitMs(): number;
}

/** `now` is milliseconds that only grow. */
export function createPace(perS: number, now: () => number = () => performance.now()): Pace {
  let freeAt = Number.NEGATIVE_INFINITY;
  return {
    spend(amount) {
      freeAt = Math.max(freeAt, now()) + (amount / perS) * 1_000;
    },
    waitMs: () => Math.max(0, freeAt - now()),
  };
}
