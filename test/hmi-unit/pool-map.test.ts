import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { drawPoints, inkOf } from '../../hmi/features/pool-map/draw-points.ts';
import { around, MOST_CORNERS, readLasso, simplify, writeLasso } from '../../hmi/features/pool-map/lasso.ts';
import { extentOf, gridOf, type MapPoints, pointsInside, readPoints } from '../../hmi/features/pool-map/map-points.ts';
import { fitMap, toMap, toRoom, zoomMap } from '../../hmi/features/pool-map/map-view.ts';
import { createSeededRandom } from '../support/seeded-random.ts';

const settings = { seed: 11, numRuns: 60, endOnFailure: true } as const;
const place = fc.integer({ min: -1000, max: 1000 }).map((value) => value / 50);

function pointsOf(places: readonly (readonly [number, number])[], codes: readonly number[] = []): MapPoints {
  return {
    count: places.length,
    xy: Float32Array.from(places.flat()),
    codes: Uint8Array.from(places, (_, index) => codes[index] ?? 0),
  };
}

describe('the points of a map', () => {
  it('are read as the server packs them', () => {
    const xy = Buffer.from(Float32Array.of(1.5, -2, 3, 4).buffer).toString('base64');
    expect(readPoints({ xy, codes: Buffer.of(0, 3).toString('base64') })).toEqual({
      count: 2,
      xy: Float32Array.of(1.5, -2, 3, 4),
      codes: Uint8Array.of(0, 3),
    });
    expect(readPoints({ xy: '', codes: '' }).count).toBe(0);
  });

  it('are inside a rectangle exactly when both coordinates are', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(place, place), { maxLength: 40 }), place, place, (places, x, y) => {
        const [left, top, right, bottom] = [x - 0.005, y - 0.005, x + 8.005, y + 5.005];
        const inside = pointsInside(pointsOf(places), [left, top, right, top, right, bottom, left, bottom]);
        expect([...inside]).toEqual(
          places.map(([px, py]) => (px > left && px < right && py > top && py < bottom ? 1 : 0)),
        );
      }),
      settings,
    );
  });

  it('are found by the pointer: the nearest within reach, wherever it is', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(place, place), { maxLength: 60 }), place, place, (places, x, y) => {
        const points = pointsOf(places);
        const reach = 3;
        const found = gridOf(points).nearest({ x, y }, reach);
        const apart = (index: number) =>
          Math.hypot((points.xy[2 * index] ?? 0) - x, (points.xy[2 * index + 1] ?? 0) - y);
        const least = Math.min(...places.map((_, index) => apart(index)));
        if (found < 0) expect(least > reach - 1e-6).toBe(true);
        else expect(apart(found)).toBeCloseTo(least, 5);
      }),
      settings,
    );
  });

  it('are asked for by a square that holds them', () => {
    fc.assert(
      fc.property(place, place, (x, y) => {
        const points = pointsOf([[x, y]]);
        const [px = 0, py = 0] = points.xy;
        expect([...pointsInside(points, around({ x: px, y: py }))]).toEqual([1]);
      }),
      settings,
    );
  });
});

describe('the view of a map', () => {
  it('keeps the point under the pointer where it is when it zooms, and shows all of it when it is fitted', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(place, place), { minLength: 2, maxLength: 50 }),
        fc.integer({ min: 20, max: 300 }),
        (places, percent) => {
          const extent = extentOf(pointsOf(places));
          const fitted = fitMap(extent, { width: 800, height: 600 });
          for (const corner of [
            { x: extent.left, y: extent.top },
            { x: extent.right, y: extent.bottom },
          ]) {
            const { x, y } = toRoom(fitted, corner);
            expect(x > 23 && x < 777 && y > 23 && y < 577).toBe(true);
          }
          const at = { x: 200, y: 100 };
          const before = toMap(fitted, at);
          const after = toMap(zoomMap(fitted, percent / 100, at, fitted), at);
          expect(after.x).toBeCloseTo(before.x, 6);
          expect(after.y).toBeCloseTo(before.y, 6);
        },
      ),
      settings,
    );
  });
});

describe('a line around points', () => {
  it('keeps few corners and nearly the same points', () => {
    const random = createSeededRandom(4);
    const places = Array.from({ length: 3000 }, () => [random.next() * 20 - 10, random.next() * 20 - 10] as const);
    const circle = Array.from({ length: 900 }, (_, at) => (at * Math.PI) / 450).flatMap((turn) => [
      6 * Math.cos(turn),
      6 * Math.sin(turn),
    ]);
    const few = simplify(circle);
    expect(few.length / 2).toBe(MOST_CORNERS);
    const [all, kept] = [pointsInside(pointsOf(places), circle), pointsInside(pointsOf(places), few)];
    const different = all.filter((inside, index) => inside !== kept[index]).length;
    expect(different).toBeLessThan(10);
  });

  it('is in the address as it was drawn; anything else in there is no line', () => {
    expect(readLasso(writeLasso([0, 1.25, 3, -4, 5.5, 6]))).toEqual([0, 1.25, 3, -4, 5.5, 6]);
    for (const text of [undefined, '', '1,2,3,4', '1,2,3,4,5,x', '1,2,3,4,5,6,7']) expect(readLasso(text)).toEqual([]);
    expect(writeLasso([1, 2, 3, 4])).toBeUndefined();
  });
});

describe('the picture of a map', () => {
  const view = { scale: 1, x: 0, y: 0 };
  const ink = { quiet: 0x010203, classes: 0x040506, chosen: 0x070809 };
  const draw = (points: MapPoints, chosen?: Uint8Array) => {
    const pixels = new Uint32Array(40 * 40).fill(7);
    drawPoints({ pixels, width: 40, height: 40 }, points, chosen, view, 1, ink, new Set([1]));
    return (x: number, y: number) => ({
      ink: (pixels[y * 40 + x] ?? 0) & 0xffffff,
      alpha: (pixels[y * 40 + x] ?? 0) >>> 24,
    });
  };

  it('tells classes by shape, the usual by quiet ink, and the chosen by their own', () => {
    const at = draw(
      pointsOf(
        [
          [10, 10],
          [20, 10],
          [30, 10],
        ],
        [1, 2, 2],
      ),
      Uint8Array.of(0, 0, 1),
    );
    expect([at(10, 10).ink, at(20, 10).ink, at(30, 10).ink]).toEqual([ink.quiet, ink.classes, ink.chosen]);
    // the corner of a disc is empty, that of a square is not
    expect([at(8, 8).alpha, at(18, 8).alpha]).toEqual([0, at(20, 10).alpha]);
    expect(at(0, 0).alpha).toBe(0);
  });

  it('gets denser where points lie on each other, and leaves out what lies outside', () => {
    const one = draw(pointsOf([[10, 10]]))(10, 10).alpha;
    const two = draw(
      pointsOf([
        [10, 10],
        [10, 10],
      ]),
    )(10, 10).alpha;
    expect(two).toBe(2 * one);
    expect(
      draw(
        pointsOf([
          [-5, 10],
          [39, 39],
          [1e9, 0],
        ]),
      )(39, 39).alpha,
    ).toBe(0);
  });

  it('reads the colours of the tokens', () => {
    expect(inkOf(' #1f5a87')).toBe(0x875a1f);
  });
});
