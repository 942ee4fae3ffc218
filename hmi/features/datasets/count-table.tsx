import '../../ui/data-table.css';
import { For } from 'solid-js';
import { formatNumber } from '../../lib/format.ts';
import { locale, words } from '../../lib/language.ts';
import { type CountCell, countTable, splits } from './version-data.ts';

/** Images of each class on each side. */
export function CountTable(props: { counts: readonly CountCell[] }) {
  return (
    <table class="data-table sets-counts">
      <thead>
        <tr>
          <th>{words().sets.class}</th>
          <For each={splits}>{(split) => <th class="column-number">{words().sets.split[split]}</th>}</For>
          <th class="column-number">{words().sets.sum}</th>
        </tr>
      </thead>
      <tbody>
        <For each={countTable(props.counts)}>
          {(row) => (
            <tr>
              <td>{row.label ?? words().sets.sum}</td>
              <For each={row.images}>
                {(images) => <td class="column-number">{formatNumber(images, 0, locale())}</td>}
              </For>
              <td class="column-number">
                {formatNumber(
                  row.images.reduce((sum, images) => sum + images, 0),
                  0,
                  locale(),
                )}
              </td>
            </tr>
          )}
        </For>
      </tbody>
    </table>
  );
}
