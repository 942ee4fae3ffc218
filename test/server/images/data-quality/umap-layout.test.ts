import { UMAP } from 'umap-js';
import { describe, expect, it } from 'vitest';
import { nearestNeighbours } from '../../../../server/modules/images/data-quality/nearest.ts';
import { placeAmong } from '../../../../server/modules/images/data-quality/place-among.ts';
import { layOut } from '../../../../server/modules/images/data-quality/umap-layout.ts';
import { createSeededRandom } from '../../../support/seeded-random.ts';

const rows = 240;
const dimensions = 12;
const groups = 6;

/** Groups in directions of their own, as embeddings of different parts are. */
function madeVectors(seed: number): Float32Array {
  const random = createSeededRandom(seed);
  const middles = Array.from({ length: groups }, () => Array.from({ length: dimensions }, () => random.normal()));
  return Float32Array.from({ length: rows * dimensions }, (_, at) => {
    const middle = middles[Math.floor(at / dimensions) % groups] ?? [];
    return (middle[at % dimensions] ?? 0) + 0.25 * random.normal();
  });
}

/** Share of each row's five nearest on the map that are of its own group. */
function keptTogether(places: ArrayLike<number>): number {
  let kept = 0;
  for (let row = 0; row < rows; row++) {
    const apart = (other: number) =>
      Math.hypot(
        (places[2 * row] ?? 0) - (places[2 * other] ?? 0),
        (places[2 * row + 1] ?? 0) - (places[2 * other + 1] ?? 0),
      );
    const others = Array.from({ length: rows }, (_, other) => other).filter((other) => other !== row);
    const nearest = others.toSorted((a, b) => apart(a) - apart(b)).slice(0, 5);
    kept += nearest.filter((other) => other % groups === row % groups).length / 5 / rows;
  }
  return kept;
}

describe('laying images out on a map', () => {
  const vectors = madeVectors(2);
  const layout = layOut({ vectors, dimensions, seed: 1 });

  it('keeps together what looks alike, as well as umap-js does', () => {
    const random = createSeededRandom(1);
    const peer = new UMAP({ nComponents: 2, nNeighbors: 15, random: random.next });
    const input = Array.from({ length: rows }, (_, row) => [
      ...vectors.subarray(row * dimensions, (row + 1) * dimensions),
    ]);
    expect(keptTogether(layout)).toBeGreaterThanOrEqual(keptTogether(peer.fit(input).flat()) - 0.02);
  });

  it('is the same for the same images and seed', () => {
    expect(layOut({ vectors, dimensions, seed: 1 })).toEqual(layout);
  });

  it('leaves places about where they were when it is done again with new images', () => {
    const before = layout.slice();
    for (let row = 0; row < rows; row += 5) before.fill(Number.NaN, 2 * row, 2 * row + 2);
    const again = layOut({ vectors, dimensions, seed: 9, before });
    const extent = Math.max(...layout) - Math.min(...layout);
    const moved = Array.from({ length: rows }, (_, row) =>
      Math.hypot(
        (again[2 * row] ?? 0) - (layout[2 * row] ?? 0),
        (again[2 * row + 1] ?? 0) - (layout[2 * row + 1] ?? 0),
      ),
    ).toSorted((a, b) => a - b);
    expect(moved[Math.floor(rows / 2)]).toBeLessThan(extent / 4);
  });

  it('takes images that are all alike, and the fewest', () => {
    const alike = layOut({ vectors: new Float32Array(40 * 4).fill(0.5), dimensions: 4, seed: 1 });
    expect(alike.every(Number.isFinite)).toBe(true);
    expect(layOut({ vectors: madeVectors(1).slice(0, 4 * dimensions), dimensions, seed: 1 })).toHaveLength(8);
    expect(() => layOut({ vectors: new Float32Array(6), dimensions: 2, seed: 1 })).toThrow('give at least 4');
  });
});

describe('putting a new image on a map', () => {
  it('puts it among those around its nearest neighbour, not between two groups', () => {
    const here = [0, 0.1, 0.2, 0.3].map((x) => ({ x, y: 0, likeness: 0.9 - x / 10 }));
    const there = [10, 10.1].map((x) => ({ x, y: 0, likeness: 0.8 }));
    const place = placeAmong([...here, ...there]);
    expect(place?.x).toBeLessThan(1);
    expect(placeAmong([])).toBeUndefined();
  });
});

describe('finding the nearest neighbours of many rows', () => {
  it('finds by the graph nearly all that comparing with all finds', () => {
    const random = createSeededRandom(8);
    const many = Float32Array.from({ length: 1700 * 8 }, () => random.normal());
    const byGraph = nearestNeighbours(many, 8, 5);
    let found = 0;
    for (let row = 0; row < 1700; row += 17) {
      const cosine = (other: number) => {
        let [product, a, b] = [0, 0, 0];
        for (let at = 0; at < 8; at++) {
          const [x = 0, y = 0] = [many[row * 8 + at], many[other * 8 + at]];
          [product, a, b] = [product + x * y, a + x * x, b + y * y];
        }
        return product / Math.sqrt(a * b);
      };
      const likeness = Array.from({ length: 1700 }, (_, other) => (other === row ? -2 : cosine(other)));
      const exact = [...likeness.keys()].toSorted((a, b) => (likeness[b] ?? 0) - (likeness[a] ?? 0)).slice(0, 5);
      const own = byGraph.indices.subarray(row * 5, row * 5 + 5);
      found += exact.filter((other) => own.includes(other)).length;
    }
    expect(found).toBeGreaterThan(0.95 * 100 * 5);
  });
});
