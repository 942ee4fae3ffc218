/** Lines with machines, cameras and networks as plants have them, and the physical truth of every part: nothing passes, is ejected or goes uncounted in silence. */
import { makeTemporaryFolder } from '../support/temporary-folder.ts';
import { BEHAVIOURS } from './hostile-machine/behaviours/all-behaviours.ts';
import { type Cost, judgeLine, type LineJudgement } from './hostile-machine/judge-line.ts';
import { LINES } from './hostile-machine/line-plans.ts';
import type { Complaint, ComplaintKind } from './hostile-machine/line-record.ts';
import { type LineRun, runLine } from './hostile-machine/run-line.ts';
import type { ProofOptions, ProofResult } from './kit/run-proofs.ts';

export const name = 'hostile-machine';
export const about =
  'whatever machine, camera and network do: no defective part passes and no good one is ejected without an event that names it, and counts reconcile';

const FULL_PARTS = 20_000;
const FULL_DISTURBANCES = 200;
const LEAST_OCCURRENCES = 3;
/** Fewer parts are not worth the start of all lines. */
const ALL_LINES_PARTS = 1_000;
const FEW_LINES = 2;
/** More of a computer's own waiting, and what it shows is the computer. */
const MOST_EXCUSED_SHARE = 0.1;
const SHOWN = 60;
const NONE: Record<ComplaintKind, number> = {
  'defective passed unnamed': 0,
  'good ejected unnamed': 0,
  'counts do not reconcile': 0,
  'node hangs': 0,
  'calm: defective passed': 0,
  'calm: good ejected': 0,
  'calm: fault told': 0,
  'wrong context': 0,
};

export interface HostileOptions extends ProofOptions {
  /** Only these lines and behaviours, by name. */
  lines?: string[];
  only?: string[];
}

export async function run({ n = FULL_PARTS, seed, lines, only, report }: HostileOptions): Promise<ProofResult> {
  await using folder = await makeTemporaryFolder('hostile');
  const count = n < ALL_LINES_PARTS ? FEW_LINES : LINES.length;
  const plans = LINES.filter(({ line }, index) => (lines ? lines.includes(line) : index < count));
  const share = { parts: Math.ceil(n / plans.length), folder: folder.path, only, report };
  const runs = await Promise.all(plans.map((plan, index) => runLine({ ...share, plan, seed: seed * 100 + index })));
  const judged = runs.map(({ truth, told }) => judgeLine(truth, told));
  const complaints = judged.flatMap((judgement) => judgement.complaints);
  const costs = addCosts(judged);
  const isFull = n >= FULL_PARTS && !lines && !only;
  const wrong = complaints.map(textOf);
  const disturbances = runs.reduce((sum, { truth }) => sum + truth.stretches.length, 0);
  const sum = (of: (judgement: LineJudgement) => number) => judged.reduce((total, entry) => total + of(entry), 0);
  const [parts, excused] = [sum((entry) => entry.parts), sum((entry) => entry.excused)];
  if (isFull && excused > MOST_EXCUSED_SHARE * parts)
    wrong.push(`the computer was too busy: it let ${excused} of ${parts} parts wait`);
  if (isFull && disturbances < FULL_DISTURBANCES) wrong.push(`only ${disturbances} disturbances`);
  if (isFull) wrong.push(...rare(costs));
  for (const line of table(costs)) report(line);
  return {
    n,
    counted: {
      parts,
      defective: sum((entry) => entry.defective),
      calmParts: sum((entry) => entry.calmParts),
      excused,
      disturbances,
      namedByName: sum((entry) => entry.named['by name']),
      namedByTime: sum((entry) => entry.named['by time']),
      withoutNode: sum((entry) => entry.named['without node']),
      ...byKind(complaints),
    },
    behaviours: costs,
    normal: normalCourse(runs),
    wrong: wrong.slice(0, SHOWN),
    holds: wrong.length === 0,
  };
}

function addCosts(judged: readonly LineJudgement[]): Record<string, Cost> {
  const sums: Record<string, Cost> = {};
  for (const [behaviour, cost] of judged.flatMap(({ costs }) => Object.entries(costs))) {
    const sum = sums[behaviour] ?? { occurrences: 0, parts: 0, defectivePassed: 0, goodEjected: 0, events: {} };
    sums[behaviour] = sum;
    for (const key of ['occurrences', 'parts', 'defectivePassed', 'goodEjected'] as const) sum[key] += cost[key];
    for (const [kind, told] of Object.entries(cost.events)) sum.events[kind] = (sum.events[kind] ?? 0) + told;
  }
  return sums;
}

function rare(costs: Record<string, Cost>): string[] {
  return BEHAVIOURS.flatMap(({ name: behaviour }) => {
    const occurrences = costs[behaviour]?.occurrences ?? 0;
    return occurrences < LEAST_OCCURRENCES ? [`${behaviour} occurred ${occurrences} times`] : [];
  });
}

function byKind(complaints: readonly Complaint[]): Record<string, number> {
  const counts: Record<string, number> = { ...NONE };
  for (const { kind } of complaints) counts[kind] = (counts[kind] ?? 0) + 1;
  return counts;
}

/** What other machines stumble over and is nothing special here: it must cost no part. */
function normalCourse(runs: readonly LineRun[]): Record<string, number> {
  const wraps = ({ truth }: LineRun) =>
    truth.parts.filter(({ counter }, index) => Math.abs(counter - (truth.parts[index - 1]?.counter ?? counter)) > 100);
  const jobs = ({ truth }: LineRun) => new Set(truth.parts.map(({ jobCode }) => jobCode)).size - 1;
  const add = (of: (entry: LineRun) => number) => runs.reduce((sum, entry) => sum + of(entry), 0);
  return { counterWraps: add((entry) => wraps(entry).length), jobChanges: add(jobs) };
}

function table(costs: Record<string, Cost>): string[] {
  return BEHAVIOURS.flatMap(({ name: behaviour, item }) => {
    const cost = costs[behaviour];
    if (!cost) return [];
    const { occurrences, parts, defectivePassed, goodEjected, events } = cost;
    const told = Object.entries(events).map(([kind, count]) => `${kind} ${count}`);
    const facts = `${occurrences} times, ${parts} parts, ${defectivePassed} defective passed, ${goodEjected} good ejected`;
    return [`${item} ${behaviour}: ${facts}; ${told.join(', ')}`];
  });
}

function textOf({ kind, line, behaviours, text }: Complaint): string {
  return `line ${line}, ${behaviours.join(' + ') || 'no disturbance'}: ${kind}: ${text}`;
}
