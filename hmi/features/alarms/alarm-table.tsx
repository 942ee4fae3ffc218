import { A, useLocation } from '@solidjs/router';
import { For, Show } from 'solid-js';
import { isUnacknowledged } from '../../lib/alarm-order.ts';
import { alarmPlace } from '../../lib/alarm-place.ts';
import { linePath, useCatalogue } from '../../lib/catalogue.ts';
import { formatMoment, formatNumber } from '../../lib/format.ts';
import { language, locale, words } from '../../lib/language.ts';
import { useLive } from '../../lib/live.ts';
import { AlarmShape } from '../../ui/alarm-shape.tsx';
import type { AlarmInList } from './alarms.documents.ts';

/** One row for each alarm. The link in its second cell covers the row; the place leads to the line or the node. */
export function AlarmTable(props: { alarms: readonly AlarmInList[]; chosen: string | undefined; isStale: boolean }) {
  return (
    <table class="alarm-table">
      <thead>
        <tr>
          <th class="alarm-shape-cell">
            <span class="visually-hidden">{words().alarms.priorityHead}</span>
          </th>
          <th>{words().alarms.alarm}</th>
          <th>{words().alarms.state}</th>
          <th>{words().alarms.raised}</th>
          <th>{words().alarms.last}</th>
          <th class="alarm-count" title={words().alarms.countHint}>
            {words().alarms.count}
          </th>
        </tr>
      </thead>
      <tbody>
        {/* By id: each answer is new, and rows that were rebuilt would lose the focus, or a touch that has begun. */}
        <For each={props.alarms.map(({ id }) => id)}>
          {(id) => (
            <Show when={props.alarms.find((alarm) => alarm.id === id)}>
              {(alarm) => <AlarmRow alarm={alarm()} isChosen={id === props.chosen} isStale={props.isStale} />}
            </Show>
          )}
        </For>
      </tbody>
    </table>
  );
}

function AlarmRow(props: { alarm: AlarmInList; isChosen: boolean; isStale: boolean }) {
  const live = useLive();
  const plants = useCatalogue();
  const at = (iso: string | null) =>
    iso === null
      ? words().value.none
      : formatMoment(Date.parse(iso), live.now() ?? Date.parse(iso), props.alarm.plant.timeZone, locale());
  return (
    <tr class="alarm-row" aria-current={props.isChosen ? 'true' : undefined}>
      <td class="alarm-shape-cell">
        <AlarmShape
          priority={props.alarm.priority}
          isSeen={!isUnacknowledged(props.alarm)}
          label={words().alarms.priority(props.alarm.priority)}
        />
      </td>
      <td class="alarm-what">
        <AlarmLink alarm={props.alarm} />
        <A class="alarm-place" href={placePath(props.alarm)}>
          {alarmPlace(props.alarm, plants().length > 1 ? props.alarm.plant.name : undefined)}
        </A>
      </td>
      <td>
        <span class="figure" data-stale={props.isStale ? '' : undefined}>
          <StateWords alarm={props.alarm} />
        </span>
      </td>
      <td class="figure alarm-time">{at(props.alarm.raisedAt)}</td>
      <td class="figure alarm-time">{at(props.alarm.lastRaisedAt ?? props.alarm.raisedAt)}</td>
      <td class="figure alarm-count">{formatNumber(props.alarm.raiseCount, 0, locale())}</td>
    </tr>
  );
}

/** Keeps what else the address says. */
function AlarmLink(props: { alarm: AlarmInList }) {
  const location = useLocation();
  const href = () => {
    const search = new URLSearchParams(location.search);
    search.set('alarm', props.alarm.id);
    return `/alarms?${search}`;
  };
  return (
    <A class="alarm-link" classList={{ 'alarm-link-new': isUnacknowledged(props.alarm) }} href={href()} noScroll>
      {props.alarm[language()].title}
    </A>
  );
}

function StateWords(props: { alarm: AlarmInList }) {
  const live = useLive();
  const until = () => {
    const end = props.alarm.shelving?.until;
    return end && props.alarm.state === 'SHELVED'
      ? formatMoment(Date.parse(end), live.now() ?? Date.parse(end), props.alarm.plant.timeZone, locale())
      : undefined;
  };
  const isHidden = () => props.alarm.state !== props.alarm.condition;
  return (
    <>
      {until() ? words().alarms.shelvedUntil(until() ?? '') : words().alarms.states[props.alarm.state]}
      <Show when={isHidden()}>
        <span class="hint alarm-beneath">{words().alarms.beneath(words().alarms.states[props.alarm.condition])}</span>
      </Show>
    </>
  );
}

/** The screen of what the alarm is about. */
export function placePath(alarm: AlarmInList): string {
  if (alarm.line) return linePath(alarm.plant, alarm.line);
  return alarm.edgeNode ? `/fleet/${encodeURIComponent(alarm.edgeNode.id)}` : '/';
}
