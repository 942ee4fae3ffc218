/** What the report of an edge node says of conditions: pure. */
import type { NodeReport } from '../../plant/parts/node-report.table.ts';
import type { Observation } from './observe-conditions.service.ts';

/** Share of the outbox's limits from which on a person should know. */
const OUTBOX_SHARE = 0.5;

/** Problems in words that are told of with an alarm. */
const PROBLEMS_TOLD = 10;

/** As the server heard it at `at`, by its own clock. What the node does not say is no observation. */
export function nodeConditions(nodeId: string, report: NodeReport, at: Date): Observation[] {
  const ofNode = { source: { kind: 'edge_node' as const, id: nodeId }, at };
  const share = report.outboxLimitShare ?? null;
  const [refused] = report.deadLetterSamples ?? [];
  const problems = problemsOf(report);
  return [
    { ...ofNode, type: 'NODE_UNREACHABLE', state: 'clear', data: {} },
    {
      ...ofNode,
      type: 'DEAD_LETTERS',
      state: report.deadLetters > 0 ? 'active' : 'clear',
      data: { count: report.deadLetters, kind: refused?.kind ?? null, reason: refused?.reason ?? null },
    },
    {
      ...ofNode,
      type: 'NODE_PROBLEM',
      state: problems.length > 0 ? 'active' : 'clear',
      data: { problems: problems.slice(0, PROBLEMS_TOLD) },
    },
    ...(share === null ? [] : [outboxFilling(ofNode, share)]),
    ...machineConditions(report, at),
    ...gateConditions(report, at),
  ];
}

function outboxFilling(ofNode: Pick<Observation, 'source' | 'at'>, share: number): Observation {
  // Rounded, so that an alarm that is open is not rewritten every second.
  const data = { share: Math.round(share * 20) / 20 };
  return { ...ofNode, type: 'OUTBOX_FILLING', state: { ratio: share / OUTBOX_SHARE }, data };
}

function machineConditions(report: NodeReport, at: Date): Observation[] {
  return (report.machines ?? []).flatMap(({ lineId, isConnected, problem }): Observation[] => {
    if (isConnected === null) return [];
    const source = { kind: 'line' as const, id: lineId };
    const state = isConnected ? 'clear' : 'active';
    return [{ type: 'MACHINE_CONNECTION_LOST', source, state, at, data: { reason: problem } }];
  });
}

/** A gate that is configured off is not disabled: nobody expects it to move. */
function gateConditions(report: NodeReport, at: Date): Observation[] {
  return (report.gates ?? []).flatMap(({ stationId, mode, isEnabled }): Observation[] => {
    if (isEnabled === null || mode === 'off') return [];
    const source = { kind: 'station' as const, id: stationId };
    return [{ type: 'GATE_DISABLED', source, state: isEnabled ? 'clear' : 'active', at, data: {} }];
  });
}

/** The machines' own problems are alarms of their lines. */
function problemsOf(report: NodeReport): string[] {
  const said = [
    report.problem,
    ...report.cameras.map(({ problem }) => problem),
    ...(report.gates ?? []).map(({ problem }) => problem),
  ];
  return [...new Set(said.filter((problem) => typeof problem === 'string' && problem !== ''))] as string[];
}
