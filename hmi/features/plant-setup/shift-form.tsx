import { createSignal, For, Show } from 'solid-js';
import { createAct } from '../../lib/create-act.ts';
import { formatWeekday } from '../../lib/format.ts';
import { locale, words } from '../../lib/language.ts';
import { Button } from '../../ui/button.tsx';
import { Check } from '../../ui/check.tsx';
import { DateList } from '../../ui/date-list.tsx';
import { Field } from '../../ui/field.tsx';
import { Form } from '../../ui/form.tsx';
import type { Written } from './part-acts.ts';
import { suggestedCode } from './part-fields.ts';
import { usePlantSetUp } from './plant-context.ts';
import type { ShiftInSetUp } from './plant-setup.documents.ts';
import { minutesOf, type Weekday, weekdays, weeklyDays, weeklyRule } from './week-pattern.ts';
import { CreateShift, UpdateShift } from './write-parts.documents.ts';

interface ShiftFormProps {
  /** What is changed; without it a new shift is made. */
  shift?: ShiftInSetUp;
  onWritten: (written: Written) => void | Promise<void>;
}

const workdays = weeklyRule(['MO', 'TU', 'WE', 'TH', 'FR']);
const shownFields = [
  'name',
  'code',
  'startsAt',
  'durationMin',
  'recurrence',
  'validFrom',
  'validTo',
  'exceptDates',
  'extraDates',
];

