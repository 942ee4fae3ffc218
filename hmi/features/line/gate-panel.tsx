import { createMemo, For, Show } from 'solid-js';
import { countText } from '../../lib/count-text.ts';
import { formatShare } from '../../lib/format.ts';
import { locale, words } from '../../lib/language.ts';
import { nodeProblems } from '../../lib/node-health.ts';
import { wilsonInterval } from '../../lib/wilson-interval.ts';
import { Reading } from '../../ui/reading.tsx';
import type { LinePicture } from './create-line-picture.ts';
import { type PartSums, sumParts, unaccounted } from './part-sums.ts';

type Gate = NonNullable<LinePicture['edgeNodes'][number]['status']>['gates'][number];

/** What the gates did with the rejects, and where the parts of the run have gone. */
export function GatePanel(props: { picture: LinePicture }) {
  const stations = () => props.picture.line.stations;
  const gates = createMemo(() =>
    props.picture.edgeNodes.flatMap((node) => {
      const isSilent = nodeProblems(node, props.picture.sentAt).some(({ kind }) => kind === 'down');
      return (node.status?.gates ?? []).flatMap((gate) => {
        const station = stations().find(({ id }) => id === gate.stationId);
        return station ? [{ gate, name: station.name, isSilent }] : [];
      });
    }),
  );
  const sums = () => sumParts(stations().map(({ partCounts }) => partCounts));
  return (
    <section class="panel gate-panel" data-testid="gate">
      <div class="gates">
        <Show when={gates().length > 0} fallback={<p class="hint">{words().gate.none}</p>}>
          <For each={gates()}>
            {(placed) => (
              <div class="gate" data-no-data={placed.isSilent ? '' : undefined}>
                <GateReadings gate={placed.gate} name={gates().length > 1 ? placed.name : undefined} />
              </div>
            )}
          </For>
        </Show>
      </div>
      <div class="gate-parts">
        <h2>{words().gate.parts}</h2>
        <Show when={sums()} fallback={<p class="hint">{words().gate.partsNone}</p>}>
          {(known) => <Parts sums={known()} />}
        </Show>
      </div>
    </section>
  );
}

function GateReadings(props: { gate: Gate; name: string | undefined }) {
  const interval = () => {
    const { confirmed, notConfirmed } = props.gate;
    return confirmed === null || notConfirmed === null
      ? undefined
      : wilsonInterval(confirmed, confirmed + notConfirmed);
  };
  return (
    <>
      <div class="gate-head">
        <h2>
          {words().gate.title}
          <Show when={props.name}>{(name) => <span class="hint"> · {name()}</span>}</Show>
        </h2>
        <span class="gate-state">
          <Show when={props.gate.problem}>{(problem) => <span class="figure abnormal">{problem()}</span>}</Show>
          <Show when={props.gate.isTracking === false}>
            <span class="figure abnormal">{words().gate.trackingLost}</span>
          </Show>
          <Show when={props.gate.isEnabled === false}>
            <span class="figure abnormal">{words().gate.disabled}</span>
          </Show>
          <span class="figure" classList={{ abnormal: props.gate.mode !== 'ACTIVE' }}>
            {words().gate.modes[props.gate.mode]}
          </span>
        </span>
      </div>
      <dl class="readings gate-readings">
        <Reading label={words().gate.share} unit={words().units.percent}>
          {interval() ? formatShare(interval()?.share ?? 0, locale()) : words().value.none}
        </Reading>
        <Show when={interval()}>
          {(known) => (
            <Reading label={words().chart.interval} unit={words().units.percent}>
              {words().value.interval(formatShare(known().low, locale()), formatShare(known().high, locale()))}
            </Reading>
          )}
        </Show>
        <Reading label={words().gate.confirmed}>{countText(props.gate.confirmed)}</Reading>
        <Reading label={words().gate.notConfirmed} isAbnormal={(props.gate.notConfirmed ?? 0) > 0}>
          {countText(props.gate.notConfirmed)}
        </Reading>
        <Reading label={words().gate.unexpected} isAbnormal={(props.gate.unexpected ?? 0) > 0}>
          {countText(props.gate.unexpected)}
        </Reading>
        <Reading label={words().gate.late} isAbnormal={(props.gate.late ?? 0) > 0}>
          {countText(props.gate.late)}
        </Reading>
      </dl>
    </>
  );
}

function Parts(props: { sums: PartSums }) {
  const missing = () => unaccounted(props.sums);
  return (
    <dl class="readings part-sums">
      <Reading label={words().gate.triggered}>{countText(props.sums.triggered)}</Reading>
      <Reading label={words().gate.accepted}>{countText(props.sums.accepted)}</Reading>
      <Reading label={words().gate.rejected}>{countText(props.sums.rejected)}</Reading>
      <Reading label={words().gate.bypassed}>{countText(props.sums.bypassed)}</Reading>
      <Reading label={words().gate.unseen} isAbnormal={props.sums.unseen > 0}>
        {countText(props.sums.unseen)}
      </Reading>
      <Reading label={words().gate.inTransit}>{countText(props.sums.inTransit)}</Reading>
      <Reading label={words().gate.unaccounted} isAbnormal={missing() !== 0}>
        {countText(missing())}
      </Reading>
    </dl>
  );
}
