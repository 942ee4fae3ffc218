/** Signals of a gate that lead to one node of the machine, whatever they are called: a command that comes back as its own confirmation proves nothing. */
import { type GateRole, gateRoles } from '../config/gate-roles.ts';
import type { GateSettings } from './gate-types.ts';

/** What to change; undefined when every role has a node of its own, or nodes are not known yet. */
export function findConflict(
  settings: GateSettings,
  nodeOf: (signal: string) => string | undefined,
): string | undefined {
  const known = new Map<string, GateRole>();
  for (const role of gateRoles(settings)) {
    const node = nodeOf(role.signal);
    if (node === undefined) continue;
    const other = known.get(node);
    if (other) {
      const both = `${fieldOf(other)} and ${fieldOf(role)}`;
      return `${both} are one node of the machine, ${node}: give each its own; until then the gate does not fire`;
    }
    known.set(node, role);
  }
  return undefined;
}

function fieldOf({ path, signal }: GateRole): string {
  return `${path.join('.')} (${signal})`;
}
