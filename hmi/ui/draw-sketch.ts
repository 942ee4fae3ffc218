/** Paints an image and what is drawn on it. Lines keep their width on the screen whatever the zoom. */
import type { Picture } from '../lib/images-ahead.ts';
import { traceMask } from '../lib/regions.ts';
import type { Sketch } from '../lib/sketch.ts';
import { boundsOfGeometry, type Geometry, handlesOf, moveGeometry, type Shape } from '../lib/sketch-shape.ts';
import { draggedGeometry, type Hand } from '../lib/sketch-tools.ts';
import type { Point, Size, View } from '../lib/view-transform.ts';

/** From here on one sees pixels, and wants to see them as they are. */
const PIXELS_FROM_SCALE = 3;
const DASH = [8, 6];

export interface Colours {
  /** Around every line, so that it shows on any image. */
  halo: string;
  /** What a person drew. */
  own: string;
  /** What the model proposes. */
  proposed: string;
  ink: string;
}

export function readColours(element: Element): Colours {
  const style = getComputedStyle(element);
  const token = (name: string) => style.getPropertyValue(name).trim();
  return { halo: token('--ground'), own: token('--live'), proposed: token('--mark'), ink: token('--ink') };
}

export function paintImage(context: CanvasRenderingContext2D, image: Picture | undefined, size: Size, view: View) {
  const ratio = devicePixelRatio;
  context.setTransform(1, 0, 0, 1, 0, 0);
  context.clearRect(0, 0, context.canvas.width, context.canvas.height);
  if (!image) return;
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.imageSmoothingEnabled = view.scale * ratio < PIXELS_FROM_SCALE;
  context.imageSmoothingQuality = 'medium';
  const [width, height] = [size.width * view.scale, size.height * view.scale];
  const { full, fitted } = image;
  // Half a pixel more than it has comes of rounding.
  const isEnough = fitted !== undefined && width * ratio <= fitted.width + 1;
  context.drawImage(isEnough ? fitted : full, view.x, view.y, width, height);
}

export interface Overlay {
  size: Size;
  view: View;
  sketch: Sketch;
  hand: Hand;
  colours: Colours;
  showsProposals: boolean;
  nameOf: (classCode: string) => string;
  /** Where brush or crosshair is, in pixels of the image. */
  pointer: Point | undefined;
  hasCrosshair: boolean;
}

export function paintOverlay(context: CanvasRenderingContext2D, overlay: Overlay) {
  context.setTransform(1, 0, 0, 1, 0, 0);
  context.clearRect(0, 0, context.canvas.width, context.canvas.height);
  for (const shape of overlay.sketch.shapes) {
    if (shape.isProposal && !overlay.showsProposals) continue;
    paintShape(context, overlay, shape);
  }
  paintDraft(context, overlay);
  if (overlay.pointer) paintPointer(context, overlay, overlay.pointer);
}

/** Coordinates are pixels of the image from here on. */
function enterImage(context: CanvasRenderingContext2D, { view }: Overlay) {
  const scale = view.scale * devicePixelRatio;
  context.setTransform(scale, 0, 0, scale, view.x * devicePixelRatio, view.y * devicePixelRatio);
}

function paintShape(context: CanvasRenderingContext2D, overlay: Overlay, shape: Shape) {
  const { colours, hand, view } = overlay;
  const isSelected = hand.selectedId === shape.id;
  const geometry = shownGeometry(shape, overlay);
  enterImage(context, overlay);
  const path = pathOf(geometry);
  const colour = shape.isProposal ? colours.proposed : colours.own;
  if (geometry.kind === 'mask') {
    context.save();
    context.translate(geometry.mask.x, geometry.mask.y);
  }
  if (!shape.isProposal && geometry.kind === 'mask') {
    context.globalAlpha = 0.3;
    context.fillStyle = colour;
    context.fill(path, 'evenodd');
    context.globalAlpha = 1;
  }
  strokeTwice(context, path, view.scale, colours.halo, colour, isSelected ? 3 : 2, shape.isProposal);
  if (geometry.kind === 'mask') context.restore();
  if (isSelected) paintHandles(context, overlay, geometry);
  paintName(context, overlay, shape, geometry);
}

function shownGeometry(shape: Shape, { hand, size }: Overlay): Geometry {
  const { draft } = hand;
  if (draft?.kind === 'move' && draft.id === shape.id) {
    return moveGeometry(shape.geometry, draft.to.x - draft.from.x, draft.to.y - draft.from.y, size);
  }
  return draggedGeometry(shape, draft) ?? shape.geometry;
}

/** Of a mask: from its own corner, so that it can be moved without being traced again. */
const paths = new WeakMap<object, Path2D>();

