import { For, Show } from 'solid-js';
import { createAct } from '../../lib/create-act.ts';
import { formatAge, formatMoment, formatNumber } from '../../lib/format.ts';
import { locale, words } from '../../lib/language.ts';
import { isQualityEngineer, useViewer } from '../../lib/viewer.ts';
import { Button } from '../../ui/button.tsx';
import { type FleetNode, type FleetPlant, type NodeStatus, RetryDeadLetters } from './fleet.documents.ts';

interface DeadLettersProps {
  node: FleetNode;
  plant: FleetPlant;
  status: NodeStatus;
  now: number;
  isLocked: boolean;
  onChanged: () => Promise<void>;
}

/** What the server refused, why, and the way to have it sent again once the reason is gone. */
export function DeadLetters(props: DeadLettersProps) {
  const viewer = useViewer();
  const act = createAct();
  const samples = () => props.status.deadLetterSamples;
  const count = (value: number) => formatNumber(value, 0, locale());
  async function retry() {
    if (await act.send(RetryDeadLetters, { edgeNodeId: props.node.id })) await props.onChanged();
  }
  return (
    <section class="node-part">
      <div class="node-part-head">
        <h3>
          {words().fleet.deadLetters}
          <Show when={props.status.deadLetters > 0}>
            {' '}
            <span class="figure abnormal">{count(props.status.deadLetters)}</span>
          </Show>
        </h3>
        <Show when={props.node.deadLetterRetryAt}>
          {(at) => (
            <span class="hint figure">{words().fleet.asked(formatAge(props.now - Date.parse(at()), locale()))}</span>
          )}
        </Show>
        <Show when={props.status.deadLetters > 0 && isQualityEngineer(viewer(), props.plant.id)}>
          <Button disabled={props.isLocked} waiting={act.isWaiting()} onClick={() => void retry()}>
            {words().fleet.tryAgain}
          </Button>
        </Show>
      </div>
      <Show when={act.refusal()}>
        {(refusal) => (
          <p class="form-refusal" role="alert">
            {refusal().text}
          </p>
        )}
      </Show>
      <Show
        when={samples().length > 0}
        fallback={
          <Show when={props.status.deadLetters === 0}>
            <p class="hint">{words().fleet.noDeadLetters}</p>
          </Show>
        }
      >
        <table class="data-table">
          <thead>
            <tr>
              <th>{words().fleet.what}</th>
              <th>{words().fleet.why}</th>
              <th class="fleet-number">{words().fleet.when}</th>
            </tr>
          </thead>
          <tbody>
            <For each={samples()}>
              {(letter) => (
                <tr>
                  <td>
                    {words().fleet.deadLetterKinds[letter.kind]}
                    <p class="hint dead-letter-key">{letter.key ?? letter.id}</p>
                  </td>
                  <td class="dead-letter-reason">
                    {letter.reason ?? words().value.none}
                    <Show when={letter.field}>
                      {(field) => (
                        <p class="hint">
                          {field()}
                          <Show when={letter.value}>{(value) => ` = ${value()}`}</Show>
                        </p>
                      )}
                    </Show>
                  </td>
                  <td class="fleet-number figure">
                    {letter.at === null
                      ? words().value.none
                      : formatMoment(Date.parse(letter.at), props.now, props.plant.timeZone, locale())}
                  </td>
                </tr>
              )}
            </For>
          </tbody>
        </table>
        <Show when={samples().length < props.status.deadLetters}>
          <p class="hint">{words().fleet.onlyNewest(count(samples().length), count(props.status.deadLetters))}</p>
        </Show>
      </Show>
    </section>
  );
}
