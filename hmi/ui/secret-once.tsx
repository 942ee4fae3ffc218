import './secret-once.css';
import { createSignal, type JSX, Show } from 'solid-js';
import { copyText } from '../lib/copy-text.ts';
import { Button } from './button.tsx';

interface SecretOnceProps {
  label: string;
  secret: string;
  /** What to do with it, and until when. */
  children: JSX.Element;
  copy: string;
  copied: string;
  /** Where the browser does not let the page copy. */
  selectAndCopy: string;
  close: string;
  onClose: () => void;
}

/** Something that the server says this once: to be copied before it is put away. */
export function SecretOnce(props: SecretOnceProps) {
  const [said, setSaid] = createSignal<string>();
  return (
    <section class="secret-once" aria-label={props.label}>
      <h3>{props.label}</h3>
      <output class="secret-once-text">{props.secret}</output>
      <div class="secret-once-note">{props.children}</div>
      <div class="actions">
        <Button
          isStrong
          onClick={() =>
            void copyText(props.secret).then((isDone) => setSaid(isDone ? props.copied : props.selectAndCopy))
          }
        >
          {props.copy}
        </Button>
        <Button onClick={props.onClose}>{props.close}</Button>
        <span class="hint" role="status">
          <Show when={said()}>{(text) => text()}</Show>
        </span>
      </div>
    </section>
  );
}
