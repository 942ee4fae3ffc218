/** Takes what became of images after their results: thinned or lost. Every item has its own outcome. */

import { hash } from 'node:crypto';
import { act } from '../../../kit/act.ts';
import { type CaptureTimeLimits, captureTimeMs, captureTimeRefusal } from '../../../kit/capture-time.ts';
import { checkRange, type Refusal, shown } from '../../../kit/check-values.ts';
import type { Context } from '../../../kit/context.ts';
import { type RecordedItem, requireItemCount } from '../../../kit/recorded-item.ts';
import { timeRange } from '../../../kit/time-range.ts';
import { viewingNode } from '../../../kit/viewing-node.ts';
import { type CaptureRevision, reviseCapture } from './capture-revision.ts';
import { type CaptureState, lockCaptures, updateCaptures } from './captures.queries.ts';
import { LEAST_PROBABILITY } from './check-inspection.ts';
import { revisePooled } from './inspection-hooks.ts';

/** As the API has coerced it. */
export interface CaptureRevisionInput {
  /** The UUID with which the inspection was recorded. */
  inspectionId: string;
  keepProbability?: number | null | undefined;
  isLost?: boolean | null | undefined;
}

interface ReadRevision extends CaptureRevision {
  id: string;
  capturedAtMs: number;
}

/** Outcomes in the order of the input. Throws `InvalidInputError` when there are too many items. */
export async function reviseCaptures(
  context: Context,
  input: readonly CaptureRevisionInput[],
): Promise<RecordedItem[]> {
  requireItemCount(input, context.config.limits.recordItems);
  const node = viewingNode(context);
  const at = context.now();
  const read = input.map((item) => readRevision(item, at.getTime(), context.config.limits));
  const keys = new Map(read.flatMap((item) => ('id' in item ? [[item.id, item] as const] : [])));
  if (keys.size === 0) return read.map((item, index) => outcomeOf(item, input[index], 'duplicate'));

  return act(context, async ({ trx, audit }) => {
    const states = new Map((await lockCaptures(trx, node, [...keys.values()])).map((state) => [state.id, state]));
    const changed = new Map<string, CaptureState>();
    const outcomes = read.map((item, index) => {
      if (!('id' in item)) return outcomeOf(item, input[index], 'refused');
      const before = changed.get(item.id) ?? states.get(item.id);
      const next = before ? reviseCapture(before, item, at.getTime()) : undefined;
      if (next === undefined || next === 'never kept') return outcomeOf(refusalOf(item, next), input[index], 'refused');
      if (next === null) return outcomeOf(item, input[index], 'duplicate');
      changed.set(item.id, next);
      return outcomeOf(item, input[index], 'recorded');
    });
    const written = [...changed.values()];
    if (written.length === 0) return outcomes;
    await updateCaptures(trx, node.plantId, written);
    await revisePooled(trx, node.plantId, written);
    const contents = written.map((each) => `${each.id} ${each.isKept} ${each.keepProbability} ${each.lostAtMs}\n`);
    const range = timeRange(written.flatMap(({ id }) => keys.get(id)?.capturedAtMs ?? []));
    const subject = { plantId: node.plantId, subjectType: 'EdgeNode', subjectId: node.edgeNodeId };
    const contentsSha256 = hash('sha256', contents.join(''), 'hex');
    audit('captures.revise', subject, { revised: written.length, ...range, contentsSha256 });
    return outcomes;
  });
}

function readRevision(
  { inspectionId, keepProbability, isLost }: CaptureRevisionInput,
  nowMs: number,
  limits: CaptureTimeLimits,
): ReadRevision | Refusal {
  const id = inspectionId.toLowerCase();
  const capturedAtMs = captureTimeMs(id);
  if (capturedAtMs === undefined) {
    const reason = 'is not a UUIDv7; send the id that the inspection was recorded with';
    return { field: 'inspectionId', value: shown(inspectionId), reason };
  }
  const outOfTime = captureTimeRefusal(id, capturedAtMs, nowMs, limits);
  if (outOfTime) return { ...outOfTime, field: 'inspectionId' };
  const probability = keepProbability ?? null;
  if (probability === null && isLost !== true)
    return {
      field: 'keepProbability',
      value: null,
      reason: 'is missing, and so is isLost; say what became of the image',
    };
  const refusal = probability === null ? undefined : checkRange('keepProbability', probability, LEAST_PROBABILITY, 1);
  return refusal ?? { id, capturedAtMs, keepProbability: probability, isLost: isLost === true };
}

function refusalOf({ id, keepProbability }: ReadRevision, why: 'never kept' | undefined): Refusal {
  if (why === undefined) {
    const reason = 'is not recorded by this edge node; send the result first';
    return { field: 'inspectionId', value: id, reason };
  }
  const reason = 'is lower than that of the draw, which did not keep the image; only a kept image is thinned';
  return { field: 'keepProbability', value: String(keepProbability), reason };
}

function outcomeOf(
  item: ReadRevision | Refusal,
  input: CaptureRevisionInput | undefined,
  outcome: RecordedItem['outcome'],
): RecordedItem {
  const id = input?.inspectionId ?? '';
  return 'id' in item ? { id, outcome } : { id, ...item, outcome: 'refused' };
}
