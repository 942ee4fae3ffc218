import { For, Show } from 'solid-js';
import { formatNumber } from '../../lib/format.ts';
import { locale, words } from '../../lib/language.ts';
import type { FleetNode, NodeStatus } from './fleet.documents.ts';

/** The machines that the node speaks with, how safely, and how far their clocks stand from its own. */
export function MachineTable(props: { node: FleetNode; status: NodeStatus }) {
  const nameOf = (lineId: string) =>
    props.node.stations.find(({ line }) => line.id === lineId)?.line.name ?? words().value.none;
  return (
    <section class="node-part">
      <h3>{words().fleet.machines}</h3>
      <Show when={props.status.machines.length > 0} fallback={<p class="hint">{words().fleet.noMachines}</p>}>
        <table class="data-table">
          <thead>
            <tr>
              <th>{words().fleet.line}</th>
              <th>{words().fleet.connection}</th>
              <th>{words().fleet.security}</th>
              <th class="fleet-number">
                {words().fleet.clock} {words().units.milliseconds}
              </th>
            </tr>
          </thead>
          <tbody>
            <For each={props.status.machines}>
              {(machine) => (
                <tr>
                  <td>{nameOf(machine.lineId)}</td>
                  <td>
                    <span class="figure" classList={{ abnormal: machine.isConnected === false }}>
                      {machine.isConnected === null
                        ? words().value.none
                        : machine.isConnected
                          ? words().fleet.connected
                          : words().fleet.lost}
                    </span>
                    <Show when={machine.problem}>{(problem) => <p class="hint">{problem()}</p>}</Show>
                  </td>
                  <td>{machine.security ?? words().value.none}</td>
                  <td class="fleet-number">
                    <span class="figure">{clockText(machine)}</span>
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

function clockText(machine: NodeStatus['machines'][number]): string {
  if (machine.clockOffsetMs === null) return words().value.none;
  const offset = formatNumber(machine.clockOffsetMs, 1, locale());
  if (machine.clockUncertaintyMs === null) return offset;
  return words().fleet.clockOffset(offset, formatNumber(machine.clockUncertaintyMs, 1, locale()));
}
