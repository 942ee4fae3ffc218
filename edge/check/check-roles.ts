/** Whether the signals of a line's gates are, at the machine, what the configuration takes them for. */
import { type GateConfig, leastTimeBetweenParts, type TriggerConfig } from '../config/gate-config.ts';
import { type GateRole, gateRoles } from '../config/gate-roles.ts';
import type { FieldPath, Mistake } from '../config/mistake.ts';
import { beltTrouble } from './check-belt.ts';
import { roleTrouble, wrapDoubt } from './role-types.ts';
import type { SeenSignal } from './seen-signal.ts';

/** As the gate goes by without one. */
const MOST_PARTS_PER_S = 100;

export interface RoleFindings {
  mistakes: Mistake[];
  doubts: Mistake[];
}

/** `path` leads to the station. `ownerOf` answers the other station that has a node already. A signal that was not found is told elsewhere. */
export function checkRoles(
  station: { trigger: TriggerConfig; gate?: GateConfig | undefined },
  path: FieldPath,
  seen: ReadonlyMap<string, SeenSignal>,
  ownerOf: (node: string) => string | undefined,
): RoleFindings {
  const { trigger, gate } = station;
  const findings: RoleFindings = { mistakes: [], doubts: [] };
  const mostPerS = trigger.maxPartsPerS ?? (gate ? 1_000 / leastTimeBetweenParts(gate) : MOST_PARTS_PER_S);
  const taken = new Map<string, GateRole>();
  for (const role of gateRoles(station)) {
    const signal = seen.get(role.signal);
    if (signal?.node === undefined) continue;
    const at = [...path, ...role.path];
    const other = taken.get(signal.node);
    taken.set(signal.node, other ?? role);
    const owner = role.isOwn ? ownerOf(signal.node) : undefined;
    const trouble = other
      ? `give each role a node of its own: ${other.path.join('.')} (${other.signal}) is the same one at the machine, ${signal.node}`
      : owner !== undefined
        ? `give each station a node of its own: station ${owner} has this one too, ${signal.node} (two stations on one gate signal)`
        : (roleTrouble(role, signal) ?? (gate && beltTrouble(role, gate, signal)));
    if (trouble !== undefined) findings.mistakes.push({ path: at, message: trouble });
    const doubt = trouble === undefined ? wrapDoubt(role, signal, mostPerS) : undefined;
    if (doubt !== undefined) findings.doubts.push({ path: at, message: doubt });
  }
  return findings;
}
