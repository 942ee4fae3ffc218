import '../../ui/data-table.css';
import { useSearchParams } from '@solidjs/router';
import { For, Show } from 'solid-js';
import { createAnswer } from '../../lib/create-answer.ts';
import { formatNumber } from '../../lib/format.ts';
import { locale, words } from '../../lib/language.ts';
import { EmptyState } from '../../ui/empty-state.tsx';
import { SelectField } from '../../ui/select-field.tsx';
import { DatasetVersionDifference } from './datasets.documents.ts';
import type { VersionData } from './version-data.ts';

const SHOWN = 100;
const kinds = ['added', 'removed', 'relabelled', 'redrawn', 'moved', 'same'] as const;
const count = (value: number) => formatNumber(value, 0, locale());

/** What has changed from another version of the dataset, from the one before unless told. */
export function DifferencePart(props: { version: VersionData }) {
  const [search, setSearch] = useSearchParams<{ other: string }>();
  const others = () => props.version.dataset.versions.filter(({ id }) => id !== props.version.id);
  const before = () =>
    props.version.basedOn?.id ?? others().findLast(({ number }) => number < props.version.number)?.id;
  const otherId = () => search.other ?? before() ?? others()[0]?.id;
  const answer = createAnswer(DatasetVersionDifference, () => {
    const other = otherId();
    return other === undefined ? undefined : { id: props.version.id, otherId: other, kind: null, first: SHOWN };
  });
  const difference = () => {
    const node = answer.data()?.node;
    return node?.__typename === 'DatasetVersion' ? (node.difference ?? undefined) : undefined;
  };

  return (
    <section class="panel sets-part">
      <Show when={otherId()} fallback={<EmptyState>{words().sets.noOther}</EmptyState>}>
        {(chosen) => (
          <>
            <SelectField
              label={words().sets.compareWith}
              name="other"
              options={others().map(({ id, number, state }) => ({
                value: id,
                name: `${number} · ${words().sets.state[state]}`,
              }))}
              value={chosen()}
              onChoose={(id) => setSearch({ other: id })}
            />
            <Show when={difference()} fallback={<p role="status">{answer.failure() ?? words().session.waiting}</p>}>
              {(found) => (
                <>
                  <table class="data-table">
                    <tbody>
                      <For each={kinds}>
                        {(kind) => (
                          <tr>
                            <td>{words().sets.counts[kind]}</td>
                            <td class="column-number">{count(found().counts[kind])}</td>
                          </tr>
                        )}
                      </For>
                    </tbody>
                  </table>
                  <Show
                    when={found().changes.edges.length > 0}
                    fallback={<EmptyState>{words().sets.noChange}</EmptyState>}
                  >
                    <ul class="sets-grid">
                      <For each={found().changes.edges}>
                        {({ node }) => (
                          <li class="sets-image">
                            <Show when={node.image}>
                              {(image) => <img src={`${image().url}?w=160`} alt="" loading="lazy" />}
                            </Show>
                            <p>{words().sets.changes[node.kind]}</p>
                            <p class="hint">
                              {placeOf(node.otherLabel, node.otherSplit)} → {placeOf(node.label, node.split)}
                            </p>
                          </li>
                        )}
                      </For>
                    </ul>
                    <Show when={found().changes.pageInfo.hasNextPage}>
                      <p class="hint">{words().sets.onlyFirst(count(SHOWN))}</p>
                    </Show>
                  </Show>
                  <h3>{words().sets.mix}</h3>
                  <table class="data-table">
                    <thead>
                      <tr>
                        <th colSpan={2}>{words().sets.mix}</th>
                        <th class="column-number">{words().sets.there}</th>
                        <th class="column-number">{words().sets.here}</th>
                      </tr>
                    </thead>
                    <tbody>
                      <For each={found().mix}>
                        {(row) => (
                          <tr>
                            <td>{words().sets.factor[row.factor]}</td>
                            <td>{row.value ?? words().sets.unknown}</td>
                            <td class="column-number">{count(row.otherImages)}</td>
                            <td class="column-number">{count(row.images)}</td>
                          </tr>
                        )}
                      </For>
                    </tbody>
                  </table>
                </>
              )}
            </Show>
          </>
        )}
      </Show>
    </section>
  );
}

function placeOf(label: string | null, split: 'TRAIN' | 'VALIDATION' | 'GOLDEN' | null): string {
  return label === null || split === null ? words().value.none : `${label}, ${words().sets.split[split]}`;
}
