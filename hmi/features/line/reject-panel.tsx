import { useSearchParams } from '@solidjs/router';
import { createMemo, createSignal, Show } from 'solid-js';
import { locale, words } from '../../lib/language.ts';
import { useLive } from '../../lib/live.ts';
import { minuteSeries } from '../../lib/minute-series.ts';
import { theme } from '../../lib/theme.ts';
import { Button } from '../../ui/button.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { RateChart } from '../../ui/rate-chart.tsx';
import type { LinePicture } from './create-line-picture.ts';
import { RejectTable } from './reject-table.tsx';
import { statsQuery } from './stats-query.ts';

/** Rejects over the last hour: as a chart, as a table, as the query that made it. */
export function RejectPanel(props: { picture: LinePicture; timeZone: string }) {
  const live = useLive();
  const [search, setSearch] = useSearchParams<{ view: string }>();
  const isTable = () => search.view === 'table';
  const minute = createMemo(() => Math.floor((live.now() ?? Date.parse(props.picture.sentAt)) / 60_000));
  const series = createMemo(() => minuteSeries(props.picture.lastHour, minute() * 60_000));
  const isEmpty = () => props.picture.lastHour.length === 0;

  return (
    <section class="panel reject-panel">
      <div class="panel-head">
        <h2>{words().chart.rejects}</h2>
        <div class="panel-acts">
          <Button
            disabled={live.isLocked()}
            onClick={() => setSearch({ view: isTable() ? undefined : 'table' }, { replace: true })}
          >
            {isTable() ? words().chart.showChart : words().chart.showTable}
          </Button>
          <CopyQuery text={() => statsQuery(props.picture.line.id, minute() * 60_000)} />
        </div>
      </div>
      <Show when={!isEmpty()} fallback={<EmptyState>{words().chart.empty}</EmptyState>}>
        <Show
          when={isTable()}
          fallback={
            <RateChart
              series={series()}
              timeZone={props.timeZone}
              locale={locale()}
              theme={theme()}
              label={words().chart.rejects}
            />
          }
        >
          <RejectTable buckets={props.picture.lastHour} timeZone={props.timeZone} />
        </Show>
      </Show>
    </section>
  );
}

/** The clipboard is only there on secure addresses; elsewhere the text is shown to be copied by hand. */
function CopyQuery(props: { text: () => string }) {
  const live = useLive();
  const [state, setState] = createSignal<'idle' | 'copied' | 'shown'>('idle');

  async function copy() {
    if (state() === 'shown') return setState('idle');
    try {
      await navigator.clipboard.writeText(props.text());
      setState('copied');
    } catch {
      setState('shown');
    }
  }
  return (
    <>
      <Button disabled={live.isLocked()} onClick={() => void copy()}>
        {state() === 'copied' ? words().chart.copied : words().chart.copyQuery}
      </Button>
      <Show when={state() === 'shown'}>
        <div class="query-text">
          <label class="hint">
            {words().chart.selectAndCopy}
            <textarea readOnly rows={8} value={props.text()} onFocus={(event) => event.currentTarget.select()} />
          </label>
        </div>
      </Show>
    </>
  );
}
