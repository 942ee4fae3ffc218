/** The view of one image after the other in one room: signals around the pure transform. */
import { type Accessor, createSignal } from 'solid-js';
import { fitView, type Point, panBy, reveal, type Size, type View, zoomAbout } from './view-transform.ts';

export type CanvasView = ReturnType<typeof createCanvasView>;

export function createCanvasView(image: Accessor<Size>) {
  const [room, setRoomSize] = createSignal<Size>({ width: 1, height: 1 });
  const [own, setOwn] = createSignal<View>();
  /** Fitted until somebody zooms or pans. */
  const view = () => own() ?? fitView(image(), room());
  const middle = (): Point => ({ x: room().width / 2, y: room().height / 2 });

  return {
    view,
    room,
    setRoom: (size: Size) => setRoomSize(size),
    fit: () => setOwn(undefined),
    zoom: (factor: number, at: Point = middle()) => setOwn(zoomAbout(view(), factor, at, image(), room())),
    pan: (dx: number, dy: number) => setOwn(panBy(view(), dx, dy, image(), room())),
    reveal: (point: Point) => {
      const next = reveal(view(), point, image(), room());
      if (next !== view()) setOwn(next);
    },
  };
}
