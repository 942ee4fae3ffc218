import './sketch-canvas.css';
import { createEffect, createSignal, on, onCleanup, onMount } from 'solid-js';
import type { CanvasView } from '../lib/create-canvas-view.ts';
import type { Picture } from '../lib/images-ahead.ts';
import type { Sketch } from '../lib/sketch.ts';
import type { Hand, HandAct } from '../lib/sketch-tools.ts';
import { type Point, type Size, toImage } from '../lib/view-transform.ts';
import { paintImage, paintOverlay, readColours } from './draw-sketch.ts';
import { makePinch } from './pinch.ts';

interface SketchCanvasProps {
  /** Decoded; undefined until it is. */
  image: Picture | undefined;
  size: Size;
  view: CanvasView;
  sketch: Sketch;
  hand: Hand;
  /** Moved by keys, in pixels of the image. */
  crosshair: Point | undefined;
  showsProposals: boolean;
  /** Of the view only, 1 as the image is. */
  brightness: number;
  contrast: number;
  /** Held down, dragging moves the image whatever the tool. */
  isPanning: boolean;
  theme: string;
  nameOf: (classCode: string) => string;
  label: string;
  /** Gives back whether the hand has taken hold of something. */
  onHand: (act: HandAct) => boolean;
  onPointer: () => void;
  /** After the image is on the canvas. */
  onPainted?: () => void;
  ref: (element: HTMLDivElement) => void;
}

/** How far from a point counts as on it, in CSS pixels: a mouse is finer than a glove. */
const TOLERANCE = { mouse: 7, pen: 10, touch: 22 } as const;
const WHEEL_STEP = 0.0015;

/** An image with what is drawn on it: painted at the screen's own resolution, zoomed about the pointer, drawn on by mouse, pen and finger. */
export function SketchCanvas(props: SketchCanvasProps) {
  let holder!: HTMLDivElement;
  let below!: HTMLCanvasElement;
  let above!: HTMLCanvasElement;
  const [hover, setHover] = createSignal<Point>();
  let pan: Point | undefined;
  const pinch = makePinch();

  onMount(() => {
    const measure = () => {
      const { width, height } = holder.getBoundingClientRect();
      for (const canvas of [below, above]) {
        canvas.width = Math.max(1, Math.round(width * devicePixelRatio));
        canvas.height = Math.max(1, Math.round(height * devicePixelRatio));
      }
      props.view.setRoom({ width: Math.max(1, width), height: Math.max(1, height) });
    };
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(holder);
    holder.addEventListener('wheel', onWheel, { passive: false });
    onCleanup(() => observer.disconnect());

    const ground = below.getContext('2d');
    const drawing = above.getContext('2d');
    if (!ground || !drawing) throw new Error('this browser gives no canvas to draw on');
    createEffect(() => {
      props.view.room();
      paintImage(ground, props.image, props.size, props.view.view());
    });
    createEffect(
      on(
        () => props.image,
        (image) => image && props.onPainted?.(),
      ),
    );
    let colours = readColours(holder);
    createEffect(
      on(
        () => props.theme,
        () => {
          colours = readColours(holder);
        },
      ),
    );
    createEffect(() => {
      props.view.room();
      const { size, sketch, hand, showsProposals, nameOf, crosshair } = props;
      const pointer = crosshair ?? hover();
      const view = props.view.view();
      const hasCrosshair = crosshair !== undefined;
      if (props.theme) {
        paintOverlay(drawing, { size, view, sketch, hand, colours, showsProposals, nameOf, pointer, hasCrosshair });
      }
    });
  });

  const screenPoint = (event: MouseEvent): Point => {
    const { left, top } = holder.getBoundingClientRect();
    return { x: event.clientX - left, y: event.clientY - top };
  };
  const imagePoint = (event: MouseEvent) => toImage(props.view.view(), screenPoint(event));
  const toleranceOf = (event: PointerEvent) => {
    const kind = event.pointerType === 'touch' || event.pointerType === 'pen' ? event.pointerType : 'mouse';
    return TOLERANCE[kind] / props.view.view().scale;
  };

  function onDown(event: PointerEvent) {
    holder.focus({ preventScroll: true });
    holder.setPointerCapture(event.pointerId);
    props.onPointer();
    if (event.pointerType === 'touch' && pinch.down(event.pointerId, screenPoint(event))) {
      pan = undefined;
      props.onHand({ kind: 'cancel' });
      return;
    }
    if (event.button === 1 || props.isPanning) {
      pan = screenPoint(event);
      return;
    }
    if (event.button !== 0) return;
    const holds = props.onHand({ kind: 'press', at: imagePoint(event), tolerance: toleranceOf(event) });
    if (!holds && props.hand.tool === 'select') pan = screenPoint(event);
  }

  function onMove(event: PointerEvent) {
    const at = screenPoint(event);
    if (event.pointerType === 'touch') {
      const change = pinch.move(event.pointerId, at);
      if (change) {
        props.view.pan(change.dx, change.dy);
        props.view.zoom(change.factor, change.at);
        return;
      }
    }
    if (pan) {
      props.view.pan(at.x - pan.x, at.y - pan.y);
      pan = at;
      return;
    }
    if (event.pointerType !== 'touch') {
      setHover(imagePoint(event));
      if (event.movementX !== 0 || event.movementY !== 0) props.onPointer();
    }
    if (props.hand.draft === null) return;
    const passed = event.getCoalescedEvents();
    for (const each of passed.length > 0 ? passed : [event]) props.onHand({ kind: 'move', at: imagePoint(each) });
  }

  function onUp(event: PointerEvent) {
    const wasPinch = event.pointerType === 'touch' && pinch.up(event.pointerId);
    if (pan || wasPinch) {
      pan = undefined;
      return;
    }
    props.onHand({ kind: 'release', at: imagePoint(event), tolerance: toleranceOf(event) });
  }

  function onWheel(event: WheelEvent) {
    event.preventDefault();
    props.view.zoom(Math.exp(-event.deltaY * WHEEL_STEP * (event.ctrlKey ? 6 : 1)), screenPoint(event));
  }

  return (
    <div
      ref={(element) => {
        holder = element;
        props.ref(element);
      }}
      class="sketch-canvas"
      role="application"
      tabindex="0"
      aria-label={props.label}
      data-tool={props.hand.tool}
      data-panning={props.isPanning ? '' : undefined}
      onPointerDown={onDown}
      onPointerMove={onMove}
      onPointerUp={onUp}
      onPointerCancel={(event) => {
        pinch.up(event.pointerId);
        pan = undefined;
        props.onHand({ kind: 'cancel' });
      }}
      onPointerLeave={() => setHover(undefined)}
      onDblClick={() => props.onHand({ kind: 'close' })}
    >
      <canvas ref={below} style={{ filter: `brightness(${props.brightness}) contrast(${props.contrast})` }} />
      <canvas ref={above} />
    </div>
  );
}
