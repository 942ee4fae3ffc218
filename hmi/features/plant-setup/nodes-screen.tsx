import '../../ui/data-table.css';
import { useNavigate, useSearchParams } from '@solidjs/router';
import { For, Show } from 'solid-js';
import { createAnswer } from '../../lib/create-answer.ts';
import { words } from '../../lib/language.ts';
import { Check } from '../../ui/check.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { ScrollArea } from '../../ui/scroll-area.tsx';
import { Details } from './details.tsx';
import { useMoments } from './moments.ts';
import { NodeDetails } from './node-details.tsx';
import { nodeKeyState } from './node-key-state.ts';
import { PartForm } from './part-form.tsx';
import { usePlantSetUp } from './plant-context.ts';
import { type NodeInSetUp, PlantNodes } from './plant-setup.documents.ts';

/** Enrolling a node takes a minute: the screen sees it without being touched. */
const ASK_AGAIN_MS = 5_000;

/** The edge nodes of the plant, how each proves who it is, and the code that enrols a new one. */
export function NodesScreen() {
  const { plant, refresh } = usePlantSetUp();
  const navigate = useNavigate();
  const [search, setSearch] = useSearchParams<{ node: string; add: string; retired: string }>();
  const answer = createAnswer(PlantNodes, () => ({ code: plant().code }), ASK_AGAIN_MS);
  const all = () => answer.data()?.plant?.edgeNodes ?? [];
  const shown = () => all().filter((node) => search.retired || node.retiredAt === null || node.code === search.node);
  const chosen = () => all().find((node) => node.code === search.node);
  const changed = async () => {
    await Promise.all([answer.ask(), refresh()]);
  };

  return (
    <div class="set-up-split set-up-split-even">
      <section class="panel set-up-list">
        <ScrollArea label={words().setup.tabs.nodes}>
          <Show
            when={shown().length > 0}
            fallback={
              <Show when={answer.data()} fallback={<p role="status">{answer.failure() ?? words().session.waiting}</p>}>
                <EmptyState>{words().setup.noNodes}</EmptyState>
              </Show>
            }
          >
            <NodeTable nodes={shown()} chosen={search.node} />
          </Show>
        </ScrollArea>
        <div class="actions">
          <a class="button add-link" href="?add=1">
            {words().setup.add.edgeNode}
          </a>
          <Show when={all().some((node) => node.retiredAt !== null)}>
            <Check
              label={words().setup.showRetired}
              checked={search.retired !== undefined}
              onChange={(isShown) => setSearch({ retired: isShown ? '1' : null })}
            />
          </Show>
        </div>
      </section>
      <ScrollArea label={words().setup.chosenPart} class="panel">
        <Show
          when={search.add === undefined}
          fallback={
            <Details kind={words().setup.newIn(plant().name)} name={words().setup.kinds.edgeNode}>
              <PartForm
                kind="edgeNode"
                parentId={plant().id}
                onWritten={async ({ code }) => {
                  await changed();
                  navigate(`?node=${encodeURIComponent(code)}`);
                }}
              />
              <a class="quiet-link" href="?">
                {words().act.cancel}
              </a>
            </Details>
          }
        >
          <Show when={chosen()} fallback={<EmptyState>{words().setup.chooseNode}</EmptyState>}>
            {(node) => <NodeDetails node={node()} onChanged={changed} />}
          </Show>
        </Show>
      </ScrollArea>
    </div>
  );
}

function NodeTable(props: { nodes: readonly NodeInSetUp[]; chosen: string | undefined }) {
  const { now, ago } = useMoments();
  return (
    <table class="data-table">
      <thead>
        <tr>
          <th>{words().setup.fields.name}</th>
          <th>{words().setup.stations}</th>
          <th>{words().setup.lastSeen}</th>
          <th>{words().setup.key}</th>
        </tr>
      </thead>
      <tbody>
        <For each={props.nodes}>
          {(node) => (
            <tr
              classList={{ 'is-retired': node.retiredAt !== null }}
              aria-current={node.code === props.chosen ? 'true' : undefined}
            >
              <td>
                <a href={`?node=${encodeURIComponent(node.code)}`}>{node.name}</a>
              </td>
              <td>{node.stations.length}</td>
              <td class="column-short">{ago(node.lastSeenAt)}</td>
              <td>
                {node.retiredAt === null
                  ? words().setup.keyStates[nodeKeyState(node, now()).kind]
                  : words().setup.retired}
              </td>
            </tr>
          )}
        </For>
      </tbody>
    </table>
  );
}
