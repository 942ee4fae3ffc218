import './button.css';
import { createEffect, createSignal, type JSX, onCleanup } from 'solid-js';

/** A wait shorter than this is not worth a word. */
const SHOW_WAITING_AFTER_MS = 150;

interface ButtonProps {
  children: JSX.Element;
  onClick?: () => void;
  type?: 'button' | 'submit';
  disabled?: boolean;
  /** The server has not answered yet. */
  waiting?: boolean;
  pressed?: boolean;
  /** The one that the screen is about. */
  isStrong?: boolean;
  /** What it says to those who do not see it, where its text is too short. */
  label?: string;
}

/** A button that waits for the server's word, and shows that it waits. */
export function Button(props: ButtonProps) {
  const [isWaitShown, setWaitShown] = createSignal(false);
  createEffect(() => {
    if (!props.waiting) return setWaitShown(false);
    const timer = setTimeout(() => setWaitShown(true), SHOW_WAITING_AFTER_MS);
    onCleanup(() => clearTimeout(timer));
  });

  return (
    <button
      class="button"
      classList={{ 'button-strong': props.isStrong === true }}
      aria-label={props.label}
      type={props.type ?? 'button'}
      disabled={props.disabled || props.waiting}
      aria-busy={isWaitShown()}
      aria-pressed={props.pressed}
      onClick={() => props.onClick?.()}
    >
      {props.children}
      {isWaitShown() ? ' …' : ''}
    </button>
  );
}
