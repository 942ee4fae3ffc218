import { For, Show } from 'solid-js';
import { factorDigits, toldNumbers } from '../../lib/factors.ts';
import { formatNumber } from '../../lib/format.ts';
import { locale, words } from '../../lib/language.ts';
import { useLive } from '../../lib/live.ts';
import { machineDoubt } from '../../lib/machine-age.ts';
import { otherSignals, signalDoubt, type TypedSignal } from '../../lib/machine-signals.ts';
import { EmptyState } from '../../ui/empty-state.tsx';
import { Reading } from '../../ui/reading.tsx';
import { ScrollArea } from '../../ui/scroll-area.tsx';
import type { LinePicture, Machine } from './create-line-picture.ts';
import { doubtAge, doubtWords } from './doubt-words.ts';
import { signalText } from './signal-text.ts';

/** What the machine says now; each value that may not be believed is hatched and says since when. */
export function MachinePanel(props: { picture: LinePicture }) {
  const live = useLive();
  const doubt = () => {
    const { machine, sentAt } = props.picture;
    return machine ? doubtWords(machineDoubt(machine, sentAt), live.now(), locale(), words()) : undefined;
  };
  return (
    <section class="panel machine-panel" data-testid="machine">
      <div class="panel-head">
        <h2>{words().machine.title}</h2>
        <Show when={doubt()}>{(text) => <span class="machine-doubt">{text()}</span>}</Show>
      </div>
      <Show when={props.picture.machine} fallback={<EmptyState>{words().machine.none}</EmptyState>}>
        {(machine) => (
          <ScrollArea label={words().machine.title}>
            <MachineReadings machine={machine()} job={props.picture.currentJob} sentAt={props.picture.sentAt} />
          </ScrollArea>
        )}
      </Show>
    </section>
  );
}

function MachineReadings(props: { machine: Machine; job: LinePicture['currentJob']; sentAt: string }) {
  const live = useLive();
  const doubt = (name: string) =>
    doubtAge(signalDoubt(props.machine, name, props.sentAt), live.now(), locale(), words());
  const typed = (name: TypedSignal) => doubt(name);
  const number = (value: number | null, digits: number) =>
    value === null ? words().value.none : formatNumber(value, digits, locale());
  const text = (value: string | null | undefined) => value ?? words().value.none;

  return (
    <dl class="readings">
      <For each={toldNumbers(props.machine.signals)}>
        {(name) => (
          <Reading label={words().factors[name].name} unit={words().factors[name].unit} doubt={typed(name)}>
            {number(props.machine[name], factorDigits(name))}
          </Reading>
        )}
      </For>
      <Reading label={words().machine.product} doubt={typed('productCode')}>
        {text(props.job?.product?.name ?? props.machine.productCode)}
      </Reading>
      <Reading label={words().machine.recipe} doubt={typed('recipeCode')}>
        {text(props.machine.recipeCode)}
      </Reading>
      <Reading label={words().machine.batch} doubt={typed('batchCode')}>
        {text(props.machine.batchCode)}
      </Reading>
      <Reading label={words().machine.job} doubt={typed('jobCode')}>
        {text(props.machine.jobCode)}
      </Reading>
      <For each={otherSignals(props.machine.signals)}>
        {(signal) => (
          <Reading
            label={words().machine.signalNames[signal.name] ?? signal.name}
            {...(signal.unit ? { unit: signal.unit } : {})}
            doubt={doubt(signal.name) ?? (signal.isAmbiguous ? words().value.ambiguous : undefined)}
          >
            {signalText(signal.value, locale(), words().value) ?? words().value.none}
          </Reading>
        )}
      </For>
    </dl>
  );
}
