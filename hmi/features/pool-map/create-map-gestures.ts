/** Mouse, touch and keys on the map: one finger draws or moves, two pinch, the keyboard moves a cross and sets corners. */
import { createSignal } from 'solid-js';
import type { Point } from './map-points.ts';
import { type MapView, panMap, toMap, toRoom, zoomMap } from './map-view.ts';

export type MapTool = 'hand' | 'lasso';

interface GestureOptions {
  view: () => MapView;
  fitted: () => MapView;
  setView: (view: MapView | undefined) => void;
  tool: () => MapTool;
  setTool: (tool: MapTool) => void;
  room: () => { width: number; height: number };
  /** Corners of a closed line in map coordinates; none: it is taken away. */
  onLasso: (corners: readonly number[]) => void;
  /** The cross was moved to the point by the pointer or the keys; screen coordinates. */
  onPoint: (at: Point, isChosen: boolean) => void;
}

const STEP_PX = 8;
const LONG_STEP_PX = 48;
const WHEEL_ZOOM = 0.0015;
const KEY_ZOOM = 1.4;
/** A press that moves less is a tap. */
const TAP_PX = 5;
const arrows: Readonly<Record<string, readonly [number, number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

export function createMapGestures(options: GestureOptions) {
  /** Of the line that is being drawn, in map coordinates. */
  const [drawn, setDrawn] = createSignal<readonly number[]>([]);
  const [cross, setCross] = createSignal<Point>();
  const pointers = new Map<number, Point>();
  let begin: Point | undefined;
  let isByKeys = false;

  const placeOf = (event: PointerEvent | WheelEvent): Point => {
    const box = (event.currentTarget as Element).getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  };
  const addCorner = (at: Point) => {
    const { x, y } = toMap(options.view(), at);
    setDrawn((corners) => [...corners, x, y]);
  };
  const close = () => {
    const corners = drawn();
    setDrawn([]);
    isByKeys = false;
    if (corners.length >= 6) options.onLasso(corners);
  };
  const moveCross = (at: Point, isChosen = false) => {
    setCross(at);
    options.onPoint(at, isChosen);
  };

  function down(event: PointerEvent): void {
    const at = placeOf(event);
    (event.currentTarget as Element).setPointerCapture(event.pointerId);
    pointers.set(event.pointerId, at);
    if (pointers.size > 1) {
      begin = undefined;
      if (!isByKeys) setDrawn([]);
      return;
    }
    begin = at;
    if (options.tool() === 'lasso') {
      isByKeys = false;
      setDrawn([]);
      addCorner(at);
    }
  }

  function move(event: PointerEvent): void {
    const at = placeOf(event);
    const before = pointers.get(event.pointerId);
    if (!before) {
      if (event.pointerType === 'mouse') moveCross(at);
      return;
    }
    pointers.set(event.pointerId, at);
    if (pointers.size === 2) pinch(event.pointerId, before, at);
    else if (options.tool() === 'lasso') addCorner(at);
    else options.setView(panMap(options.view(), at.x - before.x, at.y - before.y));
  }

  function pinch(moved: number, before: Point, at: Point): void {
    const other = [...pointers].find(([id]) => id !== moved)?.[1];
    if (!other) return;
    const factor =
      Math.hypot(at.x - other.x, at.y - other.y) / Math.max(1, Math.hypot(before.x - other.x, before.y - other.y));
    const middle = { x: (at.x + other.x) / 2, y: (at.y + other.y) / 2 };
    const zoomed = zoomMap(options.view(), factor, middle, options.fitted());
    options.setView(panMap(zoomed, (at.x - before.x) / 2, (at.y - before.y) / 2));
  }

  function up(event: PointerEvent): void {
    const at = pointers.get(event.pointerId);
    if (!pointers.delete(event.pointerId) || !at || pointers.size > 0) return;
    const isTap = begin !== undefined && Math.hypot(at.x - begin.x, at.y - begin.y) < TAP_PX;
    begin = undefined;
    if (isTap) {
      setDrawn([]);
      moveCross(at, true);
    } else if (options.tool() === 'lasso') close();
  }

  function wheel(event: WheelEvent): void {
    event.preventDefault();
    options.setView(zoomMap(options.view(), Math.exp(-event.deltaY * WHEEL_ZOOM), placeOf(event), options.fitted()));
  }

  function key(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const { width, height } = options.room();
    const at = cross() ?? { x: width / 2, y: height / 2 };
    const step = arrows[event.key];
    const zoom = (factor: number) => options.setView(zoomMap(options.view(), factor, at, options.fitted()));
    if (step) {
      const length = event.shiftKey ? LONG_STEP_PX : STEP_PX;
      const next = { x: at.x + step[0] * length, y: at.y + step[1] * length };
      const inside = { x: Math.min(width, Math.max(0, next.x)), y: Math.min(height, Math.max(0, next.y)) };
      // at the edge the map moves instead of the cross
      if (inside.x !== next.x || inside.y !== next.y)
        options.setView(panMap(options.view(), inside.x - next.x, inside.y - next.y));
      moveCross(inside);
    } else if (event.key === 'Enter' && options.tool() === 'lasso') {
      isByKeys = true;
      addCorner(at);
    } else if (event.key === 'Enter') moveCross(at, true);
    else if (event.key === 'c' || event.key === 'C') close();
    else if (event.key === 'Backspace') setDrawn((corners) => corners.slice(0, -2));
    else if (event.key === 'Escape') {
      if (drawn().length > 0) setDrawn([]);
      else options.onLasso([]);
    } else if (event.key === '+' || event.key === '=') zoom(KEY_ZOOM);
    else if (event.key === '-') zoom(1 / KEY_ZOOM);
    else if (event.key === '0') options.setView(undefined);
    else if (event.key === 'l' || event.key === 'L') options.setTool(options.tool() === 'lasso' ? 'hand' : 'lasso');
    else return;
    event.preventDefault();
  }

  return {
    drawn,
    cross,
    /** The line as it is on the screen now. */
    drawnInRoom: () => {
      const corners = drawn();
      const points: Point[] = [];
      for (let at = 0; at + 1 < corners.length; at += 2)
        points.push(toRoom(options.view(), { x: corners[at] ?? 0, y: corners[at + 1] ?? 0 }));
      return points;
    },
    down,
    move,
    up,
    wheel,
    key,
  };
}
