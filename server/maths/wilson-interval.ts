/** How sure a rate is that was counted. */

/** 97.5th percentile of the standard normal distribution: two-sided 95 %. */
const Z_95 = 1.959963984540054;

export interface RateInterval {
  rate: number;
  low: number;
  high: number;
}

/**
 * Wilson's score interval (E. B. Wilson, JASA 22, 1927, 209-212) without continuity correction, 95 % unless `z` says otherwise.
 * Undefined when nothing was counted. Throws when `count` is not within 0 … `total`.
 */
export function wilsonInterval(count: number, total: number, z: number = Z_95): RateInterval | undefined {
  if (!(Number.isSafeInteger(count) && Number.isSafeInteger(total) && count >= 0 && count <= total))
    throw new RangeError(`${count} of ${total} is not a count of a total`);
  if (total === 0) return undefined;

  const rate = count / total;
  const z2 = z * z;
  const centre = (rate + z2 / (2 * total)) / (1 + z2 / total);
  const half = (z / (1 + z2 / total)) * Math.sqrt((rate * (1 - rate)) / total + z2 / (4 * total * total));
  // At the ends the bound is exactly 0 or 1; rounding would leave a hair of 1e-17.
  return { rate, low: count === 0 ? 0 : centre - half, high: count === total ? 1 : centre + half };
}
