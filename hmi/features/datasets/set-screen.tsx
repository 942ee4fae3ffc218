import './datasets.css';
import { A, useParams, useSearchParams } from '@solidjs/router';
import { For, Match, Show, Switch } from 'solid-js';
import { createAnswer } from '../../lib/create-answer.ts';
import { dataPath, useDataPlant } from '../../lib/data-plant.ts';
import { formatDateMinute, formatNumber } from '../../lib/format.ts';
import { locale, words } from '../../lib/language.ts';
import { curates, useViewer } from '../../lib/viewer.ts';
import { EmptyState } from '../../ui/empty-state.tsx';
import { ScrollArea } from '../../ui/scroll-area.tsx';
import { CheckPart } from './check-part.tsx';
import { CountTable } from './count-table.tsx';
import { DatasetVersionPage } from './datasets.documents.ts';
import { DifferencePart } from './difference-part.tsx';
import { FreezePart } from './freeze-part.tsx';
import { ItemsPart } from './items-part.tsx';
import { ModelsPart } from './models-part.tsx';
import { SplitPart } from './split-part.tsx';
import type { VersionData } from './version-data.ts';

const parts = ['images', 'split', 'check', 'freeze', 'difference', 'models'] as const;
/** A check is under way in the background; the page follows it. */
const ASK_EVERY_MS = 3000;

/** One version of a dataset: what is in it, and everything that is done with it. */
export function SetScreen() {
  const plant = useDataPlant();
  const viewer = useViewer();
  const params = useParams<{ version: string }>();
  const [search] = useSearchParams<{ part: string }>();
  const part = () => parts.find((known) => known === search.part) ?? 'images';
  const answer = createAnswer(DatasetVersionPage, () => ({ id: params.version }), ASK_EVERY_MS);
  const version = (): VersionData | undefined => {
    const node = answer.data()?.node;
    return node?.__typename === 'DatasetVersion' ? node : undefined;
  };
  const mayChange = () => version()?.state === 'DRAFT' && curates(viewer(), plant().id);

  return (
    <ScrollArea label={words().sets.version} class="sets">
      <A class="quiet-link" href={dataPath(plant(), 'sets')}>
        {words().sets.back}
      </A>
      <Show
        when={version()}
        fallback={
          <Show when={answer.data()} fallback={<p role="status">{answer.failure() ?? words().session.waiting}</p>}>
            <EmptyState>{words().sets.noSuchVersion}</EmptyState>
          </Show>
        }
      >
        {(found) => (
          <>
            <VersionHead version={found()} timeZone={plant().timeZone} />
            <nav class="sets-tabs" aria-label={words().sets.partsLabel}>
              <For each={parts}>
                {(each) => (
                  <a href={`?part=${each}`} aria-current={each === part() ? 'true' : undefined}>
                    {words().sets.parts[each]}
                  </a>
                )}
              </For>
            </nav>
            <Show when={found().state === 'DRAFT' && !mayChange()}>
              <p class="hint">{words().sets.notCurator}</p>
            </Show>
            <Switch>
              <Match when={part() === 'images'}>
                <ItemsPart version={found()} mayChange={mayChange()} onChanged={answer.ask} />
              </Match>
              <Match when={part() === 'split'}>
                <SplitPart version={found()} mayChange={mayChange()} onChanged={answer.ask} />
              </Match>
              <Match when={part() === 'check'}>
                <CheckPart version={found()} mayChange={mayChange()} onChanged={answer.ask} />
              </Match>
              <Match when={part() === 'freeze'}>
                <FreezePart version={found()} mayChange={mayChange()} onChanged={answer.ask} />
              </Match>
              <Match when={part() === 'difference'}>
                <DifferencePart version={found()} />
              </Match>
              <Match when={part() === 'models'}>
                <ModelsPart version={found()} />
              </Match>
            </Switch>
          </>
        )}
      </Show>
    </ScrollArea>
  );
}

function VersionHead(props: { version: VersionData; timeZone: string }) {
  const when = (time: string) => formatDateMinute(Date.parse(time), props.timeZone, locale());
  return (
    <section class="panel sets-part">
      <header class="sets-head">
        <h2>{words().sets.versionOf(props.version.dataset.name, String(props.version.number))}</h2>
        <p>
          {words().sets.state[props.version.state]} ·{' '}
          {words().sets.imageCount(formatNumber(props.version.itemCount, 0, locale()))}
        </p>
      </header>
      <p class="hint">
        {words().sets.openedBy(props.version.createdBy.name, when(props.version.createdAt))}
        <Show when={props.version.frozenAt}>
          {(frozen) => <> · {words().sets.frozenBy(props.version.frozenBy?.name ?? '', when(frozen()))}</>}
        </Show>
        <Show when={props.version.basedOn}>{(base) => <> · {words().sets.basedOn(String(base().number))}</>}</Show>
        {' · '}
        {props.version.book ? words().sets.book(String(props.version.book.number)) : words().sets.noBook}
      </p>
      <p class="hint sets-hash">
        {words().sets.hash}: {props.version.contentHash ?? words().sets.noHash}
      </p>
      <Show when={props.version.counts.length > 0}>
        <CountTable counts={props.version.counts} />
      </Show>
    </section>
  );
}
