/** OPC 30050 tells a unit's state by three machines, one within the other. What the innermost active one shows is the state. Pure. */
import type { OpcuaReading } from './opcua-value.ts';

export const LEVELS = ['BaseStateMachine', 'MachineState', 'ExecuteState'] as const;
export type Level = (typeof LEVELS)[number];

/** The states of the outer machines that stand for the whole machine within them. */
const OPENS: Record<Level, string | undefined> = {
  BaseStateMachine: 'Cleared',
  MachineState: 'Running',
  ExecuteState: undefined,
};

/** Since the latest change on the way to the innermost. Undefined until each machine on that way was heard. */
export function nestedState(readings: ReadonlyMap<Level, OpcuaReading>): OpcuaReading | undefined {
  let sourceMs: number | undefined;
  for (const level of LEVELS) {
    const reading = readings.get(level);
    if (!reading) return undefined;
    sourceMs = Math.max(sourceMs ?? Number.NEGATIVE_INFINITY, reading.sourceMs ?? Number.NEGATIVE_INFINITY);
    const known = { ...reading, sourceMs: Number.isFinite(sourceMs) ? sourceMs : undefined };
    if (reading.quality === 'BAD' || reading.value !== OPENS[level]) return known;
  }
  return undefined;
}
