/** The outline of the simulated plant's bottle: radius, slope and wall by height, in pixels of the picture. */

export const WIDTH = 320;
export const HEIGHT = 448;
/** The foot of an upright, centred bottle. */
export const BASE_X = WIDTH / 2;
export const BASE_Y = 424;
export const BOTTLE_HEIGHT = 398;
const STEPS_PER_PX = 4;

/** Height above the foot and outer radius there; between the points the outline is a monotone cubic. */
const OUTLINE: readonly (readonly [height: number, radius: number])[] = [
  [0, 70],
  [3, 76],
  [9, 80],
  [16, 81.5],
  [30, 82],
  [215, 82],
  [232, 80.5],
  [252, 73],
  [272, 58.5],
  [288, 45.5],
  [302, 37],
  [318, 32.5],
  [340, 30.5],
  [352, 30],
  [355, 31.5],
  [358, 36.5],
  [361, 38],
  [366, 38],
  [369, 36.5],
  [372, 32.5],
  [375, 31.5],
  [383, 31.5],
  [386, 33.5],
  [389, 34.5],
  [393, 34.5],
  [396, 33.5],
  [398, 31],
];

export interface BottleShape {
  /** Outer radius at a height, 0 above and below the bottle. */
  radius(height: number): number;
  /** |d radius / d height|: 0 where the wall is upright. */
  slope(height: number): number;
  /** Wall over its usual thickness: the heel and the finish are thicker. */
  wall(height: number): number;
}

function tables(): { radius: Float64Array; slope: Float64Array; wall: Float64Array } {
  const n = BOTTLE_HEIGHT * STEPS_PER_PX + 1;
  const radius = new Float64Array(n);
  const tangents = monotoneTangents();
  let piece = 0;
  for (let i = 0; i < n; i++) {
    const h = i / STEPS_PER_PX;
    while (piece < OUTLINE.length - 2 && h > point(piece + 1)[0]) piece++;
    radius[i] = hermite(h, piece, tangents);
  }
  const slope = radius.map((_, i) => {
    const before = radius[Math.max(0, i - STEPS_PER_PX)] ?? 0;
    const after = radius[Math.min(n - 1, i + STEPS_PER_PX)] ?? 0;
    return Math.abs(after - before) / 2;
  });
  const wall = radius.map((_, i) => {
    const h = i / STEPS_PER_PX;
    return 1 + 1.5 * Math.exp(-((h / 11) ** 2)) + 0.25 * Math.exp(-(((h - 262) / 26) ** 2)) + (h > 354 ? 0.9 : 0);
  });
  return { radius, slope, wall };
}

function point(i: number): readonly [number, number] {
  return OUTLINE[i] ?? [0, 0];
}

/** Fritsch and Carlson 1980, the simple form: no overshoot between the points. */
function monotoneTangents(): number[] {
  const secants = OUTLINE.slice(1).map(([h, r], i) => (r - point(i)[1]) / (h - point(i)[0]));
  return OUTLINE.map((_, i) => {
    const left = secants[i - 1] ?? secants[i] ?? 0;
    const right = secants[i] ?? left;
    return left * right <= 0 ? 0 : (2 * left * right) / (left + right);
  });
}

function hermite(h: number, i: number, tangents: readonly number[]): number {
  const [h0, r0] = point(i);
  const [h1, r1] = point(i + 1);
  const span = h1 - h0;
  const t = (h - h0) / span;
  const t2 = t * t;
  const t3 = t2 * t;
  return (
    (2 * t3 - 3 * t2 + 1) * r0 +
    (t3 - 2 * t2 + t) * span * (tangents[i] ?? 0) +
    (3 * t2 - 2 * t3) * r1 +
    (t3 - t2) * span * (tangents[i + 1] ?? 0)
  );
}

const { radius, slope, wall } = tables();
const look = (table: Float64Array, height: number): number => table[(height * STEPS_PER_PX + 0.5) | 0] ?? 0;

export const BOTTLE: BottleShape = {
  radius: (height) => (height < 0 || height > BOTTLE_HEIGHT ? 0 : look(radius, height)),
  slope: (height) => look(slope, height),
  wall: (height) => look(wall, height),
};
