/** One comparison of a reference's samples with an image, and the step that it suggests. */
import type { GreyLevel } from './grey-pyramid.ts';
import type { Samples } from './reference-samples.ts';

export interface Pose {
  dx: number;
  dy: number;
  /** Radians. */
  angle: number;
  correlation: number;
}

export interface At {
  level: GreyLevel;
  centre: { x: number; y: number };
  canTurn: boolean;
}

export interface Comparison {
  correlation: number;
  /** seen ≈ gain · reference + bias. */
  gain: number;
  bias: number;
  meanError: number;
}

/** Reads the image where the pose puts the samples, NaN outside of it. */
export function compare(
  samples: Samples,
  { level, centre }: At,
  pose: Pose,
  seen: Float32Array | undefined,
): Comparison {
  const { data, width, height } = level;
  const { count, x, y, value } = samples;
  const cos = Math.cos(pose.angle);
  const sin = Math.sin(pose.angle);
  const originX = centre.x + pose.dx;
  const originY = centre.y + pose.dy;
  let n = 0;
  let sumT = 0;
  let sumI = 0;
  let sumTT = 0;
  let sumII = 0;
  let sumTI = 0;
  for (let index = 0; index < count; index++) {
    const px = x[index] as number;
    const py = y[index] as number;
    const u = cos * px - sin * py + originX;
    const v = sin * px + cos * py + originY;
    const column = Math.floor(u);
    const row = Math.floor(v);
    if (column < 0 || row < 0 || column >= width - 1 || row >= height - 1) {
      if (seen) seen[index] = Number.NaN;
      continue;
    }
    const fx = u - column;
    const fy = v - row;
    const corner = row * width + column;
    const upper = (data[corner] as number) * (1 - fx) + (data[corner + 1] as number) * fx;
    const lower = (data[corner + width] as number) * (1 - fx) + (data[corner + width + 1] as number) * fx;
    const image = upper * (1 - fy) + lower * fy;
    const template = value[index] as number;
    if (seen) seen[index] = image;
    n++;
    sumT += template;
    sumI += image;
    sumTT += template * template;
    sumII += image * image;
    sumTI += template * image;
  }
  // A pose that leaves most of the part outside of the image says nothing.
  if (n < count / 2 || n < 16) return { correlation: -1, gain: 1, bias: 0, meanError: 0 };
  const varT = sumTT - (sumT * sumT) / n;
  const varI = sumII - (sumI * sumI) / n;
  const covariance = sumTI - (sumT * sumI) / n;
  if (!(varT > 1e-6 && varI > 1e-6)) return { correlation: 0, gain: 1, bias: 0, meanError: 0 };
  const gain = Math.max(1e-3, covariance / varT);
  const bias = (sumI - gain * sumT) / n;
  const residual = Math.max(0, varI - (covariance * covariance) / varT) / n;
  return { correlation: covariance / Math.sqrt(varT * varI), gain, bias, meanError: 0.8 * Math.sqrt(residual) };
}

/** One weighted least-squares step; undefined when the reference has no structure to hold on to. */
export function solveStep(
  { count, x, y, value, gradientX, gradientY }: Samples,
  seen: Float32Array,
  { gain, bias, meanError }: Comparison,
  canTurn: boolean,
): { dx: number; dy: number; angle: number } | undefined {
  const limit = (1.5 * meanError) / gain + 1e-6;
  let [xx, xy, yy, xa, ya, aa, ex, ey, ea] = [0, 0, 0, 0, 0, 0, 0, 0, 0];
  for (let index = 0; index < count; index++) {
    const image = seen[index] as number;
    if (Number.isNaN(image)) continue;
    const error = (image - bias) / gain - (value[index] as number);
    const size = Math.abs(error);
    const weight = size > limit ? limit / size : 1;
    const gx = gradientX[index] as number;
    const gy = gradientY[index] as number;
    const ga = (x[index] as number) * gy - (y[index] as number) * gx;
    xx += weight * gx * gx;
    xy += weight * gx * gy;
    yy += weight * gy * gy;
    xa += weight * gx * ga;
    ya += weight * gy * ga;
    aa += weight * ga * ga;
    ex += weight * gx * error;
    ey += weight * gy * error;
    ea += weight * ga * error;
  }
  const plane = xx * yy - xy * xy;
  if (!(plane > 1e-9 * (xx + yy) ** 2)) return undefined;
  // The angle by the Schur complement of the two offsets.
  const solve = (a: number, b: number) => [(yy * a - xy * b) / plane, (xx * b - xy * a) / plane] as const;
  const [gx, gy] = solve(xa, ya);
  const stiffness = aa - xa * gx - ya * gy;
  const angle = canTurn && stiffness > 1e-6 * aa ? (ea - ex * gx - ey * gy) / stiffness : 0;
  const [dx, dy] = solve(ex - xa * angle, ey - ya * angle);
  return { dx, dy, angle };
}
