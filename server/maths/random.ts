/** Seeded randomness, so that the same images and the same seed give the same model to the byte. */

/** Uniform numbers in [0, 1): mulberry32, period 2^32, plenty for sampling patches. */
export type Random = () => number;

export function createRandom(seed: number): Random {
  let state = (seed ^ 0x9e3779b9) >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** Standard normal number (Box and Muller, 1958). */
export function randomNormal(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

/** A new array in random order (Fisher and Yates). */
export function shuffled<T>(items: readonly T[], random: Random): T[] {
  const result = [...items];
  for (let last = result.length - 1; last > 0; last--) {
    const pick = Math.floor(random() * (last + 1));
    const a = result[last] as T;
    result[last] = result[pick] as T;
    result[pick] = a;
  }
  return result;
}

/** `count` distinct numbers of 0 … size − 1 in random order; all of them when there are fewer. */
export function sampleIndices(size: number, count: number, random: Random): Int32Array {
  const indices = Int32Array.from({ length: size }, (_, index) => index);
  const wanted = Math.min(count, size);
  for (let at = 0; at < wanted; at++) {
    const pick = at + Math.floor(random() * (size - at));
    const value = indices[pick] ?? 0;
    indices[pick] = indices[at] ?? 0;
    indices[at] = value;
  }
  return indices.subarray(0, wanted);
}
