/** Bytes that flow in evenly over the day and may gather for an hour (token bucket). */
export interface ByteBudget {
  /** What is left, 0 to 1, after so much time. */
  left(): number;
  spend(bytes: number): void;
}

const DAY_MS = 86_400_000;
const GATHERED_MS = 3_600_000;

/** Begins full: what a node that starts anew may keep on top is an hour's worth. `now` is milliseconds that only grow. */
export function createByteBudget(bytesPerDay: number, now: () => number): ByteBudget {
  const capacity = (bytesPerDay / DAY_MS) * GATHERED_MS;
  let tokens = capacity;
  let filledAt = now();
  const fill = () => {
    tokens = Math.min(capacity, tokens + (bytesPerDay / DAY_MS) * (now() - filledAt));
    filledAt = now();
  };
  return {
    left() {
      fill();
      return Math.max(0, tokens / capacity);
    },
    spend(bytes) {
      fill();
      // What the audit takes beyond the budget is paid back, an hour's worth at most.
      tokens = Math.max(-capacity, tokens - bytes);
    },
  };
}
