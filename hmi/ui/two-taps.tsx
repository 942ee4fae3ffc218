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
  let room: HTMLDivElement | undefined;
  /** Back to where the person was: what had the focus is gone. */
  const close = () => {
    setAsking(false);
    queueMicrotask(() => room?.querySelector('button')?.focus());
  };
  return (
    <div class="two-taps" ref={room}>
      <Show when={isAsking()} fallback={<Button onClick={() => setAsking(true)}>{props.label}</Button>}>
        <fieldset
          class="two-taps-question"
          aria-label={props.label}
          tabIndex={-1}
          ref={(element) => queueMicrotask(() => element.focus())}
        >
          <p>{props.consequence}</p>
          <div class="actions">
            <Button isStrong waiting={props.waiting ?? false} onClick={() => void props.onConfirm().then(close)}>
              {props.confirm}
            </Button>
            <Button disabled={props.waiting ?? false} onClick={close}>
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
