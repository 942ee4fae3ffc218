/**
 * Two dimensions in which what looks alike lies together: UMAP (McInnes, Healy and Melville 2018, arXiv 1802.03426) on columns of numbers, so
 * that 100,000 images fit into some hundred megabytes. The same input and seed give the same map; known places are kept as a beginning, so
 * that people find things where they were.
 */
import { createRandom, type Random } from '../../../maths/random.ts';
import { gatherRows } from './label-errors.ts';
import { nearestNeighbours, unitRows } from './nearest.ts';
import { principalPlane } from './principal-plane.ts';

export interface LayoutInput {
  /** Rows × dimensions. */
  vectors: Float32Array;
  dimensions: number;
  seed: number;
  /** Rows × 2, where they lay before; NaN: new. */
  before?: Float32Array;
}

/** Below it there is no neighbourhood to speak of. */
export const LEAST_MAPPED = 4;

const NEIGHBOURS = 15;
/** For a least distance of 0.1 and a spread of 1: places repel as 1 / (1 + A · d^(2B)). */
const A = 1.577;
const B = 0.895;
const NEGATIVES = 5;
const LONGEST_STEP = 4;
/** Half the width of the first layout. */
const BEGIN_EXTENT = 10;
const TURNS = { few: 500, many: 200, manyFrom: 10_000 } as const;

/** Rows × 2. */
export function layOut({ vectors, dimensions, seed, before }: LayoutInput): Float32Array {
  const rows = vectors.length / dimensions;
  if (rows < LEAST_MAPPED) throw new Error(`vectors: ${rows} rows; give at least ${LEAST_MAPPED}`);
  const random = createRandom(seed);
  const unit = unitRows(vectors, dimensions);
  const { k, indices, distances } = nearestNeighbours(unit, dimensions, NEIGHBOURS);
  const strength = strengths(distances, k);
  const place = beginning(unit, dimensions, before, indices, k, random);
  const turns = rows < TURNS.manyFrom ? TURNS.few : TURNS.many;
  optimise(place, joinedEdges(indices, strength, k), turns, random);
  return place;
}

/** How surely each neighbour belongs to the row's surroundings: 1 for the nearest; each row's add up to log2(k). */
function strengths(distances: Float32Array, k: number): Float32Array {
  const result = new Float32Array(distances.length);
  const wanted = Math.log2(k);
  // between unit vectors, from 1 − cosine
  const apart = Float32Array.from(distances, (each) => Math.sqrt(2 * each));
  const mean = apart.reduce((sum, each) => sum + each, 0) / apart.length;
  for (let from = 0; from < distances.length; from += k) {
    let nearest = 0;
    for (let at = from; at < from + k && nearest === 0; at++) nearest = apart[at] ?? 0;
    let low = 0;
    let high = Number.POSITIVE_INFINITY;
    let width = 1;
    for (let turn = 0; turn < 64; turn++) {
      let sum = 0;
      for (let at = from; at < from + k; at++) sum += Math.exp(-Math.max(0, (apart[at] ?? 0) - nearest) / width);
      if (Math.abs(sum - wanted) < 1e-5) break;
      if (sum > wanted) high = width;
      else low = width;
      width = high === Number.POSITIVE_INFINITY ? width * 2 : (low + high) / 2;
    }
    width = Math.max(width, 1e-3 * mean, 1e-12);
    for (let at = from; at < from + k; at++) result[at] = Math.exp(-Math.max(0, (apart[at] ?? 0) - nearest) / width);
  }
  return result;
}

interface Edges {
  head: Int32Array;
  tail: Int32Array;
  weight: Float32Array;
}

/** Each pair once, with the probability that one of its two directions holds. */
function joinedEdges(indices: Int32Array, strength: Float32Array, k: number): Edges {
  const head = new Int32Array(indices.length);
  const tail = new Int32Array(indices.length);
  const weight = new Float32Array(indices.length);
  let count = 0;
  for (let at = 0; at < indices.length; at++) {
    const row = Math.floor(at / k);
    const other = indices[at] ?? 0;
    let back = 0;
    for (let there = other * k; there < (other + 1) * k; there++)
      if (indices[there] === row) back = strength[there] ?? 0;
    if (back > 0 && other < row) continue;
    head[count] = row;
    tail[count] = other;
    weight[count] = (strength[at] ?? 0) + back - (strength[at] ?? 0) * back;
    count++;
  }
  return { head: head.subarray(0, count), tail: tail.subarray(0, count), weight: weight.subarray(0, count) };
}

