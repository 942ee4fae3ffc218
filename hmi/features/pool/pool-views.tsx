import { createSignal, For, Show } from 'solid-js';
import { createAct } from '../../lib/create-act.ts';
import { createAnswer } from '../../lib/create-answer.ts';
import { useDataPlant } from '../../lib/data-plant.ts';
import { words } from '../../lib/language.ts';
import { useViewer } from '../../lib/viewer.ts';
import { Button } from '../../ui/button.tsx';
import { Check } from '../../ui/check.tsx';
import { Field } from '../../ui/field.tsx';
import { DeletePoolView, PoolViews, SavePoolView } from './pool.documents.ts';

interface PoolViewsProps {
  /** What stands in the address now, without what is open. */
  search: Readonly<Record<string, string>>;
  onChoose: (search: Readonly<Record<string, string>>) => void;
}

/** Saved views: chosen by a press, and the present one saved under a name. */
export function PoolViewList(props: PoolViewsProps) {
  const plant = useDataPlant();
  const viewer = useViewer();
  const act = createAct();
  const answer = createAnswer(PoolViews, () => ({ plantId: plant().id }));
  const [name, setName] = createSignal('');
  const [isShared, setShared] = createSignal(false);
  const views = () => answer.data()?.poolViews ?? [];
  const questionOf = (question: unknown): Record<string, string> =>
    Object.fromEntries(
      Object.entries(question ?? {}).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
    );

  async function save(): Promise<void> {
    const input = { plantId: plant().id, name: name().trim(), question: { ...props.search }, isShared: isShared() };
    if (!(await act.send(SavePoolView, { input }))) return;
    setName('');
    await answer.ask();
  }

  return (
    <details class="pool-views">
      <summary>{words().pool.views}</summary>
      <Show when={views().length > 0} fallback={<p class="hint">{words().pool.noViews}</p>}>
        <ul class="pool-view-list">
          <For each={views()}>
            {(view) => (
              <li>
                <button type="button" class="pool-value" onClick={() => props.onChoose(questionOf(view.question))}>
                  <span>{view.name}</span>
                  <span class="hint">{view.isShared ? words().pool.sharedBy(view.madeBy.name) : ''}</span>
                </button>
                <Show when={view.madeBy.id === viewer().personId}>
                  <Button
                    label={words().pool.deleteView(view.name)}
                    waiting={act.isWaiting()}
                    onClick={() =>
                      void act
                        .send(DeletePoolView, { input: { plantId: plant().id, name: view.name } })
                        .then((deleted) => deleted && answer.ask())
                    }
                  >
                    ×
                  </Button>
                </Show>
              </li>
            )}
          </For>
        </ul>
      </Show>
      <form
        class="pool-range"
        onSubmit={(event) => {
          event.preventDefault();
          void save();
        }}
      >
        <Field
          label={words().pool.viewName}
          name="view"
          value={name()}
          onInput={setName}
          refusal={act.refusal()?.text}
        />
        <Check label={words().pool.share} checked={isShared()} onChange={setShared} />
        <Button type="submit" waiting={act.isWaiting()} disabled={name().trim() === ''}>
          {words().pool.saveView}
        </Button>
      </form>
    </details>
  );
}
