import './field.css';
import { createUniqueId, For, Show } from 'solid-js';

interface SelectFieldProps {
  label: string;
  name: string;
  options: readonly { value: string; name: string }[];
  value: string;
  onChoose: (value: string) => void;
  disabled?: boolean;
  hint?: string | undefined;
  refusal?: string | undefined;
}

/** A labelled choice: the browser's own list, which touch, search by typing and screen readers know. */
export function SelectField(props: SelectFieldProps) {
  const id = createUniqueId();
  return (
    <div class="field">
      <label for={id}>{props.label}</label>
      <select
        id={id}
        name={props.name}
        disabled={props.disabled}
        aria-invalid={props.refusal ? 'true' : undefined}
        aria-describedby={props.hint || props.refusal ? `${id}-note` : undefined}
        onChange={(event) => props.onChoose(event.currentTarget.value)}
      >
        <For each={props.options}>
          {(option) => (
            <option value={option.value} selected={option.value === props.value}>
              {option.name}
            </option>
          )}
        </For>
      </select>
      <Show when={props.hint || props.refusal}>
        <p
          id={`${id}-note`}
          class={props.refusal ? 'field-refusal' : 'hint'}
          role={props.refusal ? 'alert' : undefined}
        >
          {props.refusal ?? props.hint}
        </p>
      </Show>
    </div>
  );
}
