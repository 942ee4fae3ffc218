/** What goes wrong at a line, one thing after the other, while parts pass: nothing acknowledged is lost, nothing twice, every part counted, each fault told once. */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { makeTemporaryFolder } from '../support/temporary-folder.ts';
import { type FaultPlant, startFaultPlant } from './edge-faults/fault-plant.ts';
import { allFaults, bulkPartId, type Fault } from './edge-faults/faults.ts';
import { HOLD, UNHOLD } from './edge-faults/machine-panel.ts';
import { readLines, reconcile } from './edge-faults/reconcile.ts';
import { type AlarmView, createServerView, type ServerView } from './edge-faults/server-view.ts';
import { mountSmallDisk } from './edge-faults/small-disk.ts';
import type { ProofOptions, ProofResult } from './kit/run-proofs.ts';

export const name = 'edge-faults';
export const about =
  'every fault of a line in turn, n parts while the server is down: all kept once, all counted, each told';

/** 30 minutes at 20 parts a second. */
const FULL_PARTS = 36_000;
const DISK_MB = 1_500;
const ALARM_MS = 30_000;
const RETURN_MS = 2_000;
const RECOVERY_MS = 120_000;
const DRAIN_MS = 600_000;
const LOOK_MS = 250;
/** A report of the node is up to a second old: only what stays is so. */
const STEADY_LOOKS = 8;

export interface FaultOptions extends ProofOptions {
  /** Only these faults, by name. */
  only?: string[];
}

interface Told {
  name: string;
  seconds: number;
  /** Lines of the node's log at warn or above: those that name the fault, and all others. */
  messages: string[];
  noise: string[];
  /** Of the type that the fault is to raise; and the types of all others that happened meanwhile. */
  alarms: number;
  others: string[];
  isOver: boolean;
}

export async function run({ n = FULL_PARTS, only, report }: FaultOptions): Promise<ProofResult> {
  await using folder = await makeTemporaryFolder('edge-faults');
  using disk = only && !only.includes('disk-full') ? undefined : mountSmallDisk(join(folder.path, 'disk'), DISK_MB);
  const faults = allFaults({ bulkParts: n, disk, report }).filter((fault) => !only || only.includes(fault.name));
  const edgeHome = disk ? join(disk.path, 'edge') : join(folder.path, 'edge');
  await using plant = await startFaultPlant(folder.path, edgeHome, report);
  const view = createServerView(plant.product);
  // What happens in a moment returns soon, so that each fault begins with a clear board.
  for (const type of ['CLOCK_STEPPED', 'PARTS_UNSEEN', 'TRACKING_LOST', 'LATE_VERDICTS'])
    await view.shorten(type, RETURN_MS);
  const first = Number(await plant.panel.read('V:Process/V:PartCounter'));
  await plant.panel.call(UNHOLD);
  await partsPass(plant, view);

  const told: Told[] = [];
  for (const fault of faults) {
    report(`${fault.name} …`);
    told.push(await tryFault(fault, plant, view));
    report(`  ${JSON.stringify(told.at(-1))}`);
  }

  // The belt runs on and takes what is on it past the gate; nothing new is triggered.
  await plant.panel.set('V:Faults/V:TriggerLost', true);
  const last = Number(await plant.panel.read('V:Process/V:PartCounter'));
  const isQuiet = await drained(plant, view);
  await plant.panel.call(HOLD);
  const machine = readLines<{ partId: string; isEjected: boolean }>(plant.truthFiles.machine);
  const { counted, faults: wrong } = reconcile(
    {
      triggered: last - first,
      ejected: machine.filter(({ isEjected }) => isEjected).map(({ partId }) => partId),
      pictures: readLines<{ partId: string }>(plant.truthFiles.cameras).map(({ partId }) => partId),
      bulk: faults.some((fault) => fault.name === 'server-down')
        ? Array.from({ length: n }, (_, part) => bulkPartId(part))
        : [],
    },
    {
      parts: await view.parts('line-1'),
      bulkParts: await view.parts('line-2'),
      counts: await view.counts('line-1'),
    },
  );
  if (!isQuiet) wrong.push('the outbox did not run empty');
  const { deadLetters } = await view.outbox();
  if (deadLetters > 0) wrong.push(`${deadLetters} dead letters`);
  for (const fault of faults) {
    const heard = told.find((entry) => entry.name === fault.name);
    const times = fault.times ?? 1;
    if (fault.message && heard?.messages.length !== times)
      wrong.push(`${fault.name}: ${heard?.messages.length} messages, not ${times}`);
    if (fault.alarm && heard?.alarms !== 1) wrong.push(`${fault.name}: ${heard?.alarms} alarms ${fault.alarm}`);
    if (!heard?.isOver) wrong.push(`${fault.name}: the line did not recover, or its alarm stayed`);
  }
  const events = Object.fromEntries(await view.events());
  return {
    n,
    counted: { ...counted, faults: faults.length },
    told,
    events,
    diskTried: disk !== undefined,
    wrong,
    holds: wrong.length === 0,
  };
}

