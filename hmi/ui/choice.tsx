import './choice.css';
import { For } from 'solid-js';

interface ChoiceProps<Value extends string> {
  label: string;
  options: readonly { value: Value; name: string }[];
  value: Value;
  onChoose: (value: Value) => void;
}

/** One of a few: the browser's own list, which touch and screen readers know. */
export function Choice<Value extends string>(props: ChoiceProps<Value>) {
  return (
    <select
      class="choice"
      aria-label={props.label}
      onChange={(event) => {
        const chosen = props.options.find(({ value }) => value === event.currentTarget.value);
        if (chosen) props.onChoose(chosen.value);
      }}
    >
      <For each={props.options}>
        {(option) => (
          <option value={option.value} selected={option.value === props.value}>
            {option.name}
          </option>
        )}
      </For>
    </select>
  );
}
