/**
 * Quality of one picture without labels, each score from 0 (as bad as it gets) to 1 (nothing amiss). In the manner of
 * CleanVision (cleanlab, github.com/cleanlab/cleanvision): brightness percentiles for dark and bright, entropy for little
 * information, variance of the Laplacian for blur (Pech-Pacheco et al., ICPR 2000), on a picture of bounded size so that
 * the camera's resolution does not count. A score says how a picture compares, not that it is useless: a dark glass in
 * front of a black ground is dark on purpose. The thresholds of the filters are the plant's.
 */

export interface QualityScores {
  blurred: number;
  dark: number;
  bright: number;
  lowInformation: number;
}

/** Longest side of the luminance that goes in, in pixels. Smaller pictures are not enlarged. */
export const QUALITY_INPUT_PX = 256;

/** Laplacian variance at which a picture counts as 63 % sharp; CleanVision's factor 0.01. */
const SHARP_VARIANCE = 100;
const MOST_ENTROPY_BITS = 8;

/** `luminance` 0..255, row-major. */
export function qualityScores(luminance: Uint8Array, width: number, height: number): QualityScores {
  const counts = new Uint32Array(256);
  for (const value of luminance) counts[value] = (counts[value] as number) + 1;
  const total = Math.max(1, luminance.length);
  let entropy = 0;
  for (const count of counts) {
    if (count > 0) entropy -= (count / total) * Math.log2(count / total);
  }
  return {
    blurred: 1 - Math.exp(-laplacianVariance(luminance, width, height) / SHARP_VARIANCE),
    // the brightest hundredth of a dark picture is dark, the darkest twentieth of an overexposed one bright
    dark: quantile(counts, 0.99, total) / 255,
    bright: 1 - quantile(counts, 0.05, total) / 255,
    lowInformation: Math.min(1, entropy / MOST_ENTROPY_BITS),
  };
}

function quantile(counts: Uint32Array, share: number, total: number): number {
  let seen = 0;
  for (const [value, count] of counts.entries()) {
    seen += count;
    if (seen >= share * total) return value;
  }
  return 255;
}

function laplacianVariance(data: Uint8Array, width: number, height: number): number {
  let sum = 0;
  let squares = 0;
  let count = 0;
  for (let row = 1; row < height - 1; row++) {
    for (let column = 1; column < width - 1; column++) {
      const at = row * width + column;
      const around =
        (data[at - 1] as number) +
        (data[at + 1] as number) +
        (data[at - width] as number) +
        (data[at + width] as number);
      const value = around - 4 * (data[at] as number);
      sum += value;
      squares += value * value;
      count++;
    }
  }
  return count === 0 ? 0 : squares / count - (sum / count) ** 2;
}
