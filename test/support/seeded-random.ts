/** Random numbers that come out the same for the same seed, on every machine. */

export interface SeededRandom {
  /** Uniform in [0, 1). */
  next(): number;
  /** Uniform in 0 … below - 1. */
  integer(below: number): number;
  /** Mean 0, standard deviation 1 (Box and Muller 1958). */
  normal(): number;
  pick<T>(items: readonly T[]): T;
  /** A new list in random order (Fisher and Yates). */
  shuffle<T>(items: readonly T[]): T[];
}

/** mulberry32: 32 bits of state, period 2^32; good enough to drive tests, not for secrets. Throws when `seed` is no whole number. */
export function createSeededRandom(seed: number): SeededRandom {
  if (!Number.isSafeInteger(seed)) throw new Error(`seed is ${seed}; give a whole number`);
  let state = seed >>> 0;

  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const integer = (below: number) => Math.floor(next() * below);
  // 1 - next() lies in (0, 1], so that its logarithm is finite.
  const normal = () => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next());
  const pick = <T>(items: readonly T[]): T => {
    const index = integer(items.length);
    if (index >= items.length) throw new Error('cannot pick from an empty list');
    return items[index] as T;
  };
  const shuffle = <T>(items: readonly T[]): T[] => {
    const rest = [...items];
    return items.map(() => rest.splice(integer(rest.length), 1)[0] as T);
  };
  return { next, integer, normal, pick, shuffle };
}
