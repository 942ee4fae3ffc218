/** Whether a line's machine is reached, lets the node in and gives what the configuration maps and its gates need. Nothing is written to it. */
import { join } from 'node:path';
import { type MachineConfig, signalNames } from '../config/machine-config.ts';
import type { FieldPath, Mistake } from '../config/mistake.ts';
import { contextUnits, gateUnits } from '../config/unit-mistakes.ts';
import type { EdgeConfig } from '../config.ts';
import { createClockOffset } from '../devices/clock-offset.ts';
import type { OpcuaConnection } from '../devices/opcua-connection.ts';
import { intervalTroubles } from '../devices/opcua-intervals.ts';
import { pause } from '../wait.ts';
import { checkContext } from './check-context.ts';
import { checkIntervals } from './check-intervals.ts';
import type { Finding } from './check-list.ts';
import { checkRoles } from './check-roles.ts';
import { createSignalEar, type SignalEar } from './hear-signals.ts';
import type { NodeOwners } from './node-owners.ts';
import type { SeenSignal } from './seen-signal.ts';

const CLOCK_READINGS = 10;
const CLOCK_READ_MS = 2_000;
/** A certificate that ends sooner is worth a word. */
const SOON_MS = 30 * 86_400_000;
/** So long a belt is looked at: whether it moves as the configuration says. */
const BELT_MS = 500;

type Checked = Pick<EdgeConfig, 'home' | 'stations' | 'machines'>;

/** Throws when the machine is not reached, refuses the node or is refused. `owners` are those of the machines before. */
export async function checkMachine(
  index: number,
  config: Checked,
  owners: NodeOwners,
  folder: string,
): Promise<Finding<void>> {
  const machine = config.machines[index];
  if (!machine) throw new Error(`there is no machine ${index}`);
  const { connectOpcua } = await import('../devices/opcua-connection.ts');
  const isOpen = (machine.security?.mode ?? 'None') === 'None';
  // Certificates are those of the node's home, so that what a person trusts now holds for the running node.
  const pkiFolder = isOpen ? join(folder, machine.line) : join(config.home, 'opcua');
  const ear = createSignalEar();
  const connection = await connectOpcua(machine, pkiFolder, ear.listener);
  try {
    const isFollowed = config.stations.some(({ line, gate }) => line === machine.line && gate !== undefined);
    if (isFollowed) await pause(BELT_MS, new AbortController().signal);
    const clock = await readClock(connection);
    const seen = await seeSignals(machine, connection, ear);
    const { mistakes, doubts } = findFaults(index, config, owners, { connection, seen, aheadMs: clock?.offsetMs });
    const security = isOpen ? 'not protected' : `${machine.security?.policy} ${machine.security?.mode}`;
    const told = `${machine.endpoint} gives ${signalNames(machine).length} signals, ${security}, clock ${clockText(clock)}`;
    const notes = [
      ...signalNames(machine).map((name) => signalText(name, seen.get(name))),
      ...intervalTroubles(machine, connection),
      ...certificateNotes(connection, isOpen),
    ];
    return { result: undefined, told, mistakes, doubts, notes };
  } finally {
    await connection.close();
  }
}

interface Heard {
  connection: OpcuaConnection;
  seen: ReadonlyMap<string, SeenSignal>;
  aheadMs: number | undefined;
}

function findFaults(
  index: number,
  { stations, machines }: Checked,
  owners: NodeOwners,
  { connection, seen, aheadMs }: Heard,
): { mistakes: Mistake[]; doubts: Mistake[] } {
  const machine = machines[index];
  if (!machine) return { mistakes: [], doubts: [] };
  const path: FieldPath = ['machines', index];
  const unitOf = (name: string) => seen.get(name)?.unit;
  const missing = [...connection.missing].map(([name, reason]) => ({
    path: [...path, 'signals', name],
    message: `${reason}: correct its path or node id, or see to it in the machine`,
  }));
  const units = [
    ...gateUnits(stations, (line, name) => (line === machine.line ? unitOf(name) : undefined)),
    ...contextUnits(machine, path, unitOf),
  ];
  const mistakes = [...missing, ...checkContext(machine, path, seen, aheadMs)];
  const doubts: Mistake[] = [];
  for (const { mistake, isSure } of units) (isSure ? mistakes : doubts).push(mistake);
  for (const [at, { line, station, trigger, gate }] of stations.entries()) {
    if (line !== machine.line || !trigger) continue;
    const where = ['stations', at];
    const ownerOf = (node: string) => owners.take(machine.endpoint, node, `${line}/${station}`);
    const roles = checkRoles({ trigger, gate }, where, seen, ownerOf);
    mistakes.push(...roles.mistakes, ...checkIntervals({ trigger, gate }, where, connection.grantedTo));
    doubts.push(...roles.doubts);
  }
  return { mistakes, doubts };
}

async function seeSignals(
  machine: MachineConfig,
  connection: OpcuaConnection,
  ear: SignalEar,
): Promise<Map<string, SeenSignal>> {
  const described = await connection.describe();
  return new Map(
    signalNames(machine).flatMap((name): [string, SeenSignal][] => {
      if (connection.missing.has(name)) return [];
      const known = described.find((each) => each.name === name);
      const heard = ear.heard(name);
      const configured = Object.hasOwn(machine.signals, name) ? machine.signals[name]?.unit : undefined;
      const seen = {
        name,
        node: connection.nodes.get(name)?.toString(),
        type: heard?.type ?? known?.type,
        isWritable: known?.isWritable ?? false,
        unit: configured ?? ear.unitOf(name),
        value: heard?.value ?? null,
        quality: heard?.quality ?? 'BAD',
        status: heard?.status,
        samples: ear.samplesOf(name),
      };
      return [[name, seen]];
    }),
  );
}

function signalText(name: string, seen: SeenSignal | undefined): string {
  if (!seen) return `signal ${name}: missing`;
  const unit = seen.unit === undefined ? '' : ` ${seen.unit}`;
  const access = seen.isWritable ? ', can be written' : '';
  return `signal ${name}: ${seen.type ?? 'by PackML types'}, ${seen.quality}, ${JSON.stringify(seen.value)}${unit}${access}`;
}

/** The machine's clock against `performance.now()`; undefined when it does not tell it. */
async function readClock({ readClock: read }: OpcuaConnection) {
  const estimate = createClockOffset();
  for (let count = 0; count < CLOCK_READINGS; count++) estimate.add(await read(CLOCK_READ_MS));
  return estimate.at(performance.now());
}

function clockText(clock: Awaited<ReturnType<typeof readClock>>): string {
  if (!clock) return 'unknown';
  const aheadMs = clock.offsetMs - (Date.now() - performance.now());
  return `${Math.round(aheadMs)} ± ${Math.ceil(clock.uncertaintyMs)} ms ahead of the node's`;
}

function certificateNotes({ certificates }: OpcuaConnection, isOpen: boolean): string[] {
  if (isOpen) return ['anybody on the way can read and change what is told; give mode and policy in security'];
  return Object.entries(certificates).map(([whose, { expiresAt, file }]) => {
    const soon = expiresAt.getTime() - Date.now() < SOON_MS ? ', have a new one made soon' : '';
    return `certificate of the ${whose}${file ? ` (${file})` : ''}: valid until ${expiresAt.toISOString().slice(0, 10)}${soon}`;
  });
}
