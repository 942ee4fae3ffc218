/** Signals that change every 50 ms, images at random instants: is the joined value the one that was true, and how often is that said to be unsure? */
import { fileURLToPath } from 'node:url';
import { pino } from 'pino';
import { MachineSchema } from '../../edge/config/machine-config.ts';
import { createOpcuaMachine, type OpcuaMachine } from '../../edge/devices/opcua-machine.ts';
import type { MachineContext } from '../../edge/pipeline/frame.ts';
import { TEST_URI } from '../edge/kit/opcua-server.ts';
import { createSeededRandom, type SeededRandom } from '../support/seeded-random.ts';
import { spawnLines } from '../support/spawn-lines.ts';
import { makeTemporaryFolder } from '../support/temporary-folder.ts';
import type { ProofOptions, ProofResult } from './kit/run-proofs.ts';

export const name = 'context';
export const about =
  'the value joined to an image is the one that was true at its capture or is flagged ambiguous, no oftener than the intervals imply';

const fullSize = 10_000;
const program = fileURLToPath(new URL('./context/signal-server.ts', import.meta.url));
/** The machine's clock is right, ahead of the node's, and behind it. */
const shiftsMs = [0, 3_700, -3_700];
const meanPauseMs = 6;
const patienceMs = 30_000;
/** Stamps are whole milliseconds, the capture's and the machine's. */
const stampMs = 1;
const signals = {
  productCode: { path: '/Objects/T:Machine/T:Product' },
  recipeCode: { path: '/Objects/T:Machine/T:Recipe', fast: true },
};
const samplingMs = 10;
/** Three standard deviations of a share, so that one run in a thousand is unlucky. */
const luck = 3;
/** A change is told within this time, if nobody is kept waiting. */
const tellingMs = 300;
const lateMs = 20;

type Signal = keyof typeof signals;
interface Change {
  count: string;
  atMs: number;
}
/** A time in which the server, or this process, was kept waiting by the computer. */
interface Late {
  by: 'server' | 'node';
  fromMs: number;
  toMs: number;
}
interface Shot {
  instantMs: number;
  uncertaintyMs: number;
  context: MachineContext;
}

export async function run({ seed, n = fullSize, report }: ProofOptions): Promise<ProofResult> {
  const random = createSeededRandom(seed);
  const counted = {
    joined: 0,
    right: 0,
    ambiguous: 0,
    wrong: 0,
    unknown: 0,
    textsLeftOut: 0,
    serverLate: 0,
  };
  const onTime = { joined: 0, ambiguous: 0, implied: 0 };
  const offsets: Record<string, number> = {};
  for (const [index, shiftMs] of shiftsMs.entries()) {
    const images = Math.floor((n + index) / shiftsMs.length);
    const { shots, changes, offsetMs, late } = await shoot(shiftMs, images, random);
    offsets[shiftMs] = offsetMs;
    for (const signal of Object.keys(signals) as Signal[]) {
      const everyMs = meanGap(changes[signal]);
      for (const shot of shots) count(shot, signal, changes[signal], late, everyMs);
    }
    report(`machine's clock ahead by ${shiftMs} ms: ${shots.length} images, ${counted.wrong} wrong so far`);
  }
  const { joined, wrong, unknown, right, serverLate } = counted;
  const share = onTime.ambiguous / onTime.joined;
  const impliedShare = onTime.implied / onTime.joined;
  const bound = impliedShare + luck * Math.sqrt((impliedShare * (1 - impliedShare)) / onTime.joined);
  // Where the computer keeps both waiting most of the time, what is left is no even sample any more.
  const isQuiet = onTime.joined > (joined + serverLate) / 2;
  return {
    n,
    counted,
    onTime: { joined: onTime.joined, ambiguousShare: share, impliedShare, bound, isQuiet },
    heardOffsetsMs: offsets,
    holds: wrong === 0 && unknown === 0 && (!isQuiet || share <= bound) && right > joined / 4,
  };

  function count(shot: Shot, signal: Signal, changes: Change[], late: Late[], everyMs: number): void {
    const { instantMs, uncertaintyMs, context } = shot;
    const during = (fromMs: number, toMs: number, by?: Late['by']) =>
      late.some((each) => (by ?? each.by) === each.by && each.fromMs <= toMs && each.toMs >= fromMs);
    // A value that the server did not sample cannot be heard; one that comes at once can.
    if (signal === 'productCode' && during(instantMs - samplingMs, instantMs + samplingMs, 'server')) {
      counted.serverLate++;
      return;
    }
    const told = context.signals.find((each) => each.name === signal);
    const truth = changes.findLast(({ atMs }) => atMs <= instantMs)?.count;
    counted.joined++;
    if (told?.quality !== 'GOOD' || truth === undefined) counted.unknown++;
    else if (told.isAmbiguous) {
      counted.ambiguous++;
      if (context[signal] === null) counted.textsLeftOut++;
    } else if (told.value === truth && context[signal] === truth) counted.right++;
    else {
      counted.wrong++;
      report(`${signal} is ${told.value}, was ${truth} at ${instantMs}`);
    }

    if (during(instantMs - tellingMs, instantMs + tellingMs)) return;
    const toleranceMs = (signal === 'productCode' ? samplingMs : 0) + uncertaintyMs + stampMs;
    onTime.joined++;
    // Both are whole milliseconds: one more of them lies within the tolerance on both sides.
    onTime.implied += Math.min(1, (2 * toleranceMs + stampMs) / everyMs);
    if (told?.isAmbiguous) onTime.ambiguous++;
  }
}

