/**
 * Paints points into pixels, the same on every machine and without a graphics card: a hundred thousand stamps of a few pixels take
 * milliseconds. Where points lie on each other the ink gets denser; classes differ by shape, what is chosen by colour. Pure.
 */
import type { MapPoints } from './map-points.ts';
import type { MapView } from './map-view.ts';

/** What stands for each code from 0: quiet dots, then shapes in ink. The letters are those of the legend. */
export const SIGNS = ['·', '●', '■', '▲', '◆', '✕', '✚', '○', '▬'] as const;

const shapes: readonly (readonly string[])[] = [
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
function stampsOf(size: number): Int8Array[] {
  return shapes.map((rows) => {
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

/** How much ink one point gives, of 255. */
const QUIET_INK = 90;
const CLASS_INK = 170;
const CHOSEN_INK = 255;

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
  const stamps = stampsOf(Math.max(1, Math.round(ratio)));
  const margin = 3 * Math.max(1, Math.round(ratio));
  const scale = view.scale * ratio;
  const [offsetX, offsetY] = [view.x * ratio, view.y * ratio];
  for (const layer of [0, 1, 2] as const) {
    if (layer === 2 && !chosen) continue;
    const colour = layer === 0 ? ink.quiet : layer === 1 ? ink.classes : ink.chosen;
    const amount = layer === 0 ? QUIET_INK : layer === 1 ? CLASS_INK : CHOSEN_INK;
    for (let point = 0; point < count; point++) {
      const code = codes[point] ?? 0;
      const own = chosen?.[point] === 1 ? 2 : code === 0 || quiet.has(code) ? 0 : 1;
      if (own !== layer) continue;
      const x = Math.round((xy[2 * point] ?? 0) * scale + offsetX);
      const y = Math.round((xy[2 * point + 1] ?? 0) * scale + offsetY);
      if (x < margin || y < margin || x >= width - margin || y >= height - margin) continue;
      const stamp = stamps[code] ?? stamps[0];
      if (!stamp) continue;
      for (let at = 0; at < stamp.length; at += 2) {
        const place = (y + (stamp[at + 1] ?? 0)) * width + x + (stamp[at] ?? 0);
        const before = layer === 2 ? 0 : (pixels[place] ?? 0) >>> 24;
        const alpha = Math.min(255, before + amount);
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
