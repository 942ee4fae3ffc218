import '../../ui/data-table.css';
import { For, Show } from 'solid-js';
import { createAnswer } from '../../lib/create-answer.ts';
import { useDataPlant } from '../../lib/data-plant.ts';
import { formatDateMinute, formatNumber } from '../../lib/format.ts';
import { locale, words } from '../../lib/language.ts';
import { EmptyState } from '../../ui/empty-state.tsx';
import { DatasetVersionModels } from './datasets.documents.ts';
import type { VersionData } from './version-data.ts';

const VERDICTS = 10;

/** The models that a version has taught, and what they have judged last. */
export function ModelsPart(props: { version: VersionData }) {
  const plant = useDataPlant();
  const answer = createAnswer(DatasetVersionModels, () => ({ id: props.version.id, verdicts: VERDICTS }));
  const models = () => {
    const node = answer.data()?.node;
    return node?.__typename === 'DatasetVersion' ? node.modelVersions : undefined;
  };
  return (
    <section class="panel sets-part">
      <Show when={models()} fallback={<p role="status">{answer.failure() ?? words().session.waiting}</p>}>
        {(found) => (
          <Show when={found().length > 0} fallback={<EmptyState>{words().sets.noModels}</EmptyState>}>
            <For each={found()}>
              {(model) => (
                <>
                  <h3>
                    {words().sets.model} {model.model.name} {model.number}: {words().sets.verdicts}
                  </h3>
                  <Show
                    when={model.inspections.edges.length > 0}
                    fallback={<EmptyState>{words().sets.noVerdicts}</EmptyState>}
                  >
                    <table class="data-table">
                      <tbody>
                        <For each={model.inspections.edges}>
                          {({ node }) => (
                            <tr>
                              <td class="column-short">
                                {formatDateMinute(Date.parse(node.capturedAt), plant().timeZone, locale())}
                              </td>
                              <td>{node.line.name}</td>
                              <td>{words().verdicts[node.verdict]}</td>
                              <td class="column-number">{formatNumber(node.score, 2, locale())}</td>
                            </tr>
                          )}
                        </For>
                      </tbody>
                    </table>
                  </Show>
                </>
              )}
            </For>
          </Show>
        )}
      </Show>
    </section>
  );
}
