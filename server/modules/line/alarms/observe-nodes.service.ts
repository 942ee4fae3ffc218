/** What the reports of edge nodes, and their silence, do to alarms. */
import type { ActScope } from '../../../kit/act.ts';
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

/** Lets the alarms follow a node's report. */
export async function observeNodeReport(scope: ActScope, node: HeardNode): Promise<void> {
  const { plantId, edgeNodeId, report, lineIds, at } = node;
  await observeConditions(scope, plantId, nodeConditions(edgeNodeId, report, at));
  await followMachines(scope, plantId, lineIds, at);
}

export interface SilentNode {
  edge_node_id: string;
  last_seen_at: Date;
}

/** Raises the alarm of nodes of a plant that have fallen silent, and shows what was hidden because of what they had said. */
export async function observeSilence(
  scope: ActScope,
  plantId: string,
  nodes: readonly SilentNode[],
  at: Date,
): Promise<void> {
  await observeConditions(
    scope,
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
  const lineIds = nodeIds.length === 0 ? [] : await selectLinesHeardFrom(scope.trx, nodeIds);
  await followMachines(scope, plantId, lineIds, at);
}
