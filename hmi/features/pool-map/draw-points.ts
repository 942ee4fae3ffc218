/**
 * Paints points into pixels, the same on every machine and without a graphics card: a hundred thousand stamps of a few pixels take
 * milliseconds. Where points lie on each other the ink gets denser; classes differ by shape, what is chosen by colour. Pure.
 */
import type { MapPoints } from './map-points.ts';
import type { MapView } from './map-view.ts';

/** What stands for each code from 0: quiet dots, then shapes in ink; the legend draws the same. */
export const SHAPES: readonly (readonly string[])[] = [
  ['.....', '..#..', '.###.', '..#..', '.....'],
  ['.###.', '#####', '#####', '#####', '.###.'],
  ['#####', '#####', '#####', '#####', '#####'],
  ['..#..', '..#..', '.###.', '.###.', '#####'],
  ['..#..', '.###.', '#####', '.###.', '..#..'],
  ['#...#', '.#.#.', '..#..', '.#.#.', '#...#'],
  ['..#..', '..#..', '#####', '..#..', '..#..'],
  ['.###.', '#...#', '#...#', '#...#', '.###.'],
  ['.....', '#####', '#####', '#####', '.....'],
];
const HALF = 2;

/** Of each shape the pixels it covers, as dx, dy pairs; for `size` device pixels a pixel of the drawing. */
function stampsOf(drawings: readonly (readonly string[])[], size: number): Int8Array[] {
  return drawings.map((rows) => {
    const pixels: number[] = [];
    rows.forEach((row, y) => {
      [...row].forEach((sign, x) => {
        if (sign !== '#') return;
        for (let dy = 0; dy < size; dy++)
          for (let dx = 0; dx < size; dx++) pixels.push((x - HALF) * size + dx, (y - HALF) * size + dy);
      });
    });
    return Int8Array.from(pixels);
  });
}

export interface Ink {
  /** RGB as 0xBBGGRR, which is what a pixel of a little-endian image is. */
  quiet: number;
  classes: number;
  chosen: number;
}

export interface Picture {
  /** One RGBA pixel an entry, row by row. */
  pixels: Uint32Array;
  width: number;
  height: number;
}

/** Where points lie thick, shapes would only make one blot: grains say how many there are, and who comes closer sees the shapes. */
const GRAINS = SHAPES.map((_, code) =>
  code === 0 ? ['.....', '.....', '..#..', '.....', '.....'] : ['.....', '..#..', '.###.', '..#..', '.....'],
);
const QUIET_GRAIN = GRAINS[0] ?? [];
/** Points in view for each pixel of the picture, from which they lie thick. */
const THICK = 1 / 25;

/** How much ink one point gives, of 255: quiet ones, classes, chosen ones. */
const INK = { shapes: [90, 170, 255], grains: [100, 150, 140] } as const;

/**
 * `view` in CSS pixels, `ratio` device pixels each. Codes that are `hidden` are left out. Quiet ones below, classes above them, chosen ones on top.
 */
export function drawPoints(
  picture: Picture,
  { xy, codes, count }: MapPoints,
  chosen: Uint8Array | undefined,
  view: MapView,
  ratio: number,
  ink: Ink,
  quiet: ReadonlySet<number>,
): void {
  const { pixels, width, height } = picture;
  pixels.fill(0);
  const size = Math.max(1, Math.round(ratio));
  const margin = 3 * size;
  const scale = view.scale * ratio;
  const [offsetX, offsetY] = [view.x * ratio, view.y * ratio];
  let seen = 0;
  for (let point = 0; point < count; point++) {
    const x = (xy[2 * point] ?? 0) * scale + offsetX;
    const y = (xy[2 * point + 1] ?? 0) * scale + offsetY;
    if (x >= 0 && y >= 0 && x < width && y < height) seen++;
  }
  const isThick = seen * size * size > width * height * THICK;
  const amounts = isThick ? INK.grains : INK.shapes;
  const stamps = stampsOf(isThick ? GRAINS : SHAPES, size);
  const quietStamps = stampsOf(isThick ? SHAPES.map(() => QUIET_GRAIN) : SHAPES, size);
  for (const layer of [0, 1, 2] as const) {
    if (layer === 2 && !chosen) continue;
    const colour = layer === 0 ? ink.quiet : layer === 1 ? ink.classes : ink.chosen;
    const amount = amounts[layer];
    for (let point = 0; point < count; point++) {
      const code = codes[point] ?? 0;
      const isQuiet = code === 0 || quiet.has(code);
      const own = chosen?.[point] === 1 ? 2 : isQuiet ? 0 : 1;
      if (own !== layer) continue;
      const x = Math.round((xy[2 * point] ?? 0) * scale + offsetX);
      const y = Math.round((xy[2 * point + 1] ?? 0) * scale + offsetY);
      if (x < margin || y < margin || x >= width - margin || y >= height - margin) continue;
      const stamp = isQuiet ? quietStamps[code] : stamps[code];
      if (!stamp) continue;
      for (let at = 0; at < stamp.length; at += 2) {
        const place = (y + (stamp[at + 1] ?? 0)) * width + x + (stamp[at] ?? 0);
        const before = pixels[place] ?? 0;
        // the chosen ones cover what lies below them
        const ground = layer < 2 || (before & 0xffffff) === colour ? before >>> 24 : 0;
        const alpha = Math.min(255, ground + amount);
        pixels[place] = ((alpha << 24) | colour) >>> 0;
      }
    }
  }
}

/** `#rrggbb` as a pixel has it. */
export function inkOf(hex: string): number {
  const value = Number.parseInt(hex.trim().slice(1), 16);
  return ((value & 0xff) << 16) | (value & 0xff00) | ((value >> 16) & 0xff);
}
