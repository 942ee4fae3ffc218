/** What people ask the edge nodes to keep: how likely which image, and how many of which conditions. */

import { requireRole, SETTERS } from '../../../kit/access.ts';
import { type ActScope, act } from '../../../kit/act.ts';
import { checkRange } from '../../../kit/check-values.ts';
import type { Context } from '../../../kit/context.ts';
import { ConflictError, InvalidInputError, NotFoundError } from '../../../kit/errors.ts';
import { encodeGlobalId, keyOf, optionalKeyOf } from '../../../kit/global-id.ts';
import { newId } from '../../../kit/ids.ts';
import { loadByParent } from '../../../kit/load-rows.ts';
import { viewingPerson } from '../../../kit/viewing-person.ts';
import { findPart } from '../../plant/parts/plants.service.ts';
import {
  type CountedQuota,
  closeQuota,
  insertQuota,
  lockCapturePolicies,
  lockQuotas,
  selectCapturePolicies,
  selectOpenQuotas,
  selectQuota,
  upsertCapturePolicy,
} from './capture.queries.ts';
import type { CapturePolicyRow, CaptureQuotaRow } from './capture.table.ts';
import { readCell } from './read-cell.ts';

export interface CapturePolicyInput {
  plantId: string;
  edgeNodeId?: string | null | undefined;
  auditFraction: number;
  uncertainProbability: number;
  rejectProbability: number;
  bytesPerDay?: number | null | undefined;
}

/** A part that is kept more seldom than this is as good as never kept. */
const LEAST_PROBABILITY = 1e-6;
const MOST_BYTES = 2 ** 50;
const MOST_WANTED = 1_000_000;

/** Says how likely images are kept: by every node of the plant, or by one. */
export async function setCapturePolicy(context: Context, input: CapturePolicyInput): Promise<CapturePolicyRow> {
  const plantId = await settablePlant(context, input.plantId);
  const edgeNodeId = optionalKeyOf('EdgeNode', input.edgeNodeId, 'input.edgeNodeId');
  if (edgeNodeId !== null && (await findPart(context, 'edge_node', edgeNodeId))?.plant_id !== plantId)
    throw new NotFoundError('input.edgeNodeId', input.edgeNodeId);
  const refusal =
    checkRange('input.auditFraction', input.auditFraction, LEAST_PROBABILITY, 1) ??
    checkRange('input.uncertainProbability', input.uncertainProbability, 0, 1) ??
    checkRange('input.rejectProbability', input.rejectProbability, 0, 1) ??
    checkRange('input.bytesPerDay', input.bytesPerDay ?? 1, 1, MOST_BYTES);
  if (refusal) throw new InvalidInputError(refusal.field, refusal.value, refusal.reason);
  const { auditFraction, uncertainProbability, rejectProbability } = input;
  const bytesPerDay = input.bytesPerDay ? Math.round(input.bytesPerDay) : null;
  const row: CapturePolicyRow = {
    id: newId(),
    plant_id: plantId,
    edge_node_id: edgeNodeId,
    audit_fraction: auditFraction,
    uncertain_probability: uncertainProbability,
    reject_probability: rejectProbability,
    bytes_per_day: bytesPerDay,
    changed_by: viewingPerson(context),
    changed_at: context.now(),
  };
  return act(context, async (scope) => {
    const before = (await lockCapturePolicies(scope.trx, plantId)).find((each) => each.edge_node_id === edgeNodeId);
    const written = await upsertCapturePolicy(scope.trx, row);
    const change = { before: before ? policyFacts(before) : null, after: policyFacts(row) };
    tell(scope, { plantId, edgeNodeId, what: 'policy_set', data: policyFacts(row), change });
    return written;
  });
}

