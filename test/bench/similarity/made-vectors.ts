/**
 * Many embeddings from a few thousand real ones. Each lies between a real one and one of its ten nearest (a share of up to
 * a half, uniform) and is moved by Gaussian noise as large as half the median distance of an image to its nearest other,
 * so that made vectors neither form clumps around the real ones nor fill the sphere. Half of that distance, because the
 * real ones stand ten to a hundred times less dense than the made ones do.
 */
import { createRandom, type Random, randomNormal } from '../../../server/maths/random.ts';

export interface MadeVectors {
  /** Length of the noise that is added. */
  noise: number;
  /** Fills the vector and gives the index of the real one that it lies next to. */
  next(into: Float32Array): number;
}

const NEIGHBOURS = 10;

/** `real`: rows of `dimensions` numbers, of unit length. */
export function madeVectors(real: Float32Array, dimensions: number, seed: number): MadeVectors {
  const count = real.length / dimensions;
  const near = Array.from({ length: count }, (_, index) => nearest(real, dimensions, index));
  const apart = near.map(([first]) => first?.distance ?? 0).sort((a, b) => a - b);
  const noise = (apart[apart.length >> 1] ?? 0) / 2;
  const random: Random = createRandom(seed);
  return {
    noise,
    next(into) {
      const base = Math.floor(random() * count);
      const other = near[base]?.[Math.floor(random() * NEIGHBOURS)]?.index ?? base;
      const share = random() / 2;
      let square = 0;
      for (let at = 0; at < dimensions; at++) {
        const one = real[base * dimensions + at] as number;
        const two = real[other * dimensions + at] as number;
        const value = one + share * (two - one) + (noise / Math.sqrt(dimensions)) * randomNormal(random);
        into[at] = value;
        square += value * value;
      }
      const norm = Math.sqrt(square);
      for (let at = 0; at < dimensions; at++) into[at] = (into[at] as number) / norm;
      return base;
    },
  };
}

function nearest(real: Float32Array, dimensions: number, index: number) {
  const own = real.subarray(index * dimensions, (index + 1) * dimensions);
  const found: { index: number; distance: number }[] = [];
  for (let other = 0; other * dimensions < real.length; other++) {
    if (other === index) continue;
    const likeness = dot(own, real, other * dimensions);
    found.push({ index: other, distance: Math.sqrt(Math.max(0, 2 - 2 * likeness)) });
  }
  return found.sort((a, b) => a.distance - b.distance).slice(0, NEIGHBOURS);
}

/** Of a vector with the one that begins at `from`. */
export function dot(a: Float32Array, all: Float32Array, from: number): number {
  let [sum0, sum1, sum2, sum3] = [0, 0, 0, 0];
  for (let at = 0; at < a.length; at += 4) {
    sum0 += (a[at] as number) * (all[from + at] as number);
    sum1 += (a[at + 1] as number) * (all[from + at + 1] as number);
    sum2 += (a[at + 2] as number) * (all[from + at + 2] as number);
    sum3 += (a[at + 3] as number) * (all[from + at + 3] as number);
  }
  return sum0 + sum1 + sum2 + sum3;
}

/** Indices of the `k` most alike of the first `count`, by looking at all of them. */
export function bruteForce(query: Float32Array, all: Float32Array, count: number, k: number): number[] {
  const dimensions = query.length;
  const best: { index: number; likeness: number }[] = [];
  let least = Number.NEGATIVE_INFINITY;
  for (let index = 0; index < count; index++) {
    const likeness = dot(query, all, index * dimensions);
    if (best.length === k && likeness <= least) continue;
    best.push({ index, likeness });
    best.sort((a, b) => b.likeness - a.likeness);
    if (best.length > k) best.pop();
    if (best.length === k) least = best[k - 1]?.likeness ?? least;
  }
  return best.map(({ index }) => index);
}
