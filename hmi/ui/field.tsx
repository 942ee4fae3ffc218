import './field.css';
import { createUniqueId, Show } from 'solid-js';

interface FieldProps {
  label: string;
  type?: 'text' | 'email' | 'password' | 'number' | 'date';
  name: string;
  autocomplete?: string;
  value: string;
  onInput: (value: string) => void;
  minLength?: number;
  /** May be left empty. */
  isOptional?: boolean;
  disabled?: boolean;
  /** What to enter, in a few words. */
  hint?: string | undefined;
  /** Why the server did not take the value. */
  refusal?: string | undefined;
}

/** A labelled text field, with the server's refusal at the place that it is about. */
export function Field(props: FieldProps) {
  const id = createUniqueId();
  return (
    <div class="field">
      <label for={id}>{props.label}</label>
      <input
        id={id}
        type={props.type ?? 'text'}
        name={props.name}
        autocomplete={props.autocomplete ?? 'off'}
        spellcheck={false}
        required={!props.isOptional}
        disabled={props.disabled}
        minLength={props.minLength}
        step={props.type === 'number' ? 'any' : undefined}
        value={props.value}
        aria-invalid={props.refusal ? 'true' : undefined}
        aria-describedby={props.hint || props.refusal ? `${id}-note` : undefined}
        onInput={(event) => props.onInput(event.currentTarget.value)}
      />
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
