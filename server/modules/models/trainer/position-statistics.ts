/**
 * What distance is usual at each relative position of a good image. A busy rim is always far from the memory and a
 * plain centre never: without this the rim's noise hides the centre's defect.
 */
import { POSITION_GRID, type PositionStatistics } from './anomaly-graph.ts';

/** Images whose weight equals that of the whole picture's mean and variance (shrinkage n / (n + 40)). */
const SHRINKAGE_IMAGES = 40;
/** Share of the overall deviation added to each position's: a floor that keeps quiet positions from dominating. */
const DEVIATION_FLOOR = 0.25;

export interface CellMap {
  /** [h, w], row-major. */
  data: Float32Array;
  h: number;
  w: number;
}

/** Statistics of the maps of good images, each scored by a memory without its own patches. */
export function positionStatistics(maps: Iterable<CellMap>): PositionStatistics {
  const cells = POSITION_GRID * POSITION_GRID;
  const sum = new Float64Array(cells);
  const squares = new Float64Array(cells);
  let count = 0;
  for (const map of maps) {
    const grid = resampleToGrid(map);
    for (let at = 0; at < cells; at++) {
      const value = grid[at] ?? 0;
      sum[at] = (sum[at] ?? 0) + value;
      squares[at] = (squares[at] ?? 0) + value * value;
    }
    count++;
  }
  const overallMean = total(sum) / (cells * count);
  const overallVariance = Math.max(total(squares) / (cells * count) - overallMean ** 2, 1e-12);
  const rawMean = sum.map((value) => value / count);
  const mean = blur(rawMean);
  const variance = blur(squares.map((value, at) => Math.max(value / count - (rawMean[at] ?? 0) ** 2, 0)));

  const weight = count / (count + SHRINKAGE_IMAGES);
  const floor = DEVIATION_FLOOR * Math.sqrt(overallVariance);
  return {
    mean: Float32Array.from(mean, (value) => weight * value + (1 - weight) * overallMean),
    inverseDeviation: Float32Array.from(
      variance,
      (value) => 1 / (Math.sqrt(weight * value + (1 - weight) * overallVariance) + floor),
    ),
  };
}

/** Bilinear, cell centres on relative positions. */
function resampleToGrid({ data, h, w }: CellMap): Float64Array {
  const rows = axisWeights(h);
  const columns = axisWeights(w);
  return Float64Array.from({ length: POSITION_GRID * POSITION_GRID }, (_, at) => {
    const row = rows[Math.floor(at / POSITION_GRID)];
    const column = columns[at % POSITION_GRID];
    if (!row || !column) return 0;
    const line = (y: number) =>
      (data[y * w + column.low] ?? 0) * (1 - column.share) + (data[y * w + column.high] ?? 0) * column.share;
    return line(row.low) * (1 - row.share) + line(row.high) * row.share;
  });
}

function axisWeights(size: number) {
  return Array.from({ length: POSITION_GRID }, (_, at) => {
    const position = Math.min(Math.max(((at + 0.5) * size) / POSITION_GRID - 0.5, 0), size - 1);
    const low = Math.floor(position);
    return { low, high: Math.min(low + 1, size - 1), share: position - low };
  });
}

/** Binomial 1-2-1 along both axes, twice; edges repeat. */
function blur(grid: Float64Array): Float64Array {
  let current = grid;
  for (let pass = 0; pass < 2; pass++) {
    for (const step of [1, POSITION_GRID]) {
      const source = current;
      current = source.map((value, at) => {
        const along = step === 1 ? at % POSITION_GRID : Math.floor(at / POSITION_GRID);
        const before = along > 0 ? (source[at - step] ?? 0) : value;
        const after = along < POSITION_GRID - 1 ? (source[at + step] ?? 0) : value;
        return (before + 2 * value + after) / 4;
      });
    }
  }
  return current;
}

function total(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0);
}
