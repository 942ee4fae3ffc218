import { createMemo, createSignal, For, Show } from 'solid-js';
import { createAnswer } from '../../lib/create-answer.ts';
import { useDataPlant } from '../../lib/data-plant.ts';
import { formatNumber } from '../../lib/format.ts';
import { locale, words } from '../../lib/language.ts';
import { Button } from '../../ui/button.tsx';
import { Field } from '../../ui/field.tsx';
import { SelectField } from '../../ui/select-field.tsx';
import { PoolFacets, type PoolFilter } from './pool.documents.ts';
import {
  chosenValues,
  type Facet,
  facets,
  flags,
  isFactorWord,
  isMachineNumber,
  type Ranged,
  ranged,
  toggleValue,
  turnFlag,
  without,
} from './pool-question.ts';

interface PoolFilterPanelProps {
  filter: PoolFilter;
  onFilter: (filter: PoolFilter) => void;
  /** Why the server does not take the filter. */
  failure: string | undefined;
}

/** Everything that an image can be filtered by; what values there are is counted by the server. */
export function PoolFilterPanel(props: PoolFilterPanelProps) {
  const plant = useDataPlant();
  const answer = createAnswer(PoolFacets, () => ({ plantId: plant().id, filter: props.filter }));
  const counted = createMemo(() => answer.data()?.poolFacets ?? []);
  const valuesOf = (facet: Facet) => {
    const known = counted().filter(({ field }) => field === facet);
    const missing = chosenValues(props.filter, facet).filter(
      (value) => !known.some((each) => each.value === valueKey(facet, value)),
    );
    return [...known.map(({ value, count }) => ({ value, count })), ...missing.map((value) => ({ value, count: 0 }))];
  };
  const asGiven = (facet: Facet, value: string) => (isWord(facet) ? value.toUpperCase() : value);
  const nameOf = (facet: Facet, value: string) => {
    if (facet === 'line') return plant().lines.find(({ id }) => id === value)?.name ?? value;
    const names: Readonly<Record<string, string>> = words().pool.values;
    return isWord(facet) ? (names[value.toLowerCase()] ?? value) : value;
  };

  return (
    <div class="pool-filter">
      <div class="pool-filter-head">
        <h2>{words().pool.filter}</h2>
        <Button disabled={Object.keys(props.filter).length === 0} onClick={() => props.onFilter({})}>
          {words().pool.clearFilter}
        </Button>
      </div>
      <Show when={props.failure}>{(text) => <p role="alert">{text()}</p>}</Show>
      <For each={facets}>
        {(facet) => (
          <Show when={valuesOf(facet).length > 0}>
            <fieldset class="pool-facet">
              <legend>{isFactorWord(facet) ? words().factors[facet].name : words().pool.facets[facet]}</legend>
              <For each={valuesOf(facet)}>
                {({ value, count }) => (
                  <button
                    type="button"
                    class="pool-value"
                    aria-pressed={chosenValues(props.filter, facet).includes(asGiven(facet, value))}
                    onClick={() => props.onFilter(toggleValue(props.filter, facet, asGiven(facet, value)))}
                  >
                    <span>{nameOf(facet, value)}</span>
                    <span class="figure">{formatNumber(count, 0, locale())}</span>
                  </button>
                )}
              </For>
            </fieldset>
          </Show>
        )}
      </For>
      <fieldset class="pool-facet">
        <legend>{words().pool.flagsTitle}</legend>
        <For each={flags}>
          {(flag) => (
            <button
              type="button"
              class="pool-value"
              aria-pressed={props.filter[flag] === true ? true : props.filter[flag] === false ? 'mixed' : false}
              onClick={() => props.onFilter(turnFlag(props.filter, flag))}
            >
              <span>{words().pool.flags[flag]}</span>
              <span>
                {props.filter[flag] === true ? words().pool.yes : props.filter[flag] === false ? words().pool.no : ''}
              </span>
            </button>
          )}
        </For>
      </fieldset>
      <RangeFields {...props} />
      <TimeFields {...props} />
      <PathField {...props} />
      <OtherConditions {...props} />
    </div>
  );
}

const wordFacets: readonly Facet[] = ['labelState', 'verdict', 'captureReason', 'origin'];
function isWord(facet: Facet): boolean {
  return wordFacets.includes(facet);
}

/** As the server counts it. */
function valueKey(facet: Facet, value: string): string {
  return isWord(facet) ? value.toLowerCase() : value;
}

