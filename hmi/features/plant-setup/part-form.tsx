import { createMemo, createSignal, For, Match, Switch } from 'solid-js';
import { type Act, createAct } from '../../lib/create-act.ts';
import { words } from '../../lib/language.ts';
import { Field } from '../../ui/field.tsx';
import { Form } from '../../ui/form.tsx';
import { SelectField } from '../../ui/select-field.tsx';
import { createPart, updatePart, type Written } from './part-acts.ts';
import {
  type FieldName,
  isOptional,
  type PartKind,
  type PartValues,
  partFields,
  suggestedCode,
} from './part-fields.ts';

interface PartFormProps {
  kind: PartKind;
  /** What is changed; without it a new part is made below `parentId`. */
  part?: { id: string; values: PartValues };
  parentId: string;
  /** Edge nodes that a station can be given to. */
  nodes?: readonly { id: string; code: string; name: string }[];
  disabled?: boolean;
  onWritten: (written: Written) => void | Promise<void>;
}

/** Creates a part or changes it; its code stays for ever. */
export function PartForm(props: PartFormProps) {
  const act: Act = createAct();
  const first: PartValues = props.part?.values ?? {
    sector: 'GLASS',
    timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone,
  };
  const [values, setValues] = createSignal<PartValues>(first);
  const [hasOwnCode, setOwnCode] = createSignal(false);
  const [isDone, setDone] = createSignal(false);
  const isNew = () => props.part === undefined;
  const fields = () => partFields[props.kind];

  function enter(field: FieldName, value: string) {
    setDone(false);
    if (field === 'code') setOwnCode(true);
    const suggested = field === 'name' && isNew() && !hasOwnCode() ? suggestedCode(props.kind, value) : undefined;
    setValues((before) => ({ ...before, [field]: value, ...(suggested === undefined ? {} : { code: suggested }) }));
  }

  async function submit() {
    setDone(false);
    const { part } = props;
    const written = part
      ? await updatePart(act, props.kind, part.id, values())
      : await createPart(act, props.kind, props.parentId, values());
    if (!written) return;
    await props.onWritten(written);
    setDone(true);
  }

  return (
    <Form
      submit={isNew() ? words().setup.create : words().setup.save}
      waiting={act.isWaiting()}
      disabled={props.disabled === true}
      refusal={act.refusalBeside(fields())}
      done={isDone() ? words().setup.saved : undefined}
      onSubmit={() => void submit()}
    >
      <For each={fields()}>
        {(field) => (
          <PartField
            kind={props.kind}
            field={field}
            value={values()[field] ?? ''}
            nodes={props.nodes ?? []}
            isNew={isNew()}
            disabled={props.disabled === true}
            refusal={act.refusalAt(field)}
            onEnter={(value) => enter(field, value)}
          />
        )}
      </For>
    </Form>
  );
}

interface PartFieldProps {
  kind: PartKind;
  field: FieldName;
  value: string;
  nodes: readonly { id: string; code: string; name: string }[];
  isNew: boolean;
  disabled: boolean;
  refusal: string | undefined;
  onEnter: (value: string) => void;
}

function PartField(props: PartFieldProps) {
  const label = () => {
    const name = words().setup.fields[props.field];
    return isOptional(props.kind, props.field) ? words().setup.optional(name) : name;
  };
  const hint = () => {
    if (props.field !== 'code') return undefined;
    return props.isNew ? words().setup.codeHint : words().setup.codeStays;
  };
  const chosen = () => ({
    label: label(),
    name: props.field,
    value: props.value,
    disabled: props.disabled,
    refusal: props.refusal,
    onChoose: props.onEnter,
  });
  const zones = createMemo(() => {
    const known = Intl.supportedValuesOf('timeZone');
    return [...new Set([...known, props.value || 'UTC'])].sort().map((zone) => ({ value: zone, name: zone }));
  });

  return (
    <Switch
      fallback={
        <Field
          label={label()}
          type={props.field === 'targetRatePerMin' ? 'number' : 'text'}
          name={props.field}
          isOptional={isOptional(props.kind, props.field)}
          disabled={props.disabled || (props.field === 'code' && !props.isNew)}
          hint={hint()}
          refusal={props.refusal}
          value={props.value}
          onInput={props.onEnter}
        />
      }
    >
      <Match when={props.field === 'sector'}>
        <SelectField
          {...chosen()}
          options={Object.entries(words().setup.sectors).map(([value, name]) => ({ value, name }))}
        />
      </Match>
      <Match when={props.field === 'timeZone'}>
        <SelectField {...chosen()} hint={words().setup.timeZoneHint} options={zones()} />
      </Match>
      <Match when={props.field === 'edgeNodeId'}>
        <SelectField
          {...chosen()}
          options={[
            { value: '', name: words().setup.noNode },
            ...props.nodes.map((node) => ({ value: node.id, name: `${node.name} · ${node.code}` })),
          ]}
        />
      </Match>
    </Switch>
  );
}
