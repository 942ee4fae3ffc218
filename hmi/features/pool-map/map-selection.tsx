import { A } from '@solidjs/router';
import { createSignal, Show } from 'solid-js';
import { createAct } from '../../lib/create-act.ts';
import { dataPath, useDataPlant } from '../../lib/data-plant.ts';
import { formatNumber } from '../../lib/format.ts';
import { locale, words } from '../../lib/language.ts';
import { curates, useViewer } from '../../lib/viewer.ts';
import { Button } from '../../ui/button.tsx';
import { Field } from '../../ui/field.tsx';
import { LookForLabelErrors, type MapFilter, ReviewMapImages, TagMapImages } from './pool-map.documents.ts';

interface MapSelectionProps {
  /** The filter of the map together with the line. */
  filter: MapFilter;
  /** Undefined until the map is there. */
  count: number | undefined;
  hasLine: boolean;
  corners: number;
  onClear: () => void;
}

/** What can be done with the images inside the line: look at them in the pool, tag them, have them looked at by people. */
export function MapSelection(props: MapSelectionProps) {
  const plant = useDataPlant();
  const viewer = useViewer();
  const act = createAct();
  const [tag, setTag] = createSignal('');
  const [done, setDone] = createSignal<string>();
  const number = (value: number) => formatNumber(value, 0, locale());
  const poolAddress = () => `${dataPath(plant(), 'pool')}?filter=${encodeURIComponent(JSON.stringify(props.filter))}`;

  const inside = () => (props.count === undefined ? words().session.waiting : words().map.chosen(number(props.count)));

  async function putTag(): Promise<void> {
    const input = { plantId: plant().id, filter: props.filter, add: [tag().trim()] };
    const answer = await act.send(TagMapImages, { input });
    if (answer) setDone(words().map.tagged(number(answer.changed)));
  }

  async function review(): Promise<void> {
    const input = { plantId: plant().id, filter: props.filter, purpose: 'LABEL' as const };
    const answer = await act.send(ReviewMapImages, { input });
    if (answer) setDone(words().map.sent(number(answer.opened), number(answer.already)));
  }

  async function doubt(): Promise<void> {
    const answer = await act.send(LookForLabelErrors, { plantId: plant().id });
    if (answer) setDone(words().map.doubtAsked);
  }

  return (
    <section class="map-selection" aria-label={words().map.lasso}>
      <p role="status">
        {props.corners > 0 ? words().map.corners(number(props.corners)) : props.hasLine ? inside() : words().map.noLine}
      </p>
      <Show when={props.hasLine}>
        <div class="map-acts">
          <A class="button" href={poolAddress()}>
            {words().map.openPool}
          </A>
          <Button onClick={props.onClear}>{words().map.clear}</Button>
        </div>
        <Show when={curates(viewer(), plant().id) && (props.count ?? 0) > 0}>
          <form
            class="map-acts"
            onSubmit={(event) => {
              event.preventDefault();
              void putTag();
            }}
          >
            <Field label={words().map.tag} name="tag" value={tag()} onInput={setTag} />
            <Button type="submit" waiting={act.isWaiting()} disabled={tag().trim() === ''}>
              {words().map.putTag}
            </Button>
          </form>
          <Button waiting={act.isWaiting()} onClick={() => void review()}>
            {words().map.review}
          </Button>
        </Show>
      </Show>
      <Show when={curates(viewer(), plant().id) && !props.hasLine}>
        <Button waiting={act.isWaiting()} onClick={() => void doubt()}>
          {words().map.doubt}
        </Button>
        <p class="hint">{words().map.doubtHint}</p>
      </Show>
      <Show when={done()}>{(text) => <p role="status">{text()}</p>}</Show>
      <Show when={act.refusal()}>{(refusal) => <p role="alert">{refusal().text}</p>}</Show>
    </section>
  );
}
