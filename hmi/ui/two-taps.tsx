import './two-taps.css';
import { createSignal, Show } from 'solid-js';
import { Button } from './button.tsx';

interface TwoTapsProps {
  label: string;
  /** What happens, in words, before it happens. */
  consequence: string;
  confirm: string;
  cancel: string;
  waiting?: boolean;
  refusal?: string | undefined;
  /** Resolves when the server has answered. */
  onConfirm: () => Promise<unknown>;
}

/** An act that takes something away: the first tap says what, the second does it. */
export function TwoTaps(props: TwoTapsProps) {
  const [isAsking, setAsking] = createSignal(false);
  return (
    <div class="two-taps">
      <Show when={isAsking()} fallback={<Button onClick={() => setAsking(true)}>{props.label}</Button>}>
        <fieldset
          class="two-taps-question"
          aria-label={props.label}
          tabIndex={-1}
          ref={(element) => queueMicrotask(() => element.focus())}
        >
          <p>{props.consequence}</p>
          <div class="actions">
            <Button
              isStrong
              waiting={props.waiting ?? false}
              onClick={() => void props.onConfirm().then(() => setAsking(false))}
            >
              {props.confirm}
            </Button>
            <Button disabled={props.waiting ?? false} onClick={() => setAsking(false)}>
              {props.cancel}
            </Button>
          </div>
        </fieldset>
      </Show>
      <Show when={props.refusal}>
        <p class="form-refusal" role="alert">
          {props.refusal}
        </p>
      </Show>
    </div>
  );
}
