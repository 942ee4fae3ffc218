import './form.css';
import { type JSX, Show } from 'solid-js';
import { Button } from './button.tsx';

interface FormProps {
  children: JSX.Element;
  submit: string;
  waiting: boolean;
  disabled?: boolean;
  /** What the server refused and no field shows. */
  refusal?: string | undefined;
  /** Said once the server has done it. */
  done?: string | undefined;
  onSubmit: () => void;
}

/** Fields in two columns where there is room, the button that sends them, and what the server said. */
export function Form(props: FormProps) {
  return (
    <form
      class="form"
      onSubmit={(event) => {
        event.preventDefault();
        props.onSubmit();
      }}
    >
      <div class="form-fields">{props.children}</div>
      <div class="actions">
        <Button type="submit" isStrong waiting={props.waiting} disabled={props.disabled ?? false}>
          {props.submit}
        </Button>
        <span class="hint" role="status">
          {props.done ?? ''}
        </span>
      </div>
      <Show when={props.refusal}>
        <p class="form-refusal" role="alert">
          {props.refusal}
        </p>
      </Show>
    </form>
  );
}
