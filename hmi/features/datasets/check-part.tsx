import '../../ui/data-table.css';
import { useSearchParams } from '@solidjs/router';
import { For, Show } from 'solid-js';
import { createAct } from '../../lib/create-act.ts';
import { createAnswer } from '../../lib/create-answer.ts';
import { useDataPlant } from '../../lib/data-plant.ts';
import { formatDateMinute, formatNumber } from '../../lib/format.ts';
import { locale, words } from '../../lib/language.ts';
import { Button } from '../../ui/button.tsx';
import { Check } from '../../ui/check.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { CheckDataset, DatasetVersionIssues } from './datasets.documents.ts';
import { LeakPairs } from './leak-pairs.tsx';
import { trapName, trapSentence } from './trap-sentence.ts';
import type { PartProps } from './version-data.ts';

const WORST = 60;

/** What the last check found: a figure and a sentence for each trap, and the images behind it. */
export function CheckPart(props: PartProps) {
  const plant = useDataPlant();
  const act = createAct();
  const [search] = useSearchParams<{ trap: string; all: string }>();
  const check = () => props.version.check;
  const isUnderWay = () => check()?.state === 'QUEUED' || check()?.state === 'RUNNING';
  const start = async () => {
    if (await act.send(CheckDataset, { datasetVersionId: props.version.id })) await props.onChanged();
  };

  return (
    <section class="panel sets-part">
      <p class="hint">{words().sets.checkHint}</p>
      <Show when={check()} fallback={<p>{words().sets.neverChecked}</p>}>
        {(last) => (
          <p role="status">
            {words().sets.check}: {words().sets.checkState[last().state]}.{' '}
            <Show when={last().finishedAt}>
              {(finished) =>
                words().sets.checkedAt(
                  last().requestedBy.name,
                  formatDateMinute(Date.parse(finished()), plant().timeZone, locale()),
                )
              }
            </Show>{' '}
            <Show when={last().state === 'SUCCEEDED' && !last().isCurrent && props.version.state === 'DRAFT'}>
              <strong>{words().sets.notCurrent}</strong>
            </Show>
            <Show when={last().error}>{(error) => <strong>{error()}</strong>}</Show>
          </p>
        )}
      </Show>
      <Show when={props.mayChange}>
        <div class="actions">
          <Button
            isStrong={!check()?.isCurrent}
            waiting={act.isWaiting()}
            disabled={isUnderWay() || props.version.itemCount === 0}
            onClick={() => void start()}
          >
            {check() ? words().sets.checkAgain : words().sets.checkStart}
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
      <Show when={(check()?.figures.length ?? 0) > 0}>
        <table class="data-table">
          <thead>
            <tr>
              <th>{words().sets.trap}</th>
              <th class="column-number">{words().sets.figure}</th>
              <th class="column-number">{words().sets.flagged}</th>
              <th>{words().sets.sentence}</th>
            </tr>
          </thead>
          <tbody>
            <For each={check()?.figures}>
              {(figure) => (
                <tr
                  aria-current={figure.kind === search.trap ? 'true' : undefined}
                  classList={{ 'sets-flagged': figure.flagged }}
                >
                  <td>
                    <a href={`?part=check&trap=${encodeURIComponent(figure.kind)}`}>{trapName(figure.kind)}</a>
                  </td>
                  <td class="column-number">
                    {figure.score === null ? words().value.none : formatNumber(figure.score, 2, locale())}
                  </td>
                  <td class="column-number">{formatNumber(figure.count, 0, locale())}</td>
                  <td>{trapSentence(figure)}</td>
                </tr>
              )}
            </For>
          </tbody>
        </table>
      </Show>
      <Show when={search.trap}>
        {(trap) => (
          <Show
            when={trap() === 'leak'}
            fallback={<WorstImages versionId={props.version.id} trap={trap()} isAll={search.all !== undefined} />}
          >
            <LeakPairs version={props.version} mayChange={props.mayChange} onChanged={props.onChanged} />
          </Show>
        )}
      </Show>
    </section>
  );
}

function WorstImages(props: { versionId: string; trap: string; isAll: boolean }) {
  const [search, setSearch] = useSearchParams<{ all: string; sort: string }>();
  const isBestFirst = () => search.sort === 'best';
  const answer = createAnswer(DatasetVersionIssues, () => ({
    id: props.versionId,
    kind: props.trap,
    flagged: props.isAll ? null : true,
    first: isBestFirst() ? null : WORST,
    last: isBestFirst() ? WORST : null,
  }));
  const edges = () => {
    const node = answer.data()?.node;
    if (node?.__typename !== 'DatasetVersion') return undefined;
    return isBestFirst() ? node.issues.edges.toReversed() : node.issues.edges;
  };
  return (
    <>
      <h3>
        {trapName(props.trap)}: {isBestFirst() ? words().sets.best : words().sets.worst}
      </h3>
      <div class="actions">
        <Button pressed={isBestFirst()} onClick={() => setSearch({ sort: isBestFirst() ? null : 'best' })}>
          {words().sets.best}
        </Button>
      </div>
      <Check
        label={words().sets.flaggedOnly}
        checked={!props.isAll}
        onChange={(isFlaggedOnly) => setSearch({ all: isFlaggedOnly ? null : '1' })}
      />
      <Show when={edges()} fallback={<p role="status">{answer.failure() ?? words().session.waiting}</p>}>
        {(found) => (
          <Show when={found().length > 0} fallback={<EmptyState>{words().sets.noIssues}</EmptyState>}>
            <ul class="sets-grid">
              <For each={found()}>
                {({ node }) => (
                  <li class="sets-image">
                    <Show when={node.image}>
                      {(image) => <img src={`${image().url}?w=160`} alt="" loading="lazy" />}
                    </Show>
                    <p classList={{ 'sets-flagged': node.flagged }}>
                      {formatNumber(node.score, 2, locale())}
                      {node.flagged ? ` · ${words().sets.look}` : ''}
                    </p>
                    <p class="hint">{node.imageSha256.slice(0, 8)}</p>
                  </li>
                )}
              </For>
            </ul>
          </Show>
        )}
      </Show>
    </>
  );
}
