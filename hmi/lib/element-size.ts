import { type Accessor, createSignal, onCleanup } from 'solid-js';

interface ElementSize {
  /** To be given to the element. */
  ref: (element: Element) => void;
  /** Content size in CSS pixels; 0 before it is laid out. */
  width: Accessor<number>;
  height: Accessor<number>;
}

export function createElementSize(): ElementSize {
  const [width, setWidth] = createSignal(0);
  const [height, setHeight] = createSignal(0);
  const observer = new ResizeObserver((entries) => {
    const entry = entries.at(-1);
    if (!entry) return;
    setWidth(entry.contentRect.width);
    setHeight(entry.contentRect.height);
  });
  onCleanup(() => observer.disconnect());
  return { ref: (element) => observer.observe(element), width, height };
}
