import { createMemo, Show } from 'solid-js';
import { assignedModels } from '../../lib/assigned-models.ts';
import { formatAge, formatNumber, formatShare } from '../../lib/format.ts';
import { locale, words } from '../../lib/language.ts';
import { useLive } from '../../lib/live.ts';
import { signalDoubt } from '../../lib/machine-signals.ts';
import { isAbnormalState, stateWord } from '../../lib/packml.ts';
import { TargetBar } from '../../ui/target-bar.tsx';
import type { LinePicture } from './create-line-picture.ts';
import { doubtWords } from './doubt-words.ts';

/** What is read from three metres: state, rate, rejects, model. */
export function LineHead(props: { picture: LinePicture }) {
  return (
    <header class="line-head">
      <State picture={props.picture} />
      <Rate picture={props.picture} />
      <Rejects picture={props.picture} />
      <Model picture={props.picture} />
    </header>
  );
}

function State(props: { picture: LinePicture }) {
  const live = useLive();
  const machine = () => props.picture.machine;
  const doubt = () => {
    const known = machine();
    return known
      ? doubtWords(signalDoubt(known, 'machineState', props.picture.sentAt), live.now(), locale(), words())
      : undefined;
  };
  return (
    <div class="line-state">
      <h2>
        {words().line.state}
        <Show when={machine()?.mode}>{(mode) => <span class="hint"> · {mode()}</span>}</Show>
        <Show when={doubt()}>{(text) => <span class="line-state-doubt"> {text()}</span>}</Show>
      </h2>
      <p
        class="state-word figure"
        classList={{ abnormal: isAbnormalState(machine()?.state) }}
        data-stale={doubt() || !machine() ? '' : undefined}
        data-testid="machine-state"
      >
        {stateWord(machine()?.state) ?? words().line.unknownState}
      </p>
    </div>
  );
}

function Rate(props: { picture: LinePicture }) {
  const rate = () => formatNumber(props.picture.ratePerMin, 0, locale());
  const target = () => {
    const known = props.picture.line.targetRatePerMin;
    return known === null ? undefined : formatNumber(known, 0, locale());
  };
  return (
    <div class="line-rate">
      <h2>
        {words().line.rate}
        <Show when={target()}>{(known) => <span class="hint"> · {words().line.target(known())}</span>}</Show>
      </h2>
      <p class="key-value figure">
        {rate()}
        <span class="unit">{words().units.perMinute}</span>
      </p>
      <TargetBar
        value={props.picture.ratePerMin}
        target={props.picture.line.targetRatePerMin}
        label={[words().line.rate, rate(), words().units.perMinute, target() ? words().line.target(target() ?? '') : '']
          .join(' ')
          .trim()}
      />
    </div>
  );
}

function Rejects(props: { picture: LinePicture }) {
  const total = () => props.picture.total;
  return (
    <div class="line-rejects">
      <h2>{words().line.rejects}</h2>
      <p class="key-value figure">
        <Show when={total().rejectRate !== null} fallback={words().value.none}>
          {formatShare(total().rejectRate ?? 0, locale())}
          <span class="unit">{words().units.percent}</span>
        </Show>
      </p>
      <p class="hint figure">
        <Show when={total().rejectRate !== null}>
          {words().value.interval(
            formatShare(total().rejectRateLow ?? 0, locale()),
            formatShare(total().rejectRateHigh ?? 0, locale()),
          )}
          {' · '}
        </Show>
        {words().line.parts(formatNumber(total().total, 0, locale()))}
      </p>
    </div>
  );
}

function Model(props: { picture: LinePicture }) {
  const live = useLive();
  const models = createMemo(() => assignedModels(props.picture.line.stations));
  return (
    <div class="line-model">
      <h2>{words().line.model}</h2>
      <Show
        when={models()}
        fallback={
          <p class="key-value">
            <span class="figure abnormal">{words().line.noModel}</span>
          </p>
        }
      >
        {(found) => (
          <>
            <p class="key-value figure">{found().numbers.join(', ')}</p>
            <p class="hint figure">
              {formatAge((live.now() ?? Date.parse(props.picture.sentAt)) - found().oldestMs, locale())}
            </p>
          </>
        )}
      </Show>
    </div>
  );
}
