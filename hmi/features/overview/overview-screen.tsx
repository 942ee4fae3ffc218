import './overview.css';
import { A } from '@solidjs/router';
import { createMemo, For, onCleanup, onMount, Show } from 'solid-js';
import { useCatalogue } from '../../lib/catalogue.ts';
import { words } from '../../lib/language.ts';
import { nextRow } from '../../lib/row-focus.ts';
import { administers, useViewer } from '../../lib/viewer.ts';
import { EmptyState } from '../../ui/empty-state.tsx';
import { LineRow } from './line-row.tsx';

/** A full screen needs the room, and has a reader who knows the keys. */
const HINT_UP_TO_LINES = 12;

/** Level 1: one row per line, all plants on one screen. */
export function OverviewScreen() {
  const plants = useCatalogue();
  const lineCount = createMemo(() => plants().reduce((count, plant) => count + plant.lines.length, 0));
  let table: HTMLTableElement | undefined;

  function moveFocus(event: KeyboardEvent) {
    if (event.target instanceof HTMLSelectElement || event.target instanceof HTMLInputElement) return;
    const links = [...(table?.querySelectorAll<HTMLAnchorElement>('a.line-link') ?? [])];
    const present = links.findIndex((link) => link.matches(':focus'));
    const next = nextRow(event.key, present < 0 ? undefined : present, links.length);
    if (next === undefined) return;
    event.preventDefault();
    links[next]?.focus();
  }
  onMount(() => document.addEventListener('keydown', moveFocus));
  onCleanup(() => document.removeEventListener('keydown', moveFocus));

  return (
    <Show when={lineCount() > 0} fallback={<NothingYet />}>
      <section class="overview panel">
        <h1 class="visually-hidden">{words().overview.title}</h1>
        <table
          class="overview-table"
          ref={table}
          style={{ '--rows': lineCount(), '--plants': plants().length > 1 ? plants().length : 0 }}
        >
          <thead>
            <tr>
              <th class="column-alarm">
                <span class="visually-hidden">{words().alarms.title}</span>
              </th>
              <th class="column-line">{words().overview.line}</th>
              <th class="column-state">{words().overview.state}</th>
              <th class="column-rate">{words().overview.rate}</th>
              <th class="column-rejects">{words().overview.rejects}</th>
              <th class="column-model">{words().overview.model}</th>
              <th class="column-nodes">{words().overview.nodes}</th>
            </tr>
          </thead>
          <For each={plants()}>
            {(plant) => (
              <tbody>
                <Show when={plants().length > 1}>
                  <tr class="overview-plant">
                    <th colSpan={7}>{plant.name}</th>
                  </tr>
                </Show>
                <For each={plant.lines}>{(line) => <LineRow plant={plant} line={line} />}</For>
              </tbody>
            )}
          </For>
        </table>
        <Show when={lineCount() <= HINT_UP_TO_LINES}>
          <p class="hint overview-keys">{words().overview.keys}</p>
        </Show>
      </section>
    </Show>
  );
}

/** Says what to do next, to whoever can do it. */
function NothingYet() {
  const plants = useCatalogue();
  const viewer = useViewer();
  const own = () => plants().find((plant) => administers(viewer(), plant.id));
  return (
    <>
      <h1 class="visually-hidden">{words().overview.title}</h1>
      <EmptyState>
        <Show
          when={own()}
          fallback={
            <Show
              when={viewer().isAdministrator}
              fallback={plants().length > 0 ? words().overview.noLines : words().overview.noPlants}
            >
              {words().setup.noPlants} <A href="/admin/plants?add=1">{words().setup.createFirstPlant}</A>
            </Show>
          }
        >
          {(plant) => (
            <>
              {words().overview.noLinesYet}{' '}
              <A href={`/admin/plants/${encodeURIComponent(plant().code)}/structure`}>
                {words().overview.setUpPlant(plant().name)}
              </A>
            </>
          )}
        </Show>
      </EmptyState>
    </>
  );
}
