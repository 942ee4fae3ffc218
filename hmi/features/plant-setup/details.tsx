import { type JSX, Show } from 'solid-js';

interface DetailsProps {
  /** What kind of thing it is. */
  kind: string;
  name: string;
  code?: string | undefined;
  children: JSX.Element;
}

/** What is chosen at the left: its name, then what can be done with it. */
export function Details(props: DetailsProps) {
  return (
    <div class="details">
      <header class="details-head">
        <h2>{props.kind}</h2>
        <p class="details-name">
          {props.name}
          <Show when={props.code && props.code !== props.name}>
            <span class="hint">{props.code}</span>
          </Show>
        </p>
      </header>
      {props.children}
    </div>
  );
}
