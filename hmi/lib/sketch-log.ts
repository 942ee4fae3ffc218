/**
 * The sketch of one image with all its steps: undo and redo without end, and a text that restores both after a reload. States on the way
 * are kept at intervals only; every other one is worked out from the one before it.
 */
import { decodeMask, encodeMask, type Region } from './regions.ts';
import { applyStep, emptySketch, type Sketch, type Step } from './sketch.ts';
import { geometryOf, type Shape } from './sketch-shape.ts';
import type { Size } from './view-transform.ts';

export interface SketchLog {
  size: Size;
  /** Before the first step. */
  base: Sketch;
  steps: readonly Step[];
  /** How many of the steps hold; those after it can be redone. */
  done: number;
  present: Sketch;
  /** After so many steps, for the way back. */
  snapshots: ReadonlyMap<number, Sketch>;
}

const EVERY = 16;
const MOST_SNAPSHOTS = 64;

/** Begins with what the model proposes and what the person said before. */
export function openLog(size: Size, proposals: readonly Region[] = [], said: readonly Region[] = []): SketchLog {
  const shapes: Shape[] = [...said.map(toShape(false)), ...proposals.map(toShape(true))].map((shape, at) => ({
    ...shape,
    id: at + 1,
  }));
  const base = shapes.length === 0 ? emptySketch : { shapes, nextId: shapes.length + 1 };
  return { size, base, steps: [], done: 0, present: base, snapshots: new Map([[0, base]]) };

  function toShape(isProposal: boolean) {
    return (region: Region): Shape => ({
      id: 0,
      classCode: region.classCode,
      isProposal,
      geometry: geometryOf(region, size),
    });
  }
}

/** What could have been redone is given up. */
export function perform(log: SketchLog, step: Step): SketchLog {
  const present = applyStep(log.present, step, log.size);
  const done = log.done + 1;
  const kept = new Map([...log.snapshots].filter(([at]) => at <= log.done));
  if (done % EVERY === 0) kept.set(done, present);
  return { ...log, steps: [...log.steps.slice(0, log.done), step], done, present, snapshots: thinned(kept) };
}

export function canUndo(log: SketchLog): boolean {
  return log.done > 0;
}

export function canRedo(log: SketchLog): boolean {
  return log.done < log.steps.length;
}

export function undo(log: SketchLog): SketchLog {
  return canUndo(log) ? goTo(log, log.done - 1) : log;
}

export function redo(log: SketchLog): SketchLog {
  return canRedo(log) ? goTo(log, log.done + 1) : log;
}

/** The state after so many steps. */
export function goTo(log: SketchLog, done: number): SketchLog {
  let from = 0;
  for (const at of log.snapshots.keys()) if (at <= done && at > from) from = at;
  let present = log.snapshots.get(from) ?? log.base;
  if (log.done <= done && log.done >= from) [from, present] = [log.done, log.present];
  for (const step of log.steps.slice(from, done)) present = applyStep(present, step, log.size);
  return { ...log, done, present };
}

/** Every second one is given up where there are too many; the first stays. */
function thinned(snapshots: Map<number, Sketch>): Map<number, Sketch> {
  if (snapshots.size <= MOST_SNAPSHOTS) return snapshots;
  return new Map([...snapshots].filter((_, at) => at % 2 === 0));
}

interface StoredShape extends Omit<Shape, 'geometry'> {
  geometry:
    | Exclude<Shape['geometry'], { kind: 'mask' }>
    | { kind: 'mask'; x: number; y: number; width: number; height: number; counts: string };
}

/** As JSON takes it. */
export interface StoredSketch {
  version: 1;
  size: Size;
  base: { shapes: StoredShape[]; nextId: number };
  steps: readonly Step[];
  done: number;
}

export function storeLog({ size, base, steps, done }: SketchLog): StoredSketch {
  return { version: 1, size, base: { nextId: base.nextId, shapes: base.shapes.map(storeShape) }, steps, done };
}

/** Undefined for what is no sketch of an image of this size: it was made by another version, or is damaged. */
export function readLog(stored: unknown, size: Size): SketchLog | undefined {
  const found = stored as StoredSketch | null | undefined;
  if (found?.version !== 1 || !Array.isArray(found.steps) || !Array.isArray(found.base?.shapes)) return undefined;
  if (found.size?.width !== size.width || found.size.height !== size.height) return undefined;
  if (!Number.isInteger(found.done) || found.done < 0 || found.done > found.steps.length) return undefined;
  try {
    const base = { nextId: found.base.nextId, shapes: found.base.shapes.map(readShape) };
    const empty: SketchLog = { size, base, steps: [], done: 0, present: base, snapshots: new Map([[0, base]]) };
    const all = found.steps.reduce(perform, empty);
    return goTo(all, found.done);
  } catch {
    return undefined;
  }
}

function storeShape(shape: Shape): StoredShape {
  const { geometry } = shape;
  if (geometry.kind !== 'mask') return { ...shape, geometry };
  const { bits, ...place } = geometry.mask;
  return { ...shape, geometry: { kind: 'mask', ...place, counts: encodeMask(bits, place.width, place.height) } };
}

function readShape(stored: StoredShape): Shape {
  const { geometry } = stored;
  if (geometry.kind !== 'mask') return { ...stored, geometry };
  const { counts, x, y, width, height } = geometry;
  return {
    ...stored,
    geometry: { kind: 'mask', mask: { x, y, width, height, bits: decodeMask(counts, width, height) } },
  };
}

/**
 * Within so many characters of JSON: the oldest steps become part of the beginning, so that what is drawn stays and only the way back to
 * it grows shorter. Where even that is too much, the ways back and forth are given up altogether.
 */
export function withinCharacters(log: SketchLog, most: number): SketchLog {
  let shorter = log;
  while (JSON.stringify(storeLog(shorter)).length > most && shorter.steps.length > 0) {
    const fold = shorter.done > 0 ? Math.max(1, Math.ceil(shorter.done / 4)) : 0;
    shorter = fold === 0 ? { ...shorter, steps: [] } : folded(shorter, fold);
  }
  return shorter;
}

function folded(log: SketchLog, count: number): SketchLog {
  const base = goTo(log, count).present;
  const begun: SketchLog = { ...log, base, steps: [], done: 0, present: base, snapshots: new Map([[0, base]]) };
  return goTo(log.steps.slice(count).reduce(perform, begun), log.done - count);
}
