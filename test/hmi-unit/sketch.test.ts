import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { rasterise } from '../../hmi/lib/regions.ts';
import { emptySketch, type Step } from '../../hmi/lib/sketch.ts';
import {
  canRedo,
  canUndo,
  goTo,
  openLog,
  perform,
  readLog,
  redo,
  type SketchLog,
  storeLog,
  undo,
  withinCharacters,
} from '../../hmi/lib/sketch-log.ts';
import { cropMask, emptyMask, paint, spreadMask } from '../../hmi/lib/sketch-mask.ts';
import { geometryOf, regionOf } from '../../hmi/lib/sketch-shape.ts';

const size = { width: 60, height: 40 };
const options = { seed: 11, endOnFailure: true, numRuns: 60 };
const proposal = { classCode: 'crack', kind: 'polygon' as const, rings: [[5, 5, 20, 6, 12, 20]] };

const xs = fc.integer({ min: 0, max: size.width });
const ys = fc.integer({ min: 0, max: size.height });
const points = fc.array(fc.tuple(xs, ys), { minLength: 1, maxLength: 5 }).map((all) => all.flat());
const codes = fc.constantFrom('crack', 'stone');
const ids = fc.integer({ min: 1, max: 6 });
const boxes = fc
  .tuple(xs, ys, fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 20 }))
  .map(([x, y, width, height]) => ({ kind: 'box' as const, x, y, width, height }));
const steps: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ do: fc.constant('add' as const), classCode: codes, geometry: boxes }),
  fc.record({ do: fc.constant('form' as const), id: ids, geometry: boxes }),
  fc.record({
    do: fc.constant('move' as const),
    id: ids,
    dx: fc.integer({ min: -9, max: 9 }),
    dy: fc.integer({ min: -9, max: 9 }),
  }),
  fc.record({ do: fc.constant('class' as const), id: ids, classCode: codes }),
  fc.record({ do: fc.constant('accept' as const), id: ids }),
  fc.record({ do: fc.constant('remove' as const), id: ids }),
  fc.record({
    do: fc.constant('paint' as const),
    id: fc.option(ids),
    classCode: codes,
    points,
    radius: fc.integer({ min: 1, max: 8 }),
  }),
  fc.record({ do: fc.constant('erase' as const), id: fc.option(ids), points, radius: fc.integer({ min: 1, max: 8 }) }),
);
const many = (log: SketchLog, act: (log: SketchLog) => SketchLog, count: number) =>
  Array.from({ length: count }).reduce<SketchLog>((each) => act(each), log);

describe('undo', () => {
  it('comes back to the beginning, and redo to the end, however much was done', () => {
    fc.assert(
      fc.property(fc.array(steps, { maxLength: 40 }), (all) => {
        const begun = openLog(size, [proposal]);
        const done = all.reduce(perform, begun);
        const back = many(done, undo, all.length);
        expect(back.present).toEqual(begun.present);
        expect(canUndo(back)).toBe(false);
        const again = many(back, redo, all.length);
        expect(again.present).toEqual(done.present);
        expect(canRedo(again)).toBe(false);
      }),
      options,
    );
  });

  it('shows each state on the way as it was', () => {
    fc.assert(
      fc.property(fc.array(steps, { maxLength: 40 }), fc.nat(40), (all, at) => {
        const states = [openLog(size, [proposal])];
        for (const step of all) states.push(perform(states.at(-1) as SketchLog, step));
        const wanted = Math.min(at, all.length);
        expect(goTo(states.at(-1) as SketchLog, wanted).present).toEqual(states[wanted]?.present);
      }),
      options,
    );
  });

  it('goes back a thousand steps', () => {
    const stroke = (at: number): Step => ({
      do: 'paint',
      id: null,
      classCode: 'crack',
      points: [at % 60, 5],
      radius: 2,
    });
    const log = Array.from({ length: 1000 }, (_, at) => stroke(at)).reduce(perform, openLog(size));
    expect(log.snapshots.size).toBeLessThanOrEqual(64);
    expect(many(log, undo, 1000).present).toEqual(emptySketch);
  });

  it('gives up what could have been redone once something else is done', () => {
    const add: Step = { do: 'add', classCode: 'crack', geometry: { kind: 'box', x: 1, y: 1, width: 4, height: 4 } };
    const log = perform(undo(perform(openLog(size), add)), { ...add, classCode: 'stone' });
    expect(canRedo(log)).toBe(false);
    expect(log.present.shapes.map(({ classCode }) => classCode)).toEqual(['stone']);
  });
});

