import { A } from '@solidjs/router';
import { createMemo, For, Show } from 'solid-js';
import { createStore, reconcile } from 'solid-js/store';
import type { ResultOf } from '#schema/graphql.ts';
import { isUnacknowledged } from '../../lib/alarm-order.ts';
import { assignedModels } from '../../lib/assigned-models.ts';
import { type CatalogueLine, type CataloguePlant, linePath } from '../../lib/catalogue.ts';
import { formatAge, formatNumber, formatShare } from '../../lib/format.ts';
import { language, locale, words } from '../../lib/language.ts';
import { useLive } from '../../lib/live.ts';
import { signalDoubt } from '../../lib/machine-signals.ts';
import { minuteSeries } from '../../lib/minute-series.ts';
import { nodeProblems } from '../../lib/node-health.ts';
import { isAbnormalState, stateWord } from '../../lib/packml.ts';
import { AlarmShape } from '../../ui/alarm-shape.tsx';
import { Sparkline } from '../../ui/sparkline.tsx';
import { TargetBar } from '../../ui/target-bar.tsx';
import { WatchLineRow } from './overview.documents.ts';

type LinePicture = ResultOf<typeof WatchLineRow>['lineStatus'];

/** One line as a row of instruments. The link in its first cell covers the row. */
export function LineRow(props: { plant: CataloguePlant; line: CatalogueLine }) {
  const live = useLive();
  const [store, setStore] = createStore<{ picture?: LinePicture }>({});
  const feed = live.createFeed({
    document: WatchLineRow,
    variables: () => ({ lineId: props.line.id }),
    sentAt: (data) => data.lineStatus.sentAt,
    next: (data) => setStore('picture', reconcile(data.lineStatus)),
    isVital: true,
  });

  return (
    <tr class="line-row" data-no-data={feed.isStale() ? '' : undefined}>
      <td class="column-alarm">
        <Show when={store.picture?.line.highestAlarm}>
          {(alarm) => (
            <span title={alarm()[language()].title}>
              <AlarmShape
                priority={alarm().priority}
                isSeen={!isUnacknowledged(alarm())}
                label={`${words().alarms.priority(alarm().priority)}: ${alarm()[language()].title}`}
              />
            </span>
          )}
        </Show>
      </td>
      <td class="column-line">
        <A class="line-link" href={linePath(props.plant, props.line)}>
          {props.line.name}
        </A>
        <Show when={feed.isStale() || feed.failure()}>
          <span class="hint">
            {' '}
            {feed.failure()?.message ?? words().value.staleFor(formatAge(feed.ageMs() ?? 0, locale()))}
          </span>
        </Show>
      </td>
      <Show when={store.picture} fallback={<td colSpan={5} />}>
        {(picture) => <LineCells picture={picture()} />}
      </Show>
    </tr>
  );
}

function LineCells(props: { picture: LinePicture }) {
  const live = useLive();
  const now = () => live.now() ?? Date.parse(props.picture.sentAt);
  const rate = () => formatNumber(props.picture.ratePerMin, 0, locale());
  const total = () => props.picture.total;
  // The minute in the dependency, not the tick: the series changes when a picture comes or a minute begins.
  const minute = createMemo(() => Math.floor(now() / 60_000));
  const rates = createMemo(() => minuteSeries(props.picture.lastHour, minute() * 60_000).rate);

  return (
    <>
      <td class="column-state">
        <MachineState machine={props.picture.machine} sentAt={props.picture.sentAt} now={now()} />
      </td>
      <td class="column-rate">
        <div class="rate">
          <span class="figure rate-figure">
            {rate()}
            <span class="unit">{words().units.perMinute}</span>
          </span>
          <TargetBar
            value={props.picture.ratePerMin}
            target={props.picture.line.targetRatePerMin}
            label={`${words().overview.rate} ${rate()} ${words().units.perMinute}, ${words().line.target(
              formatNumber(props.picture.line.targetRatePerMin ?? 0, 0, locale()),
            )}`}
          />
        </div>
      </td>
      <td class="column-rejects">
        <div class="rejects">
          <Sparkline values={rates()} label={words().chart.rejects} />
          <Show when={total().rejectRate !== null} fallback={<span class="figure">{words().value.none}</span>}>
            <span class="figure rejects-figure">
              {formatShare(total().rejectRate ?? 0, locale())}
              <span class="unit">{words().units.percent}</span>
            </span>
            <span class="hint figure">
              {words().value.interval(
                formatShare(total().rejectRateLow ?? 0, locale()),
                formatShare(total().rejectRateHigh ?? 0, locale()),
              )}
            </span>
          </Show>
        </div>
      </td>
      <td class="column-model">
        <Models picture={props.picture} now={now()} />
      </td>
      <td class="column-nodes">
        <Nodes picture={props.picture} />
      </td>
    </>
  );
}

function MachineState(props: { machine: LinePicture['machine']; sentAt: string; now: number }) {
  const word = () => stateWord(props.machine?.state) ?? words().line.unknownState;
  const doubt = () => (props.machine ? signalDoubt(props.machine, 'machineState', props.sentAt) : undefined);
  return (
    <span class="state">
      <span
        class="figure"
        classList={{ abnormal: isAbnormalState(props.machine?.state) }}
        data-stale={doubt() || !props.machine ? '' : undefined}
      >
        {word()}
      </span>
      <Show when={doubt()}>
        {(found) => {
          const age = () => formatAge(props.now - found().since, locale());
          return (
            <span class="hint">
              {found().kind === 'bad' ? words().value.badFor(age()) : words().value.staleFor(age())}
            </span>
          );
        }}
      </Show>
    </span>
  );
}

function Models(props: { picture: LinePicture; now: number }) {
  const models = createMemo(() => assignedModels(props.picture.line.stations));
  return (
    <Show when={models()} fallback={<span class="figure abnormal">{words().overview.noModel}</span>}>
      {(found) => (
        <span class="figure">
          {found().numbers.join(', ')}
          <span class="unit">· {formatAge(props.now - found().oldestMs, locale())}</span>
        </span>
      )}
    </Show>
  );
}

function Nodes(props: { picture: LinePicture }) {
  const nodes = () => props.picture.edgeNodes;
  const troubled = () => nodes().filter((node) => nodeProblems(node, props.picture.sentAt).length > 0).length;
  return (
    <For each={nodes().length > 0 ? [nodes().length] : []} fallback={<span class="hint">{words().value.none}</span>}>
      {(count) => (
        <span class="figure" classList={{ abnormal: troubled() > 0 }}>
          {troubled() > 0 ? words().nodes.abnormalCount(troubled()) : words().nodes.okCount(count)}
        </span>
      )}
    </For>
  );
}
