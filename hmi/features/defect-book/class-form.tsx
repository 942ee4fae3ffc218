import { createUniqueId, For, Show } from 'solid-js';
import { createStore } from 'solid-js/store';
import { createAct } from '../../lib/create-act.ts';
import { words } from '../../lib/language.ts';
import { Button } from '../../ui/button.tsx';
import { Check } from '../../ui/check.tsx';
import { Field } from '../../ui/field.tsx';
import { Form } from '../../ui/form.tsx';
import { SelectField } from '../../ui/select-field.tsx';
import { TwoTaps } from '../../ui/two-taps.tsx';
import { type BookClass, PutDefectClass, RemoveDefectClass } from './book.documents.ts';

const severities = ['CRITICAL', 'MAJOR', 'MINOR'] as const;
const shownFields = ['code', 'name', 'definition'];
const numberOf = (text: string) => (text.trim() === '' ? null : Number(text.replace(',', '.')));

/** A class of a draft, written in place; without a row a new one. */
export function ClassForm(props: { bookId: string; row?: BookClass; onWritten: (code: string) => Promise<unknown> }) {
  const act = createAct();
  const removing = createAct();
  const { row } = props;
  const german = row?.translations.find(({ language }) => language === 'de');
  const [form, set] = createStore({
    code: row?.code ?? '',
    name: row?.name ?? '',
    definition: row?.definition ?? '',
    severity: row?.severity ?? ('MAJOR' as const),
    isRetired: row?.isRetired ?? false,
    nameGerman: german?.name ?? '',
    definitionGerman: german?.definition ?? '',
    limits: (row?.limits ?? []).map(({ quantity, unit, min, max }) => ({
      ...{ quantity, unit, min: min === null ? '' : String(min), max: max === null ? '' : String(max) },
    })),
    isSaved: false,
  });

  async function submit() {
    set('isSaved', false);
    const others = (row?.translations ?? []).filter(({ language }) => language !== 'de');
    const isGerman = form.nameGerman.trim() !== '' || form.definitionGerman.trim() !== '';
    const input = {
      ...{ defectBookId: props.bookId, code: form.code.trim(), name: form.name, definition: form.definition },
      ...{ severity: form.severity, isRetired: form.isRetired, ordinal: row?.ordinal ?? null },
      limits: form.limits.map(({ quantity, unit, min, max }) => ({
        ...{ quantity, unit, min: numberOf(min), max: numberOf(max) },
      })),
      translations: isGerman
        ? [...others, { language: 'de', name: form.nameGerman, definition: form.definitionGerman }]
        : others,
    };
    if (!(await act.send(PutDefectClass, { input }))) return;
    set('isSaved', true);
    await props.onWritten(input.code);
    if (!row) set({ code: '', name: '', definition: '', nameGerman: '', definitionGerman: '', limits: [] });
  }

  return (
    <>
      <Form
        submit={row ? words().book.save : words().book.addClass}
        waiting={act.isWaiting()}
        refusal={act.refusalBeside(shownFields)}
        done={form.isSaved ? words().book.saved : undefined}
        onSubmit={() => void submit()}
      >
        <Show when={!row}>
          <Field
            label={words().book.code}
            name="code"
            hint={words().book.codeHint}
            value={form.code}
            refusal={act.refusalAt('code')}
            onInput={(value) => set('code', value)}
          />
        </Show>
        <Field
          label={words().book.name}
          name="name"
          value={form.name}
          refusal={act.refusalAt('name')}
          onInput={(value) => set('name', value)}
        />
        <SelectField
          label={words().book.severity}
          name="severity"
          value={form.severity}
          options={severities.map((value) => ({ value, name: words().book.severities[value] }))}
          onChoose={(value) => set('severity', value as (typeof severities)[number])}
        />
        <Prose
          label={words().book.definition}
          name="definition"
          value={form.definition}
          refusal={act.refusalAt('definition')}
          onInput={(value) => set('definition', value)}
        />
        <fieldset class="form-wide book-part">
          <legend>{words().book.limits}</legend>
          <For each={form.limits}>
            {(limit, index) => (
              <div class="book-limit">
                <Field
                  label={words().book.quantity}
                  name="quantity"
                  value={limit.quantity}
                  onInput={(value) => set('limits', index(), 'quantity', value)}
                />
                <Field
                  label={words().book.unit}
                  name="unit"
                  value={limit.unit}
                  onInput={(value) => set('limits', index(), 'unit', value)}
                />
                <Field
                  label={words().book.atLeast}
                  name="min"
                  type="number"
                  isOptional
                  value={limit.min}
                  onInput={(value) => set('limits', index(), 'min', value)}
                />
                <Field
                  label={words().book.atMost}
                  name="max"
                  type="number"
                  isOptional
                  value={limit.max}
                  onInput={(value) => set('limits', index(), 'max', value)}
                />
                <Button onClick={() => set('limits', (all) => all.filter((_, place) => place !== index()))}>
                  {words().book.takeAway}
                </Button>
              </div>
            )}
          </For>
          <div>
            <Button onClick={() => set('limits', (all) => [...all, { quantity: '', unit: 'mm', min: '', max: '' }])}>
              {words().book.addLimit}
            </Button>
          </div>
        </fieldset>
        <Field
          label={words().book.nameGerman}
          name="name-german"
          isOptional
          value={form.nameGerman}
          onInput={(value) => set('nameGerman', value)}
        />
        <Prose
          label={words().book.definitionGerman}
          name="definition-german"
          isOptional
          value={form.definitionGerman}
          onInput={(value) => set('definitionGerman', value)}
        />
        <Show when={row}>
          <Check
            label={words().book.retired}
            checked={form.isRetired}
            onChange={(isRetired) => set('isRetired', isRetired)}
          />
        </Show>
      </Form>
      <Show when={row}>
        {(present) => (
          <TwoTaps
            label={words().book.remove}
            consequence={words().book.removeConsequence}
            confirm={words().book.removeConfirm}
            cancel={words().book.keep}
            waiting={removing.isWaiting()}
            refusal={removing.refusal()?.text}
            onConfirm={async () => {
              const input = { defectBookId: props.bookId, code: present().code };
              if (await removing.send(RemoveDefectClass, { input })) await props.onWritten(present().code);
            }}
          />
        )}
      </Show>
    </>
  );
}

/** A labelled field for sentences. */
function Prose(props: {
  label: string;
  name: string;
  value: string;
  isOptional?: boolean;
  refusal?: string | undefined;
  onInput: (value: string) => void;
}) {
  const id = createUniqueId();
  return (
    <div class="field form-wide">
      <label for={id}>{props.label}</label>
      <textarea
        id={id}
        name={props.name}
        rows={4}
        required={!props.isOptional}
        value={props.value}
        aria-invalid={props.refusal ? 'true' : undefined}
        aria-describedby={props.refusal ? `${id}-note` : undefined}
        onInput={(event) => props.onInput(event.currentTarget.value)}
      />
      <Show when={props.refusal}>
        <p id={`${id}-note`} class="field-refusal" role="alert">
          {props.refusal}
        </p>
      </Show>
    </div>
  );
}
