/** How long the last frames took from capture to verdict. */

const KEPT = 501;

export interface Latencies {
  add(milliseconds: number): void;
  state(): { p50LatencyMs: number | undefined; p99LatencyMs: number | undefined };
}

export function createLatencies(): Latencies {
  const last: number[] = [];
  return {
    add(milliseconds) {
      last.push(milliseconds);
      if (last.length > KEPT) last.shift();
    },
    state() {
      const ascending = last.toSorted((a, b) => a - b);
      const rank = (share: number) => ascending[Math.max(0, Math.ceil(share * ascending.length) - 1)];
      return { p50LatencyMs: rank(0.5), p99LatencyMs: rank(0.99) };
    },
  };
}
