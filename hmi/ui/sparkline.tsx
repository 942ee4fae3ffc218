import './sparkline.css';
import { createMemo, For, Show } from 'solid-js';
import { createElementSize } from '../lib/element-size.ts';
import { lastFilled, rateCeiling, runs } from '../lib/minute-series.ts';

interface SparklineProps {
  /** Shares from 0 to 1, oldest first; null is a gap and stays one. */
  values: readonly (number | null)[];
  label: string;
}

/** Keeps the dot and the line inside the drawing. */
const INSET = 3;

/** The course of a rate with its present point. */
export function Sparkline(props: SparklineProps) {
  const size = createElementSize();
  const place = createMemo(() => {
    const ceiling = rateCeiling(props.values);
    const step = (size.width() - 2 * INSET) / Math.max(1, props.values.length - 1);
    return (index: number, value: number) => ({
      x: INSET + index * step,
      y: size.height() - INSET - (Math.min(value, ceiling) / ceiling) * (size.height() - 2 * INSET),
    });
  });
  const lines = () =>
    runs(props.values).map((run) =>
      run
        .map(({ index, value }) => place()(index, value))
        // A single minute between two gaps would be an invisible line of no length.
        .flatMap(({ x, y }) => (run.length === 1 ? [`${x - 1},${y}`, `${x + 1},${y}`] : [`${x},${y}`]))
        .join(' '),
    );
  const present = () => {
    const index = lastFilled(props.values);
    const value = index === undefined ? null : (props.values[index] ?? null);
    return index === undefined || value === null ? undefined : place()(index, value);
  };

  return (
    <svg class="sparkline figure" ref={size.ref} role="img" aria-label={props.label}>
      <line class="sparkline-zero" x1="0" x2="100%" y1={size.height() - INSET} y2={size.height() - INSET} />
      <For each={lines()}>{(points) => <polyline class="sparkline-line" points={points} />}</For>
      <Show when={present()}>{(point) => <circle class="sparkline-now" cx={point().x} cy={point().y} r="2.5" />}</Show>
    </svg>
  );
}
