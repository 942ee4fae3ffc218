import './alarms.css';
import { useSearchParams } from '@solidjs/router';
import { createEffect, createMemo, For, on, onCleanup, onMount, Show } from 'solid-js';
import { useAlarms } from '../../lib/alarms.ts';
import { useCatalogue } from '../../lib/catalogue.ts';
import { createAnswer } from '../../lib/create-answer.ts';
import { formatNumber } from '../../lib/format.ts';
import { locale, words } from '../../lib/language.ts';
import { nextRow } from '../../lib/row-focus.ts';
import { Button } from '../../ui/button.tsx';
import { Choice } from '../../ui/choice.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { ScrollArea } from '../../ui/scroll-area.tsx';
import { AlarmPanel } from './alarm-panel.tsx';
import { AlarmTable } from './alarm-table.tsx';
import { alarmChoice, alarmFilter, alarmViews, statesOf } from './alarm-views.ts';
import { ListAlarms } from './alarms.documents.ts';

/** More open alarms than this are a flood that nobody reads line by line. */
const SHOWN = 200;

/** All alarms that need a look, those that are hidden, and those that are past; the address says which, and which one is chosen. */
export function AlarmsScreen() {
  const alarms = useAlarms();
  const [search, setSearch] = useSearchParams<{ show: string; line: string; state: string; alarm: string }>();
  const choice = createMemo(() => alarmChoice(search));
  const answer = createAnswer(ListAlarms, () => ({ filter: alarmFilter(choice()), first: SHOWN }));
  createEffect(on(alarms.revision, () => void answer.ask(), { defer: true }));
  const rows = createMemo(() => answer.data()?.alarms.edges.map(({ node }) => node) ?? []);
  const isFiltered = () => choice().lineId !== undefined || choice().state !== undefined;
  let room: HTMLElement | undefined;

  function moveFocus(event: KeyboardEvent) {
    if (!(event.target instanceof Node) || !(event.target === document.body || room?.contains(event.target))) return;
    if (event.target instanceof HTMLSelectElement) return;
    const links = [...(room?.querySelectorAll<HTMLAnchorElement>('a.alarm-link') ?? [])];
    const present = links.findIndex((link) => link.matches(':focus'));
    const next = nextRow(event.key, present < 0 ? undefined : present, links.length);
    if (next === undefined) return;
    event.preventDefault();
    links[next]?.focus();
  }
  onMount(() => document.addEventListener('keydown', moveFocus));
  onCleanup(() => document.removeEventListener('keydown', moveFocus));

  return (
    <div class="alarms line-side">
      <h1 class="visually-hidden">{words().alarms.title}</h1>
      <section class="panel alarms-list" ref={room}>
        <AlarmChoices />
        <ScrollArea label={words().alarms.title}>
          <Show when={answer.data()} fallback={<p role="status">{answer.failure() ?? words().session.waiting}</p>}>
            <Show
              when={rows().length > 0}
              fallback={
                <EmptyState>
                  <Show when={isFiltered()} fallback={words().alarms.empty[choice().view]}>
                    {words().alarms.emptyFilter}{' '}
                    <Button onClick={() => setSearch({ line: null, state: null })}>{words().alarms.showAll}</Button>
                  </Show>
                </EmptyState>
              }
            >
              <AlarmTable alarms={rows()} chosen={search.alarm} isStale={alarms.isStale()} />
              <Show when={answer.data()?.alarms.pageInfo.hasNextPage}>
                <p class="hint">{words().alarms.onlyFirst(formatNumber(SHOWN, 0, locale()))}</p>
              </Show>
            </Show>
          </Show>
        </ScrollArea>
        <p class="hint alarms-keys">{words().alarms.keys}</p>
      </section>
      <ScrollArea label={words().alarms.chosen} class="panel">
        <Show when={search.alarm} keyed fallback={<EmptyState>{words().alarms.choose}</EmptyState>}>
          {(id) => <AlarmPanel id={id} onChanged={answer.ask} />}
        </Show>
      </ScrollArea>
    </div>
  );
}

/** Open, hidden, past; and of those the line and the state. */
function AlarmChoices() {
  const alarms = useAlarms();
  const plants = useCatalogue();
  const [search, setSearch] = useSearchParams<{ show: string; line: string; state: string }>();
  const choice = createMemo(() => alarmChoice(search));
  const counts = () => ({ open: alarms.openCount(), hidden: alarms.hiddenCount(), past: undefined });
  const lines = () =>
    plants().flatMap((plant) =>
      plant.lines.map((line) => ({
        value: line.id,
        name: plants().length > 1 ? `${plant.name} · ${line.name}` : line.name,
      })),
    );
  return (
    <div class="alarm-choices">
      <nav class="alarm-views" aria-label={words().alarms.filterState}>
        <For each={alarmViews}>
          {(view) => {
            const count = () => counts()[view];
            return (
              <Button
                pressed={choice().view === view}
                onClick={() => setSearch({ show: view === 'open' ? null : view, state: null })}
              >
                {count() === undefined
                  ? words().alarms.views[view]
                  : words().alarms.viewCount(words().alarms.views[view], formatNumber(count() ?? 0, 0, locale()))}
              </Button>
            );
          }}
        </For>
      </nav>
      <div class="alarm-filters">
        <Choice
          label={words().alarms.filterLine}
          options={[{ value: '', name: words().alarms.allLines }, ...lines()]}
          value={choice().lineId ?? ''}
          onChoose={(line) => setSearch({ line: line || null })}
        />
        <Show when={statesOf[choice().view].length > 1}>
          <Choice
            label={words().alarms.filterState}
            options={[
              { value: '', name: words().alarms.allStates },
              ...statesOf[choice().view].map((state) => ({ value: state, name: words().alarms.states[state] })),
            ]}
            value={choice().state ?? ''}
            onChoose={(state) => setSearch({ state: state || null })}
          />
        </Show>
      </div>
    </div>
  );
}
