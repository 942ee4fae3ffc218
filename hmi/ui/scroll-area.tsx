import './scroll-area.css';
import type { JSX } from 'solid-js';

/** A region that scrolls must be reachable by keyboard, or its end is unreachable without a pointer. */
const reachable = { tabIndex: 0 };

/** Content that may be longer than its room: it scrolls there and does not push its neighbours off the screen. */
export function ScrollArea(props: { label: string; class?: string; children: JSX.Element }) {
  return (
    <section class={`scroll-area ${props.class ?? ''}`} aria-label={props.label} {...reachable}>
      {props.children}
    </section>
  );
}
