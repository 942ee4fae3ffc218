import './reading.css';
import { type JSX, Show } from 'solid-js';

interface ReadingProps {
  label: string;
  children: JSX.Element;
  unit?: string;
  /** Why and since when the value may not be believed: it is hatched, and this stands beside it. */
  doubt?: string | undefined;
  isAbnormal?: boolean;
}

/** A labelled value of a list of values. */
export function Reading(props: ReadingProps) {
  return (
    <div class="reading">
      <dt>{props.label}</dt>
      <dd>
        <span
          class="figure"
          classList={{ abnormal: props.isAbnormal ?? false }}
          data-stale={props.doubt ? '' : undefined}
        >
          {props.children}
          <Show when={props.unit}>
            <span class="unit">{props.unit}</span>
          </Show>
        </span>
        <Show when={props.doubt}>
          <span class="reading-doubt">{props.doubt}</span>
        </Show>
      </dd>
    </div>
  );
}
