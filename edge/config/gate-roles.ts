/** Which signals a station's trigger and gate use, and for what. */
import type { GateConfig, TriggerConfig } from './gate-config.ts';
import type { FieldPath } from './mistake.ts';

/** What a signal has to be for its role. `name`: a text or a number. `part-number`: what the node writes of a counted part, a number or a text. `time`: milliseconds since 1970. */
export type RoleKind =
  | 'counter'
  | 'edge'
  | 'id'
  | 'name'
  | 'number'
  | 'boolean'
  | 'part-number'
  | 'text'
  | 'time'
  | 'heartbeat';

export interface GateRole {
  /** From the station on. */
  path: FieldPath;
  signal: string;
  kind: RoleKind;
  /** By the node; the others are read, and heard as soon as the machine can tell. */
  isWritten: boolean;
  /** Of a counter, where the file gives it. */
  modulus?: number | undefined;
  /** Two stations with one such signal would take each other's commands or confirmations. */
  isOwn: boolean;
}

interface RoleSettings {
  trigger: TriggerConfig;
  gate?: GateConfig | undefined;
}

export function gateRoles({ trigger, gate }: RoleSettings): GateRole[] {
  const roles: GateRole[] = [];
  const read = (path: FieldPath, signal: string | undefined, kind: RoleKind, rest: Partial<GateRole> = {}) => {
    if (signal !== undefined) roles.push({ path, signal, kind, isWritten: false, isOwn: false, ...rest });
  };
  const write = (field: string, signal: string | undefined, kind: RoleKind) =>
    read(['gate', field], signal, kind, { isWritten: true, isOwn: true });

  read(['trigger', 'signal'], trigger.signal, trigger.kind, { modulus: trigger.modulus });
  read(['trigger', 'partIdSignal'], trigger.partIdSignal, 'name');
  if (!gate) return roles;
  const { confirm, exit } = gate;
  read(['gate', 'encoderSignal'], gate.encoderSignal, 'number');
  read(['gate', 'speedSignal'], gate.speedSignal, 'number');
  write('commandSignal', gate.commandSignal, 'boolean');
  const confirmKind = confirm.kind === 'part-id' ? 'name' : confirm.kind;
  read(['gate', 'confirm', 'signal'], confirm.signal, confirmKind, { modulus: confirm.modulus, isOwn: true });
  read(['gate', 'enabledSignal'], gate.enabledSignal, 'boolean');
  if (exit) read(['gate', 'exit', 'signal'], exit.signal, exit.kind, { modulus: exit.modulus });
  // Every station of a line may ask for its stop.
  read(['gate', 'lineStopSignal'], gate.lineStopSignal, 'boolean', { isWritten: true });
  write('partNumberSignal', gate.partNumberSignal, trigger.kind === 'counter' ? 'part-number' : 'text');
  write('deadlineSignal', gate.deadlineSignal, 'time');
  write('heartbeatSignal', gate.heartbeatSignal, 'heartbeat');
  return roles;
}
