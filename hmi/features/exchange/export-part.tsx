import { createSignal, For, Show } from 'solid-js';
import { createAct } from '../../lib/create-act.ts';
import { createAnswer } from '../../lib/create-answer.ts';
import { useDataPlant } from '../../lib/data-plant.ts';
import { formatBytes, formatDateMinute, formatNumber, formatShare } from '../../lib/format.ts';
import { locale, words } from '../../lib/language.ts';
import { Button } from '../../ui/button.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { Form } from '../../ui/form.tsx';
import { SelectField } from '../../ui/select-field.tsx';
import { CancelSetExport, SetExports, SetVersions, StartSetExport } from './exchange.documents.ts';

const SHOWN = 20;
const DATASETS = 200;
const EVERY_MS = 2000;
const formats = ['COCO', 'YOLO', 'MVTEC', 'VOC', 'CVAT', 'LABEL_STUDIO', 'FOLDERS'] as const;

/** Dataset versions that go out: one asks for them here, and fetches them. */
export function ExportPart(props: { mayWork: boolean }) {
  const plant = useDataPlant();
  const act = createAct();
  const answer = createAnswer(SetExports, () => ({ plantId: plant().id, last: SHOWN }), EVERY_MS);
  const exports = () =>
    answer
      .data()
      ?.datasetExports.edges.map(({ node }) => node)
      .reverse();
  const at = (time: string) => formatDateMinute(Date.parse(time), plant().timeZone, locale());

  return (
    <section class="panel exchange-part">
      <h2>{words().exchange.exports}</h2>
      <Show when={props.mayWork}>
        <StartExport onStarted={answer.ask} />
      </Show>
      <Show when={exports()} fallback={<p role="status">{answer.failure() ?? words().session.waiting}</p>}>
        {(rows) => (
          <Show when={rows().length > 0} fallback={<EmptyState>{words().exchange.noExports}</EmptyState>}>
            <table class="data-table">
              <thead>
                <tr>
                  <th>{words().exchange.version}</th>
                  <th>{words().exchange.format}</th>
                  <th>{words().exchange.state}</th>
                  <th class="column-number">{words().exchange.images}</th>
                  <th>{words().exchange.who}</th>
                  <th>{words().exchange.when}</th>
                  <th>{words().exchange.fetch}</th>
                </tr>
              </thead>
              <tbody>
                <For each={rows()}>
                  {(row) => (
                    <tr>
                      <td>
                        {row.datasetVersion.dataset.name} {row.datasetVersion.number}
                      </td>
                      <td>{words().exchange.formats[row.format]}</td>
                      <td>
                        {row.state === 'RUNNING'
                          ? words().exchange.running(formatShare(row.progress, locale(), 0))
                          : words().exchange.states[row.state]}
                        <Show when={row.state === 'SUCCEEDED'}>
                          <p class="hint" title={row.leftOut[0]?.reason}>
                            {row.lost > 0
                              ? words().exchange.lost(formatNumber(row.lost, 0, locale()))
                              : words().exchange.allHeld}
                          </p>
                          <Show when={row.leftOut[0]}>{(first) => <p class="hint">{first().reason}</p>}</Show>
                        </Show>
                        <Show when={row.error}>{(text) => <p class="hint">{text()}</p>}</Show>
                      </td>
                      <td class="column-number">{formatNumber(row.images, 0, locale())}</td>
                      <td>{row.requestedBy.name}</td>
                      <td>{at(row.requestedAt)}</td>
                      <td>
                        <Show
                          when={row.url}
                          fallback={
                            <Show when={props.mayWork && (row.state === 'QUEUED' || row.state === 'RUNNING')}>
                              <Button
                                waiting={act.isWaiting()}
                                onClick={() => void act.send(CancelSetExport, { id: row.id }).then(() => answer.ask())}
                              >
                                {words().exchange.cancel}
                              </Button>
                            </Show>
                          }
                        >
                          {(url) => (
                            <a
                              class="exchange-link"
                              href={url()}
                              rel="external"
                              download={`${row.datasetVersion.dataset.name}-${row.datasetVersion.number}-${row.format.toLowerCase()}.zip`}
                            >
                              {words().exchange.fetch} {formatBytes(row.sizeBytes ?? 0, locale())}
                            </a>
                          )}
                        </Show>
                        <Show when={row.expiresAt}>
                          {(time) => <p class="hint">{words().exchange.until(at(time()))}</p>}
                        </Show>
                      </td>
                    </tr>
                  )}
                </For>
              </tbody>
            </table>
          </Show>
        )}
      </Show>
      <Show when={act.refusal()}>
        {(refusal) => (
          <p class="form-refusal" role="alert">
            {refusal().text}
          </p>
        )}
      </Show>
    </section>
  );
}

function StartExport(props: { onStarted: () => Promise<void> }) {
  const plant = useDataPlant();
  const act = createAct();
  const answer = createAnswer(SetVersions, () => ({ plantId: plant().id, first: DATASETS }));
  const versions = () =>
    (answer.data()?.datasets.edges ?? []).flatMap(({ node }) =>
      node.versions
        .filter(({ itemCount }) => itemCount > 0)
        .toReversed()
        .map(({ id, number, state }) => ({ value: id, name: `${node.name} ${number} · ${words().sets.state[state]}` })),
    );
  const [chosen, setChosen] = createSignal<string>();
  const [format, setFormat] = createSignal<(typeof formats)[number]>('COCO');
  const version = () => chosen() ?? versions()[0]?.value;

  async function start(): Promise<void> {
    const datasetVersionId = version();
    if (!datasetVersionId) return;
    if (await act.send(StartSetExport, { input: { datasetVersionId, format: format() } })) await props.onStarted();
  }

  return (
    <Show
      when={versions().length > 0}
      fallback={<EmptyState>{answer.data() ? words().exchange.noVersions : words().session.waiting}</EmptyState>}
    >
      <p class="hint">{words().exchange.exportHint}</p>
      <Form
        submit={words().exchange.export}
        waiting={act.isWaiting()}
        refusal={act.refusal()?.text}
        onSubmit={() => void start()}
      >
        <SelectField
          label={words().exchange.version}
          name="version"
          value={version() ?? ''}
          options={versions()}
          onChoose={setChosen}
        />
        <SelectField
          label={words().exchange.format}
          name="format"
          value={format()}
          options={formats.map((value) => ({ value, name: words().exchange.formats[value] }))}
          onChoose={(value) => setFormat(value as (typeof formats)[number])}
        />
      </Form>
    </Show>
  );
}
