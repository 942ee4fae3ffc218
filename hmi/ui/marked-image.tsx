import './marked-image.css';
import { createEffect, createSignal, For, on, onCleanup, Show } from 'solid-js';
import { backOffMs } from '../lib/back-off.ts';

interface MarkedImageProps {
  src: string;
  alt: string;
  /** Outlines as x1, y1, x2, y2 … in shares of the image's width and height. */
  outlines: readonly (readonly number[])[];
  /** Said while the image is on its way. */
  waiting?: string;
}

/** An image usually comes at once: a word that flashes up would only disturb. */
const SAY_LATE_AFTER_MS = 500;

/** An image may arrive after its result, over a slow line much later: it is asked for again for as long as it is shown. */
export function MarkedImage(props: MarkedImageProps) {
  const [attempt, setAttempt] = createSignal(0);
  const [ratio, setRatio] = createSignal<number>();
  const [isLate, setLate] = createSignal(false);
  let timer: ReturnType<typeof setTimeout> | undefined;
  onCleanup(() => clearTimeout(timer));
  createEffect(
    on(
      () => props.src,
      () => {
        clearTimeout(timer);
        setRatio(undefined);
        setAttempt(0);
        setLate(false);
        const late = setTimeout(() => setLate(true), SAY_LATE_AFTER_MS);
        onCleanup(() => clearTimeout(late));
      },
    ),
  );

  return (
    <div class="image-room">
      <div
        class="marked-image"
        data-arrived={ratio() === undefined ? undefined : ''}
        style={{ '--ratio': String(ratio() ?? 1) }}
      >
        <Show when={`${props.src} ${attempt()}`} keyed>
          <img
            src={props.src}
            alt={ratio() === undefined ? '' : props.alt}
            draggable={false}
            onLoad={(event) => setRatio(event.currentTarget.naturalWidth / event.currentTarget.naturalHeight)}
            onError={() => {
              timer = setTimeout(() => setAttempt((count) => count + 1), backOffMs(attempt() + 1, Math.random()));
            }}
          />
        </Show>
        <Show
          when={ratio() !== undefined}
          fallback={
            <Show when={isLate() && props.waiting}>
              <p class="hint marked-image-waiting">{props.waiting}</p>
            </Show>
          }
        >
          <svg class="marked-image-outlines" viewBox="0 0 1 1" preserveAspectRatio="none" aria-hidden="true">
            <For each={props.outlines}>
              {(outline) => (
                <>
                  <polygon class="outline-halo" points={outline.join(' ')} vector-effect="non-scaling-stroke" />
                  <polygon class="outline-mark" points={outline.join(' ')} vector-effect="non-scaling-stroke" />
                </>
              )}
            </For>
          </svg>
        </Show>
      </div>
    </div>
  );
}
