/** 100,000 parts on a belt that nobody controls gently, past a gate that jams, with a node that hears late, loses its machine and is killed. */
import { type Drive, driveLine, type Roughness } from './gate/drive-line.ts';
import { judgeDrive, type Verdicts } from './gate/judge-drive.ts';
import type { ProofOptions, ProofResult } from './kit/run-proofs.ts';

export const name = 'gate';
export const about =
  'no defective part leaves without its event, no good part is rejected without one, and every part is counted once';

const fullSize = 100_000;
/** Of the parts: on a line whose node always hears it. There every count must be that of the line itself. */
const calmShare = 0.5;
const partsPerDrive = 10_000;

const calm: Roughness = {
  jam: 0.003,
  spuriousPerS: 0,
  slipPerS: 0,
  missedTrigger: 0,
  noImage: 0.001,
  undecided: 0.001,
  late: 0.003,
  disconnectPerS: 0,
  restartPerS: 0,
  disablePerS: 0.002,
  stallPerS: 0.02,
};
const rough: Roughness = {
  ...calm,
  spuriousPerS: 0.02,
  slipPerS: 0.02,
  missedTrigger: 0.002,
  disconnectPerS: 0.01,
  restartPerS: 0.005,
};

export async function run({ n = fullSize, seed, report }: ProofOptions): Promise<ProofResult> {
  const counted: Record<string, number> = {};
  const sums = { calm: {} as Record<string, number>, rough: {} as Record<string, number> };
  const failures: string[] = [];
  let mostUnknown = 0;
  const calmParts = Math.max(1, Math.round(n * calmShare));

  for (const [kind, parts, faults] of [
    ['calm', calmParts, calm],
    ['rough', Math.max(1, n - calmParts), rough],
  ] as const) {
    for (let done = 0, turn = 0; done < parts; done += partsPerDrive, turn++) {
      const size = Math.min(partsPerDrive, parts - done);
      const drive = driveLine(size, seed * 1_000 + turn + (kind === 'rough' ? 500 : 0), faults);
      const judged = judgeDrive(drive);
      add(counted, judged.counted);
      add(sums[kind], judged.sums);
      mostUnknown = Math.max(mostUnknown, drive.node.mostUnknown);
      failures.push(...complaints(drive, judged, kind === 'calm').map((text) => `${kind} ${turn}: ${text}`));
      report(`${kind}: ${done + size} of ${parts} parts`);
    }
  }
  return { n, counted, sums, mostUnknown, failures: failures.slice(0, 20), holds: failures.length === 0 };
}

/** What is not as it must be. */
function complaints(
  { bottles, line, node }: Drive,
  { defectiveSilent, goodRejected, sums, counted }: Verdicts,
  isCalm: boolean,
) {
  const found: string[] = [];
  const expect = (what: string, value: number, expected: number) => {
    if (value !== expected) found.push(`${what}: ${value} instead of ${expected}`);
  };
  if (defectiveSilent.length > 0) found.push(`left in silence: ${defectiveSilent.slice(0, 5).join(', ')}`);
  if (goodRejected.length > 0) found.push(`rejected without reason: ${goodRejected.slice(0, 5).join(', ')}`);
  expect('most unknown', node.mostUnknown, 0);
  expect('in transit at rest', sums.inTransit, 0);
  expect('triggered', sums.triggered, line.counter);
  expect('unseen told', counted.unseenTold ?? 0, sums.unseen);
  expect('commanded twice', line.commandedTwice, 0);
  const untold = (counted.rejectedAsLost ?? 0) - (counted.lostTold ?? 0);
  if (untold > 0) found.push(`${untold} parts rejected as lost that nobody was told to be lost`);
  const ended = sums.accepted + sums.rejected + sums.bypassed + sums.unseen;
  expect('ended', ended, sums.triggered);
  // Nothing disturbs the encoder: whatever the belt does, its parts are where they are thought to be.
  if (isCalm) expect('tracking lost', counted.GATE_TRACKING_LOST ?? 0, 0);
  if (isCalm) expect('rejected', sums.rejected, bottles.filter(({ ejectedAtMs }) => ejectedAtMs !== undefined).length);
  return found;
}

function add(to: Record<string, number>, more: Record<string, number>): void {
  for (const [key, value] of Object.entries(more)) to[key] = (to[key] ?? 0) + value;
}