function pathOf(geometry: Geometry): Path2D {
  const key = geometry.kind === 'mask' ? geometry.mask.bits : geometry;
  const known = paths.get(key);
  if (known) return known;
  const path = new Path2D();
  if (geometry.kind === 'box') path.rect(geometry.x, geometry.y, geometry.width, geometry.height);
  else if (geometry.kind === 'polygon') for (const ring of geometry.rings) addRing(path, ring);
  else {
    const { bits, width, height } = geometry.mask;
    for (const ring of traceMask(bits, width, height)) addRing(path, ring);
  }
  paths.set(key, path);
  return path;
}

function addRing(path: Path2D, ring: readonly number[]) {
  path.moveTo(ring[0] ?? 0, ring[1] ?? 0);
  for (let at = 2; at + 1 < ring.length; at += 2) path.lineTo(ring[at] ?? 0, ring[at + 1] ?? 0);
  path.closePath();
}

function strokeTwice(
  context: CanvasRenderingContext2D,
  path: Path2D,
  scale: number,
  halo: string,
  colour: string,
  width: number,
  isDashed: boolean,
) {
  context.lineJoin = 'round';
  context.setLineDash([]);
  context.lineWidth = (width + 3) / scale;
  context.strokeStyle = halo;
  context.stroke(path);
  context.setLineDash(isDashed ? DASH.map((length) => length / scale) : []);
  context.lineWidth = width / scale;
  context.strokeStyle = colour;
  context.stroke(path);
  context.setLineDash([]);
}

function paintHandles(context: CanvasRenderingContext2D, { colours, view }: Overlay, geometry: Geometry) {
  const half = 4 / view.scale;
  for (const { x, y } of handlesOf(geometry)) {
    context.fillStyle = colours.halo;
    context.fillRect(x - 1.5 * half, y - 1.5 * half, 3 * half, 3 * half);
    context.fillStyle = colours.own;
    context.fillRect(x - half, y - half, 2 * half, 2 * half);
  }
}

function paintName(context: CanvasRenderingContext2D, overlay: Overlay, shape: Shape, geometry: Geometry) {
  const { view, colours } = overlay;
  const { x, y } = boundsOfGeometry(geometry);
  context.setTransform(devicePixelRatio, 0, 0, devicePixelRatio, 0, 0);
  context.font = '600 14px "Inter Variable", sans-serif';
  context.textBaseline = 'bottom';
  context.lineJoin = 'round';
  const name = overlay.nameOf(shape.classCode);
  const at = { x: Math.max(4, x * view.scale + view.x), y: Math.max(18, y * view.scale + view.y - 4) };
  context.lineWidth = 4;
  context.strokeStyle = colours.halo;
  context.strokeText(name, at.x, at.y);
  context.fillStyle = shape.isProposal ? colours.proposed : colours.own;
  context.fillText(name, at.x, at.y);
}

function paintDraft(context: CanvasRenderingContext2D, overlay: Overlay) {
  const { hand, view, colours } = overlay;
  const { draft } = hand;
  if (draft === null || draft.kind === 'move' || draft.kind === 'pull') return;
  enterImage(context, overlay);
  const path = new Path2D();
  if (draft.kind === 'stroke') {
    addLine(path, [...draft.points, draft.to.x, draft.to.y]);
    context.lineCap = 'round';
    context.lineJoin = 'round';
    context.lineWidth = 2 * hand.radius;
    context.globalAlpha = 0.45;
    context.strokeStyle = hand.tool === 'eraser' ? colours.halo : colours.own;
    context.stroke(path);
    context.globalAlpha = 1;
    context.lineCap = 'butt';
    return;
  }
  if (draft.kind === 'box') {
    path.rect(draft.from.x, draft.from.y, draft.to.x - draft.from.x, draft.to.y - draft.from.y);
  } else addLine(path, [...draft.points, draft.to.x, draft.to.y]);
  strokeTwice(context, path, view.scale, colours.halo, colours.own, 2, false);
}

function addLine(path: Path2D, points: readonly number[]) {
  path.moveTo(points[0] ?? 0, points[1] ?? 0);
  for (let at = 2; at + 1 < points.length; at += 2) path.lineTo(points[at] ?? 0, points[at + 1] ?? 0);
}

function paintPointer(context: CanvasRenderingContext2D, overlay: Overlay, { x, y }: Point) {
  const { hand, size, view, colours } = overlay;
  enterImage(context, overlay);
  const path = new Path2D();
  const hasBrush = hand.tool === 'brush' || hand.tool === 'eraser';
  if (hasBrush) path.arc(x, y, hand.radius, 0, 2 * Math.PI);
  if (overlay.hasCrosshair) {
    // In the middle a gap: the pixel that is meant stays in sight.
    const gap = (hasBrush ? 0 : 6) / view.scale;
    for (const [fromX, fromY, toX, toY] of [
      [0, y, x - gap, y],
      [x + gap, y, size.width, y],
      [x, 0, x, y - gap],
      [x, y + gap, x, size.height],
    ] as const) {
      path.moveTo(fromX, fromY);
      path.lineTo(toX, toY);
    }
  }
  if (hasBrush || overlay.hasCrosshair) strokeTwice(context, path, view.scale, colours.halo, colours.ink, 1, false);
}
