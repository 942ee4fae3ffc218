import { A } from '@solidjs/router';
import { createSignal, createUniqueId, For, Show } from 'solid-js';
import { createAct } from '../../lib/create-act.ts';
import { createAnswer } from '../../lib/create-answer.ts';
import { dataPath, useDataPlant } from '../../lib/data-plant.ts';
import { formatNumber } from '../../lib/format.ts';
import { locale, words } from '../../lib/language.ts';
import { Button } from '../../ui/button.tsx';
import { Check } from '../../ui/check.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { SelectField } from '../../ui/select-field.tsx';
import { TwoTaps } from '../../ui/two-taps.tsx';
import { AddDecidedToDataset, AddToDataset, DatasetVersionItems, RemoveFromDataset } from './datasets.documents.ts';
import { type PartProps, splits } from './version-data.ts';

const PAGE = 60;
/** The server's longest page. */
const MOST = 500;

/** The images of a version; in a draft they come and go here. */
export function ItemsPart(props: PartProps) {
  const [first, setFirst] = createSignal(PAGE);
  const [chosen, setChosen] = createSignal<ReadonlySet<string>>(new Set());
  const answer = createAnswer(DatasetVersionItems, () => ({
    id: props.version.id,
    first: Math.min(first(), MOST),
    after: null,
  }));
  const connection = () => {
    const node = answer.data()?.node;
    return node?.__typename === 'DatasetVersion' ? node.items : undefined;
  };
  const choose = (sha256: string, isChosen: boolean) => {
    const next = new Set(chosen());
    if (isChosen) next.add(sha256);
    else next.delete(sha256);
    setChosen(next);
  };
  const changed = async () => {
    setChosen(new Set<string>());
    await Promise.all([answer.ask(), props.onChanged()]);
  };

  return (
    <section class="panel sets-part">
      <Show when={props.mayChange}>
        <AddImages versionId={props.version.id} onChanged={changed} />
        <Show when={chosen().size > 0}>
          <RemoveImages versionId={props.version.id} hashes={[...chosen()]} onChanged={changed} />
        </Show>
      </Show>
      <Show when={connection()} fallback={<p role="status">{answer.failure() ?? words().session.waiting}</p>}>
        {(items) => (
          <Show when={items().edges.length > 0} fallback={<EmptyState>{words().sets.noImages}</EmptyState>}>
            <ul class="sets-grid">
              <For each={items().edges}>
                {({ node }) => (
                  <li class="sets-image" classList={{ 'is-chosen': chosen().has(node.image.sha256) }}>
                    <img src={`${node.image.url}?w=160`} alt="" loading="lazy" />
                    <p>
                      {node.label} · {words().sets.split[node.split]}
                    </p>
                    <p class="hint">{words().sets.decidedBy(node.decidedBy.name)}</p>
                    <Show when={props.mayChange}>
                      <Check
                        label={node.image.sha256.slice(0, 8)}
                        checked={chosen().has(node.image.sha256)}
                        onChange={(isChosen) => choose(node.image.sha256, isChosen)}
                      />
                    </Show>
                  </li>
                )}
              </For>
            </ul>
            <Show when={items().pageInfo.hasNextPage}>
              <div class="actions">
                <Show
                  when={first() < MOST}
                  fallback={<p class="hint">{words().sets.onlyFirst(formatNumber(MOST, 0, locale()))}</p>}
                >
                  <Button onClick={() => setFirst(first() * 2)}>{words().sets.more}</Button>
                </Show>
              </div>
            </Show>
          </Show>
        )}
      </Show>
    </section>
  );
}

function RemoveImages(props: { versionId: string; hashes: string[]; onChanged: () => Promise<void> }) {
  const act = createAct();
  const count = () => formatNumber(props.hashes.length, 0, locale());
  const remove = async () => {
    const input = { datasetVersionId: props.versionId, imageSha256s: props.hashes };
    if (await act.send(RemoveFromDataset, { input })) await props.onChanged();
  };
  return (
    <TwoTaps
      label={`${words().sets.remove} (${words().sets.chosen(count())})`}
      consequence={words().sets.removeConsequence(count())}
      confirm={words().sets.removeConfirm}
      cancel={words().act.cancel}
      waiting={act.isWaiting()}
      refusal={act.refusal()?.text}
      onConfirm={remove}
    />
  );
}

function AddImages(props: { versionId: string; onChanged: () => Promise<void> }) {
  const plant = useDataPlant();
  const act = createAct();
  const id = createUniqueId();
  const [text, setText] = createSignal('');
  const [split, setSplit] = createSignal<(typeof splits)[number]>('TRAIN');
  const [done, setDone] = createSignal('');
  const finish = async (isDone: unknown) => {
    setDone(isDone ? words().sets.added : '');
    if (!isDone) return;
    setText('');
    await props.onChanged();
  };
  const add = async () => {
    const hashes = [
      ...new Set(
        text()
          .toLowerCase()
          .match(/\b[0-9a-f]{64}\b/g) ?? [],
      ),
    ];
    const items = hashes.map((imageSha256) => ({ imageSha256, split: split() }));
    await finish(await act.send(AddToDataset, { input: { datasetVersionId: props.versionId, items } }));
  };
  const addAll = async () => {
    const input = { datasetVersionId: props.versionId, filter: { labelState: ['LABELLED' as const] } };
    await finish(await act.send(AddDecidedToDataset, { input }));
  };

  return (
    <details>
      <summary>{words().sets.add}</summary>
      <div class="sets-part">
        <div class="actions">
          <Button waiting={act.isWaiting()} onClick={() => void addAll()}>
            {words().sets.addAll}
          </Button>
          <A class="quiet-link" href={dataPath(plant(), 'pool')}>
            {words().sets.toPool}
          </A>
        </div>
        <p class="hint" id={`${id}-hint`}>
          {words().sets.addHint}
        </p>
        <div class="field">
          <label for={id}>{words().sets.hashes}</label>
          <textarea
            id={id}
            aria-describedby={`${id}-hint`}
            spellcheck={false}
            value={text()}
            onInput={(event) => setText(event.currentTarget.value)}
          />
        </div>
        <SelectField
          label={words().sets.side}
          name="split"
          options={splits.map((value) => ({ value, name: words().sets.split[value] }))}
          value={split()}
          onChoose={(value) => setSplit(splits.find((each) => each === value) ?? 'TRAIN')}
        />
        <div class="actions">
          <Button isStrong waiting={act.isWaiting()} disabled={text().trim() === ''} onClick={() => void add()}>
            {words().sets.add}
          </Button>
          <span class="hint" role="status">
            {done()}
          </span>
        </div>
        <Show when={act.refusal()}>
          {(refusal) => (
            <p class="form-refusal" role="alert">
              {refusal().text}
            </p>
          )}
        </Show>
      </div>
    </details>
  );
}
