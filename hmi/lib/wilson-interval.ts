/** 97.5th percentile of the standard normal distribution: two-sided 95 %. */
const Z_95 = 1.959963984540054;

/** Wilson's score interval (JASA 22, 1927, 209-212) of a share, 95 %, as the server gives it for rates; undefined when nothing was counted. */
export function wilsonInterval(count: number, total: number): { share: number; low: number; high: number } | undefined {
  if (total <= 0) return undefined;
  const share = count / total;
  const z2 = Z_95 * Z_95;
  const centre = (share + z2 / (2 * total)) / (1 + z2 / total);
  const half = (Z_95 / (1 + z2 / total)) * Math.sqrt((share * (1 - share)) / total + z2 / (4 * total * total));
  // At the ends the bound is exactly 0 or 1; rounding would leave a hair.
  return { share, low: count === 0 ? 0 : centre - half, high: count === total ? 1 : centre + half };
}
