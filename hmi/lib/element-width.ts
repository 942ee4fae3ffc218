import { type Accessor, createSignal, onCleanup } from 'solid-js';

/** The content width of an element, in CSS pixels; 0 before it is laid out. Give `ref` to the element. */
export function createElementWidth(): { ref: (element: Element) => void; width: Accessor<number> } {
  const [width, setWidth] = createSignal(0);
  const observer = new ResizeObserver((entries) => {
    const entry = entries.at(-1);
    if (entry) setWidth(entry.contentRect.width);
  });
  onCleanup(() => observer.disconnect());
  return { ref: (element) => observer.observe(element), width };
}