describe('a stored sketch', () => {
  it('opens as it was, with all its steps', () => {
    fc.assert(
      fc.property(fc.array(steps, { maxLength: 25 }), fc.nat(25), (all, back) => {
        const log = many(all.reduce(perform, openLog(size, [proposal])), undo, back);
        const read = readLog(JSON.parse(JSON.stringify(storeLog(log))), size);
        expect(read?.present).toEqual(log.present);
        expect(read?.done).toBe(log.done);
        expect(read?.steps).toEqual(log.steps);
      }),
      options,
    );
  });

  it('keeps what is drawn when the way to it becomes too long to store', () => {
    fc.assert(
      fc.property(fc.array(steps, { minLength: 10, maxLength: 40 }), (all) => {
        const log = all.reduce(perform, openLog(size));
        const shorter = withinCharacters(log, 1_500);
        expect(shorter.present.shapes).toEqual(log.present.shapes);
        expect(shorter.steps.length).toBeLessThanOrEqual(log.steps.length);
      }),
      options,
    );
  });

  it('is refused when it is of another image or damaged', () => {
    const stored = storeLog(openLog(size, [proposal]));
    expect(readLog(stored, { width: 61, height: 40 })).toBeUndefined();
    expect(readLog({ ...stored, done: 3 }, size)).toBeUndefined();
    expect(readLog({ version: 2 }, size)).toBeUndefined();
    expect(readLog(null, size)).toBeUndefined();
  });
});

describe('brush and eraser', () => {
  it('leave nothing when the eraser goes where the brush went', () => {
    fc.assert(
      fc.property(points, fc.integer({ min: 1, max: 12 }), (line, radius) => {
        const painted = perform(openLog(size), { do: 'paint', id: null, classCode: 'crack', points: line, radius });
        const erased = perform(painted, { do: 'erase', id: null, points: line, radius });
        expect(erased.present.shapes).toEqual([]);
      }),
      options,
    );
  });

  it('cover the pixels whose centres the stroke reaches', () => {
    const { x, y, width, height, bits } = paint(emptyMask, { points: [10, 10], radius: 1, isErase: false }, size);
    expect({ x, y, width, height, pixels: [...bits] }).toEqual({
      x: 9,
      y: 9,
      width: 2,
      height: 2,
      pixels: [1, 1, 1, 1],
    });
  });

  it('go on with an outline of the model as with one’s own pixels', () => {
    const log = openLog(size, [proposal]);
    const edited = perform(log, { do: 'erase', id: 1, points: [5, 5, 20, 6], radius: 2 });
    const [shape] = edited.present.shapes;
    expect(shape).toMatchObject({ isProposal: false, geometry: { kind: 'mask' } });
    expect(undo(edited).present.shapes[0]).toMatchObject({ isProposal: true, geometry: { kind: 'polygon' } });
  });
});

describe('a region', () => {
  it('is the same after it was a shape', () => {
    fc.assert(
      fc.property(points, fc.integer({ min: 1, max: 9 }), (line, radius) => {
        const mask = paint(emptyMask, { points: line, radius, isErase: false }, size);
        if (!mask.bits.includes(1)) return;
        const region = regionOf({ classCode: 'crack', geometry: { kind: 'mask', mask } }, size);
        const back = geometryOf(region, size);
        expect(rasterise(region, size.width, size.height)).toEqual(spreadMask(mask, size));
        expect(back).toEqual({ kind: 'mask', mask: cropMask(spreadMask(mask, size), size) });
      }),
      options,
    );
  });
});
