/** The two ways in which a person hides an alarm, each with what follows in words and a reason. */
import { createSignal, type JSX, Show } from 'solid-js';
import { createAct } from '../../lib/create-act.ts';
import { formatNumber } from '../../lib/format.ts';
import { locale, words } from '../../lib/language.ts';
import { Button } from '../../ui/button.tsx';
import { Check } from '../../ui/check.tsx';
import { Field } from '../../ui/field.tsx';
import { SelectField } from '../../ui/select-field.tsx';
import { SetAlarmOutOfService, ShelveAlarm } from './alarms.documents.ts';

interface HideAlarmProps {
  alarmId: string;
  isLocked: boolean;
  onDone: () => Promise<void>;
  onCancel: () => void;
}

/** Up to a shift; the server knows the plant's own limit. */
const shelfMinutes = [15, 30, 60, 120, 240, 480] as const;

export function ShelveForm(props: HideAlarmProps) {
  const act = createAct();
  const [minutes, setMinutes] = createSignal<number>(30);
  const [isOneShot, setOneShot] = createSignal(false);
  const [reason, setReason] = createSignal('');
  const name = (count: number) =>
    count < 60
      ? words().alarms.minutes(formatNumber(count, 0, locale()))
      : words().alarms.hours(formatNumber(count / 60, 0, locale()));

  async function shelve() {
    const input = {
      alarmId: props.alarmId,
      minutes: minutes(),
      shelf: isOneShot() ? ('ONE_SHOT' as const) : ('TIMED' as const),
      reason: reason().trim(),
    };
    if (await act.send(ShelveAlarm, { input })) await props.onDone();
  }
  return (
    <HideForm
      {...props}
      act={words().alarms.shelve}
      consequence={words().alarms.shelveHint}
      waiting={act.isWaiting()}
      refusal={act.refusalBeside(['minutes', 'reason'])}
      onSubmit={shelve}
    >
      <SelectField
        label={words().alarms.shelveFor}
        name="minutes"
        options={shelfMinutes.map((count) => ({ value: String(count), name: name(count) }))}
        value={String(minutes())}
        refusal={act.refusalAt('minutes')}
        onChoose={(chosen) => setMinutes(Number(chosen))}
      />
      <Reason value={reason()} onInput={setReason} refusal={act.refusalAt('reason')} />
      <Check label={words().alarms.oneShot} checked={isOneShot()} onChange={setOneShot} />
    </HideForm>
  );
}

export function OutOfServiceForm(props: HideAlarmProps) {
  const act = createAct();
  const [reason, setReason] = createSignal('');
  async function takeOut() {
    const answer = await act.send(SetAlarmOutOfService, { alarmId: props.alarmId, reason: reason().trim() });
    if (answer) await props.onDone();
  }
  return (
    <HideForm
      {...props}
      act={words().alarms.takeOut}
      consequence={words().alarms.outOfServiceHint}
      waiting={act.isWaiting()}
      refusal={act.refusalBeside(['reason'])}
      onSubmit={takeOut}
    >
      <Reason value={reason()} onInput={setReason} refusal={act.refusalAt('reason')} />
    </HideForm>
  );
}

interface HideFormProps extends HideAlarmProps {
  act: string;
  consequence: string;
  waiting: boolean;
  refusal: string | undefined;
  onSubmit: () => Promise<void>;
  children: JSX.Element;
}

function HideForm(props: HideFormProps) {
  return (
    <form
      class="hide-alarm"
      aria-label={props.act}
      onSubmit={(event) => {
        event.preventDefault();
        void props.onSubmit();
      }}
    >
      <p>{props.consequence}</p>
      <div class="form-fields">{props.children}</div>
      <div class="actions">
        <Button type="submit" isStrong waiting={props.waiting} disabled={props.isLocked}>
          {props.act}
        </Button>
        <Button disabled={props.waiting} onClick={() => props.onCancel()}>
          {words().act.cancel}
        </Button>
      </div>
      <Show when={props.refusal}>
        <p class="form-refusal" role="alert">
          {props.refusal}
        </p>
      </Show>
    </form>
  );
}

function Reason(props: { value: string; onInput: (value: string) => void; refusal: string | undefined }) {
  return (
    <Field
      label={words().alarms.reason}
      name="reason"
      value={props.value}
      hint={words().alarms.reasonHint}
      refusal={props.refusal}
      onInput={props.onInput}
    />
  );
}
