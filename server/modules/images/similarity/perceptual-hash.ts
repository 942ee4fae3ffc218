/**
 * 64 bits that hardly change when a picture is compressed, scaled or brightened: signs of its lowest cosine frequencies
 * against their median (pHash; Zauner, "Implementation and benchmarking of perceptual image hash functions", 2010). A cut
 * or a turn does change them.
 */

/** Side of the squeezed luminance that goes in. */
export const HASH_INPUT_PX = 32;
const FREQUENCIES = 8;

/** `COSINES[k][i]`: frequencies 1 to 8, the mean brightness left out. */
const COSINES = Array.from({ length: FREQUENCIES }, (_, frequency) =>
  Float64Array.from({ length: HASH_INPUT_PX }, (_, index) =>
    Math.cos((Math.PI * (frequency + 1) * (index + 0.5)) / HASH_INPUT_PX),
  ),
);

/** `luminance`: `HASH_INPUT_PX` squared, row-major. Gives 8 bytes. */
export function perceptualHash(luminance: Uint8Array): Uint8Array {
  const n = HASH_INPUT_PX;
  const coefficients: number[] = [];
  for (const down of COSINES) {
    for (const across of COSINES) {
      let sum = 0;
      for (let row = 0; row < n; row++) {
        let line = 0;
        for (let column = 0; column < n; column++) {
          line += (luminance[row * n + column] as number) * (across[column] as number);
        }
        sum += line * (down[row] as number);
      }
      coefficients.push(sum);
    }
  }
  const sorted = coefficients.toSorted((a, b) => a - b);
  const median = ((sorted[31] as number) + (sorted[32] as number)) / 2;
  const hash = new Uint8Array(8);
  for (const [index, value] of coefficients.entries()) {
    if (value > median) hash[index >> 3] = (hash[index >> 3] as number) | (1 << (index & 7));
  }
  return hash;
}

/** Bits that differ, 0 to 64. */
export function hammingDistance(a: Uint8Array, b: Uint8Array): number {
  let bits = 0;
  for (let index = 0; index < a.length; index++) {
    let byte = (a[index] as number) ^ (b[index] as number);
    for (; byte !== 0; byte &= byte - 1) bits++;
  }
  return bits;
}
