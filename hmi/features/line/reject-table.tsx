import { For, Show } from 'solid-js';
import { formatMinute, formatNumber, formatShare } from '../../lib/format.ts';
import { locale, words } from '../../lib/language.ts';
import { ScrollArea } from '../../ui/scroll-area.tsx';
import type { LinePicture } from './create-line-picture.ts';

/** The chart's figures, newest minute first. */
export function RejectTable(props: { buckets: LinePicture['lastHour']; timeZone: string }) {
  return (
    <ScrollArea label={words().chart.rejects}>
      <table class="reject-table">
        <thead>
          <tr>
            <th>{words().chart.minute}</th>
            <th>{words().chart.parts}</th>
            <th>{words().chart.rejected}</th>
            <th>{words().chart.rate} %</th>
            <th>{words().chart.interval} %</th>
          </tr>
        </thead>
        <tbody>
          <For each={[...props.buckets].reverse()}>
            {(row) => (
              <tr>
                <td class="figure">{formatMinute(Date.parse(row.bucket), props.timeZone, locale())}</td>
                <td class="figure">{formatNumber(row.total, 0, locale())}</td>
                <td class="figure">{formatNumber(row.reject, 0, locale())}</td>
                <td class="figure">
                  {row.rejectRate === null ? words().value.none : formatShare(row.rejectRate, locale())}
                </td>
                <td class="figure">
                  <Show when={row.rejectRateLow !== null && row.rejectRateHigh !== null} fallback={words().value.none}>
                    {words().value.interval(
                      formatShare(row.rejectRateLow ?? 0, locale()),
                      formatShare(row.rejectRateHigh ?? 0, locale()),
                    )}
                  </Show>
                </td>
              </tr>
            )}
          </For>
        </tbody>
      </table>
    </ScrollArea>
  );
}
