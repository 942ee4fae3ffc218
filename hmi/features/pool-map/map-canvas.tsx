import { createEffect, createMemo, onCleanup, onMount, Show } from 'solid-js';
import { createElementSize } from '../../lib/element-size.ts';
import { words } from '../../lib/language.ts';
import { theme } from '../../lib/theme.ts';
import { createMapGestures, type MapTool } from './create-map-gestures.ts';
import { drawPoints, inkOf } from './draw-points.ts';
import { extentOf, gridOf, type MapPoints, type Point } from './map-points.ts';
import { fitMap, type MapView, toMap, toRoom } from './map-view.ts';

interface MapCanvasProps {
  points: MapPoints;
  /** 1 for each point inside the line. */
  inside: Uint8Array | undefined;
  /** The line, in map coordinates. */
  lasso: readonly number[];
  /** Codes drawn quietly: good ones, and what nobody has decided. */
  quiet: ReadonlySet<number>;
  /** Undefined: all of the map is shown. */
  view: MapView | undefined;
  onView: (view: MapView | undefined) => void;
  tool: MapTool;
  onTool: (tool: MapTool) => void;
  onLasso: (corners: readonly number[]) => void;
  /** Index of the point under the cross; −1: none. */
  onPoint: (index: number, isChosen: boolean) => void;
  onCorners: (count: number) => void;
}

/** How far from the cross a point may lie. */
const REACH_PX = 14;

/** All points as pixels of one picture, painted again when something has changed, at most once a frame. */
export function MapCanvas(props: MapCanvasProps) {
  let hand: HTMLDivElement | undefined;
  let canvas: HTMLCanvasElement | undefined;
  let picture: ImageData | undefined;
  const size = createElementSize();
  const room = () => ({ width: size.width(), height: size.height() });
  const fitted = createMemo(() => fitMap(extentOf(props.points), room()));
  const view = () => props.view ?? fitted();
  const grid = createMemo(() => gridOf(props.points));
  const gestures = createMapGestures({
    view,
    fitted,
    setView: (next) => props.onView(next),
    tool: () => props.tool,
    setTool: (tool) => props.onTool(tool),
    room,
    onLasso: (corners) => props.onLasso(corners),
    onPoint: (at, isChosen) => props.onPoint(grid().nearest(toMap(view(), at), REACH_PX / view().scale), isChosen),
  });
  createEffect(() => props.onCorners(gestures.drawn().length / 2));

  let frame: number | undefined;
  const paint = (): void => {
    frame = undefined;
    const context = canvas?.getContext('2d');
    const { width, height } = room();
    if (!canvas || !context || width === 0 || height === 0) return;
    const started = performance.now();
    const ratio = Math.min(devicePixelRatio, 2);
    const [wide, high] = [Math.round(width * ratio), Math.round(height * ratio)];
    if (canvas.width !== wide || canvas.height !== high || !picture) {
      canvas.width = wide;
      canvas.height = high;
      picture = context.createImageData(wide, high);
    }
    const style = getComputedStyle(canvas);
    const ink = (token: string) => inkOf(style.getPropertyValue(token));
    drawPoints(
      { pixels: new Uint32Array(picture.data.buffer), width: wide, height: high },
      props.points,
      props.inside,
      view(),
      ratio,
      { quiet: ink('--ink-3'), classes: ink('--ink'), chosen: ink('--live') },
      props.quiet,
    );
    context.putImageData(picture, 0, 0);
    canvas.dataset.paintedMs = (performance.now() - started).toFixed(1);
    canvas.dataset.painted = String(Number(canvas.dataset.painted ?? 0) + 1);
  };
  createEffect(() => {
    // everything that the picture shows
    void [props.points, props.inside, props.quiet, view(), size.width(), size.height(), theme()];
    frame ??= requestAnimationFrame(paint);
  });
  onCleanup(() => frame !== undefined && cancelAnimationFrame(frame));
  onMount(() => {
    hand?.addEventListener('wheel', gestures.wheel, { passive: false });
  });

  const outline = (corners: readonly number[]): Point[] => {
    const points: Point[] = [];
    for (let at = 0; at + 1 < corners.length; at += 2)
      points.push(toRoom(view(), { x: corners[at] ?? 0, y: corners[at + 1] ?? 0 }));
    return points;
  };
  const text = (points: readonly Point[]) => points.map(({ x, y }) => `${x.toFixed(1)},${y.toFixed(1)}`).join(' ');

  return (
    <div class="map-room" ref={size.ref}>
      <div
        ref={hand}
        class="map-hand"
        data-tool={props.tool}
        role="application"
        tabindex="0"
        aria-label={words().map.canvas}
        onPointerDown={gestures.down}
        onPointerMove={gestures.move}
        onPointerUp={gestures.up}
        onPointerCancel={gestures.up}
        onKeyDown={gestures.key}
      >
        <canvas ref={canvas} class="map-canvas" />
      </div>
      <svg class="map-lines" aria-hidden="true">
        <Show when={props.lasso.length >= 6}>
          <polygon class="map-lasso" points={text(outline(props.lasso))} />
        </Show>
        <Show when={gestures.drawn().length > 0}>
          <polyline class="map-drawn" points={text(gestures.drawnInRoom())} />
        </Show>
        <Show when={gestures.cross()}>
          {(at) => <path class="map-cross" d={`M${at().x - 12} ${at().y}h8m8 0h8M${at().x} ${at().y - 12}v8m0 8v8`} />}
        </Show>
      </svg>
    </div>
  );
}
