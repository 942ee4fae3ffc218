/** Compares what a line's node told with what was. Pure; of the node it knows the published shapes of its events and counts, nothing else. */
import { judgeCounts } from './judge-counts.ts';
import type { Complaint, ComplaintKind, LineTold, LineTruth, Stretch, ToldEvent } from './line-record.ts';
import type { PartTruth } from './machine-messages.ts';
import { createNames, type Names } from './naming.ts';
import { createStretches, overlaps } from './stretches.ts';

/** What disturbances of one behaviour cost. */
export interface Cost {
  occurrences: number;
  parts: number;
  defectivePassed: number;
  goodEjected: number;
  /** By kind. */
  events: Record<string, number>;
}

type Naming = 'by name' | 'by time' | 'without node';

export interface LineJudgement {
  complaints: Complaint[];
  costs: Record<string, Cost>;
  parts: number;
  defective: number;
  /** Of those that no disturbance reached. */
  calmParts: number;
  /** Parts that the computer's own waiting may have reached: only what was told of them counts, not that it happened. */
  excused: number;
  /** How the parts were named that went the wrong way. */
  named: Record<Naming, number>;
}

/** Told in the normal course of a line. */
const USUAL: ReadonlySet<string> = new Set(['GATE_ENABLED', 'MACHINE_CONNECTED', 'SIGNAL_USABLE', 'OUTBOX_RELIEVED']);
/** What waits may do to is a little later than the wait. */
const WAIT_MS = { before: 100, after: 500 };
/** Disturbances in which an image's capture is known, so that its context can be. */
const CONTEXT_BEHAVIOURS: ReadonlySet<string> = new Set(['context-hour-back', 'clock-set-back', 'clock-set-forward']);

export function judgeLine(truth: LineTruth, told: LineTold): LineJudgement {
  const stretches = createStretches(truth);
  const names = createNames(truth, told, stretches);
  const complaints: Complaint[] = [];
  const costs: Record<string, Cost> = {};
  const named: Record<Naming, number> = { 'by name': 0, 'by time': 0, 'without node': 0 };
  let excused = 0;
  let calmParts = 0;
  for (const { behaviours } of truth.stretches) for (const name of behaviours) costOf(name).occurrences++;

  for (const part of truth.parts) {
    const around = stretches.ofPart(part);
    const passed = part.isDefective && part.ejectedAtMs === null;
    const wronged = !part.isDefective && part.ejectedAtMs !== null;
    for (const cost of costsOf(around)) {
      cost.parts++;
      if (passed) cost.defectivePassed++;
      if (wronged) cost.goodEjected++;
    }
    const isExcused = isLate(part);
    if (isExcused) excused++;
    if (around.length === 0) calmParts++;
    const naming =
      passed || wronged ? namingOf(part, around, names, passed ? tellsOfPassing : tellsOfEjection) : undefined;
    if (naming) named[naming]++;
    if (passed && !naming) complain('defective passed unnamed', around, nameOf(part));
    if (wronged && !naming && !isExcused)
      complain('good ejected unnamed', around, `${nameOf(part)} by ${part.pushedBy}`);
    if (around.length > 0 || isExcused) continue;
    if (passed) complain('calm: defective passed', around, nameOf(part));
    if (wronged) complain('calm: good ejected', around, nameOf(part));
  }
  for (const event of told.events) {
    const around = stretches.ofMoment(event.atMs);
    for (const { events } of costsOf(around)) events[event.kind] = (events[event.kind] ?? 0) + 1;
    if (around.length > 0 || USUAL.has(event.kind) || isUsualRejection(event)) continue;
    const moment = { fromMs: event.atMs - 2_500, toMs: event.atMs };
    if (truth.waits.some((wait) => overlaps(wait, moment))) continue;
    complain('calm: fault told', [], describe(event));
  }
  judgeContext();
  for (const text of judgeCounts(truth, told, stretches)) complain('counts do not reconcile', [], text);
  for (const text of told.hangs) complain('node hangs', [], text);
  const defective = truth.parts.filter(({ isDefective }) => isDefective).length;
  return { complaints, costs, parts: truth.parts.length, defective, calmParts, excused, named };

  /** The computer's own waiting may have reached it. */
  function isLate(part: PartTruth): boolean {
    return truth.waits.some((wait) => overlaps(wait, reachedByWait(part)));
  }

  function judgeContext(): void {
    const byNumber = new Map(truth.parts.map((part) => [part.number, part]));
    for (const { imageSha256, batchCode, isBatchAmbiguous } of told.inspections) {
      const part = byNumber.get(truth.pictures.get(imageSha256) ?? -1);
      // An image that was asked for late shows the part at a later time.
      if (!part || isBatchAmbiguous || batchCode === part.batchCode || isLate(part)) continue;
      const around = stretches.ofPart(part);
      const isKnown = around.every(({ behaviours }) => behaviours.every((name) => CONTEXT_BEHAVIOURS.has(name)));
      // Nothing is better than something wrong.
      if (!isKnown || (around.length > 0 && batchCode === null)) continue;
      complain('wrong context', around, `${nameOf(part)} of batch ${part.batchCode} is recorded in ${batchCode}`);
    }
  }

  function complain(kind: ComplaintKind, around: readonly Stretch[], text: string): void {
    complaints.push({ kind, line: truth.line, behaviours: around.flatMap(({ behaviours }) => behaviours), text });
  }

  function costOf(name: string): Cost {
    costs[name] ??= { occurrences: 0, parts: 0, defectivePassed: 0, goodEjected: 0, events: {} };
    return costs[name];
  }

  function costsOf(around: readonly Stretch[]): Cost[] {
    return [...new Set(around.flatMap(({ behaviours }) => behaviours))].map(costOf);
  }
}

/** By its own name, by the time of a disturbance, or by the server, which tells that no node ran; undefined when nothing names it. */
function namingOf(
  part: PartTruth,
  around: readonly Stretch[],
  names: Names,
  tells: (event: ToldEvent) => boolean,
): Naming | undefined {
  if (names.direct(part).some(tells)) return 'by name';
  if (names.ranged(part).some(tells)) return 'by time';
  const way = { fromMs: part.triggeredAtMs, toMs: part.atGateMs };
  return around.some(({ withoutNode }) => withoutNode && overlaps(withoutNode, way)) ? 'without node' : undefined;
}

/** An event that calls it rejected says the opposite of what was. */
function tellsOfPassing({ kind }: ToldEvent): boolean {
  return kind !== 'GATE_REJECTED';
}

/** That it was rejected on its verdict is no explanation for a good part, and that nothing was confirmed none for an ejection. */
function tellsOfEjection(event: ToldEvent): boolean {
  return !isUsualRejection(event);
}

function isUsualRejection({ kind, data }: ToldEvent): boolean {
  return kind === 'GATE_REJECTED' && data.cause === 'verdict';
}

function reachedByWait({ triggeredAtMs, atGateMs }: PartTruth) {
  return { fromMs: triggeredAtMs - WAIT_MS.after, toMs: atGateMs + WAIT_MS.before };
}

function nameOf({ partId, counter, triggeredAtMs }: PartTruth): string {
  return `part ${partId} (counter ${counter}, triggered ${timeOf(triggeredAtMs)})`;
}

function describe({ kind, atMs, partId, data }: ToldEvent): string {
  return `${kind} ${partId ?? ''} ${timeOf(atMs)} ${JSON.stringify(data).slice(0, 160)}`;
}

function timeOf(ms: number): string {
  return new Date(ms).toISOString().slice(11, 23);
}
