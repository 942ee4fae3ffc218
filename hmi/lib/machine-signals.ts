/** The machine's values are told twice: as typed fields, and as signals with a quality and time of their own, by these names. */
import { machineNumbers, machineTexts } from '#schema/production-context.ts';
import { type Doubt, type MachineTimes, machineDoubt } from './machine-age.ts';

interface Signal {
  name: string;
  quality: MachineTimes['quality'];
  sourceTime: string | null;
}

const typedSignals = [...machineTexts, ...machineNumbers];
export type TypedSignal = (typeof typedSignals)[number];

interface MachineWithSignals extends MachineTimes {
  signals: readonly Signal[];
}

/** Signals that no typed field shows. */
export function otherSignals<Known extends { name: string }>(signals: readonly Known[]): Known[] {
  const typed: ReadonlySet<string> = new Set(typedSignals);
  return signals.filter(({ name }) => !typed.has(name));
}

/** Why one value may not be believed: because nothing of the machine may, or because of its own signal. */
export function signalDoubt(machine: MachineWithSignals, name: string, sentAt: string): Doubt | undefined {
  const doubt = machineDoubt(machine, sentAt);
  const signal = machine.signals.find((candidate) => candidate.name === name);
  if (!signal || signal.quality === 'GOOD') return doubt;
  const own = machineDoubt({ ...signal, receivedAt: machine.receivedAt }, sentAt);
  return own && doubt ? { kind: own.kind, since: doubt.since } : own;
}
