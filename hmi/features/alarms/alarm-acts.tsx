import { createSignal, Match, Show, Switch } from 'solid-js';
import { isUnacknowledged } from '../../lib/alarm-order.ts';
import { useAlarms } from '../../lib/alarms.ts';
import { createAct } from '../../lib/create-act.ts';
import { words } from '../../lib/language.ts';
import { useLive } from '../../lib/live.ts';
import { answersAlarms, isQualityEngineer, useViewer } from '../../lib/viewer.ts';
import { Button } from '../../ui/button.tsx';
import {
  AcknowledgeAlarm,
  type ChosenAlarm,
  ResetAlarm,
  ReturnAlarmToService,
  UnshelveAlarm,
} from './alarms.documents.ts';
import { OutOfServiceForm, ShelveForm } from './hide-alarm.tsx';

interface AlarmActsProps {
  alarm: ChosenAlarm;
  onChanged: () => Promise<void>;
}

/** What the person may do with the alarm as it is now; the server's word decides, and nothing is done with old data. */
export function AlarmActs(props: AlarmActsProps) {
  const live = useLive();
  const alarms = useAlarms();
  const viewer = useViewer();
  const act = createAct();
  const [form, setForm] = createSignal<'shelve' | 'out'>();
  const isLocked = () => live.isLocked() || !alarms.isFresh(props.alarm.plant.id);
  const mayAnswer = () => answersAlarms(viewer(), props.alarm.plant.id);
  const maySet = () => isQualityEngineer(viewer(), props.alarm.plant.id);
  const variables = () => ({ alarmId: props.alarm.id });
  const isShelved = () => props.alarm.shelving !== null;
  const isOut = () => props.alarm.outOfService !== null;

  async function done(answer: Promise<unknown>) {
    if (await answer) await props.onChanged();
  }
  const hidden = async () => {
    setForm(undefined);
    await props.onChanged();
  };

  return (
    <div class="alarm-acts">
      <Show
        when={form()}
        fallback={
          <div class="actions">
            <Show when={mayAnswer()} fallback={<p class="hint">{words().alarms.notOperator}</p>}>
              <Switch>
                <Match when={isUnacknowledged(props.alarm)}>
                  <Button
                    isStrong
                    disabled={isLocked()}
                    waiting={act.isWaiting()}
                    onClick={() => void done(act.send(AcknowledgeAlarm, variables()))}
                  >
                    {words().alarms.acknowledge}
                  </Button>
                </Match>
                <Match when={props.alarm.state === 'LATCHED_ACKNOWLEDGED'}>
                  <Button
                    isStrong
                    disabled={isLocked()}
                    waiting={act.isWaiting()}
                    onClick={() => void done(act.send(ResetAlarm, variables()))}
                  >
                    {words().alarms.reset}
                  </Button>
                </Match>
                <Match when={isShelved() && !isOut()}>
                  <Button
                    isStrong
                    disabled={isLocked()}
                    waiting={act.isWaiting()}
                    onClick={() => void done(act.send(UnshelveAlarm, variables()))}
                  >
                    {words().alarms.unshelve}
                  </Button>
                </Match>
              </Switch>
              <Show when={!isShelved() && !isOut()}>
                <Button disabled={isLocked() || act.isWaiting()} onClick={() => setForm('shelve')}>
                  {words().alarms.shelve}
                </Button>
              </Show>
            </Show>
            <Show when={maySet()}>
              <Show
                when={isOut()}
                fallback={
                  <Button disabled={isLocked() || act.isWaiting()} onClick={() => setForm('out')}>
                    {words().alarms.outOfService}
                  </Button>
                }
              >
                <Button
                  isStrong
                  disabled={isLocked()}
                  waiting={act.isWaiting()}
                  onClick={() => void done(act.send(ReturnAlarmToService, variables()))}
                >
                  {words().alarms.backToService}
                </Button>
              </Show>
            </Show>
          </div>
        }
      >
        {(kind) => (
          <Show
            when={kind() === 'shelve'}
            fallback={
              <OutOfServiceForm
                alarmId={props.alarm.id}
                isLocked={isLocked()}
                onDone={hidden}
                onCancel={() => setForm()}
              />
            }
          >
            <ShelveForm alarmId={props.alarm.id} isLocked={isLocked()} onDone={hidden} onCancel={() => setForm()} />
          </Show>
        )}
      </Show>
      <Show when={isLocked()}>
        <p class="hint" role="status">
          {words().alarms.locked}
        </p>
      </Show>
      <Show when={act.refusal()}>
        {(refusal) => (
          <p class="form-refusal" role="alert">
            {refusal().text}
          </p>
        )}
      </Show>
    </div>
  );
}
