/** A gate's signals in the whole file: ones that the line's machine does not have or hears too slowly, that have two roles, parts without a number. */
import { type GateRole, gateRoles } from './gate-roles.ts';
import type { MachineConfig } from './machine-config.ts';
import type { FieldPath, Mistake } from './mistake.ts';
import { nodeKey } from './node-key.ts';
import type { StationConfig } from './station-config.ts';

export function findGateMistakes(stations: readonly StationConfig[], machines: readonly MachineConfig[]): Mistake[] {
  return stations.flatMap(({ line, trigger, gate }, index) => {
    const path = ['stations', index];
    if (!trigger) return gate ? [{ path: [...path, 'trigger'], message: 'give the trigger: a gate needs one' }] : [];
    const machine = machines.find((candidate) => candidate.line === line);
    const roles = gateRoles({ trigger, gate });
    const mistakes = roles.flatMap((role, at) => {
      const message = roleMistake(role, roles.slice(0, at), line, machine);
      return message === undefined ? [] : [{ path: [...path, ...role.path], message }];
    });
    if (trigger.kind !== 'edge' || trigger.partIdSignal !== undefined) return mistakes;
    const needsNumber: FieldPath[] = [];
    if (gate?.partNumberSignal !== undefined) needsNumber.push(['gate', 'partNumberSignal']);
    if (gate?.confirm.kind === 'part-id') needsNumber.push(['gate', 'confirm', 'kind']);
    const message = 'give trigger.partIdSignal, or a trigger of kind counter or id: these parts have no number';
    return [...mistakes, ...needsNumber.map((field) => ({ path: [...path, ...field], message }))];
  });
}

function roleMistake(
  { signal, isWritten }: GateRole,
  others: readonly GateRole[],
  line: string,
  machine: MachineConfig | undefined,
): string | undefined {
  const namesake = others.find((other) => other.signal === signal);
  if (namesake) return `give each role a signal of its own: ${namesake.path.join('.')} is ${signal} too`;
  if (!machine) return `line ${line} has no machine: add it to machines`;
  const key = nodeKey(machine, signal);
  if (key === undefined) return `machine ${line} has no such signal: add it to its signals, or correct the name`;
  const twin = others.find((other) => nodeKey(machine, other.signal) === key);
  if (twin) return `give each role a node of its own: ${twin.path.join('.')} (${twin.signal}) leads to the same one`;
  if (isWritten || machine.signals[signal]?.fast) return undefined;
  return 'give this signal of the machine fast: true, else it comes late';
}
