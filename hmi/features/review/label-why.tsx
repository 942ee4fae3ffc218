import { For, Show } from 'solid-js';
import { formatMoment, formatNumber } from '../../lib/format.ts';
import { locale, words } from '../../lib/language.ts';
import { useLive } from '../../lib/live.ts';
import { Reading } from '../../ui/reading.tsx';
import type { ReviewTask } from './review-task.ts';

/** How the part was made and judged, as far as it is known. */
export function LabelContext(props: { task: ReviewTask; timeZone: string }) {
  const live = useLive();
  const captured = () => (props.task.capturedAt === null ? undefined : Date.parse(props.task.capturedAt));
  const judged = () => {
    const { verdict, score } = props.task;
    if (verdict === null) return undefined;
    const word = words().verdicts[verdict];
    return score === null ? word : `${word} ${formatNumber(score, 2, locale())}`;
  };
  const facts = () =>
    [
      [words().part.verdict, judged()],
      [words().part.model, props.task.model],
      [words().part.camera, [props.task.line, props.task.camera].filter((name) => name !== null).join(' · ')],
      [words().part.product, props.task.product],
      [words().part.recipe, props.task.recipe],
      [words().part.batch, props.task.batch],
    ].filter((fact): fact is [string, string] => Boolean(fact[1]));
  return (
    <section class="label-context">
      <h2>{words().label.context}</h2>
      <dl class="readings">
        <Show when={captured()}>
          {(at) => (
            <Reading label={words().part.time}>
              {formatMoment(at(), live.now() ?? at(), props.timeZone, locale())}
            </Reading>
          )}
        </Show>
        <For each={facts()}>{([name, value]) => <Reading label={name}>{value}</Reading>}</For>
      </dl>
      <For each={props.task.suggestions}>
        {({ name, kind }) => <p class="said">{words().label.saidBy(name, words().label.said[kind])}</p>}
      </For>
    </section>
  );
}
