import './field.css';
import { createUniqueId } from 'solid-js';

interface FieldProps {
  label: string;
  type: 'text' | 'email' | 'password';
  name: string;
  autocomplete: string;
  value: string;
  onInput: (value: string) => void;
  minLength?: number;
}

/** A labelled text field. */
export function Field(props: FieldProps) {
  const id = createUniqueId();
  return (
    <div class="field">
      <label for={id}>{props.label}</label>
      <input
        id={id}
        type={props.type}
        name={props.name}
        autocomplete={props.autocomplete}
        required
        minLength={props.minLength}
        value={props.value}
        onInput={(event) => props.onInput(event.currentTarget.value)}
      />
    </div>
  );
}
