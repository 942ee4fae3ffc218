import './field.css';
import { createUniqueId } from 'solid-js';

interface TextAreaProps {
  label: string;
  name: string;
  rows: number;
  value: string;
  onInput: (value: string) => void;
}

/** A labelled field for a text of many lines, in a font whose columns can be counted. */
export function TextArea(props: TextAreaProps) {
  const id = createUniqueId();
  return (
    <div class="field">
      <label for={id}>{props.label}</label>
      <textarea
        id={id}
        name={props.name}
        rows={props.rows}
        spellcheck={false}
        wrap="off"
        value={props.value}
        onInput={(event) => props.onInput(event.currentTarget.value)}
      />
    </div>
  );
}
