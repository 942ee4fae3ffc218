import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fitView, panBy, reveal, toImage, toScreen, zoomAbout } from '../../hmi/lib/view-transform.ts';

const sizes = fc.record({ width: fc.integer({ min: 1, max: 4000 }), height: fc.integer({ min: 1, max: 4000 }) });
const rooms = fc.record({ width: fc.integer({ min: 200, max: 2000 }), height: fc.integer({ min: 200, max: 2000 }) });
const shares = fc.record({
  x: fc.double({ min: 0, max: 1, noNaN: true }),
  y: fc.double({ min: 0, max: 1, noNaN: true }),
});
const options = { seed: 5, endOnFailure: true };

describe('the view of an image', () => {
  it('shows all of it at first, as large as the room allows', () => {
    fc.assert(
      fc.property(sizes, rooms, (image, room) => {
        const view = fitView(image, room);
        const corner = toScreen(view, { x: image.width, y: image.height });
        expect(view.x).toBeGreaterThanOrEqual(-1e-6);
        expect(view.y).toBeGreaterThanOrEqual(-1e-6);
        expect(corner.x).toBeLessThanOrEqual(room.width + 1e-6);
        expect(corner.y).toBeLessThanOrEqual(room.height + 1e-6);
      }),
      options,
    );
  });

  it('keeps the point below the pointer where it is while zooming in on the image', () => {
    fc.assert(
      fc.property(rooms, shares, fc.double({ min: 1, max: 8, noNaN: true }), (room, share, factor) => {
        const image = { width: 2000, height: 2000 };
        const view = fitView(image, room);
        const at = toScreen(view, { x: share.x * image.width, y: share.y * image.height });
        const next = zoomAbout(view, factor, at, image, room);
        const seen = toScreen(next, toImage(view, at));
        expect(seen.x).toBeCloseTo(at.x, 6);
        expect(seen.y).toBeCloseTo(at.y, 6);
      }),
      options,
    );
  });

  it('never loses the image, however it is moved', () => {
    const moves = fc.array(fc.tuple(fc.integer({ min: -3000, max: 3000 }), fc.integer({ min: -3000, max: 3000 })));
    fc.assert(
      fc.property(sizes, rooms, moves, (image, room, all) => {
        let view = fitView(image, room);
        for (const [dx, dy] of all) {
          view = zoomAbout(panBy(view, dx, dy, image, room), dx > 0 ? 1.5 : 0.6, { x: 10, y: 10 }, image, room);
        }
        const middle = toImage(view, { x: room.width / 2, y: room.height / 2 });
        expect(middle.x).toBeGreaterThanOrEqual(-1e-6);
        expect(middle.x).toBeLessThanOrEqual(image.width + 1e-6);
        expect(middle.y).toBeGreaterThanOrEqual(-1e-6);
        expect(middle.y).toBeLessThanOrEqual(image.height + 1e-6);
      }),
      options,
    );
  });

  it('follows a crosshair that leaves the room', () => {
    const [image, room] = [
      { width: 2000, height: 2000 },
      { width: 400, height: 400 },
    ];
    const near = zoomAbout(fitView(image, room), 8, { x: 200, y: 200 }, image, room);
    const view = reveal(near, { x: 1900, y: 100 }, image, room);
    const seen = toScreen(view, { x: 1900, y: 100 });
    expect(seen.x).toBeLessThanOrEqual(400);
    expect(seen.y).toBeGreaterThanOrEqual(0);
    expect(reveal(view, { x: 1900, y: 100 }, image, room)).toBe(view);
  });
});
