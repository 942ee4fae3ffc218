import { For, Show } from 'solid-js';
import { factorDigits, foundWords, machineNumbers } from '../../lib/factors.ts';
import { formatNumber } from '../../lib/format.ts';
import { locale, words } from '../../lib/language.ts';
import { stateWord } from '../../lib/packml.ts';
import { Reading } from '../../ui/reading.tsx';
import type { PartDetails } from './line.documents.ts';
import { signalText } from './signal-text.ts';

/** The machine at the moment of capture; what was not known then is absent, what may be wrong is hatched and says why. */
export function PartContext(props: { detail: PartDetails }) {
  const context = () => props.detail.context;
  const doubt = (name: string) => {
    const signal = context().signals.find((each) => each.name === name);
    if (signal?.isAmbiguous) return words().value.ambiguous;
    if (signal === undefined || signal.quality === 'GOOD') return undefined;
    return signal.quality === 'BAD' ? words().value.bad : words().value.stale;
  };
  /** A text that may have been the one before or after is not stored as the part's; it is shown as what the machine said. */
  const said = (name: string) => {
    const signal = context().signals.find((each) => each.name === name);
    return signal && doubt(name) ? signalText(signal.value, locale(), words().value) : undefined;
  };
  const text = (name: string, known: string | null | undefined) => ({ value: known ?? said(name), doubt: doubt(name) });
  return (
    <>
      <Reading label={words().part.verdict}>{words().verdicts[props.detail.verdict]}</Reading>
      <Show when={props.detail.modelVersion}>
        {(version) => (
          <Reading label={words().part.model}>
            {version().model.name} {version().number}
          </Reading>
        )}
      </Show>
      <Reading label={words().part.latency} unit={words().units.milliseconds}>
        {formatNumber(props.detail.latencyMs, 0, locale())}
      </Reading>
      <TextReading label={words().part.state} {...text('machineState', stateWord(context().machineState))} />
      <For each={machineNumbers}>
        {(name) => (
          <NumberReading
            label={words().factors[name].name}
            value={context()[name]}
            doubt={doubt(name)}
            digits={factorDigits(name)}
            unit={words().factors[name].unit}
          />
        )}
      </For>
      <TextReading label={words().part.product} {...text('productCode', props.detail.product?.name)} />
      <TextReading label={words().part.recipe} {...text('recipeCode', props.detail.recipe?.code)} />
      <TextReading label={words().part.batch} {...text('batchCode', props.detail.batch?.code)} />
      <For each={foundWords}>
        {(name) => (
          <TextReading label={words().factors[name].name} value={context()[name] ?? undefined} doubt={undefined} />
        )}
      </For>
      <TextReading label={words().part.job} {...text('jobCode', props.detail.job?.code)} />
      <Show when={props.detail.position}>
        {(position) => (
          <Reading label={words().part.position}>
            {[position().offsetXPx, position().offsetYPx].map((px) => formatNumber(px, 1, locale())).join(' / ')}
            <span class="unit">px</span>
            {` · ${formatNumber(position().rotationDeg, 1, locale())}°`}
          </Reading>
        )}
      </Show>
    </>
  );
}

function TextReading(props: { label: string; value: string | undefined; doubt: string | undefined }) {
  return (
    <Show when={props.value}>
      {(value) => (
        <Reading label={props.label} doubt={props.doubt}>
          {value()}
        </Reading>
      )}
    </Show>
  );
}

interface NumberReadingProps {
  label: string;
  value: number | null;
  doubt: string | undefined;
  digits: number;
  unit: string;
}

function NumberReading(props: NumberReadingProps) {
  return (
    <Show when={props.value !== null}>
      <Reading label={props.label} unit={props.unit} doubt={props.doubt}>
        {formatNumber(props.value ?? 0, props.digits, locale())}
      </Reading>
    </Show>
  );
}