/** Ranges that are asked for, each with its way out, and a form for one more. */
function RangeFields(props: PoolFilterPanelProps) {
  const [name, setName] = createSignal<Ranged>('score');
  const [min, setMin] = createSignal('');
  const [max, setMax] = createSignal('');
  const nameOf = (each: Ranged) => (isMachineNumber(each) ? words().factors[each].name : words().pool.figures[each]);
  const given = () => ranged.filter((each) => props.filter[each]);
  const numberOf = (text: string) => (text.trim() === '' || !Number.isFinite(Number(text)) ? null : Number(text));

  return (
    <fieldset class="pool-facet">
      <legend>{words().pool.ranges}</legend>
      <For each={given()}>
        {(each) => (
          <button
            type="button"
            class="pool-value"
            aria-pressed
            onClick={() => props.onFilter(without(props.filter, each))}
          >
            <span>{nameOf(each)}</span>
            <span class="figure">
              {props.filter[each]?.min ?? '…'} – {props.filter[each]?.max ?? '…'} ×
            </span>
          </button>
        )}
      </For>
      <form
        class="pool-range"
        onSubmit={(event) => {
          event.preventDefault();
          const range = { min: numberOf(min()), max: numberOf(max()) };
          if (range.min === null && range.max === null) return;
          props.onFilter({ ...props.filter, [name()]: range });
          setMin('');
          setMax('');
        }}
      >
        <SelectField
          label={words().pool.rangeOf}
          name="range"
          value={name()}
          options={ranged.map((value) => ({ value, name: nameOf(value) }))}
          onChoose={(value) => setName(ranged.find((each) => each === value) ?? 'score')}
        />
        <Field label={words().pool.min} type="number" name="min" isOptional value={min()} onInput={setMin} />
        <Field label={words().pool.max} type="number" name="max" isOptional value={max()} onInput={setMax} />
        <Button type="submit">{words().pool.add}</Button>
      </form>
    </fieldset>
  );
}

/** Whole days of the plant's calendar would need its time zone; days here are those of UTC, and say so. */
function TimeFields(props: PoolFilterPanelProps) {
  const dayOf = (time: unknown) => (typeof time === 'string' ? time.slice(0, 10) : '');
  const set = (side: 'from' | 'to', day: string) => {
    const { [side]: _, ...rest } = props.filter.capturedAt ?? {};
    const capturedAt = day === '' ? rest : { ...rest, [side]: `${day}T00:00:00.000Z` };
    props.onFilter(
      Object.keys(capturedAt).length === 0 ? without(props.filter, 'capturedAt') : { ...props.filter, capturedAt },
    );
  };
  return (
    <fieldset class="pool-facet pool-range">
      <legend>{words().pool.captured}</legend>
      <Field
        label={words().pool.from}
        type="date"
        name="from"
        isOptional
        value={dayOf(props.filter.capturedAt?.from)}
        onInput={(day) => set('from', day)}
      />
      <Field
        label={words().pool.before}
        type="date"
        name="to"
        isOptional
        value={dayOf(props.filter.capturedAt?.to)}
        onInput={(day) => set('to', day)}
      />
    </fieldset>
  );
}

function PathField(props: PoolFilterPanelProps) {
  const [text, setText] = createSignal(props.filter.sourcePath ?? '');
  return (
    <form
      class="pool-facet"
      onSubmit={(event) => {
        event.preventDefault();
        const path = text().trim();
        props.onFilter(path === '' ? without(props.filter, 'sourcePath') : { ...props.filter, sourcePath: path });
      }}
    >
      <Field
        label={words().pool.path}
        name="path"
        isOptional
        value={text()}
        hint={words().pool.pathHint}
        onInput={setText}
      />
    </form>
  );
}

const shownElsewhere: readonly string[] = [
  ...facets.map((facet) => (facet === 'line' ? 'lineId' : facet === 'tag' ? 'tags' : facet)),
  ...flags,
  ...ranged,
  'capturedAt',
  'sourcePath',
];

/** What other screens and saved views have asked for: shown by its name, and taken away by a press. */
function OtherConditions(props: PoolFilterPanelProps) {
  const others = () => Object.keys(props.filter).filter((name) => !shownElsewhere.includes(name));
  return (
    <Show when={others().length > 0}>
      <fieldset class="pool-facet">
        <legend>{words().pool.others}</legend>
        <For each={others()}>
          {(name) => (
            <button
              type="button"
              class="pool-value"
              aria-pressed
              onClick={() => props.onFilter(without(props.filter, name))}
            >
              <span>{(words().pool.otherNames as Readonly<Record<string, string>>)[name] ?? name}</span>
              <span aria-hidden="true">×</span>
            </button>
          )}
        </For>
      </fieldset>
    </Show>
  );
}
