/** Signals that only one station may have: two that command one gate, or are confirmed by one signal, cannot tell theirs apart. */
import { gateRoles } from './gate-roles.ts';
import type { MachineConfig } from './machine-config.ts';
import type { Mistake } from './mistake.ts';
import { nodeKey } from './node-key.ts';
import type { StationConfig } from './station-config.ts';

/** Signals that tell of the belt, of parts or of jobs may be shared. */
export function findSharingMistakes(stations: readonly StationConfig[], machines: readonly MachineConfig[]): Mistake[] {
  const owners = new Map<string, { index: number; name: string }>();
  return stations.flatMap(({ line, station, trigger, gate }, index) => {
    const machine = machines.find((candidate) => candidate.line === line);
    if (!trigger || !machine) return [];
    return gateRoles({ trigger, gate }).flatMap(({ path, signal, isOwn }) => {
      const key = isOwn ? nodeKey(machine, signal) : undefined;
      if (key === undefined) return [];
      const owner = owners.get(key);
      if (!owner) owners.set(key, { index, name: `${line}/${station}` });
      if (!owner || owner.index === index) return [];
      const message = `give each station a signal of its own: station ${owner.name} has this one too (two stations on one gate signal)`;
      return [{ path: ['stations', index, ...path], message }];
    });
  });
}
