/** How light passes the simulated bottle: a hollow cylinder of the local radius, seen from the side. What depends on little is tabled. */
import { BOTTLE, BOTTLE_HEIGHT } from './bottle-shape.ts';
import { between, normal, type Random } from './seeded-random.ts';

const WALL_PX = 4.6;
const STEPS_PER_PX = 4;
const SIDE_STEPS = 512;
/** Pixels between two points at which the waves of the wall are worked out; between them they are interpolated. */
const STRIA_GRID = 8;
const STRIA_COLUMNS = 26;
const STRIA_ROWS = 54;

/** What differs from one good bottle, and its place before the lamp, to the next. */
export interface BottleLook {
  readonly exposure: number;
  readonly wall: number;
  readonly striae: Float32Array;
  /** How far the level rings bow towards the middle, in pixels: the lens stands a little above the belt. */
  readonly sag: number;
  /** Place of the mould seam in parts of the radius. */
  readonly seam: number;
  readonly shine: number;
  /** Offset of the lamp's brightest point in pixels. */
  readonly lampX: number;
  readonly lampY: number;
  readonly dust: readonly { u: number; h: number; size: number; dark: number }[];
}

/**
 * What `throughGlass` says of a point, one number a place: a plain array, since numbers in an object's fields are allocated
 * one by one and cost a third of the picture's time.
 */
export const PATH = 0; // pixels of glass the light goes through
export const TRANSMITS = 1; // share of the light that is not bent out of the camera's view
export const GLINT = 2; // reflected light in parts of the backlight
export const COVER = 3; // 0 outside, 1 inside, between on the silhouette

export function createLook(random: Random): BottleLook {
  return {
    exposure: 1 + 0.008 * normal(random),
    wall: between(random, 0.93, 1.07),
    striae: striaTable(random),
    sag: between(random, 3.2, 3.8),
    seam: Math.sin(between(random, -1.3, 1.3)),
    shine: between(random, 0.85, 1.15),
    lampX: between(random, -6, 6),
    lampY: between(random, -6, 6),
    dust: Array.from({ length: Math.floor(between(random, 0, 5)) }, () => ({
      u: between(random, -70, 70),
      h: between(random, 25, 330),
      size: between(random, 0.5, 1.3),
      dark: between(random, 0.06, 0.16),
    })),
  };
}

/** Fills `out` for the point `u` pixels from the axis at `height` above the foot. */
export function throughGlass(u: number, height: number, look: BottleLook, out: Float64Array): void {
  out[COVER] = 0;
  if (height < -1 || height > BOTTLE_HEIGHT + 1) return;
  const outer = BOTTLE.radius(Math.min(BOTTLE_HEIGHT, Math.max(0, height)));
  const distance = Math.abs(u);
  const inside = outer - distance;
  if (inside < -0.7) return;
  const ends = height < 0 ? 1 + height : height > BOTTLE_HEIGHT ? 1 + BOTTLE_HEIGHT - height : 1;
  out[COVER] = ends * Math.min(1, (inside + 0.7) / 1.4);

  const s = Math.min(0.999, distance / outer);
  const bow = Math.sqrt(1 - s * s);
  // `| 0` and not Math.round for places in tables: round may give -0, on which V8 gives its compiled code up.
  const row = (Math.min(BOTTLE_HEIGHT, Math.max(0, height - look.sag * (1 - bow))) * STEPS_PER_PX + 0.5) | 0;
  const wall = look.wall * (1 + striaAt(u, height, look.striae)) * (ROWS.wall[row] ?? 0);
  const inner = Math.max(0, 1 - wall / outer);
  const hollow = s < inner ? Math.sqrt(inner * inner - s * s) : 0;
  out[PATH] = 1.72 * outer * (bow - hollow) * (ROWS.stretch[row] ?? 1);

  const edge = smooth(inner - 0.06, Math.min(1, inner + 0.045), s);
  const rim = s > 0.965 ? smooth(0.965, 1, s) : 0;
  const bend = 1 - 0.62 * edge + 0.2 * rim * edge;
  const tilt = 1 - (ROWS.tilt[row] ?? 0) * (0.45 + 0.55 * s);
  let transmits = bend * tilt * (ROWS.rings[row] ?? 1);
  const fromSeam = u - look.seam * outer;
  if (fromSeam < 3 && fromSeam > -3) transmits *= 1 - 0.05 * Math.exp(-fromSeam * fromSeam);

  const side = ((u / outer + 1) * 0.5 * SIDE_STEPS + 0.5) | 0;
  out[GLINT] = look.shine * (ROWS.shine[row] ?? 0) * (SIDE_SHINE[side] ?? 0);
  for (const dust of look.dust) {
    const d = (u - dust.u) ** 2 + (height - dust.h) ** 2;
    if (d < 9) transmits *= 1 - dust.dark * Math.exp(-d / dust.size);
  }
  out[TRANSMITS] = transmits;
}