/** Asks the plant's nodes for images of one cell of conditions, until there are so many or it is closed. */
export async function openCaptureQuota(
  context: Context,
  input: { plantId: string; cell?: unknown; wanted: number; probability: number },
): Promise<CountedQuota> {
  const plantId = await settablePlant(context, input.plantId);
  const read = readCell('input.cell', input.cell);
  const refusal =
    ('reason' in read ? read : undefined) ??
    checkRange('input.wanted', input.wanted, 1, MOST_WANTED) ??
    checkRange('input.probability', input.probability, LEAST_PROBABILITY, 1);
  if (refusal) throw new InvalidInputError(refusal.field, refusal.value, refusal.reason);
  if ('reason' in read) throw new Error('refused above');
  const { cell } = read;
  if (cell.cameraId !== undefined) {
    const camera = await findPart(context, 'camera', keyOf('Camera', cell.cameraId, 'input.cell.cameraId'));
    if (camera?.plant_id !== plantId) throw new NotFoundError('input.cell.cameraId', cell.cameraId);
  }
  const { wanted, probability } = input;
  const by = { opened_by: viewingPerson(context), opened_at: context.now(), closed_by: null, closed_at: null };
  const row: CaptureQuotaRow = { id: newId(), plant_id: plantId, cell, wanted, probability, ...by };
  const most = context.config.limits.captureQuotas;
  const data = { quotaId: encodeGlobalId('CaptureQuota', row.id), cell, wanted, probability };
  await act(context, async (scope) => {
    if ((await lockQuotas(scope.trx, plantId)) >= most) {
      const remedy = `at most ${most} quotas are open at once (LEHR_LIMIT_CAPTURE_QUOTAS); close one first`;
      throw new ConflictError('input.plantId', input.plantId, remedy);
    }
    await insertQuota(scope.trx, row);
    const change = { before: null, after: data };
    tell(scope, { plantId, edgeNodeId: null, what: 'quota_opened', data, change });
  });
  return { ...row, remaining: wanted };
}

export async function closeCaptureQuota(context: Context, globalId: string): Promise<CaptureQuotaRow> {
  const id = keyOf('CaptureQuota', globalId, 'id');
  const quota = await selectQuota(context.db, id);
  if (!quota) throw new NotFoundError('id', globalId);
  requireRole(context, quota.plant_id, SETTERS, { field: 'id', value: globalId });
  const personId = viewingPerson(context);
  const at = context.now();
  await act(context, async (scope) => {
    if (!(await closeQuota(scope.trx, id, personId, at)))
      throw new ConflictError('id', globalId, 'it is closed already; there is nothing to do');
    const data = { quotaId: globalId };
    const change = { before: { closedAt: null }, after: { closedAt: at } };
    tell(scope, { plantId: quota.plant_id, edgeNodeId: null, what: 'quota_closed', data, change });
  });
  return { ...quota, closed_by: personId, closed_at: at };
}

/** What the node is to follow: its own policy, or the plant's; null: it keeps everything. */
export async function loadCapturePolicy(
  context: Context,
  plantId: string,
  edgeNodeId: string | null,
): Promise<CapturePolicyRow | null> {
  const select = (ids: readonly string[]) => selectCapturePolicies(context.db, ids);
  const rows = await loadByParent(context, 'capture policies', plantId, select, (row) => row.plant_id);
  const of = (id: string | null) => rows.find((row) => row.edge_node_id === id);
  return (edgeNodeId === null ? undefined : of(edgeNodeId)) ?? of(null) ?? null;
}

/** The plant's open quotas, oldest first. */
export function loadCaptureQuotas(context: Context, plantId: string): Promise<CountedQuota[]> {
  const select = (ids: readonly string[]) => selectOpenQuotas(context.db, ids);
  return loadByParent(context, 'capture quotas', plantId, select, (row) => row.plant_id);
}

async function settablePlant(context: Context, globalId: string): Promise<string> {
  const named = { field: 'input.plantId', value: globalId };
  const plant = await findPart(context, 'plant', keyOf('Plant', globalId, named.field));
  if (!plant) throw new NotFoundError(named.field, globalId);
  requireRole(context, plant.id, SETTERS, named);
  return plant.id;
}

function policyFacts(row: CapturePolicyRow) {
  return {
    auditFraction: row.audit_fraction,
    uncertainProbability: row.uncertain_probability,
    rejectProbability: row.reject_probability,
    bytesPerDay: row.bytes_per_day,
  };
}

interface CaptureChange {
  plantId: string;
  edgeNodeId: string | null;
  what: 'policy_set' | 'quota_opened' | 'quota_closed';
  data: Record<string, unknown>;
  change: { before: unknown; after: unknown };
}

/** Tells the log and the audit what a person asked for. */
function tell({ audit, event }: ActScope, { plantId, edgeNodeId, what, data, change }: CaptureChange): void {
  event(plantId, { kind: `capture.${what}`, edgeNodeId, data });
  const thing = edgeNodeId === null ? { type: 'Plant', id: plantId } : { type: 'EdgeNode', id: edgeNodeId };
  const subject = { plantId, subjectType: thing.type, subjectId: thing.id };
  const named = 'quotaId' in data ? { quotaId: data.quotaId } : {};
  audit(`capture.${what.replace('_', '-')}`, subject, { ...named, ...change });
}
