/** What the reports of edge nodes, and their silence, do to alarms. */
import type { Trx } from '../../../database/database.ts';
import type { NodeReport } from '../../plant/parts/node-report.table.ts';
import { selectLinesHeardFrom } from './alarms.queries.ts';
import { nodeConditions } from './node-conditions.ts';
import { followMachines, observeConditions } from './observe-conditions.service.ts';

export interface HeardNode {
  plantId: string;
  edgeNodeId: string;
  report: NodeReport;
  /** Lines whose machines the report is of. */
  lineIds: readonly string[];
  /** By the server's clock. */
  at: Date;
}

/** Lets the alarms follow a node's report. Gives how many events were written, as `observeConditions` does. */
export async function observeNodeReport(trx: Trx, node: HeardNode): Promise<number> {
  const { plantId, edgeNodeId, report, lineIds, at } = node;
  const written = await observeConditions(trx, plantId, nodeConditions(edgeNodeId, report, at));
  return written + (await followMachines(trx, plantId, lineIds, at));
}

export interface SilentNode {
  edge_node_id: string;
  last_seen_at: Date;
}

/** Raises the alarm of nodes of a plant that have fallen silent, and shows what was hidden because of what they had said. */
export async function observeSilence(
  trx: Trx,
  plantId: string,
  nodes: readonly SilentNode[],
  at: Date,
): Promise<number> {
  const written = await observeConditions(
    trx,
    plantId,
    nodes.map(({ edge_node_id: id, last_seen_at: lastSeenAt }) => ({
      type: 'NODE_UNREACHABLE',
      source: { kind: 'edge_node', id },
      state: 'active',
      at,
      data: { lastSeenAt: lastSeenAt.toISOString() },
    })),
  );
  const nodeIds = nodes.map((node) => node.edge_node_id);
  const lineIds = nodeIds.length === 0 ? [] : await selectLinesHeardFrom(trx, nodeIds);
  return written + (await followMachines(trx, plantId, lineIds, at));
}
