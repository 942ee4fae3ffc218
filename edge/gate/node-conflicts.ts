/** Signals of a gate that lead to one node of the machine, whatever they are called: a command that comes back as its own confirmation proves nothing. */
import type { GateSettings } from './gate-types.ts';

interface Role {
  field: string;
  signal: string;
}

/** What to change; undefined when every role has a node of its own, or nodes are not known yet. */
export function findConflict(
  settings: GateSettings,
  nodeOf: (signal: string) => string | undefined,
): string | undefined {
  const known = new Map<string, Role>();
  for (const role of rolesOf(settings)) {
    const node = nodeOf(role.signal);
    if (node === undefined) continue;
    const other = known.get(node);
    if (other) {
      const both = `${other.field} (${other.signal}) and ${role.field} (${role.signal})`;
      return `${both} are one node of the machine, ${node}: give each its own; until then the gate does not fire`;
    }
    known.set(node, role);
  }
  return undefined;
}

function rolesOf({ trigger, gate }: GateSettings): Role[] {
  const signals: [string, string | undefined][] = [
    ['trigger.signal', trigger.signal],
    ['trigger.partIdSignal', trigger.partIdSignal],
    ['gate.encoderSignal', gate?.encoderSignal],
    ['gate.speedSignal', gate?.speedSignal],
    ['gate.commandSignal', gate?.commandSignal],
    ['gate.confirm.signal', gate?.confirm.signal],
    ['gate.enabledSignal', gate?.enabledSignal],
    ['gate.lineStopSignal', gate?.lineStopSignal],
    ['gate.exit.signal', gate?.exit?.signal],
    ['gate.partNumberSignal', gate?.partNumberSignal],
    ['gate.deadlineSignal', gate?.deadlineSignal],
    ['gate.heartbeatSignal', gate?.heartbeatSignal],
  ];
  return signals.flatMap(([field, signal]) => (signal === undefined ? [] : [{ field, signal }]));
}
