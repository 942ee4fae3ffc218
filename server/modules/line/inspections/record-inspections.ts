/** Records what edge nodes have seen. Every item has its own outcome; what is recorded is written in one transaction. */

import { hash } from 'node:crypto';
import { seenValues } from '#schema/production-context.ts';
import type { Db } from '../../../database/database.ts';
import { uniqueViolation } from '../../../database/postgres-error.ts';
import { type AuditEntry, actorOf, chainOf, ensureAuditChain } from '../../../kit/audit.ts';
import { type Refusal, shown } from '../../../kit/check-values.ts';
import type { Context } from '../../../kit/context.ts';
import { leadersOf, outcomesOf, type RecordedItem, requireItemCount } from '../../../kit/recorded-item.ts';
import { timeRange } from '../../../kit/time-range.ts';
import { viewingNode } from '../../../kit/viewing-node.ts';
import type { PlantCalendar } from '../../plant/shifts/plant-calendar.ts';
import { type OpenCell, openCells, quotasOf } from '../capture/capture-quotas.service.ts';
import { told } from '../signals/signals.ts';
import { defectClass } from './defect-class.ts';
import {
  type CameraPlace,
  type IngestScope,
  type NewInspection,
  selectAssignedPairs,
  selectCameraPlaces,
  selectRecorded,
} from './ingest.queries.ts';
import { ingestCache, PLACE_TRUST_MS } from './ingest-cache.ts';
import { insertResults } from './insert-results.queries.ts';
import type { CaptureInput, InspectionInput } from './inspection-input.ts';
import { establishProduction, knownProduction, type Production, withHeldJobs } from './item-production.ts';
import { ensureDays, utcDay } from './partitions.ts';
import { type ReadItem, readItem, rememberedKeys } from './read-item.ts';
import { calendarOf, shiftValues } from './shift-at-capture.ts';

interface PlacedItem extends ReadItem {
  place: CameraPlace;
}

/** Of results that say nothing of it. */
const KEPT: CaptureInput = { isKept: true, keepProbability: 1, reason: 'all' };

/** Attempts to write one call; each fails only when another transaction came between with the same ids or days. */
const ATTEMPTS = 5;

/** Outcomes in the order of the input. Throws `InvalidInputError` when there are too many items. */
export async function recordInspections(context: Context, input: readonly InspectionInput[]): Promise<RecordedItem[]> {
  const { limits } = context.config;
  requireItemCount(input, limits.recordItems);
  const { plantId, edgeNodeId } = viewingNode(context);
  const scope: IngestScope = { plantId, edgeNodeId, receivedAt: context.now() };

  const keys = rememberedKeys();
  const read = input.map((item) => readItem(item, scope.receivedAt.getTime(), limits, keys));
  const placed = await placeItems(context, scope, read);

  const leaders = leadersOf(placed);
  const stored = await writeNew(context, scope, [...leaders.values()]);
  return outcomesOf(input, placed, leaders, stored, 'make a new id for every capture and never change a result');
}

/** Refuses what does not come from a camera of this node, by a model that a person has approved for that camera. */
async function placeItems(
  { db }: Context,
  scope: IngestScope,
  items: readonly (ReadItem | Refusal)[],
): Promise<(PlacedItem | Refusal)[]> {
  const { places, assigned } = ingestCache(db);
  const nowMs = scope.receivedAt.getTime();
  const read = items.filter((item) => 'contentHash' in item);

  const trusted = (cameraId: string) => {
    const known = places.get(cameraId);
    return known && nowMs - known.readAtMs < PLACE_TRUST_MS && known.place.edgeNodeId === scope.edgeNodeId;
  };
  const unknownCameras = new Set(read.map((item) => item.cameraId).filter((cameraId) => !trusted(cameraId)));
  const found = new Map<string, CameraPlace>();
  if (unknownCameras.size > 0)
    for (const place of await selectCameraPlaces(db, scope.plantId, [...unknownCameras])) {
      found.set(place.cameraId, place);
      places.set(place.cameraId, { place, readAtMs: nowMs });
    }
  const placeOf = (cameraId: string) => {
    const place = unknownCameras.has(cameraId) ? found.get(cameraId) : places.get(cameraId)?.place;
    return place?.edgeNodeId === scope.edgeNodeId ? place : undefined;
  };

  const unknownPairs = new Map(
    read.filter((item) => !assigned.get(pairKey(item)) && placeOf(item.cameraId)).map((item) => [pairKey(item), item]),
  );
  if (unknownPairs.size > 0)
    for (const pair of await selectAssignedPairs(db, scope.plantId, [...unknownPairs.values()]))
      assigned.set(pairKey(pair), true);

  const judge = (item: ReadItem): CameraPlace | Refusal => {
    const place = placeOf(item.cameraId);
    if (!place) {
      const reason = 'is not a camera of this edge node; give its station to the node, or take the id from the node';
      return { field: 'cameraId', value: shown(item.input.cameraId), reason };
    }
    if (!assigned.get(pairKey(item))) {
      const reason =
        'was never assigned to this camera; have the version approved and assign it before it judges parts';
      return { field: 'modelVersionId', value: shown(item.input.modelVersionId), reason };
    }
    return place;
  };
  // one camera's results mostly follow each other
  let last: { item: ReadItem; judgement: CameraPlace | Refusal } | undefined;
  return items.map((item) => {
    if (!('contentHash' in item)) return item;
    if (last?.item.cameraId !== item.cameraId || last.item.modelVersionId !== item.modelVersionId)
      last = { item, judgement: judge(item) };
    const { judgement } = last;
    return 'reason' in judgement ? judgement : { ...item, place: judgement };
  });
}

