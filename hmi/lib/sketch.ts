/** What is drawn on one image, and each step that changes it. A step says all that it takes to be done again from the one before. */
import type { Region } from './regions.ts';
import { emptyMask, paint, type Stroke } from './sketch-mask.ts';
import {
  type BoxGeometry,
  boundsOfGeometry,
  type Geometry,
  geometryOf,
  hasArea,
  maskOf,
  moveGeometry,
  type PolygonGeometry,
  type Shape,
} from './sketch-shape.ts';
import type { Size } from './view-transform.ts';

export interface Sketch {
  shapes: readonly Shape[];
  /** Of the next shape. */
  nextId: number;
}

export type Step =
  | { do: 'add'; classCode: string; geometry: BoxGeometry | PolygonGeometry }
  /** What somebody else drew, as one's own. */
  | { do: 'take'; region: Region }
  /** A new outline for an old shape. */
  | { do: 'form'; id: number; geometry: BoxGeometry | PolygonGeometry }
  | { do: 'move'; id: number; dx: number; dy: number }
  | { do: 'class'; id: number; classCode: string }
  | { do: 'accept'; id: number }
  /** Deletes a shape, or refuses a proposal. */
  | { do: 'remove'; id: number }
  /** Id null: a new mask. */
  | { do: 'paint'; id: number | null; classCode: string; points: number[]; radius: number }
  /** Id null: whatever it touches but boxes. */
  | { do: 'erase'; id: number | null; points: number[]; radius: number };

export const emptySketch: Sketch = { shapes: [], nextId: 1 };

/** A step that names a shape that is not there changes nothing: a stored sketch may be damaged, and must still open. */
export function applyStep(sketch: Sketch, step: Step, size: Size): Sketch {
  switch (step.do) {
    case 'add':
      return addShape(sketch, step.classCode, step.geometry);
    case 'take':
      return addShape(sketch, step.region.classCode, geometryOf(step.region, size));
    case 'form':
      return change(sketch, step.id, (shape) => own({ ...shape, geometry: step.geometry }));
    case 'move':
      return change(sketch, step.id, (shape) =>
        own({ ...shape, geometry: moveGeometry(shape.geometry, step.dx, step.dy, size) }),
      );
    case 'class':
      return change(sketch, step.id, (shape) => own({ ...shape, classCode: step.classCode }));
    case 'accept':
      return change(sketch, step.id, own);
    case 'remove':
      return { ...sketch, shapes: sketch.shapes.filter(({ id }) => id !== step.id) };
    case 'paint': {
      const stroke = { points: step.points, radius: step.radius, isErase: false };
      const known = sketch.shapes.some(({ id }) => id === step.id);
      if (!known) return addShape(sketch, step.classCode, { kind: 'mask', mask: paint(emptyMask, stroke, size) });
      return change(sketch, step.id, (shape) => painted(shape, stroke, size));
    }
    case 'erase': {
      const stroke = { points: step.points, radius: step.radius, isErase: true };
      const shapes = sketch.shapes.map((shape) => {
        const isMeant = step.id === null ? shape.geometry.kind !== 'box' : shape.id === step.id;
        return isMeant && isTouched(shape, stroke) ? painted(shape, stroke, size) : shape;
      });
      return { ...sketch, shapes: shapes.filter(({ geometry }) => hasArea(geometry)) };
    }
  }
}

/** What a person has said so far: everything but proposals that nobody took up. */
export function ownShapes(sketch: Sketch): Shape[] {
  return sketch.shapes.filter(({ isProposal }) => !isProposal);
}

export function proposalsOf(sketch: Sketch): Shape[] {
  return sketch.shapes.filter(({ isProposal }) => isProposal);
}

function addShape(sketch: Sketch, classCode: string, geometry: Geometry): Sketch {
  if (!hasArea(geometry)) return sketch;
  const shape = { id: sketch.nextId, classCode, isProposal: false, geometry };
  return { shapes: [...sketch.shapes, shape], nextId: sketch.nextId + 1 };
}

function change(sketch: Sketch, id: number | null, to: (shape: Shape) => Shape): Sketch {
  return { ...sketch, shapes: sketch.shapes.map((shape) => (shape.id === id ? to(shape) : shape)) };
}

function own(shape: Shape): Shape {
  return shape.isProposal ? { ...shape, isProposal: false } : shape;
}

/** With brush or eraser on it, whatever it was, a shape is its pixels. */
function painted(shape: Shape, stroke: Stroke, size: Size): Shape {
  const before = maskOf(shape.geometry, size);
  return own({ ...shape, geometry: { kind: 'mask', mask: paint(before, stroke, size) } });
}

function isTouched({ geometry }: Shape, { points, radius }: Stroke): boolean {
  const { x, y, width, height } = boundsOfGeometry(geometry);
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
  for (let at = 0; at + 1 < points.length; at += 2) {
    const [px = 0, py = 0] = [points[at], points[at + 1]];
    [left, top, right, bottom] = [Math.min(left, px), Math.min(top, py), Math.max(right, px), Math.max(bottom, py)];
  }
  return left - radius <= x + width && right + radius >= x && top - radius <= y + height && bottom + radius >= y;
}
