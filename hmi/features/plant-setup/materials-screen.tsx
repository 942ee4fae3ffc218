import '../../ui/data-table.css';
import { useNavigate, useSearchParams } from '@solidjs/router';
import { createMemo, For, Show } from 'solid-js';
import { createAnswer } from '../../lib/create-answer.ts';
import { formatNumber } from '../../lib/format.ts';
import { locale, words } from '../../lib/language.ts';
import { Check } from '../../ui/check.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { ScrollArea } from '../../ui/scroll-area.tsx';
import { Details } from './details.tsx';
import type { PartValues } from './part-fields.ts';
import { PartForm } from './part-form.tsx';
import { usePlantSetUp } from './plant-context.ts';
import { PlantMaterials } from './plant-setup.documents.ts';
import { RetirePart } from './retire-part.tsx';

const kinds = ['product', 'recipe', 'materialBatch'] as const;
type MaterialKind = (typeof kinds)[number];
const lists = { product: 'products', recipe: 'recipes', materialBatch: 'materialBatches' } as const;

/** The server's longest page; more than that has its place in the API. */
const SHOWN = 500;

interface Material {
  id: string;
  code: string;
  name: string | null;
  retiredAt: string | null;
  supplier?: string | null;
}

/** Products, recipes and batches: what is set up here and what machines have named. */
export function MaterialsScreen() {
  const { plant } = usePlantSetUp();
  const navigate = useNavigate();
  const [search, setSearch] = useSearchParams<{ kind: string; code: string; add: string; retired: string }>();
  const kind = (): MaterialKind => kinds.find((known) => known === search.kind) ?? 'product';
  const answer = createAnswer(PlantMaterials, () => ({ plantId: plant().id, first: SHOWN }));
  const list = () => answer.data()?.[lists[kind()]];
  const all = createMemo((): Material[] => list()?.edges.map(({ node }) => node) ?? []);
  const shown = () => all().filter((row) => search.retired || row.retiredAt === null || row.code === search.code);
  const chosen = () => all().find((row) => row.code === search.code);
  const address = (wanted: Record<string, string>) => `?${new URLSearchParams({ kind: kind(), ...wanted }).toString()}`;

  return (
    <div class="set-up-split set-up-split-even">
      <section class="panel set-up-list">
        <nav class="tabs" aria-label={words().setup.tabs.materials}>
          <For each={kinds}>
            {(each) => (
              <a class="tab" href={`?kind=${each}`} aria-current={each === kind() ? 'true' : undefined}>
                {words().setup.lists[each]}
              </a>
            )}
          </For>
        </nav>
        <ScrollArea label={words().setup.lists[kind()]}>
          <Show
            when={shown().length > 0}
            fallback={
              <Show when={answer.data()} fallback={<p role="status">{answer.failure() ?? words().session.waiting}</p>}>
                <EmptyState>{words().setup.noMaterial[kind()]}</EmptyState>
              </Show>
            }
          >
            <table class="data-table">
              <thead>
                <tr>
                  <th>{words().setup.fields.code}</th>
                  <th>{words().setup.fields.name}</th>
                  <Show when={kind() === 'materialBatch'}>
                    <th>{words().setup.fields.supplier}</th>
                  </Show>
                </tr>
              </thead>
              <tbody>
                <For each={shown()}>
                  {(row) => (
                    <tr
                      classList={{ 'is-retired': row.retiredAt !== null }}
                      aria-current={row.code === search.code ? 'true' : undefined}
                    >
                      <td>
                        <a href={address({ code: row.code })}>{row.code}</a>
                      </td>
                      <td>
                        {row.name ?? words().value.none}
                        <Show when={row.retiredAt}> · {words().setup.retired}</Show>
                      </td>
                      <Show when={kind() === 'materialBatch'}>
                        <td>{row.supplier ?? words().value.none}</td>
                      </Show>
                    </tr>
                  )}
                </For>
              </tbody>
            </table>
            <Show when={list()?.pageInfo.hasNextPage}>
              <p class="hint">{words().setup.onlyFirst(formatNumber(SHOWN, 0, locale()))}</p>
            </Show>
          </Show>
        </ScrollArea>
        <div class="actions">
          <a class="button add-link" href={address({ add: '1' })}>
            {words().setup.add[kind()]}
          </a>
          <Show when={all().some((row) => row.retiredAt !== null)}>
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
            <Show when={kind()} keyed>
              {(added) => (
                <Details kind={words().setup.newIn(plant().name)} name={words().setup.kinds[added]}>
                  <PartForm
                    kind={added}
                    parentId={plant().id}
                    onWritten={async ({ code }) => {
                      await answer.ask();
                      navigate(address({ code }));
                    }}
                  />
                  <a class="quiet-link" href={address({})}>
                    {words().act.cancel}
                  </a>
                </Details>
              )}
            </Show>
          }
        >
          <Show when={chosen()} fallback={<EmptyState>{words().setup.chooseMaterial}</EmptyState>}>
            {(row) => <MaterialDetails kind={kind()} row={row()} onChanged={answer.ask} />}
          </Show>
        </Show>
      </ScrollArea>
    </div>
  );
}

function MaterialDetails(props: { kind: MaterialKind; row: Material; onChanged: () => Promise<void> }) {
  const values = (): PartValues => ({
    code: props.row.code,
    name: props.row.name ?? '',
    supplier: props.row.supplier ?? '',
  });
  return (
    <Show when={props.row.id} keyed>
      {(id) => (
        <Details kind={words().setup.kinds[props.kind]} name={props.row.name ?? props.row.code} code={props.row.code}>
          <PartForm
            kind={props.kind}
            part={{ id, values: values() }}
            parentId=""
            disabled={props.row.retiredAt !== null}
            onWritten={props.onChanged}
          />
          <div class="details-part">
            <RetirePart kind={props.kind} id={id} isRetired={props.row.retiredAt !== null} onDone={props.onChanged} />
          </div>
        </Details>
      )}
    </Show>
  );
}