async function tryFault(fault: Fault, plant: FaultPlant, view: ServerView): Promise<Told> {
  const startedAt = performance.now();
  const before = { told: plant.told.length, alarms: await view.alarms() };
  const raised = async () => whatWasRaised(before.alarms, await view.alarms());
  const messages = () => plant.told.slice(before.told).filter((line) => fault.message?.test(line));
  const isRaised = async () => (await raised()).some((type) => type === fault.alarm);
  await fault.begin(plant);
  if (fault.message) await until(ALARM_MS, async () => messages().length > 0);
  if (fault.alarm) await until(ALARM_MS, isRaised);
  await fault.end(plant);
  if (fault.alarm) await until(ALARM_MS, isRaised);
  const isOver = (await partsPass(plant, view)) && (await until(RECOVERY_MS, () => isClear(fault, view)));
  const lines = plant.told.slice(before.told);
  const types = await raised();
  return {
    name: fault.name,
    seconds: Math.round((performance.now() - startedAt) / 1_000),
    messages: lines.filter((line) => fault.message?.test(line)),
    noise: lines.filter((line) => !fault.message?.test(line)),
    alarms: types.filter((type) => type === fault.alarm).length,
    others: types.filter((type) => type !== fault.alarm),
    isOver,
  };
}

/** The types of the alarms that have happened since; one that happens again is the same alarm. */
function whatWasRaised(before: readonly AlarmView[], now: readonly AlarmView[]): string[] {
  const known = new Map(before.map(({ id, raiseCount }) => [id, raiseCount]));
  return now.filter(({ id, raiseCount }) => raiseCount > (known.get(id) ?? 0)).map(({ type }) => type);
}

async function isClear({ alarm }: Fault, view: ServerView): Promise<boolean> {
  return !(await view.alarms()).some(({ type, isActive }) => type === alarm && isActive);
}

/** Resolves with true when a part has come from the machine's sensor to the server since the call. */
async function partsPass(plant: FaultPlant, view: ServerView): Promise<boolean> {
  const from = Number(await plant.panel.read('V:Process/V:PartCounter'));
  return await until(RECOVERY_MS, async () => (await view.lastNumber('line-1')) > from);
}

/** Nothing waits in folder, outbox or between trigger and gate. */
async function drained(plant: FaultPlant, view: ServerView): Promise<boolean> {
  let steady = 0;
  return await until(DRAIN_MS, async () => {
    const { outboxResults, outboxImages } = await view.outbox();
    const { inTransit } = await view.counts('line-1');
    const waiting = (await readdir(plant.product.spool)).length + outboxResults + outboxImages + inTransit;
    steady = waiting === 0 ? steady + 1 : 0;
    return steady >= STEADY_LOOKS;
  });
}

/** False when the time is over: what is missing then is counted, not thrown. */
async function until(limitMs: number, isTrue: () => Promise<boolean>): Promise<boolean> {
  const deadline = performance.now() + limitMs;
  while (performance.now() < deadline) {
    if (await isTrue().catch(() => false)) return true;
    await sleep(LOOK_MS);
  }
  return false;
}