/** A shift: when it begins, how long it lasts, on which days, and from when to when. */
export function ShiftForm(props: ShiftFormProps) {
  const { plant } = usePlantSetUp();
  const act = createAct();
  const today = () => new Intl.DateTimeFormat('sv-SE', { timeZone: plant().timeZone }).format(new Date());
  const first = props.shift;
  const [name, setName] = createSignal(first?.name ?? '');
  const [code, setCode] = createSignal(first?.code ?? '');
  const [hasOwnCode, setOwnCode] = createSignal(false);
  const [startsAt, setStartsAt] = createSignal(first?.startsAt ?? '06:00');
  const [hours, setHours] = createSignal(first ? String(first.durationMin / 60) : '8');
  const [recurrence, setRecurrence] = createSignal(first?.recurrence ?? workdays);
  const [isOtherRule, setOtherRule] = createSignal(weeklyDays(recurrence()) === undefined);
  const [validFrom, setValidFrom] = createSignal(first?.validFrom ?? today());
  const [validTo, setValidTo] = createSignal(first?.validTo ?? '');
  const [exceptDates, setExceptDates] = createSignal<readonly string[]>(first?.exceptDates ?? []);
  const [extraDates, setExtraDates] = createSignal<readonly string[]>(first?.extraDates ?? []);
  const [isDone, setDone] = createSignal(false);
  const isRetired = () => props.shift !== undefined && props.shift.retiredAt !== null;

  const days = () => weeklyDays(recurrence()) ?? [];
  const toggle = (day: Weekday) =>
    setRecurrence(weeklyRule(days().includes(day) ? days().filter((each) => each !== day) : [...days(), day]));
  const dayText = (date: string) => `${formatWeekday(Date.parse(`${date}T12:00:00Z`), 'UTC', locale())}`;

  async function submit() {
    setDone(false);
    const durationMin = minutesOf(hours());
    if (!Number.isInteger(durationMin)) return act.refuse(words().setup.hoursNeeded, 'durationMin');
    const pattern = {
      name: name().trim(),
      startsAt: startsAt(),
      durationMin,
      recurrence: recurrence().trim(),
      validFrom: validFrom(),
      validTo: validTo() === '' ? null : validTo(),
      exceptDates: [...exceptDates()],
      extraDates: [...extraDates()],
    };
    const { shift } = props;
    const written = shift
      ? await act.send(UpdateShift, { input: { id: shift.id, ...pattern } })
      : await act.send(CreateShift, { input: { plantId: plant().id, code: code().trim(), ...pattern } });
    if (!written) return;
    await props.onWritten(written);
    setDone(true);
  }

  return (
    <Form
      submit={props.shift ? words().setup.save : words().setup.create}
      waiting={act.isWaiting()}
      disabled={isRetired()}
      refusal={act.refusalBeside(shownFields)}
      done={isDone() ? words().setup.saved : undefined}
      onSubmit={() => void submit()}
    >
      <Field
        label={words().setup.fields.name}
        name="name"
        disabled={isRetired()}
        value={name()}
        refusal={act.refusalAt('name')}
        onInput={(value) => {
          setName(value);
          if (!props.shift && !hasOwnCode()) setCode(suggestedCode('area', value) ?? '');
        }}
      />
      <Field
        label={words().setup.fields.code}
        name="code"
        disabled={props.shift !== undefined}
        hint={props.shift ? words().setup.codeStays : words().setup.codeHint}
        value={code()}
        refusal={act.refusalAt('code')}
        onInput={(value) => {
          setOwnCode(true);
          setCode(value);
        }}
      />
      <Field
        label={words().setup.startsAt}
        name="startsAt"
        disabled={isRetired()}
        hint={words().setup.plantClock(plant().timeZone)}
        value={startsAt()}
        refusal={act.refusalAt('startsAt')}
        onInput={setStartsAt}
      />
      <Field
        label={words().setup.lasts}
        name="durationMin"
        disabled={isRetired()}
        value={hours()}
        refusal={act.refusalAt('durationMin')}
        onInput={setHours}
      />
      <div class="field form-wide">
        <Show
          when={isOtherRule()}
          fallback={
            <fieldset class="day-choice" disabled={isRetired()}>
              <legend>{words().setup.beginsOn}</legend>
              <For each={weekdays}>
                {(day) => (
                  <Button pressed={days().includes(day)} disabled={isRetired()} onClick={() => toggle(day)}>
                    {words().setup.weekdays[day]}
                  </Button>
                )}
              </For>
            </fieldset>
          }
        >
          <Field
            label={words().setup.rule}
            name="recurrence"
            disabled={isRetired()}
            hint={words().setup.ruleHint}
            value={recurrence()}
            onInput={setRecurrence}
          />
        </Show>
        <Show when={act.refusalAt('recurrence')}>
          {(text) => (
            <p class="field-refusal" role="alert">
              {text()}
            </p>
          )}
        </Show>
        <Check
          label={words().setup.otherRule}
          checked={isOtherRule()}
          disabled={isRetired()}
          onChange={(isOther) => {
            if (!isOther && weeklyDays(recurrence()) === undefined) setRecurrence(workdays);
            setOtherRule(isOther);
          }}
        />
      </div>
      <Field
        label={words().setup.validFrom}
        name="validFrom"
        type="date"
        disabled={isRetired()}
        value={validFrom()}
        refusal={act.refusalAt('validFrom')}
        onInput={setValidFrom}
      />
      <Field
        label={words().setup.optional(words().setup.validTo)}
        name="validTo"
        type="date"
        isOptional
        disabled={isRetired()}
        value={validTo()}
        refusal={act.refusalAt('validTo')}
        onInput={setValidTo}
      />
      <DateList
        label={words().setup.optional(words().setup.exceptDates)}
        dates={exceptDates()}
        onChange={setExceptDates}
        format={dayText}
        add={words().setup.addDay}
        remove={words().setup.removeDay}
        disabled={isRetired()}
        refusal={act.refusalAt('exceptDates')}
      />
      <DateList
        label={words().setup.optional(words().setup.extraDates)}
        dates={extraDates()}
        onChange={setExtraDates}
        format={dayText}
        add={words().setup.addDay}
        remove={words().setup.removeDay}
        disabled={isRetired()}
        refusal={act.refusalAt('extraDates')}
      />
      <Show when={props.shift}>
        <p class="hint form-wide">{words().setup.shiftPast}</p>
      </Show>
    </Form>
  );
}
