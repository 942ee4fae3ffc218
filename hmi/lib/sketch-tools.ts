/** The tools as a state machine: what the hand does with the pointer, or with the crosshair, becomes steps of the sketch. Pure. */
import { ownShapes, type Sketch, type Step } from './sketch.ts';
import {
  boundsOfGeometry,
  boxBetween,
  type Geometry,
  type Handle,
  handlesOf,
  isInside,
  pullHandle,
  type Shape,
} from './sketch-shape.ts';
import type { Point, Size } from './view-transform.ts';

export type Tool = 'select' | 'box' | 'polygon' | 'brush' | 'eraser';
export const tools: readonly Tool[] = ['select', 'box', 'polygon', 'brush', 'eraser'];

export type Draft =
  /** `isDragged`: the pointer has moved since it was pressed, so that letting go ends it. */
  | { kind: 'box'; from: Point; to: Point; isDragged: boolean }
  | { kind: 'polygon'; points: readonly number[]; to: Point }
  | { kind: 'stroke'; points: readonly number[]; to: Point }
  | { kind: 'move'; id: number; from: Point; to: Point }
  | { kind: 'pull'; id: number; handle: Handle; to: Point };

export interface Hand {
  tool: Tool;
  /** Of what is drawn next; undefined where the plant has no defect book. */
  classCode: string | undefined;
  /** Of brush and eraser, in pixels of the image. */
  radius: number;
  selectedId: number | null;
  draft: Draft | null;
}

export type HandAct =
  /** `tolerance`: what still counts as the same point, in pixels of the image. */
  | { kind: 'press'; at: Point; tolerance: number }
  | { kind: 'move'; at: Point }
  | { kind: 'release'; at: Point; tolerance: number }
  /** Ends an outline at its first point. */
  | { kind: 'close' }
  | { kind: 'cancel' };

export interface Handled {
  hand: Hand;
  steps: Step[];
}

export const RADIUS = { least: 1, most: 200 } as const;
/** A longer stroke is cut, so that one step stays small. */
const MOST_STROKE_POINTS = 1_000;

export function freshHand(classCode: string | undefined, tool: Tool = 'select', radius = 12): Hand {
  return { tool, classCode, radius, selectedId: null, draft: null };
}

export function handle(hand: Hand, act: HandAct, sketch: Sketch, size: Size): Handled {
  if (act.kind === 'cancel') return { hand: { ...hand, draft: null }, steps: [] };
  if (act.kind === 'close') return closePolygon(hand, sketch);
  const at = within(act.at, size);
  if (act.kind === 'press') return press(hand, at, act.tolerance, sketch);
  if (act.kind === 'move') return { hand: { ...hand, draft: moved(hand, at) }, steps: [] };
  return release(hand, at, act.tolerance, sketch);
}

export function takeTool(hand: Hand, tool: Tool): Hand {
  return { ...hand, tool, draft: null };
}

/** The next size up or down: a sixth more or less, at least one pixel. */
export function resizeBrush(hand: Hand, direction: 1 | -1): Hand {
  const radius = Math.round(hand.radius + direction * Math.max(1, hand.radius / 6));
  return { ...hand, radius: Math.min(RADIUS.most, Math.max(RADIUS.least, radius)) };
}

/** The shape behind the chosen one, round and round. */
export function selectNext(hand: Hand, sketch: Sketch): Hand {
  const at = sketch.shapes.findIndex(({ id }) => id === hand.selectedId);
  return { ...hand, selectedId: sketch.shapes[(at + 1) % Math.max(1, sketch.shapes.length)]?.id ?? null };
}

export function selectedShape(hand: Hand, sketch: Sketch): Shape | undefined {
  return sketch.shapes.find(({ id }) => id === hand.selectedId);
}

/** The geometry as it will be if the hand lets go now. */
export function draggedGeometry(shape: Shape, draft: Draft | null): Geometry | undefined {
  return draft?.kind === 'pull' && draft.id === shape.id
    ? pullHandle(shape.geometry, draft.handle, draft.to)
    : undefined;
}

function press(hand: Hand, at: Point, tolerance: number, sketch: Sketch): Handled {
  switch (hand.tool) {
    case 'select':
      return select(hand, at, tolerance, sketch);
    case 'box': {
      if (hand.draft?.kind === 'box') return finishBox(hand, hand.draft.from, at, sketch);
      if (hand.classCode === undefined) return { hand, steps: [] };
      return draw(hand, { kind: 'box', from: at, to: at, isDragged: false });
    }
    case 'polygon': {
      if (hand.classCode === undefined) return { hand, steps: [] };
      if (hand.draft?.kind !== 'polygon') return draw(hand, { kind: 'polygon', points: [at.x, at.y], to: at });
      const { points } = hand.draft;
      const isFirst = isNear(at, { x: points[0] ?? 0, y: points[1] ?? 0 }, tolerance);
      const isLast = isNear(at, { x: points.at(-2) ?? 0, y: points.at(-1) ?? 0 }, tolerance / 2);
      if (points.length >= 6 && (isFirst || isLast)) return closePolygon(hand, sketch);
      return isLast ? { hand, steps: [] } : draw(hand, { kind: 'polygon', points: [...points, at.x, at.y], to: at });
    }
    case 'brush':
    case 'eraser':
      if (hand.tool === 'brush' && hand.classCode === undefined) return { hand, steps: [] };
      return draw(hand, { kind: 'stroke', points: [round(at.x), round(at.y)], to: at });
  }
}

