import { For, Show } from 'solid-js';
import { countText } from '../../lib/count-text.ts';
import { formatAge } from '../../lib/format.ts';
import { locale, words } from '../../lib/language.ts';
import type { FleetNode, NodeStatus } from './fleet.documents.ts';

type Gate = NodeStatus['gates'][number];

/** The gates that the node drives; counts are since its start. */
export function GateTable(props: { node: FleetNode; status: NodeStatus; now: number }) {
  const place = (stationId: string) => {
    const station = props.node.stations.find(({ id }) => id === stationId);
    return station ? `${station.line.name} · ${station.name}` : words().value.none;
  };
  return (
    <section class="node-part">
      <h3>{words().fleet.gates}</h3>
      <Show when={props.status.gates.length > 0} fallback={<p class="hint">{words().fleet.noGates}</p>}>
        <table class="data-table">
          <thead>
            <tr>
              <th>{words().gate.title}</th>
              <th>{words().gate.mode}</th>
              <th class="fleet-number">{words().gate.confirmed}</th>
              <th class="fleet-number">{words().gate.notConfirmed}</th>
              <th class="fleet-number">{words().gate.unexpected}</th>
              <th class="fleet-number">{words().gate.late}</th>
              <th class="fleet-number">{words().gate.lastCommand}</th>
            </tr>
          </thead>
          <tbody>
            <For each={props.status.gates}>
              {(gate) => (
                <tr>
                  <td>
                    {place(gate.stationId)}
                    <Show when={gate.problem}>{(problem) => <p class="hint">{problem()}</p>}</Show>
                  </td>
                  <td>
                    <GateMode gate={gate} />
                  </td>
                  <td class="fleet-number figure">{countText(gate.confirmed)}</td>
                  <td class="fleet-number">
                    <Faults value={gate.notConfirmed} />
                  </td>
                  <td class="fleet-number">
                    <Faults value={gate.unexpected} />
                  </td>
                  <td class="fleet-number">
                    <Faults value={gate.late} />
                  </td>
                  <td class="fleet-number figure">
                    {gate.lastCommandAt === null
                      ? words().value.none
                      : words().fleet.ago(formatAge(props.now - Date.parse(gate.lastCommandAt), locale()))}
                  </td>
                </tr>
              )}
            </For>
          </tbody>
        </table>
      </Show>
    </section>
  );
}

function GateMode(props: { gate: Gate }) {
  return (
    <>
      {words().gate.modes[props.gate.mode]}
      <Show when={props.gate.isEnabled === false}>
        {' '}
        <span class="abnormal">{words().gate.disabled}</span>
      </Show>
      <Show when={props.gate.isTracking === false}>
        {' '}
        <span class="abnormal">{words().gate.trackingLost}</span>
      </Show>
    </>
  );
}

/** None is the only good number. */
function Faults(props: { value: number | null }) {
  return (
    <span class="figure" classList={{ abnormal: (props.value ?? 0) > 0 }}>
      {countText(props.value)}
    </span>
  );
}
