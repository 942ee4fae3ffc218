import './empty-state.css';
import type { JSX } from 'solid-js';

/** Nothing to show: one sentence that says what to do next. */
export function EmptyState(props: { children: JSX.Element }) {
  return <p class="empty-state">{props.children}</p>;
}
