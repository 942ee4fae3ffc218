import { For, Show } from 'solid-js';
import { createAct } from '../../lib/create-act.ts';
import { createAnswer } from '../../lib/create-answer.ts';
import { formatNumber, formatShare } from '../../lib/format.ts';
import { locale, words } from '../../lib/language.ts';
import { Button } from '../../ui/button.tsx';
import { TwoTaps } from '../../ui/two-taps.tsx';
import { CancelSetImport, SetImport } from './exchange.documents.ts';
import type { ImportNode } from './import-node.ts';
import { StartImport } from './start-import.tsx';

const REFUSED_SHOWN = 50;
const EVERY_MS = 1000;
const countNames = ['images', 'taken', 'added', 'labelled', 'pending', 'regions', 'refused', 'items'] as const;

/** One import: what lies in the set, how far it is, what was refused; after a look, the way to import for good. */
export function ImportDetail(props: {
  id: string;
  mayWork: boolean;
  onOpen: (id: string) => void;
  onClose: () => void;
}) {
  const answer = createAnswer(SetImport, () => ({ id: props.id, first: REFUSED_SHOWN }), EVERY_MS);
  const act = createAct();
  const node = () => {
    const found = answer.data()?.node;
    return found?.__typename === 'DatasetImport' ? found : undefined;
  };
  const isOpen = (found: ImportNode) => found.state === 'QUEUED' || found.state === 'RUNNING';
  const count = (value: number) => formatNumber(value, 0, locale());

  return (
    <section class="panel exchange-part">
      <Show when={node()} fallback={<p role="status">{answer.failure() ?? words().session.waiting}</p>}>
        {(found) => (
          <>
            <h2>
              {found().source}: {words().exchange.states[found().state]}
            </h2>
            <p class="hint">
              {words().exchange.found(
                count(found().foundImages ?? 0),
                found().format ? words().exchange.formats[found().format ?? 'COCO'] : words().exchange.noFormat,
              )}
              <For each={found().splits}>
                {(split) => (
                  <>
                    {' · '}
                    {words().exchange.splits[split.name] ?? split.name} {count(split.images)}
                  </>
                )}
              </For>
            </p>
            <Show when={isOpen(found())}>
              <div class="actions" role="status">
                <progress max="1" value={found().progress} aria-label={words().exchange.state} />
                <span>{words().exchange.running(formatShare(found().progress, locale(), 0))}</span>
              </div>
            </Show>
            <Show when={found().error}>
              {(text) => (
                <p class="form-refusal" role="alert">
                  {text()}
                </p>
              )}
            </Show>
            <Show when={found().isDryRun}>
              <p>{words().exchange.looked}</p>
            </Show>
            <dl class="exchange-counts">
              <For each={countNames}>
                {(name) => (
                  <div>
                    <dd>{count(found().counts[name])}</dd>
                    <dt>{words().exchange.counts[name]}</dt>
                  </div>
                )}
              </For>
            </dl>
            <Show when={props.mayWork && found().isDryRun && found().state === 'SUCCEEDED'}>
              <StartImport found={found()} onStarted={props.onOpen} />
            </Show>
            <Refused found={found()} />
            <div class="actions">
              <Show when={props.mayWork && isOpen(found())}>
                <TwoTaps
                  label={words().exchange.cancel}
                  consequence={words().exchange.cancelConsequence}
                  confirm={words().exchange.cancelNow}
                  cancel={words().act.cancel}
                  waiting={act.isWaiting()}
                  refusal={act.refusal()?.text}
                  onConfirm={() => act.send(CancelSetImport, { id: found().id }).then(() => answer.ask())}
                />
              </Show>
              <Button onClick={() => props.onClose()}>{words().exchange.close}</Button>
            </div>
          </>
        )}
      </Show>
    </section>
  );
}

function Refused(props: { found: ImportNode }) {
  const rows = () => props.found.refused.edges.map(({ node }) => node);
  return (
    <Show
      when={rows().length > 0}
      fallback={
        <Show when={props.found.state === 'SUCCEEDED'}>
          <p class="hint">{words().exchange.noneRefused}</p>
        </Show>
      }
    >
      <h3>{words().exchange.refusedTitle}</h3>
      <table class="data-table">
        <thead>
          <tr>
            <th>{words().exchange.path}</th>
            <th>{words().exchange.reason}</th>
          </tr>
        </thead>
        <tbody>
          <For each={rows()}>
            {(row) => (
              <tr>
                <td class="exchange-path">{row.path}</td>
                <td>{row.reason}</td>
              </tr>
            )}
          </For>
        </tbody>
      </table>
      <div>
        <a class="exchange-link" href={props.found.reportUrl} download={`${props.found.source}.csv`} rel="external">
          {words().exchange.report}
        </a>
      </div>
    </Show>
  );
}
