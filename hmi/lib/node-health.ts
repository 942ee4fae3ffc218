/** What is wrong with an edge node, most serious first; empty when it is well. */

/** A node speaks once a second: five missed words are more than a hiccup of the network. */
const DOWN_AFTER_MS = 5_000;

export interface NodeReport {
  lastSeenAt: string | null;
  status: {
    machineConnected: boolean;
    deadLetters: number;
    problem?: string | null;
    gates?: readonly { stationId: string; problem: string | null }[];
    cameras: readonly { cameraId: string; problem: string | null }[];
  } | null;
}

export type NodeProblem =
  | { kind: 'never-seen' }
  | { kind: 'down'; since: number }
  /** In the node's own words. */
  | { kind: 'node'; problem: string }
  | { kind: 'machine-lost' }
  | { kind: 'gate'; stationId: string; problem: string }
  | { kind: 'camera'; cameraId: string; problem: string }
  | { kind: 'dead-letters'; count: number };

/** `sentAt`: the stamp of the picture that brought the report. */
export function nodeProblems(node: NodeReport, sentAt: string): NodeProblem[] {
  if (!node.lastSeenAt || !node.status) return [{ kind: 'never-seen' }];

  const lastSeen = Date.parse(node.lastSeenAt);
  // What a silent node said last is no news: only its silence is.
  if (Date.parse(sentAt) - lastSeen > DOWN_AFTER_MS) return [{ kind: 'down', since: lastSeen }];

  const problems: NodeProblem[] = [];
  if (node.status.problem) problems.push({ kind: 'node', problem: node.status.problem });
  if (!node.status.machineConnected) problems.push({ kind: 'machine-lost' });
  for (const { stationId, problem } of node.status.gates ?? []) {
    if (problem) problems.push({ kind: 'gate', stationId, problem });
  }
  for (const { cameraId, problem } of node.status.cameras) {
    if (problem) problems.push({ kind: 'camera', cameraId, problem });
  }
  if (node.status.deadLetters > 0) problems.push({ kind: 'dead-letters', count: node.status.deadLetters });
  return problems;
}
