/** What the reports of edge nodes, and their silence, do to alarms. */
import type { Trx } from '../../../database/database.ts';
import type { NodeReport } from '../../plant/parts/node-report.table.ts';
import { nodeConditions } from './node-conditions.ts';
import { followMachines, observeConditions } from './observe-conditions.service.ts';

export interface HeardNode {
  plantId: string;
  edgeNodeId: string;
  report: NodeReport;
  /** Lines whose machine has another state or mode than before. */
  changedLineIds: readonly string[];
  /** By the server's clock. */
  at: Date;
}

/** Lets the alarms follow a node's report. Gives how many events were written, as `observeConditions` does. */
export async function observeNodeReport(trx: Trx, node: HeardNode): Promise<number> {
  const { plantId, edgeNodeId, report, changedLineIds, at } = node;
  const written = await observeConditions(trx, plantId, nodeConditions(edgeNodeId, report, at));
  return changedLineIds.length === 0 ? written : written + (await followMachines(trx, plantId, changedLineIds, at));
}

export interface SilentNode {
  edge_node_id: string;
  last_seen_at: Date;
}

/** Raises the alarm of nodes of a plant that have fallen silent. */
export function observeSilence(trx: Trx, plantId: string, nodes: readonly SilentNode[], at: Date): Promise<number> {
  return observeConditions(
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
}
