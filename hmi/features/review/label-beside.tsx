import { createMemo, For, Show } from 'solid-js';
import { formatMoment } from '../../lib/format.ts';
import { locale, words } from '../../lib/language.ts';
import { useLive } from '../../lib/live.ts';
import type { DefectClass, ReviewTask, Thumbnail } from './review-task.ts';

interface LabelBesideProps {
  task: ReviewTask;
  classes: readonly DefectClass[];
  classCode: string | undefined;
  timeZone: string;
  nameOf: (code: string) => string;
}

/** What helps to judge: the parts before and after, what looks like it and was judged, and where the class in hand begins. */
export function LabelBeside(props: LabelBesideProps) {
  const live = useLive();
  const moment = (at: string | null) =>
    at === null ? '' : formatMoment(Date.parse(at), live.now() ?? Date.parse(at), props.timeZone, locale());
  const chosen = createMemo(() => props.classes.find(({ code }) => code === props.classCode));
  return (
    <>
      <section class="beside-part">
        <h2>{words().label.similar}</h2>
        <Thumbnails
          images={props.task.similar}
          none={words().label.noSimilar}
          caption={({ label }) => (label === null ? '' : props.nameOf(label))}
        />
      </section>
      <section class="beside-part">
        <h2>{words().label.neighbours}</h2>
        <Thumbnails
          images={props.task.neighbours}
          none={words().label.noNeighbours}
          caption={({ capturedAt }) => moment(capturedAt)}
        />
      </section>
      <Show when={chosen()}>
        {(each) => (
          <Show when={each().examples.length > 0}>
            <section class="beside-part">
              <h2>{words().label.examples(each().name)}</h2>
              <ul class="thumbnails">
                <For each={each().examples}>
                  {(example) => (
                    <li class="thumbnail">
                      <img src={example.url} alt="" loading="lazy" />
                      <span class="hint">
                        {example.isDefect ? words().label.justBad : words().label.justGood}
                        {example.note === null ? '' : ` · ${example.note}`}
                      </span>
                    </li>
                  )}
                </For>
              </ul>
            </section>
          </Show>
        )}
      </Show>
    </>
  );
}

function Thumbnails(props: { images: readonly Thumbnail[]; none: string; caption: (image: Thumbnail) => string }) {
  return (
    <Show when={props.images.length > 0} fallback={<p class="hint">{props.none}</p>}>
      <ul class="thumbnails">
        <For each={props.images}>
          {(image) => (
            <li class="thumbnail">
              <img src={image.url} alt="" />
              <span class="hint">{props.caption(image)}</span>
            </li>
          )}
        </For>
      </ul>
    </Show>
  );
}
