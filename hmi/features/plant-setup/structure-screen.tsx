import { useNavigate, useSearchParams } from '@solidjs/router';
import { createMemo, Show } from 'solid-js';
import { words } from '../../lib/language.ts';
import { Check } from '../../ui/check.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { ScrollArea } from '../../ui/scroll-area.tsx';
import { Details } from './details.tsx';
import { PartForm } from './part-form.tsx';
import { PartTree } from './part-tree.tsx';
import { usePlantSetUp } from './plant-context.ts';
import { childKinds, countRetired, findTreePart, partsInUse, plantTree, type TreePart } from './plant-tree.ts';
import { RetirePart } from './retire-part.tsx';

/** The plant as a tree at the left, the chosen part at the right. The address says which, and what is being added. */
export function StructureScreen() {
  const { plant, refresh } = usePlantSetUp();
  const navigate = useNavigate();
  const [search, setSearch] = useSearchParams<{ at: string; add: string; retired: string }>();
  const tree = createMemo(() => plantTree(plant()));
  const at = () => search.at ?? '';
  const chosen = createMemo(() => findTreePart(tree(), at()));
  const shown = () => (search.retired ? tree() : partsInUse(tree(), at()));
  const nodes = () => plant().edgeNodes.filter((node) => node.retiredAt === null);

  const address = (path: string, isAdding = false) => {
    const wanted = new URLSearchParams();
    if (path !== '') wanted.set('at', path);
    if (isAdding) wanted.set('add', '1');
    if (search.retired) wanted.set('retired', '1');
    return `?${wanted.toString()}`;
  };

  return (
    <div class="set-up-split">
      <section class="panel set-up-list">
        <ScrollArea label={words().setup.tree}>
          <PartTree part={shown()} at={at()} hrefOf={(part) => address(part.path)} />
        </ScrollArea>
        <Show when={countRetired(tree()) > 0}>
          <Check
            label={words().setup.showRetired}
            checked={search.retired !== undefined}
            onChange={(isShown) => setSearch({ retired: isShown ? '1' : null })}
          />
        </Show>
      </section>
      <ScrollArea label={words().setup.chosenPart} class="panel">
        <Show when={chosen()} fallback={<EmptyState>{words().setup.noSuchPart}</EmptyState>}>
          {(part) => (
            <Show
              when={search.add === undefined ? undefined : childKinds[part().kind]}
              fallback={<PartDetails part={part()} nodes={nodes()} addHref={address(at(), true)} onChanged={refresh} />}
            >
              {(kind) => (
                <Details kind={words().setup.newIn(part().name)} name={words().setup.kinds[kind()]}>
                  <PartForm
                    kind={kind()}
                    parentId={part().id}
                    nodes={nodes()}
                    onWritten={async ({ code }) => {
                      await refresh();
                      navigate(address(part().path === '' ? code : `${part().path}/${code}`));
                    }}
                  />
                  <a class="quiet-link" href={address(at())}>
                    {words().act.cancel}
                  </a>
                </Details>
              )}
            </Show>
          )}
        </Show>
      </ScrollArea>
    </div>
  );
}

interface PartDetailsProps {
  part: TreePart;
  nodes: readonly { id: string; code: string; name: string }[];
  addHref: string;
  onChanged: () => Promise<void>;
}

function PartDetails(props: PartDetailsProps) {
  const childKind = () => childKinds[props.part.kind];
  return (
    <Show when={props.part.id} keyed>
      {(id) => (
        <Details kind={words().setup.kinds[props.part.kind]} name={props.part.name} code={props.part.code}>
          <PartForm
            kind={props.part.kind}
            part={{ id, values: props.part.values }}
            parentId=""
            nodes={props.nodes}
            disabled={props.part.isRetired}
            onWritten={props.onChanged}
          />
          <Show when={!props.part.isRetired && childKind()}>
            {(kind) => (
              <div class="details-part">
                <Show when={props.part.children.every((child) => child.isRetired)}>
                  <p class="quiet-text">{words().setup.nothingBelow[kind()]}</p>
                </Show>
                <a class="button add-link" href={props.addHref}>
                  {words().setup.add[kind()]}
                </a>
              </div>
            )}
          </Show>
          <div class="details-part">
            <RetirePart kind={props.part.kind} id={id} isRetired={props.part.isRetired} onDone={props.onChanged} />
          </div>
        </Details>
      )}
    </Show>
  );
}
