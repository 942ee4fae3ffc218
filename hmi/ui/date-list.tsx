import './date-list.css';
import { createSignal, createUniqueId, For, Show } from 'solid-js';
import { Button } from './button.tsx';

interface DateListProps {
  label: string;
  /** As 2026-01-31, in order. */
  dates: readonly string[];
  onChange: (dates: string[]) => void;
  /** As people write it. */
  format: (date: string) => string;
  add: string;
  remove: (date: string) => string;
  disabled?: boolean;
  refusal?: string | undefined;
}

/** Single days: one is chosen and added, a tap on one takes it away again. */
export function DateList(props: DateListProps) {
  const id = createUniqueId();
  const [chosen, setChosen] = createSignal('');
  const addChosen = () => {
    if (chosen() === '') return;
    props.onChange([...new Set([...props.dates, chosen()])].sort());
    setChosen('');
  };
  return (
    <div class="field date-list">
      <label for={id}>{props.label}</label>
      <div class="date-list-entry">
        <input
          id={id}
          type="date"
          value={chosen()}
          disabled={props.disabled}
          aria-invalid={props.refusal ? 'true' : undefined}
          onInput={(event) => setChosen(event.currentTarget.value)}
        />
        <Button disabled={props.disabled || chosen() === ''} onClick={addChosen}>
          {props.add}
        </Button>
      </div>
      <Show when={props.dates.length > 0}>
        <ul class="date-list-days">
          <For each={props.dates}>
            {(date) => (
              <li>
                <Button
                  disabled={props.disabled ?? false}
                  label={props.remove(props.format(date))}
                  onClick={() => props.onChange(props.dates.filter((each) => each !== date))}
                >
                  {props.format(date)} <span aria-hidden="true">×</span>
                </Button>
              </li>
            )}
          </For>
        </ul>
      </Show>
      <Show when={props.refusal}>
        <p class="field-refusal" role="alert">
          {props.refusal}
        </p>
      </Show>
    </div>
  );
}
