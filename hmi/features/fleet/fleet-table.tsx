import { A } from '@solidjs/router';
import { For, onCleanup, onMount, Show } from 'solid-js';
import { isUnacknowledged, mostUrgent } from '../../lib/alarm-order.ts';
import { useAlarms } from '../../lib/alarms.ts';
import { useCatalogue } from '../../lib/catalogue.ts';
import { countText } from '../../lib/count-text.ts';
import { formatNumber, formatShare } from '../../lib/format.ts';
import { locale, words } from '../../lib/language.ts';
import { useLive } from '../../lib/live.ts';
import { nodeProblems } from '../../lib/node-health.ts';
import { problemWords } from '../../lib/problem-words.ts';
import { nextRow } from '../../lib/row-focus.ts';
import { AlarmShape } from '../../ui/alarm-shape.tsx';
import type { FleetRow } from './fleet.documents.ts';
import { isOutboxHigh, isSkewLarge } from './node-limits.ts';

interface PlacedNode {
  plant: { name: string };
  node: FleetRow;
}

/** One row for each node; the link in its first cell covers the row. */
export function FleetTable(props: { nodes: readonly PlacedNode[]; chosen: string | undefined }) {
  let table: HTMLTableElement | undefined;
  function moveFocus(event: KeyboardEvent) {
    if (event.target !== document.body && !(event.target instanceof Node && table?.contains(event.target))) return;
    const links = [...(table?.querySelectorAll<HTMLAnchorElement>('a.fleet-link') ?? [])];
    const present = links.findIndex((link) => link.matches(':focus'));
    const next = nextRow(event.key, present < 0 ? undefined : present, links.length);
    if (next === undefined) return;
    event.preventDefault();
    links[next]?.focus();
  }
  onMount(() => document.addEventListener('keydown', moveFocus));
  onCleanup(() => document.removeEventListener('keydown', moveFocus));

  // By id: each answer is new, and rows that were rebuilt would lose the focus.
  const ids = () => props.nodes.map(({ node }) => node.id);
  return (
    <table class="data-table fleet-table" ref={table}>
      <thead>
        <tr>
          <th class="fleet-shape">
            <span class="visually-hidden">{words().alarms.title}</span>
          </th>
          <th>{words().fleet.node}</th>
          <th>{words().fleet.health}</th>
          <th class="fleet-number">{words().fleet.outbox}</th>
          <th class="fleet-number fleet-skew">{words().nodes.skew}</th>
        </tr>
      </thead>
      <tbody>
        <For each={ids()}>
          {(id) => (
            <Show when={props.nodes.find(({ node }) => node.id === id)}>
              {(placed) => <NodeRow plant={placed().plant} node={placed().node} isChosen={id === props.chosen} />}
            </Show>
          )}
        </For>
      </tbody>
    </table>
  );
}

function NodeRow(props: PlacedNode & { isChosen: boolean }) {
  const live = useLive();
  const alarms = useAlarms();
  const plants = useCatalogue();
  const now = () => live.now() ?? Date.now();
  const problems = () => nodeProblems(props.node, new Date(now()).toISOString());
  const isSilent = () => problems().some(({ kind }) => kind === 'down' || kind === 'never-seen');
  const alarm = () => {
    const stations = new Set(props.node.stations.map(({ id }) => id));
    return mostUrgent(
      alarms
        .open()
        .filter(({ edgeNode, station }) => edgeNode?.id === props.node.id || (station && stations.has(station.id))),
    );
  };
  const lines = () => [...new Set(props.node.stations.map(({ line }) => line.name))].join(', ');
  const share = () => props.node.status?.outboxLimitShare ?? null;

  return (
    <tr class="fleet-row" aria-current={props.isChosen ? 'true' : undefined} data-no-data={isSilent() ? '' : undefined}>
      <td class="fleet-shape">
        <Show when={alarm()}>
          {(found) => (
            <AlarmShape
              priority={found().priority}
              isSeen={!isUnacknowledged(found())}
              label={words().alarms.priority(found().priority)}
            />
          )}
        </Show>
      </td>
      <td>
        <A class="fleet-link" href={`/fleet/${encodeURIComponent(props.node.id)}`} noScroll>
          {props.node.name}
        </A>
        <span class="hint">{[plants().length > 1 ? props.plant.name : '', lines()].filter(Boolean).join(' · ')}</span>
      </td>
      <td>
        <Show when={problems()[0]} fallback={words().fleet.ok}>
          {(first) => (
            <>
              <span class="abnormal">{problemWords(first(), now())}</span>
              <Show when={problems().length > 1}>{` +${problems().length - 1}`}</Show>
            </>
          )}
        </Show>
      </td>
      <td class="fleet-number">
        <Show when={props.node.status} fallback={words().value.none}>
          {(status) => (
            <span class="figure" classList={{ abnormal: isOutboxHigh(share()) }}>
              {share() === null
                ? formatNumber(status().outboxResults, 0, locale())
                : `${formatShare(share() ?? 0, locale(), 0)} ${words().units.percent}`}
            </span>
          )}
        </Show>
      </td>
      <td class="fleet-number fleet-skew">
        <span class="figure" classList={{ abnormal: isSkewLarge(props.node.skewMs) }}>
          {countText(props.node.skewMs)}
          <span class="unit">{words().units.milliseconds}</span>
        </span>
      </td>
    </tr>
  );
}
