import './fleet.css';
import '../../ui/data-table.css';
import { A, useParams } from '@solidjs/router';
import { createMemo, Show } from 'solid-js';
import { useCatalogue } from '../../lib/catalogue.ts';
import { createAnswer } from '../../lib/create-answer.ts';
import { formatAge } from '../../lib/format.ts';
import { locale, words } from '../../lib/language.ts';
import { useLive } from '../../lib/live.ts';
import { administers, useViewer } from '../../lib/viewer.ts';
import { EmptyState } from '../../ui/empty-state.tsx';
import { ScrollArea } from '../../ui/scroll-area.tsx';
import { AskFleet, AskNode } from './fleet.documents.ts';
import { FleetTable } from './fleet-table.tsx';
import { NodeDetails } from './node-details.tsx';

/** Nodes speak once a second. */
const ASK_EVERY_MS = 2_000;
/** Two questions without an answer: what is shown is no longer the present. */
const STALE_AFTER_MS = 5_000;

/** Every edge node of every plant: its state and its health at the left, all of one at the right. */
export function FleetScreen() {
  const live = useLive();
  const params = useParams<{ node?: string }>();
  const answer = createAnswer(AskFleet, () => ({}), ASK_EVERY_MS);
  const plants = createMemo(() => answer.data()?.plants.edges.map(({ node }) => node) ?? []);
  const nodes = createMemo(() => plants().flatMap((plant) => plant.edgeNodes.map((node) => ({ plant, node }))));
  const details = createAnswer(AskNode, () => (params.node ? { id: params.node } : undefined), ASK_EVERY_MS);
  const chosen = () => {
    const node = details.data()?.node;
    return node?.__typename === 'EdgeNode' ? node : undefined;
  };
  const ageMs = () => {
    const times = [answer.answeredAtMs(), details.answeredAtMs()].filter((at) => at !== undefined);
    return times.length === 0 ? undefined : Math.max(0, live.tick() - Math.min(...times));
  };
  const isStale = () => (ageMs() ?? 0) > STALE_AFTER_MS;

  return (
    <div class="fleet" data-no-data={isStale() ? '' : undefined}>
      <h1 class="visually-hidden">{words().fleet.title}</h1>
      <section class="panel fleet-list">
        <ScrollArea label={words().fleet.title}>
          <Show when={answer.data()} fallback={<p role="status">{answer.failure() ?? words().session.waiting}</p>}>
            <Show when={nodes().length > 0} fallback={<NoNodes />}>
              <FleetTable nodes={nodes()} chosen={params.node} />
            </Show>
          </Show>
        </ScrollArea>
        <p class="hint fleet-foot">
          <span>{words().fleet.keys}</span>
          <Show when={ageMs() !== undefined}>
            <span class="figure" classList={{ abnormal: isStale() }}>
              {words().fleet.asOf(formatAge(ageMs() ?? 0, locale()))}
            </span>
          </Show>
        </p>
      </section>
      <ScrollArea label={words().fleet.chosen} class="panel">
        <Show
          when={chosen()}
          fallback={
            <EmptyState>
              {details.failure() ?? (details.data() ? words().fleet.notFound : words().fleet.choose)}
            </EmptyState>
          }
        >
          {(found) => (
            <NodeDetails
              node={found()}
              plant={found().plant}
              isLocked={isStale() || live.isLocked()}
              onChanged={details.ask}
            />
          )}
        </Show>
      </ScrollArea>
    </div>
  );
}

/** Says what to do next, to whoever can do it. */
function NoNodes() {
  const plants = useCatalogue();
  const viewer = useViewer();
  const own = () => plants().find((plant) => administers(viewer(), plant.id));
  return (
    <EmptyState>
      {words().fleet.none}{' '}
      <Show when={own()}>
        {(plant) => <A href={`/admin/plants/${encodeURIComponent(plant().code)}/nodes`}>{words().fleet.setUpNodes}</A>}
      </Show>
    </EmptyState>
  );
}
