/**
 * How an image was lit and focused, measured on the pixels that the model sees. Read on a regular grid of at most
 * `MAX_SAMPLES` positions, so that the time on the event loop is bounded whatever the camera's resolution.
 */
import type { ImageStatistics } from '../frame.ts';

const MAX_SAMPLES = 16_384;

/**
 * `data` is RGB, row-major, [height, width, 3]. Luma and chroma after ITU-R BT.601 as in JFIF.
 * brightness, contrast: mean and standard deviation of luma, 0 to 1. colourCast: distance of the mean chroma (Cb, Cr) from grey,
 * 0 to 1. sharpness: variance of the 4-neighbour Laplacian of luma on the scale 0 to 255.
 */
export function imageStatistics(image: { data: Uint8Array; width: number; height: number }): ImageStatistics {
  const { data, width, height } = image;
  const step = Math.max(1, Math.ceil(Math.sqrt((width * height) / MAX_SAMPLES)));
  const row = width * 3;
  const luma = (at: number) => 0.299 * (data[at] ?? 0) + 0.587 * (data[at + 1] ?? 0) + 0.114 * (data[at + 2] ?? 0);

  let count = 0;
  let sum = 0;
  let sumSquares = 0;
  let sumBlue = 0;
  let sumRed = 0;
  let inner = 0;
  let sumLaplacian = 0;
  let sumLaplacianSquares = 0;
  for (let y = 0; y < height; y += step) {
    for (let x = 0; x < width; x += step) {
      const at = y * row + x * 3;
      const value = luma(at);
      count++;
      sum += value;
      sumSquares += value * value;
      sumBlue += ((data[at + 2] ?? 0) - value) / 1.772;
      sumRed += ((data[at] ?? 0) - value) / 1.402;
      if (x === 0 || y === 0 || x === width - 1 || y === height - 1) continue;
      const laplacian = luma(at - 3) + luma(at + 3) + luma(at - row) + luma(at + row) - 4 * value;
      inner++;
      sumLaplacian += laplacian;
      sumLaplacianSquares += laplacian * laplacian;
    }
  }
  const mean = sum / count;
  const meanLaplacian = inner === 0 ? 0 : sumLaplacian / inner;
  return {
    brightness: mean / 255,
    contrast: Math.sqrt(Math.max(0, sumSquares / count - mean * mean)) / 255,
    // Cb and Cr reach ±127.5 each: the farthest corner is 1.
    colourCast: Math.min(1, Math.hypot(sumBlue / count, sumRed / count) / (127.5 * Math.SQRT2)),
    sharpness: inner === 0 ? 0 : Math.max(0, sumLaplacianSquares / inner - meanLaplacian * meanLaplacian),
  };
}
