import './alarm-banner.css';
import { A } from '@solidjs/router';
import { createMemo, createSignal, Match, onCleanup, Show, Switch } from 'solid-js';
import type { OpenAlarm } from '../../lib/alarm-feed.documents.ts';
import { isUnacknowledged, mostUrgent, waitingBeside } from '../../lib/alarm-order.ts';
import { alarmPlace } from '../../lib/alarm-place.ts';
import { useAlarms } from '../../lib/alarms.ts';
import { useCatalogue } from '../../lib/catalogue.ts';
import { createAct } from '../../lib/create-act.ts';
import { formatAge, formatElapsed, formatNumber } from '../../lib/format.ts';
import { language, locale, words } from '../../lib/language.ts';
import { useLive } from '../../lib/live.ts';
import { answersAlarms, useViewer } from '../../lib/viewer.ts';
import { AlarmShape } from '../../ui/alarm-shape.tsx';
import { Button } from '../../ui/button.tsx';
import { AcknowledgeFromBanner } from './alarm-banner.documents.ts';

/** The highest alarm of all plants, on every screen: always there, and quiet when all is well. */
export function AlarmBanner() {
  const alarms = useAlarms();
  const shown = createMemo(() => mostUrgent(alarms.open()));
  const doubt = () => {
    if (alarms.refusal()) return alarms.refusal();
    if (alarms.isStale()) return words().alarms.staleFor(formatAge(alarms.ageMs() ?? 0, locale()));
    return alarms.isKnown() ? undefined : words().alarms.unknown;
  };

  return (
    <section
      class="alarm-banner"
      aria-label={words().alarms.banner}
      data-stale={doubt() ? '' : undefined}
      data-waiting={shown() && isUnacknowledged(shown() as OpenAlarm) ? '' : undefined}
    >
      <Show when={doubt()}>{(text) => <span class="alarm-banner-doubt">{text()}</span>}</Show>
      <Show when={shown()?.id} keyed fallback={<AllWell isDoubted={doubt() !== undefined} />}>
        {/* Keyed: a press that began on one alarm never ends on another. */}
        {(_id) => <Show when={shown()}>{(alarm) => <ShownAlarm alarm={alarm()} />}</Show>}
      </Show>
      <More shown={shown()} />
      {/* Said once for each alarm: the running time would never let a screen reader finish. */}
      <span class="visually-hidden" role="status">
        <Show when={shown()}>
          {(alarm) => (
            <>
              {words().alarms.priority(alarm().priority)}: {alarm()[language()].title},{' '}
              {words().alarms.states[alarm().state]}
            </>
          )}
        </Show>
      </span>
    </section>
  );
}

/** What is hidden is said even then. */
function AllWell(props: { isDoubted: boolean }) {
  const alarms = useAlarms();
  return (
    <Show when={!props.isDoubted}>
      <A class="alarm-banner-well" href="/alarms">
        {words().alarms.none}
        <Show when={alarms.hiddenCount() > 0}>
          {` · ${words().alarms.hiddenCount(formatNumber(alarms.hiddenCount(), 0, locale()))}`}
        </Show>
      </A>
    </Show>
  );
}

/** A press that was meant for the alarm before would come within this time. */
const SETTLES_AFTER_MS = 300;

function ShownAlarm(props: { alarm: OpenAlarm }) {
  const live = useLive();
  const alarms = useAlarms();
  const viewer = useViewer();
  const plants = useCatalogue();
  const act = createAct();
  const [isSettled, setSettled] = createSignal(false);
  const timer = setTimeout(() => setSettled(true), SETTLES_AFTER_MS);
  onCleanup(() => clearTimeout(timer));

  const plantName = () =>
    plants().length > 1 ? plants().find(({ id }) => id === props.alarm.plant.id)?.name : undefined;
  const elapsed = () => {
    const now = live.now();
    return now === undefined || props.alarm.raisedAt === null
      ? ''
      : formatElapsed(now - Date.parse(props.alarm.raisedAt), locale());
  };
  const isLocked = () => live.isLocked() || !alarms.isFresh(props.alarm.plant.id) || !isSettled();

  return (
    <>
      <A class="alarm-banner-alarm" href={`/alarms?alarm=${encodeURIComponent(props.alarm.id)}`}>
        <AlarmShape
          priority={props.alarm.priority}
          isSeen={!isUnacknowledged(props.alarm)}
          label={words().alarms.priority(props.alarm.priority)}
        />
        <span class="alarm-banner-text">
          <span class="alarm-banner-title">{props.alarm[language()].title}</span>
          <span class="alarm-banner-place">{` · ${alarmPlace(props.alarm, plantName())}`}</span>
        </span>
        <span class="figure alarm-banner-time">{elapsed()}</span>
      </A>
      <Switch>
        <Match when={act.refusal()}>
          {(refusal) => (
            <span class="alarm-banner-refusal" role="alert">
              {refusal().text}
            </span>
          )}
        </Match>
        <Match when={!isUnacknowledged(props.alarm)}>
          <span class="hint alarm-banner-state">{words().alarms.states[props.alarm.state]}</span>
        </Match>
      </Switch>
      <Show when={isUnacknowledged(props.alarm) && answersAlarms(viewer(), props.alarm.plant.id)}>
        <Button
          isStrong
          disabled={isLocked()}
          waiting={act.isWaiting()}
          onClick={() => void act.send(AcknowledgeFromBanner, { alarmId: props.alarm.id })}
        >
          {words().alarms.acknowledge}
        </Button>
      </Show>
    </>
  );
}

/** How many stand behind the one that is shown, with the highest of them that nobody has seen. */
function More(props: { shown: OpenAlarm | undefined }) {
  const alarms = useAlarms();
  const count = () => alarms.openCount() - (props.shown ? 1 : 0);
  const text = () => formatNumber(count(), 0, locale());
  return (
    <Show when={count() > 0}>
      <A class="button alarm-banner-more figure" href="/alarms">
        <span aria-hidden="true">{words().alarms.more(text())}</span>
        <span class="visually-hidden">{words().alarms.moreLabel(text())}</span>
        <Show when={waitingBeside(alarms.tallies(), props.shown)}>
          {(priority) => <AlarmShape priority={priority()} label={words().alarms.priority(priority())} />}
        </Show>
      </A>
    </Show>
  );
}
