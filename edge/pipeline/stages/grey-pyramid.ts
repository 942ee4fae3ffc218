/** The brightness of an image at halved and halved sizes. */

export interface RgbImage {
  /** RGB, row-major, [height, width, 3]. */
  data: Uint8Array;
  width: number;
  height: number;
}

export interface GreyLevel {
  /** Row-major, 0 to 255. */
  data: Float32Array;
  width: number;
  height: number;
}

/** Finest first; each level is the mean of 2 × 2 pixels of the one before, and the finest what `skipped` such halvings leave. */
export function greyPyramid(image: RgbImage, levels: number, skipped: number): GreyLevel[] {
  let level = skipped === 0 ? luma(image) : halvedLuma(image);
  for (let halving = 1; halving < skipped; halving++) level = halve(level);
  const pyramid = [level];
  while (pyramid.length < levels) {
    level = halve(level);
    pyramid.push(level);
  }
  return pyramid;
}

function luma({ data, width, height }: RgbImage): GreyLevel {
  const grey = new Float32Array(width * height);
  for (let pixel = 0, at = 0; pixel < grey.length; pixel++, at += 3) {
    grey[pixel] = 0.299 * (data[at] as number) + 0.587 * (data[at + 1] as number) + 0.114 * (data[at + 2] as number);
  }
  return { data: grey, width, height };
}

function halvedLuma({ data, width: fullWidth, height: fullHeight }: RgbImage): GreyLevel {
  const width = fullWidth >> 1;
  const height = fullHeight >> 1;
  const half = new Float32Array(width * height);
  const row = 3 * fullWidth;
  const sum = (at: number) =>
    (data[at] as number) + (data[at + 3] as number) + (data[at + row] as number) + (data[at + row + 3] as number);
  for (let y = 0, pixel = 0; y < height; y++) {
    for (let x = 0, at = 2 * y * row; x < width; x++, at += 6) {
      half[pixel++] = 0.07475 * sum(at) + 0.14675 * sum(at + 1) + 0.0285 * sum(at + 2);
    }
  }
  return { data: half, width, height };
}

function halve({ data, width: fullWidth, height: fullHeight }: GreyLevel): GreyLevel {
  const width = Math.max(1, fullWidth >> 1);
  const height = Math.max(1, fullHeight >> 1);
  const half = new Float32Array(width * height);
  for (let y = 0; y < height; y++) {
    let at = 2 * y * fullWidth;
    for (let x = 0; x < width; x++, at += 2) {
      const right = at + 1;
      const below = at + fullWidth;
      half[y * width + x] =
        ((data[at] as number) + (data[right] as number) + (data[below] as number) + (data[below + 1] as number)) / 4;
    }
  }
  return { data: half, width, height };
}
