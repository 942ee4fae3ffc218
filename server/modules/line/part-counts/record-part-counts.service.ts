/** Takes the counts of edge nodes: snapshots that grow, of which the newest counts. */

import { hash } from 'node:crypto';
import { act } from '../../../kit/act.ts';
import { type Refusal, shown } from '../../../kit/check-values.ts';
import type { Context } from '../../../kit/context.ts';
import { type RecordedItem, requireItemCount } from '../../../kit/recorded-item.ts';
import { timeRange } from '../../../kit/time-range.ts';
import { type ViewingNode, viewingNode } from '../../../kit/viewing-node.ts';
import { servedPlaces } from '../nodes/served-places.service.ts';
import { markJobsForRecount } from '../production-runs/job-recounts.service.ts';
import { selectPartCounts, upsertPartCounts } from './part-counts.queries.ts';
import type { PartCountRow } from './part-counts.table.ts';
import { type PartCountsInput, type ReadPartCounts, readPartCounts } from './read-part-counts.ts';

/** Outcomes in the order of the input; a snapshot that a newer one has overtaken is a duplicate. Throws `InvalidInputError` when there are too many items. */
export async function recordPartCounts(context: Context, input: readonly PartCountsInput[]): Promise<RecordedItem[]> {
  const { limits } = context.config;
  requireItemCount(input, limits.recordItems);
  const node = viewingNode(context);
  const receivedAt = context.now();
  const { stations } = await servedPlaces(context.db, node.edgeNodeId);
  const rows = input.map((item): PartCountRow | Refusal => {
    const read = readPartCounts(item, receivedAt.getTime(), limits);
    if (!('contentHash' in read)) return read;
    const lineId = stations.get(read.stationId);
    if (lineId !== undefined) return newRow(node, lineId, read, receivedAt);
    const reason = 'is not a station of this edge node; give the station to the node, or take the id from the node';
    return { field: 'stationId', value: shown(item.stationId), reason };
  });

  const newest = new Map<string, PartCountRow>();
  for (const row of rows)
    if ('content_hash' in row && row.revision > (newest.get(row.id)?.revision ?? -1)) newest.set(row.id, row);
  const { written, stored } = await write(context, node, receivedAt, [...newest.values()]);

  return rows.map((row, index): RecordedItem => {
    const id = input[index]?.id ?? '';
    if (!('content_hash' in row)) return { id, outcome: 'refused', ...row };
    if (written.has(row.id) && newest.get(row.id) === row) return { id, outcome: 'recorded' };
    const known = stored.get(row.id);
    const conflict = known ? conflictOf(row, known) : undefined;
    return conflict ? { id, outcome: 'conflict', ...conflict } : { id, outcome: 'duplicate' };
  });
}

/** The ids that were written, and what is stored now. */
async function write(context: Context, node: ViewingNode, receivedAt: Date, rows: readonly PartCountRow[]) {
  if (rows.length === 0) return { written: new Set<string>(), stored: new Map<string, PartCountRow>() };
  const ids = rows.map((row) => row.id);
  return act(context, async ({ trx, audit, touch }) => {
    const written = await upsertPartCounts(trx, rows);
    const stored = new Map((await selectPartCounts(trx, node.plantId, ids)).map((row) => [row.id, row]));
    const fresh = rows.filter((row) => written.has(row.id));
    if (fresh.length > 0) {
      const jobs = fresh.flatMap(({ line_id, job_code }) => (job_code === null ? [] : [{ line_id, code: job_code }]));
      await markJobsForRecount(trx, jobs, receivedAt);
      const contents = fresh.map((row) => `${row.id} ${row.content_hash.toString('hex')}\n`).join('');
      const { from, to } = timeRange(fresh.flatMap((row) => [row.counted_from.getTime(), row.counted_to.getTime()]));
      const subject = { plantId: node.plantId, subjectType: 'EdgeNode', subjectId: node.edgeNodeId };
      const detail = { recorded: fresh.length, from, to, contentsSha256: hash('sha256', contents, 'hex') };
      audit('part-counts.record', subject, detail);
    }
    for (const row of fresh) touch(`line:${row.line_id}`);
    return { written, stored };
  });
}

/** Why a snapshot that was not written is no repetition of what is stored. */
function conflictOf(row: PartCountRow, stored: PartCountRow): Refusal | undefined {
  const isSameCount =
    row.station_id === stored.station_id &&
    row.job_code === stored.job_code &&
    row.counted_from.getTime() === stored.counted_from.getTime();
  if (!isSameCount) {
    const reason = 'is the count of another station, job or beginning; make a new id for every count';
    return { field: 'id', value: row.id, reason };
  }
  if (row.revision !== stored.revision || row.content_hash.equals(stored.content_hash)) return undefined;
  const reason = 'is recorded with other numbers; give every snapshot a greater revision than the one before';
  return { field: 'revision', value: String(row.revision), reason };
}

function newRow(node: ViewingNode, lineId: string, read: ReadPartCounts, receivedAt: Date): PartCountRow {
  const { id, stationId, jobCode, revision, from, to, contentHash, inTransit, ...sums } = read;
  return {
    ...sums,
    plant_id: node.plantId,
    id,
    line_id: lineId,
    station_id: stationId,
    edge_node_id: node.edgeNodeId,
    job_code: jobCode,
    revision,
    counted_from: from,
    counted_to: to,
    in_transit: inTransit,
    content_hash: Buffer.from(contentHash, 'hex'),
    received_at: receivedAt,
  };
}
