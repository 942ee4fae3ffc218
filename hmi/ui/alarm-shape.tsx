import './alarm-shape.css';
import { Show } from 'solid-js';

interface AlarmShapeProps {
  /** 1 (highest) to 4. */
  priority: number;
  /** Somebody has acknowledged it: the shape is an outline. */
  isSeen?: boolean;
  /** What it says to those who do not see it; left out where words beside it say so. */
  label?: string;
}

const points: Readonly<Record<number, string>> = {
  1: '2,2 18,2 18,18 2,18',
  2: '10,1 19,18 1,18',
  3: '10,0.5 19.5,10 10,19.5 0.5,10',
};

/** The mark of an alarm: shape, digit and colour together, so that none of them alone has to be told apart. */
export function AlarmShape(props: AlarmShapeProps) {
  return (
    <span class="alarm-shape" data-priority={props.priority} data-seen={props.isSeen ? '' : undefined}>
      <svg viewBox="0 0 20 20" aria-hidden="true">
        <Show when={points[props.priority]} fallback={<circle cx="10" cy="10" r="8.5" />}>
          {(outline) => <polygon points={outline()} />}
        </Show>
      </svg>
      <Show when={props.label} fallback={props.priority}>
        <span class="visually-hidden">{props.label}</span>
        <span aria-hidden="true">{props.priority}</span>
      </Show>
    </span>
  );
}
