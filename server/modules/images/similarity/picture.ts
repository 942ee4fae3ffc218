/** A small picture of one channel, and the three things that are done to it: softened, halved, freed of large forms. */

/** Row-major, square: the whole image squeezed, so that a cut shows as a motion. */
export interface Picture {
  side: number;
  data: Float32Array;
}

/** Grey levels below which a difference is compression, not texture. */
const QUIET = 1;

/** Value minus its surroundings, by their deviation; surroundings are Gaussian with `sigma` pixels. Light and large forms are gone, edge and grain count alike. */
export function normaliseContrast(picture: Picture, sigma: number): Picture {
  const residual = highPass(picture, sigma);
  const power = blur({ side: picture.side, data: residual.data.map((value) => value * value) }, sigma).data;
  const data = residual.data.map((value, index) => value / (Math.sqrt(power[index] as number) + QUIET));
  return { side: picture.side, data };
}

export function highPass(picture: Picture, sigma: number): Picture {
  const mean = blur(picture, sigma).data;
  return { side: picture.side, data: picture.data.map((value, index) => value - (mean[index] as number)) };
}

/** Gaussian, the border repeated. */
function blur({ side, data }: Picture, sigma: number): Picture {
  return { side, data: blurRows(blurRows(data, side, sigma), side, sigma) };
}

/** Blurs along rows and writes columns, so that twice gives the picture upright again. */
function blurRows(data: Float32Array, side: number, sigma: number): Float32Array {
  const reach = Math.max(1, Math.ceil(3 * sigma));
  const kernel = Float32Array.from({ length: 2 * reach + 1 }, (_, index) =>
    Math.exp(-((index - reach) ** 2) / (2 * sigma * sigma)),
  );
  const sum = kernel.reduce((a, b) => a + b, 0);
  const out = new Float32Array(data.length);
  const line = new Float32Array(side + 2 * reach);
  for (let row = 0; row < side; row++) {
    for (let index = 0; index < line.length; index++) {
      const column = Math.min(Math.max(index - reach, 0), side - 1);
      line[index] = data[row * side + column] as number;
    }
    for (let column = 0; column < side; column++) {
      let value = 0;
      for (let tap = 0; tap < kernel.length; tap++) value += (kernel[tap] as number) * (line[column + tap] as number);
      out[column * side + row] = value / sum;
    }
  }
  return out;
}

/** Half the side, each pixel the mean of four. */
export function halve({ side, data }: Picture): Picture {
  const half = side >> 1;
  const out = new Float32Array(half * half);
  for (let row = 0; row < half; row++) {
    for (let column = 0; column < half; column++) {
      const at = 2 * row * side + 2 * column;
      const sum = [at, at + 1, at + side, at + side + 1].reduce((total, index) => total + (data[index] as number), 0);
      out[row * half + column] = sum / 4;
    }
  }
  return { side: half, data: out };
}
