/** Lines whose cameras take a time that nobody knows: a dry run, its report, the values entered as they stand, then 1,000 parts each. */
import { commission } from './dry-run-report/commission.ts';
import type { UnknownLine } from './dry-run-report/unknown-line.ts';
import type { ProofOptions, ProofResult } from './kit/run-proofs.ts';

export const name = 'dry-run-report';
export const about = 'the values of the dry-run report, entered unchanged, leave no part late and none untied';

const fullSize = 1_000;

/** Evenly spread around the middle. */
const around =
  (middleMs: number, jitterMs: number): UnknownLine['latencyMs'] =>
  (random) =>
    middleMs + (random.next() * 2 - 1) * jitterMs;

const base = { speedMmPerS: 500, encoderMs: 20, wayMs: 25 };
export const lines: Record<string, UnknownLine> = {
  '40 ± 10 ms': { ...base, camera: 'asked', latencyMs: around(40, 10), pitchMm: 150 },
  '180 ± 30 ms': { ...base, camera: 'asked', latencyMs: around(180, 30), pitchMm: 200 },
  '420 ± 60 ms': { ...base, camera: 'asked', latencyMs: around(420, 60), pitchMm: 350 },
  '250 ± 15 ms, by the sensor': { ...base, camera: 'sensor', latencyMs: around(250, 15), pitchMm: 120 },
  '120 ± 20 ms, of a slow machine': {
    camera: 'asked',
    latencyMs: around(120, 20),
    pitchMm: 300,
    speedMmPerS: 400,
    encoderMs: 120,
    wayMs: 160,
  },
};

export async function run({ n = fullSize, seed, report }: ProofOptions): Promise<ProofResult> {
  const failures: string[] = [];
  const counted: Record<string, number> = { parts: 0, late: 0, withoutImage: 0, untiedImages: 0, wronglyTied: 0 };
  const found: Record<string, unknown> = {};
  for (const [index, [what, line]] of Object.entries(lines).entries()) {
    const { dry, after, entered, exitCodes } = await commission(line, n, n, seed * 100 + index);
    const bad = { ...after, statistics: undefined, parts: n - after.parts };
    for (const [fault, count] of Object.entries(bad)) {
      if (count !== undefined && count !== 0) failures.push(`${what}: ${fault}: ${count}`);
    }
    if (exitCodes[0] !== 1 || exitCodes[1] !== 0) failures.push(`${what}: exit codes ${exitCodes.join(', ')}`);
    for (const key of Object.keys(counted)) counted[key] = (counted[key] ?? 0) + Number(Object(after)[key]);
    const before = { late: dry.late, withoutImage: dry.withoutImage, untiedImages: dry.untiedImages };
    found[what] = { before, entered };
    report(`${what}: ${JSON.stringify(entered)}`);
  }
  return { n: n * Object.keys(lines).length, counted, found, failures, holds: failures.length === 0 };
}