/** A handle of the chosen shape, then the uppermost shape below the pointer, then nothing. */
function select(hand: Hand, at: Point, tolerance: number, sketch: Sketch): Handled {
  const chosen = selectedShape(hand, sketch);
  const near = chosen && handlesOf(chosen.geometry).find((each) => isNear(each, at, tolerance));
  if (chosen && near) return draw(hand, { kind: 'pull', id: chosen.id, handle: near, to: at });
  const hit = sketch.shapes.findLast(({ geometry }) => isInside(geometry, at) || isOnHandle(geometry, at, tolerance));
  if (!hit) return { hand: { ...hand, selectedId: null }, steps: [] };
  return draw({ ...hand, selectedId: hit.id }, { kind: 'move', id: hit.id, from: at, to: at });
}

function isOnHandle(geometry: Geometry, at: Point, tolerance: number): boolean {
  return handlesOf(geometry).some((each) => isNear(each, at, tolerance));
}

function moved(hand: Hand, at: Point): Draft | null {
  const { draft } = hand;
  if (draft === null) return null;
  if (draft.kind === 'box') return { ...draft, to: at, isDragged: true };
  if (draft.kind !== 'stroke') return { ...draft, to: at };
  const last = { x: draft.points.at(-2) ?? at.x, y: draft.points.at(-1) ?? at.y };
  if (isNear(last, at, Math.max(0.5, hand.radius / 6)) || draft.points.length >= 2 * MOST_STROKE_POINTS) {
    return { ...draft, to: at };
  }
  return { ...draft, points: [...draft.points, round(at.x), round(at.y)], to: at };
}

function release(hand: Hand, at: Point, tolerance: number, sketch: Sketch): Handled {
  const { draft } = hand;
  if (draft === null || draft.kind === 'polygon') return { hand, steps: [] };
  if (draft.kind === 'box') {
    // A tap sets the first corner, the next one the second.
    if (!draft.isDragged || isNear(draft.from, at, tolerance)) return { hand, steps: [] };
    return finishBox(hand, draft.from, at, sketch);
  }
  if (draft.kind === 'stroke') return finishStroke(hand, [...draft.points], sketch);
  const rest = { ...hand, draft: null };
  const shape = sketch.shapes.find(({ id }) => id === draft.id);
  if (!shape) return { hand: rest, steps: [] };
  if (draft.kind === 'pull') {
    const geometry = pullHandle(shape.geometry, draft.handle, at);
    return geometry.kind === 'mask' || isNear(draft.handle, at, tolerance / 4)
      ? { hand: rest, steps: [] }
      : { hand: rest, steps: [{ do: 'form', id: shape.id, geometry }] };
  }
  const [dx, dy] = [at.x - draft.from.x, at.y - draft.from.y];
  if (Math.hypot(dx, dy) <= tolerance / 4) return { hand: rest, steps: [] };
  return { hand: rest, steps: [{ do: 'move', id: draft.id, dx, dy }] };
}

function finishBox(hand: Hand, from: Point, at: Point, sketch: Sketch): Handled {
  const geometry = boxBetween(from, at);
  if (hand.classCode === undefined || geometry.width <= 0 || geometry.height <= 0) return { hand, steps: [] };
  const next = { ...hand, draft: null, selectedId: sketch.nextId };
  return { hand: next, steps: [{ do: 'add', classCode: hand.classCode, geometry }] };
}

function closePolygon(hand: Hand, sketch: Sketch): Handled {
  const { draft, classCode } = hand;
  if (draft?.kind !== 'polygon' || draft.points.length < 6 || classCode === undefined) return { hand, steps: [] };
  const geometry = { kind: 'polygon' as const, rings: [draft.points] };
  const next = { ...hand, draft: null, selectedId: sketch.nextId };
  return { hand: next, steps: [{ do: 'add', classCode, geometry }] };
}

/**
 * The brush goes on with the chosen shape, or with the newest mask of the class that the stroke begins on; elsewhere it begins a new one.
 * The eraser takes from the chosen shape, or from whatever it touches.
 */
function finishStroke(hand: Hand, points: number[], sketch: Sketch): Handled {
  const rest = { ...hand, draft: null };
  const { radius, classCode } = hand;
  const chosen = selectedShape(hand, sketch);
  if (hand.tool === 'eraser') {
    const id = chosen && chosen.geometry.kind !== 'box' ? chosen.id : null;
    return { hand: rest, steps: [{ do: 'erase', id, points, radius }] };
  }
  if (classCode === undefined) return { hand: rest, steps: [] };
  const isMeant = (shape: Shape) => shape.classCode === classCode && shape.geometry.kind !== 'box';
  const begun = ownShapes(sketch).findLast(
    (shape) => shape.geometry.kind === 'mask' && isMeant(shape) && isClose(shape.geometry, points, radius),
  );
  const target = chosen && isMeant(chosen) ? chosen : begun;
  const step: Step = { do: 'paint', id: target?.id ?? null, classCode, points, radius };
  return { hand: { ...rest, selectedId: target?.id ?? sketch.nextId }, steps: [step] };
}

function isClose(geometry: Geometry, [px = 0, py = 0]: readonly number[], radius: number): boolean {
  const { x, y, width, height } = boundsOfGeometry(geometry);
  return px >= x - radius && py >= y - radius && px <= x + width + radius && py <= y + height + radius;
}

function draw(hand: Hand, draft: Draft): Handled {
  return { hand: { ...hand, draft }, steps: [] };
}

function isNear(a: Point, b: Point, distance: number): boolean {
  return Math.hypot(a.x - b.x, a.y - b.y) <= distance;
}

function within({ x, y }: Point, { width, height }: Size): Point {
  return { x: Math.min(width, Math.max(0, x)), y: Math.min(height, Math.max(0, y)) };
}

/** Tenths of a pixel are enough for a stroke, and keep its steps short. */
function round(value: number): number {
  return Math.round(value * 10) / 10;
}
