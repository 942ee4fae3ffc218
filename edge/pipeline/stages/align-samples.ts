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
export function compare(samples: Samples, { level, centre }: At, pose: Pose, seen: Float32Array): Comparison {
  const { data, width, height } = level;
  const { count, x, y, value } = samples;
  const cos = Math.cos(pose.angle);
  const sin = Math.sin(pose.angle);
  const originX = centre.x + pose.dx;
  const originY = centre.y + pose.dy;
  const right = width - 1;
  const bottom = height - 1;
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
    if (!(u >= 0 && v >= 0 && u < right && v < bottom)) {
      seen[index] = Number.NaN;
      continue;
    }
    // Neither is below 0: cutting off is rounding down.
    const column = u | 0;
    const row = v | 0;
    const corner = row * width + column;
    const upperLeft = data[corner] as number;
    const lowerLeft = data[corner + width] as number;
    const fx = u - column;
    const upper = upperLeft + ((data[corner + 1] as number) - upperLeft) * fx;
    const lower = lowerLeft + ((data[corner + width + 1] as number) - lowerLeft) * fx;
    const image = upper + (lower - upper) * (v - row);
    const template = value[index] as number;
    seen[index] = image;
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
  { count, value, gradientX, gradientY, gradientTurn }: Samples,
  seen: Float32Array,
  { gain, bias, meanError }: Comparison,
  canTurn: boolean,
): { dx: number; dy: number; angle: number } | undefined {
  const limit = (1.5 * meanError) / gain + 1e-6;
  const perGain = 1 / gain;
  let xx = 0;
  let xy = 0;
  let yy = 0;
  let xa = 0;
  let ya = 0;
  let aa = 0;
  let ex = 0;
  let ey = 0;
  let ea = 0;
  for (let index = 0; index < count; index++) {
    const image = seen[index] as number;
    if (Number.isNaN(image)) continue;
    const error = (image - bias) * perGain - (value[index] as number);
    const size = Math.abs(error);
    const weight = size > limit ? limit / size : 1;
    const gx = gradientX[index] as number;
    const gy = gradientY[index] as number;
    const ga = gradientTurn[index] as number;
    const wx = weight * gx;
    const wy = weight * gy;
    const wa = weight * ga;
    xx += wx * gx;
    xy += wx * gy;
    yy += wy * gy;
    xa += wx * ga;
    ya += wy * ga;
    aa += wa * ga;
    ex += wx * error;
    ey += wy * error;
    ea += wa * error;
  }
  const plane = xx * yy - xy * xy;
  if (!(plane > 1e-9 * (xx + yy) ** 2)) return undefined;
  // The angle by the Schur complement of the two offsets.
  const alongX = (yy * xa - xy * ya) / plane;
  const alongY = (xx * ya - xy * xa) / plane;
  const stiffness = aa - xa * alongX - ya * alongY;
  const angle = canTurn && stiffness > 1e-6 * aa ? (ea - ex * alongX - ey * alongY) / stiffness : 0;
  const restX = ex - xa * angle;
  const restY = ey - ya * angle;
  return { dx: (yy * restX - xy * restY) / plane, dy: (xx * restY - xy * restX) / plane, angle };
}