/** Writes those items that are not recorded yet and gives the hashes of those that were. */
async function writeNew(
  context: Context,
  scope: IngestScope,
  items: readonly PlacedItem[],
): Promise<ReadonlyMap<string, string>> {
  if (items.length === 0) return new Map();
  const { db } = context;
  let stored: ReadonlyMap<string, string> = new Map();
  let fresh = items;
  let productions = knownProduction(db, scope.plantId, items);
  const open = await openQuotas(db, scope);
  const calendar = await calendarOf(db, scope);

  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    // The first attempt supposes that everything is new, as it nearly always is. What might be refused must not open a job.
    if (attempt > 1 || !productions) {
      stored = await selectRecorded(db, scope.plantId, items);
      fresh = items.filter((item) => !stored.has(item.id));
      if (fresh.length === 0) return stored;
      productions = await establishProduction(context, scope.plantId, fresh);
    }
    await makeDays(context, fresh);
    const joined = await withHeldJobs(db, fresh, productions);
    const rows = fresh.map((item, index) => newInspection(item, joined[index], open, calendar));
    if (await write(context, scope, rows)) {
      for (const lineId of new Set(rows.map((row) => row.place.lineId))) context.hub.wake('inspection', lineId);
      return stored;
    }
  }
  throw new Error(`Inspections could not be written in ${ATTEMPTS} attempts: other transactions keep coming between`);
}

/**
 * True when all rows are committed; false when nothing is, and another attempt may succeed. Not an `act`: the results, the positions of
 * their stream and the audit's entry are one statement that commits by itself, so that a line's stream is locked for that statement only.
 */
async function write(context: Context, scope: IngestScope, rows: readonly NewInspection[]): Promise<boolean> {
  const audit: AuditEntry = {
    actor: actorOf(context.viewer),
    at: scope.receivedAt,
    plantId: scope.plantId,
    action: 'inspections.record',
    subjectType: 'EdgeNode',
    subjectId: scope.edgeNodeId,
    detail: auditDetail(rows),
  };
  await makeAuditChain(context.db, chainOf(audit));
  try {
    await insertResults(context.db, scope, rows, audit);
    return true;
  } catch (error) {
    if (uniqueViolation(error) !== undefined || isLostRace(error)) return false;
    if (!isMissingPartition(error)) throw error;
    ingestCache(context.db).days.clear();
    return false;
  }
}

async function makeAuditChain(db: Db, chain: string): Promise<void> {
  const { chains } = ingestCache(db);
  if (chains.get(chain)) return;
  await ensureAuditChain(db, chain);
  chains.set(chain, true);
}

/** serialization_failure, deadlock_detected */
function isLostRace(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === '40001' || error.code === '40P01');
}

/** check_violation that names no constraint: no partition takes the row, for instance after retention removed it. */
function isMissingPartition(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === '23514' && error.message.includes('partition');
}

async function makeDays({ db }: Context, items: readonly PlacedItem[]): Promise<void> {
  const { days } = ingestCache(db);
  const missing = new Set(items.map((item) => utcDay(item.capturedAtMs)).filter((day) => !days.has(day)));
  if (missing.size === 0) return;
  await ensureDays(db, [...missing]);
  for (const day of missing) days.add(day);
}

/** What binds the recorded content to the audit chain without repeating it. */
function auditDetail(rows: readonly NewInspection[]) {
  const contents = rows.map((row) => `${row.id} ${row.contentHash}\n`).join('');
  const range = timeRange(rows.map(({ capturedAtMs }) => capturedAtMs));
  return { recorded: rows.length, ...range, contentsSha256: hash('sha256', contents, 'hex') };
}

/** The plant's open quotas, as they were a few seconds ago at the most. */
async function openQuotas(db: Db, { plantId, receivedAt }: IngestScope): Promise<readonly OpenCell[]> {
  const { quotas } = ingestCache(db);
  const nowMs = receivedAt.getTime();
  const known = quotas.get(plantId);
  if (known && nowMs - known.readAtMs < PLACE_TRUST_MS) return known.open;
  const open = await openCells(db, plantId);
  quotas.set(plantId, { open, readAtMs: nowMs });
  return open;
}

function newInspection(
  item: PlacedItem,
  production: Production | undefined,
  open: readonly OpenCell[],
  calendar: PlantCalendar,
): NewInspection {
  const { input } = item;
  const capture = input.capture ?? KEPT;
  const { context } = input;
  return {
    id: item.id,
    capturedAtMs: item.capturedAtMs,
    contentHash: item.contentHash,
    place: item.place,
    modelVersionId: item.modelVersionId,
    verdict: input.verdict,
    score: input.score,
    latencyMs: input.latencyMs,
    partId: told(input.partId),
    imageSha256: input.imageSha256 ?? null,
    capture,
    quotaIds: capture.isKept && open.length > 0 ? quotasOf(input, open) : null,
    jobId: production?.jobId ?? null,
    productId: production?.productId ?? null,
    recipeId: production?.recipeId ?? null,
    batchId: production?.batchId ?? null,
    ...seenValues(input),
    ...shiftValues(calendar, item.capturedAtMs),
    signals: context && context.signals.length > 0 ? item.signals : null,
    defectClass: defectClass(input.defects),
    defects: input.defects,
  };
}

function pairKey({ cameraId, modelVersionId }: { cameraId: string; modelVersionId: string }): string {
  return `${cameraId} ${modelVersionId}`;
}
