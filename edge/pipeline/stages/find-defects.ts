/** From an anomaly map to the defects that an operator sees: regions at or above the outline threshold, the worst first. */
import type { Defect } from '../frame.ts';
import { type Grid, traceOutline } from './trace-outline.ts';

/** Side of one cell of an anomaly map in pixels of the model's input (contract of the artifact). */
const CELL_PX = 8;
const MAX_OUTLINE_POINTS = 64;
/** Where no cell reaches the threshold, the region around the peak is cut at this share of it. */
const PEAK_SHARE = 0.8;

export interface AnomalyMap {
  /** Calibrated scores, row-major, 0 to 1. */
  values: Float32Array;
  width: number;
  height: number;
}

/** A point of the model's input in pixels → shares of the image that people see. */
export type ToShares = (x: number, y: number) => { x: number; y: number };

/**
 * `input` is the size of the model's input in pixels; it is the whole image unless `toShares` says where it lies. With `atLeastOne`, the region around the highest cell is given
 * even when no cell reaches `outline`: a rejected part always shows why.
 */
export function findDefects(
  map: AnomalyMap,
  input: { width: number; height: number },
  options: { outline: number; atLeastOne: boolean; maxDefects: number },
  toShares: ToShares = (x, y) => ({ x: x / input.width, y: y / input.height }),
): Defect[] {
  const peak = map.values.reduce((highest, value) => Math.max(highest, value), Number.NEGATIVE_INFINITY);
  if (!Number.isFinite(peak)) return [];
  if (peak < options.outline && !options.atLeastOne) return [];
  const level = peak >= options.outline ? options.outline : PEAK_SHARE * peak;
  const regions = findRegions(map, level).sort((a, b) => b.score - a.score);
  return regions.slice(0, options.maxDefects).map((region) => describeRegion(map, region, level, input, toShares));
}

interface Region {
  score: number;
  /** Topmost row, leftmost cell in it. */
  start: { x: number; y: number };
}

/** 4-connected regions of cells at or above `level`, in reading order. */
function findRegions({ values, width, height }: AnomalyMap, level: number): Region[] {
  const seen = new Uint8Array(width * height);
  const regions: Region[] = [];
  for (let start = 0; start < width * height; start++) {
    if (seen[start] === 1 || !((values[start] ?? 0) >= level)) continue;
    const region = { score: 0, start: { x: start % width, y: Math.floor(start / width) } };
    const queue = [start];
    seen[start] = 1;
    for (let cell = queue.pop(); cell !== undefined; cell = queue.pop()) {
      region.score = Math.max(region.score, values[cell] ?? 0);
      const x = cell % width;
      const neighbours = [x > 0 ? cell - 1 : -1, x < width - 1 ? cell + 1 : -1, cell - width, cell + width];
      for (const next of neighbours) {
        if (next < 0 || next >= width * height || seen[next] === 1 || !((values[next] ?? 0) >= level)) continue;
        seen[next] = 1;
        queue.push(next);
      }
    }
    regions.push(region);
  }
  return regions;
}

function describeRegion(
  map: AnomalyMap,
  region: Region,
  level: number,
  input: { width: number; height: number },
  toShares: ToShares,
): Defect {
  const grid: Grid = {
    ...map,
    at: (x, y) =>
      x < 0 || y < 0 || x >= map.width || y >= map.height
        ? Number.NEGATIVE_INFINITY
        : (map.values[y * map.width + x] ?? Number.NEGATIVE_INFINITY),
  };
  const pixels = (cells: number, side: number) => Math.min(side, cells * CELL_PX);
  const share = (value: number) => rounded(Math.min(1, Math.max(0, value)));
  const points = traceOutline(grid, level, region.start, MAX_OUTLINE_POINTS).map((point) => {
    const { x, y } = toShares(pixels(point.x, input.width), pixels(point.y, input.height));
    return { x: share(x), y: share(y) };
  });
  const left = Math.min(...points.map(({ x }) => x));
  const top = Math.min(...points.map(({ y }) => y));
  return {
    class: 'anomaly',
    score: Math.min(1, Math.max(0, region.score)),
    box: {
      x: left,
      y: top,
      width: rounded(Math.max(...points.map(({ x }) => x)) - left),
      height: rounded(Math.max(...points.map(({ y }) => y)) - top),
    },
    outline: points.flatMap(({ x, y }) => [x, y]),
  };
}

/** Five digits are a hundredth of a pixel; more would only fill the outbox. */
function rounded(share: number): number {
  return Math.round(share * 1e5) / 1e5;
}