/** Where the rows lay; new ones among their neighbours; where nothing lay, the plane of the widest spread. */
function beginning(
  unit: Float32Array,
  dimensions: number,
  before: Float32Array | undefined,
  indices: Int32Array,
  k: number,
  random: Random,
): Float32Array {
  const rows = unit.length / dimensions;
  const place = new Float32Array(2 * rows);
  const known = before ? [...Array(rows).keys()].filter((row) => !Number.isNaN(before[2 * row])) : [];
  if (!before || known.length < rows / 2) {
    const plane = principalPlane(unit, dimensions, random);
    const most = plane.reduce((largest, each) => Math.max(largest, Math.abs(each)), 1e-9);
    for (let at = 0; at < place.length; at++)
      place[at] = ((plane[at] ?? 0) / most) * BEGIN_EXTENT + (random() - 0.5) * 1e-3;
    return place;
  }
  const middle = gatherRows(before, 2, known);
  for (let row = 0; row < rows; row++) {
    for (const axis of [0, 1] as const) {
      let sum = 0;
      let count = 0;
      if (!Number.isNaN(before[2 * row])) [sum, count] = [before[2 * row + axis] ?? 0, 1];
      else
        for (let at = row * k; at < (row + 1) * k; at++) {
          const there = before[2 * (indices[at] ?? 0) + axis] ?? 0;
          if (!Number.isNaN(there)) [sum, count] = [sum + there, count + 1];
        }
      const chosen = count > 0 ? sum / count : (middle[2 * Math.floor(random() * known.length) + axis] ?? 0);
      place[2 * row + axis] = chosen + (random() - 0.5) * 1e-3;
    }
  }
  return place;
}

/** Stochastic gradient descent: an edge pulls as often as it is strong, and each pull is followed by pushes from rows drawn at random. */
function optimise(place: Float32Array, { head, tail, weight }: Edges, turns: number, random: Random): void {
  const rows = place.length / 2;
  const strongest = weight.reduce((most, each) => Math.max(most, each), 0);
  const every = Float64Array.from(weight, (each) =>
    each * turns < strongest ? Number.POSITIVE_INFINITY : strongest / each,
  );
  const next = every.slice();
  for (let turn = 0; turn < turns; turn++) {
    const rate = 1 - turn / turns;
    for (let edge = 0; edge < head.length; edge++) {
      if ((next[edge] ?? 0) > turn) continue;
      next[edge] = (next[edge] ?? 0) + (every[edge] ?? 0);
      const from = 2 * (head[edge] ?? 0);
      const to = 2 * (tail[edge] ?? 0);
      const dx = (place[from] ?? 0) - (place[to] ?? 0);
      const dy = (place[from + 1] ?? 0) - (place[to + 1] ?? 0);
      const square = dx * dx + dy * dy;
      if (square > 0) {
        const pull = (-2 * A * B * square ** (B - 1)) / (1 + A * square ** B);
        const moveX = clip(pull * dx) * rate;
        const moveY = clip(pull * dy) * rate;
        place[from] = (place[from] ?? 0) + moveX;
        place[from + 1] = (place[from + 1] ?? 0) + moveY;
        place[to] = (place[to] ?? 0) - moveX;
        place[to + 1] = (place[to + 1] ?? 0) - moveY;
      }
      for (let push = 0; push < NEGATIVES; push++) {
        const other = 2 * Math.floor(random() * rows);
        if (other === from) continue;
        const awayX = (place[from] ?? 0) - (place[other] ?? 0);
        const awayY = (place[from + 1] ?? 0) - (place[other + 1] ?? 0);
        const apart = awayX * awayX + awayY * awayY;
        const force = apart > 0 ? (2 * B) / ((0.001 + apart) * (1 + A * apart ** B)) : 0;
        place[from] = (place[from] ?? 0) + (apart > 0 ? clip(force * awayX) : LONGEST_STEP) * rate;
        place[from + 1] = (place[from + 1] ?? 0) + (apart > 0 ? clip(force * awayY) : LONGEST_STEP) * rate;
      }
    }
  }
}

function clip(step: number): number {
  return Math.min(LONGEST_STEP, Math.max(-LONGEST_STEP, step));
}
