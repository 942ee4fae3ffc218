import '../../ui/data-table.css';
import './datasets.css';
import { A, useNavigate } from '@solidjs/router';
import { createSignal, For, Show } from 'solid-js';
import { createAct } from '../../lib/create-act.ts';
import { createAnswer } from '../../lib/create-answer.ts';
import { dataPath, useDataPlant } from '../../lib/data-plant.ts';
import { formatNumber } from '../../lib/format.ts';
import { locale, words } from '../../lib/language.ts';
import { curates, useViewer } from '../../lib/viewer.ts';
import { Button } from '../../ui/button.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { Field } from '../../ui/field.tsx';
import { Form } from '../../ui/form.tsx';
import { ScrollArea } from '../../ui/scroll-area.tsx';
import { CreateDataset, Datasets, OpenDatasetVersion } from './datasets.documents.ts';

/** More than these have their place in the API. */
const SHOWN = 100;

/** The datasets of a plant with their versions. */
export function SetsScreen() {
  const plant = useDataPlant();
  const viewer = useViewer();
  const answer = createAnswer(Datasets, () => ({ plantId: plant().id, first: SHOWN }));
  const datasets = () => answer.data()?.datasets.edges.map(({ node }) => node) ?? [];
  const mayWork = () => curates(viewer(), plant().id);

  return (
    <ScrollArea label={words().sets.list} class="sets">
      <Show when={answer.data()} fallback={<p role="status">{answer.failure() ?? words().session.waiting}</p>}>
        <Show when={datasets().length === 0}>
          <EmptyState>{words().sets.none}</EmptyState>
        </Show>
        <For each={datasets()}>{(dataset) => <DatasetPart dataset={dataset} mayWork={mayWork()} />}</For>
        <Show when={answer.data()?.datasets.pageInfo.hasNextPage}>
          <p class="hint">{words().sets.onlyFirst(formatNumber(SHOWN, 0, locale()))}</p>
        </Show>
        <Show when={mayWork()} fallback={<p class="hint">{words().sets.notCurator}</p>}>
          <NewDataset plantId={plant().id} onMade={answer.ask} />
        </Show>
      </Show>
    </ScrollArea>
  );
}

interface Version {
  id: string;
  number: number;
  state: 'DRAFT' | 'FROZEN';
  itemCount: number;
  contentHash: string | null;
}

function DatasetPart(props: {
  dataset: { id: string; code: string; name: string; versions: Version[] };
  mayWork: boolean;
}) {
  const plant = useDataPlant();
  const navigate = useNavigate();
  const act = createAct();
  const last = () => props.dataset.versions.at(-1);
  const open = async (basedOnId: string | null) => {
    const opened = await act.send(OpenDatasetVersion, { datasetId: props.dataset.id, basedOnId });
    if (opened) navigate(dataPath(plant(), 'sets', opened.id));
  };

  return (
    <section class="panel sets-part">
      <header class="sets-head">
        <h2>
          {props.dataset.name} <span class="hint">{props.dataset.code}</span>
        </h2>
      </header>
      <Show when={last()} fallback={<EmptyState>{words().sets.noVersions}</EmptyState>}>
        <table class="data-table">
          <thead>
            <tr>
              <th class="column-short">{words().sets.version}</th>
              <th class="column-short">{words().sets.images}</th>
              <th>{words().sets.hash}</th>
            </tr>
          </thead>
          <tbody>
            <For each={props.dataset.versions.toReversed()}>
              {(version) => (
                <tr>
                  <td class="column-short">
                    <A href={dataPath(plant(), 'sets', version.id)}>
                      {version.number} · {words().sets.state[version.state]}
                    </A>
                  </td>
                  <td class="column-number">{formatNumber(version.itemCount, 0, locale())}</td>
                  <td class="sets-hash hint">{version.contentHash ?? words().sets.noHash}</td>
                </tr>
              )}
            </For>
          </tbody>
        </table>
      </Show>
      <Show when={props.mayWork}>
        <div class="actions">
          <Show when={last()}>
            {(version) => (
              <Button waiting={act.isWaiting()} onClick={() => void open(version().id)}>
                {words().sets.openFrom(String(version().number))}
              </Button>
            )}
          </Show>
          <Button waiting={act.isWaiting()} onClick={() => void open(null)}>
            {words().sets.openEmpty}
          </Button>
        </div>
        <Show when={act.refusal()}>
          {(refusal) => (
            <p class="form-refusal" role="alert">
              {refusal().text}
            </p>
          )}
        </Show>
      </Show>
    </section>
  );
}

function NewDataset(props: { plantId: string; onMade: () => Promise<void> }) {
  const act = createAct();
  const [code, setCode] = createSignal('');
  const [name, setName] = createSignal('');
  const make = async () => {
    const input = { plantId: props.plantId, code: code(), name: name() };
    if (!(await act.send(CreateDataset, { input }))) return;
    setCode('');
    setName('');
    await props.onMade();
  };
  return (
    <section class="panel sets-part">
      <header class="sets-head">
        <h2>{words().sets.newSet}</h2>
      </header>
      <Form
        submit={words().sets.make}
        waiting={act.isWaiting()}
        refusal={act.refusalBeside(['code', 'name'])}
        onSubmit={() => void make()}
      >
        <Field
          label={words().sets.code}
          name="code"
          value={code()}
          onInput={setCode}
          hint={words().sets.codeHint}
          refusal={act.refusalAt('code')}
        />
        <Field label={words().sets.name} name="name" value={name()} onInput={setName} refusal={act.refusalAt('name')} />
      </Form>
    </section>
  );
}
