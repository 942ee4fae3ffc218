import { A } from '@solidjs/router';
import { createEffect, For, on, Show } from 'solid-js';
import { isUnacknowledged } from '../../lib/alarm-order.ts';
import { alarmPlace } from '../../lib/alarm-place.ts';
import { useAlarms } from '../../lib/alarms.ts';
import { createAnswer } from '../../lib/create-answer.ts';
import { formatMoment, formatNumber } from '../../lib/format.ts';
import { language, locale, words } from '../../lib/language.ts';
import { useLive } from '../../lib/live.ts';
import { AlarmShape } from '../../ui/alarm-shape.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { Reading } from '../../ui/reading.tsx';
import { AlarmActs } from './alarm-acts.tsx';
import { particularsOf } from './alarm-particulars.ts';
import { placePath } from './alarm-table.tsx';
import { AlarmDetails, type ChosenAlarm } from './alarms.documents.ts';

/** One alarm: what it is, what to do, and what became of it so far. */
export function AlarmPanel(props: { id: string; onChanged: () => Promise<void> }) {
  const alarms = useAlarms();
  const answer = createAnswer(AlarmDetails, () => ({ id: props.id }));
  createEffect(on(alarms.revision, () => void answer.ask(), { defer: true }));
  const alarm = () => {
    const node = answer.data()?.node;
    return node?.__typename === 'Alarm' ? node : undefined;
  };
  const changed = async () => {
    await Promise.all([answer.ask(), props.onChanged()]);
  };

  return (
    <Show
      when={alarm()}
      fallback={
        <Show when={answer.data()} fallback={<p role="status">{answer.failure() ?? words().session.waiting}</p>}>
          <EmptyState>{words().alarms.notFound}</EmptyState>
        </Show>
      }
    >
      {(found) => (
        <article class="alarm-details">
          <header class="alarm-details-head">
            <AlarmShape
              priority={found().priority}
              isSeen={!isUnacknowledged(found())}
              label={words().alarms.priority(found().priority)}
            />
            <div>
              <h2 class="alarm-details-title">{found()[language()].title}</h2>
              <p>
                <A class="alarm-details-place" href={placePath(found())}>
                  {alarmPlace(found(), found().plant.name)}
                </A>
              </p>
            </div>
          </header>
          <AlarmActs alarm={found()} onChanged={changed} />
          <Texts alarm={found()} />
          <Facts alarm={found()} />
          <History alarm={found()} />
        </article>
      )}
    </Show>
  );
}

function Texts(props: { alarm: ChosenAlarm }) {
  const text = () => (language() === 'de' ? props.alarm.textDe : props.alarm.textEn);
  return (
    <dl class="alarm-texts">
      <dt>{words().alarms.action}</dt>
      <dd class="alarm-action">{text().action}</dd>
      <dt>{words().alarms.cause}</dt>
      <dd>{text().cause}</dd>
      <dt>{words().alarms.consequence}</dt>
      <dd>{text().consequence}</dd>
    </dl>
  );
}

/** The plant's time of a moment of the alarm. */
function createMoment(alarm: () => ChosenAlarm) {
  const live = useLive();
  return (iso: string) =>
    formatMoment(Date.parse(iso), live.now() ?? Date.parse(iso), alarm().plant.timeZone, locale());
}

function Facts(props: { alarm: ChosenAlarm }) {
  const moment = createMoment(() => props.alarm);
  const by = (person: { name: string } | null | undefined) => (person ? ` ${words().alarms.by(person.name)}` : '');
  const isHidden = () => props.alarm.state !== props.alarm.condition;
  return (
    <dl class="readings">
      <Reading label={words().alarms.state}>
        {words().alarms.states[props.alarm.state]}
        <Show when={isHidden()}>
          <span class="unit">{words().alarms.beneath(words().alarms.states[props.alarm.condition])}</span>
        </Show>
      </Reading>
      <Show when={props.alarm.shelving}>
        {(shelf) => (
          <>
            <Reading label={words().alarms.states.SHELVED}>
              {words().setup.until(moment(shelf().until)) + by(shelf().by)}
            </Reading>
            <Reading label={words().alarms.reason}>{shelf().reason}</Reading>
          </>
        )}
      </Show>
      <Show when={props.alarm.outOfService}>
        {(out) => (
          <>
            <Reading label={words().alarms.outOfService}>{moment(out().since) + by(out().by)}</Reading>
            <Reading label={words().alarms.reason}>{out().reason}</Reading>
          </>
        )}
      </Show>
      <Show when={props.alarm.raisedAt}>{(at) => <Reading label={words().alarms.since}>{moment(at())}</Reading>}</Show>
      <Show when={props.alarm.lastRaisedAt}>
        {(at) => <Reading label={words().alarms.lastRaised}>{moment(at())}</Reading>}
      </Show>
      <Reading label={words().alarms.count}>{formatNumber(props.alarm.raiseCount, 0, locale())}</Reading>
      <Show when={props.alarm.acknowledgedAt}>
        {(at) => <Reading label={words().alarms.acknowledged}>{moment(at()) + by(props.alarm.acknowledgedBy)}</Reading>}
      </Show>
      <Show when={props.alarm.returnedAt}>
        {(at) => <Reading label={words().alarms.returned}>{moment(at())}</Reading>}
      </Show>
      <For each={particularsOf(props.alarm.data, locale())}>
        {(part) => <Reading label={words().alarms.data[part.name] ?? part.name}>{part.text}</Reading>}
      </For>
    </dl>
  );
}

function History(props: { alarm: ChosenAlarm }) {
  const moment = createMoment(() => props.alarm);
  return (
    <section class="alarm-history">
      <h3>{words().alarms.history}</h3>
      <ol>
        <For each={props.alarm.history}>
          {(change) => (
            <li>
              <time class="figure">{moment(change.at)}</time>
              <span>
                {words().alarms.changes[change.kind] ?? change.kind}
                <Show when={change.actor.kind === 'person'}>{` ${words().alarms.by(change.actor.name)}`}</Show>
                <Show when={change.reason}>{(reason) => <span class="hint">{` · ${reason()}`}</span>}</Show>
              </span>
            </li>
          )}
        </For>
      </ol>
    </section>
  );
}
