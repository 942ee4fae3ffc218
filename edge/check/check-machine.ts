/** Whether a line's machine is reached, lets the node in and gives what the configuration maps. Nothing is written to it. */
import { join } from 'node:path';
import { type MachineConfig, signalNames } from '../config/machine-config.ts';
import type { EdgeConfig } from '../config.ts';
import { createClockOffset } from '../devices/clock-offset.ts';
import type { OpcuaConnection } from '../devices/opcua-connection.ts';
import type { OpcuaReading } from '../devices/opcua-value.ts';
import type { Finding } from './check-list.ts';

const CLOCK_READINGS = 10;
const CLOCK_READ_MS = 2_000;
/** A certificate that ends sooner is worth a word. */
const SOON_MS = 30 * 86_400_000;

/** Throws when the machine is not reached, refuses the node or is refused, lacks what the configuration names, or does not let the gate be driven. */
export async function checkMachine(
  machine: MachineConfig,
  { home, stations }: Pick<EdgeConfig, 'home' | 'stations'>,
  folder: string,
): Promise<Finding<void>> {
  const { connectOpcua } = await import('../devices/opcua-connection.ts');
  const readings = new Map<string, OpcuaReading>();
  const isOpen = (machine.security?.mode ?? 'None') === 'None';
  // Certificates are those of the node's home, so that what a person trusts now holds for the running node.
  const pkiFolder = isOpen ? join(folder, machine.line) : join(home, 'opcua');
  const connection = await connectOpcua(machine, pkiFolder, {
    published: () => {},
    unit: () => {},
    clock: () => {},
    value: (name, reading) => void readings.set(name, reading),
  }).catch((error: Error) => {
    throw new Error(`${machine.endpoint} ${error.message}`, { cause: error });
  });
  try {
    const described = await connection.describe();
    const written = stations
      .filter(({ line }) => line === machine.line)
      .flatMap(({ gate }) => [gate?.commandSignal, gate?.lineStopSignal])
      .filter((name) => name !== undefined);
    const locked = described.filter(({ name, isWritable }) => written.includes(name) && !isWritable);
    const problems = [
      ...[...connection.missing].map(([name, reason]) => `${name}: ${reason}, correct its path or node id`),
      ...locked.map(({ name }) => `${name}: this user may not write it, give it the right at the machine`),
    ];
    if (problems.length > 0) throw new Error(`${machine.endpoint}: ${problems.join('; ')}`);

    const signals = signalNames(machine).map((name) => {
      const node = described.find((each) => each.name === name);
      const reading = readings.get(name);
      const access = written.includes(name) ? ', can be written' : '';
      return `signal ${name}: ${node?.type ?? 'by PackML types'}, ${reading?.quality ?? 'BAD'}, ${JSON.stringify(reading?.value ?? null)}${access}`;
    });
    const security = isOpen ? 'not protected' : `${machine.security?.policy} ${machine.security?.mode}`;
    const told = `${machine.endpoint} gives ${signals.length} signals, ${security}, clock ${await readOffset(connection)}`;
    return { result: undefined, told, notes: [...signals, ...certificateNotes(connection, isOpen)] };
  } finally {
    await connection.close();
  }
}

async function readOffset({ readClock }: OpcuaConnection): Promise<string> {
  const estimate = createClockOffset();
  for (let count = 0; count < CLOCK_READINGS; count++) estimate.add(await readClock(CLOCK_READ_MS));
  const heard = estimate.at(performance.now());
  const aheadMs = (heard?.offsetMs ?? 0) - (Date.now() - performance.now());
  return `${Math.round(aheadMs)} ± ${Math.ceil(heard?.uncertaintyMs ?? 0)} ms ahead of the node's`;
}

function certificateNotes({ certificates }: OpcuaConnection, isOpen: boolean): string[] {
  if (isOpen) return ['anybody on the way can read and change what is told; give mode and policy in security'];
  return Object.entries(certificates).map(([whose, { expiresAt, file }]) => {
    const soon = expiresAt.getTime() - Date.now() < SOON_MS ? ', have a new one made soon' : '';
    return `certificate of the ${whose}${file ? ` (${file})` : ''}: valid until ${expiresAt.toISOString().slice(0, 10)}${soon}`;
  });
}
