import { For, Show } from 'solid-js';
import { createAnswer } from '../../lib/create-answer.ts';
import { useDataPlant } from '../../lib/data-plant.ts';
import { formatDateMinute, formatNumber, formatShare } from '../../lib/format.ts';
import { locale, words } from '../../lib/language.ts';
import { Button } from '../../ui/button.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { SetImports } from './exchange.documents.ts';

const SHOWN = 20;
const EVERY_MS = 2000;

/** The newest imports of the plant, looks among them. */
export function ImportHistory(props: { openId: string | undefined; onOpen: (id: string) => void }) {
  const plant = useDataPlant();
  const answer = createAnswer(SetImports, () => ({ plantId: plant().id, last: SHOWN }), EVERY_MS);
  const imports = () =>
    answer
      .data()
      ?.datasetImports.edges.map(({ node }) => node)
      .reverse();
  const count = (value: number) => formatNumber(value, 0, locale());

  return (
    <section class="panel exchange-part">
      <h2>{words().exchange.history}</h2>
      <Show when={imports()} fallback={<p role="status">{answer.failure() ?? words().session.waiting}</p>}>
        {(rows) => (
          <Show when={rows().length > 0} fallback={<EmptyState>{words().exchange.noImports}</EmptyState>}>
            <table class="data-table">
              <thead>
                <tr>
                  <th>{words().exchange.source}</th>
                  <th>{words().exchange.state}</th>
                  <th class="column-number">{words().exchange.counts.taken}</th>
                  <th class="column-number">{words().exchange.counts.labelled}</th>
                  <th class="column-number">{words().exchange.counts.refused}</th>
                  <th>{words().exchange.who}</th>
                  <th>{words().exchange.when}</th>
                  <th>
                    <span class="visually-hidden">{words().exchange.open}</span>
                  </th>
                </tr>
              </thead>
              <tbody>
                <For each={rows()}>
                  {(row) => (
                    <tr>
                      <td class="exchange-path">
                        {row.source} <span class="hint">{row.isDryRun ? words().exchange.look : ''}</span>
                      </td>
                      <td>
                        {row.state === 'RUNNING'
                          ? words().exchange.running(formatShare(row.progress, locale(), 0))
                          : words().exchange.states[row.state]}
                      </td>
                      <td class="column-number">{count(row.counts.taken)}</td>
                      <td class="column-number">{count(row.counts.labelled)}</td>
                      <td class="column-number">{count(row.counts.refused)}</td>
                      <td>{row.requestedBy.name}</td>
                      <td>{formatDateMinute(Date.parse(row.requestedAt), plant().timeZone, locale())}</td>
                      <td>
                        <Button
                          pressed={row.id === props.openId}
                          label={`${words().exchange.open}: ${row.source}`}
                          onClick={() => props.onOpen(row.id)}
                        >
                          {words().exchange.open}
                        </Button>
                      </td>
                    </tr>
                  )}
                </For>
              </tbody>
            </table>
          </Show>
        )}
      </Show>
    </section>
  );
}