/** Rises from 0 at `low` to 1 at `high` without a corner. */
export function smooth(low: number, high: number, value: number): number {
  const t = Math.min(1, Math.max(0, (value - low) / (high - low)));
  return t * t * (3 - 2 * t);
}

function band(value: number, centre: number, width: number): number {
  return Math.exp(-(((value - centre) / width) ** 2));
}

/** Everything that depends on the height alone, in steps of a quarter pixel. */
const ROWS = (() => {
  const heights = Float32Array.from({ length: BOTTLE_HEIGHT * STEPS_PER_PX + 1 }, (_, i) => i / STEPS_PER_PX);
  return {
    wall: heights.map((h) => WALL_PX * BOTTLE.wall(h)),
    stretch: heights.map((h) => Math.sqrt(1 + 0.5 * BOTTLE.slope(h) ** 2)),
    tilt: heights.map((h) => (0.5 * BOTTLE.slope(h)) / (0.8 + BOTTLE.slope(h))),
    rings: heights.map((h) => {
      const foot = 1 - 0.55 * band(h, 12, 3.2) - 0.4 * band(h, 2, 2.2) + 0.12 * band(h, 7, 2);
      return foot * (1 - 0.3 * band(h, 354.5, 1.7) - 0.3 * band(h, 373, 1.8) - 0.22 * band(h, 384, 1.3));
    }),
    shine: heights.map((h) => smooth(4, 40, h) / (1 + 2.2 * BOTTLE.slope(h))),
  };
})();

/** Reflections of the two side lamps, by place across the bottle from -1 to 1. */
const SIDE_SHINE = Float32Array.from({ length: SIDE_STEPS + 1 }, (_, i) => {
  const side = (2 * i) / SIDE_STEPS - 1;
  return 0.16 * band(side, -0.62, 0.045) + 0.05 * band(side, -0.52, 0.1) + 0.1 * band(side, 0.68, 0.035);
});

/** Slow waves of the wall's thickness, longer along the axis than around it. */
function striaTable(random: Random): Float32Array {
  const depth = between(random, 0.05, 0.11);
  const [a = 0, b = 0, c = 0, d = 0, e = 0] = Array.from({ length: 5 }, () => between(random, 0, 2 * Math.PI));
  return Float32Array.from({ length: STRIA_COLUMNS * STRIA_ROWS }, (_, i) => {
    const u = ((i % STRIA_COLUMNS) - STRIA_COLUMNS / 2) * STRIA_GRID;
    const h = Math.floor(i / STRIA_COLUMNS) * STRIA_GRID;
    const around = Math.sin(u * 0.047 + 0.8 * Math.sin(h * 0.017 + a) + b) + 0.6 * Math.sin(u * 0.11 - h * 0.021 + c);
    return depth * (around + 0.5 * Math.sin(h * 0.043 + 0.9 * Math.sin(u * 0.031 + d) + e));
  });
}

function striaAt(u: number, height: number, table: Float32Array): number {
  const column = u / STRIA_GRID + STRIA_COLUMNS / 2;
  const row = Math.max(0, height) / STRIA_GRID;
  const c = column | 0;
  const r = row | 0;
  const at = r * STRIA_COLUMNS + c;
  const fc = column - c;
  const low = (table[at] ?? 0) + fc * ((table[at + 1] ?? 0) - (table[at] ?? 0));
  const below = at + STRIA_COLUMNS;
  const high = (table[below] ?? 0) + fc * ((table[below + 1] ?? 0) - (table[below] ?? 0));
  return low + (row - r) * (high - low);
}