function meanGap(changes: Change[]): number {
  const [first, last] = [changes[0]?.atMs ?? 0, changes.at(-1)?.atMs ?? 0];
  return (last - first) / Math.max(1, changes.length - 1);
}

async function shoot(shiftMs: number, images: number, random: SeededRandom) {
  await using folder = await makeTemporaryFolder('context');
  const changes: Record<Signal, Change[]> = { productCode: [], recipeCode: [] };
  const late: Late[] = [];
  await using child = await spawnLines(process.execPath, [program, `${folder.path}/server`, String(shiftMs)], {
    onLine(line) {
      const [, browseName, count = '', atMs] = /^change (\w+) (\d+) (\d+)$/.exec(line) ?? [];
      const [, fromMs, toMs] = /^late (\d+) (\d+)$/.exec(line) ?? [];
      if (fromMs) late.push({ by: 'server', fromMs: Number(fromMs), toMs: Number(toMs) });
      if (!browseName) return;
      changes[browseName === 'Product' ? 'productCode' : 'recipeCode'].push({ count, atMs: Number(atMs) });
    },
  });
  const [, endpoint] = await child.waitForLine(/^listening (\S+)$/, patienceMs);
  const config = MachineSchema.parse({
    line: 'line-1',
    endpoint,
    publishingIntervalMs: 50,
    samplingIntervalMs: samplingMs,
    namespaces: { T: TEST_URI },
    signals,
  });
  const machine = createOpcuaMachine(config, `${folder.path}/pki`, pino({ level: 'silent' }));
  const stopWatching = watchOwnDelays(late);
  try {
    await untilHeard(machine);
    const shots = await Promise.all(await takeImages(machine, images, random));
    return { shots, changes, late, offsetMs: machine.clockOffset()?.offsetMs ?? Number.NaN };
  } finally {
    stopWatching();
    await machine.stop();
  }
}

function watchOwnDelays(late: Late[]): () => void {
  let beforeMs = Date.now();
  const timer = setInterval(() => {
    const toMs = Date.now();
    if (toMs - beforeMs > samplingMs + lateMs) late.push({ by: 'node', fromMs: beforeMs, toMs });
    beforeMs = toMs;
  }, samplingMs);
  return () => clearInterval(timer);
}

async function takeImages(machine: OpcuaMachine, images: number, random: SeededRandom): Promise<Promise<Shot>[]> {
  const shots: Promise<Shot>[] = [];
  for (let taken = 0; taken < images; taken++) {
    await pause(random.next() * 2 * meanPauseMs);
    const instantMs = Date.now();
    const uncertaintyMs = machine.clockOffset()?.uncertaintyMs ?? 0;
    shots.push(
      machine.contextAt(instantMs).then((context) => {
        // It may have grown while the context was waited for.
        const lastMs = machine.clockOffset()?.uncertaintyMs ?? uncertaintyMs;
        return { instantMs, uncertaintyMs: Math.max(uncertaintyMs, lastMs), context };
      }),
    );
  }
  return shots;
}

/** The clock is known and a history is there to look back into. */
async function untilHeard(machine: OpcuaMachine): Promise<void> {
  const untilMs = Date.now() + patienceMs;
  while (Date.now() < untilMs) {
    const { signals: heard } = machine.now();
    if (machine.clockOffset() && heard.every(({ quality }) => quality === 'GOOD')) return await pause(300);
    await pause(20);
  }
  throw new Error(`the machine was not heard within ${patienceMs} ms (${machine.problem})`);
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
