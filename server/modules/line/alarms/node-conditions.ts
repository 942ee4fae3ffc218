/** What the report of an edge node says of conditions: pure. */
import type { NodeReport } from '../../plant/parts/node-report.table.ts';
import type { Observation } from './observe-conditions.service.ts';

/** Share of the outbox's limits from which on a person should know. */
const OUTBOX_SHARE = 0.5;

/** As the server heard it at `at`, by its own clock. What the node does not say is no observation. */
export function nodeConditions(nodeId: string, report: NodeReport, at: Date): Observation[] {
  const ofNode = { source: { kind: 'edge_node' as const, id: nodeId }, at };
  const share = report.outboxLimitShare ?? null;
  const [refused] = report.deadLetterSamples ?? [];
  return [
    { ...ofNode, type: 'NODE_UNREACHABLE', state: 'clear', data: {} },
    {
      ...ofNode,
      type: 'DEAD_LETTERS',
      state: report.deadLetters > 0 ? 'active' : 'clear',
      data: { count: report.deadLetters, kind: refused?.kind ?? null, reason: refused?.reason ?? null },
    },
    { ...ofNode, type: 'NODE_PROBLEM', ...problemState(report.problem) },
    ...(share === null ? [] : [outboxFilling(ofNode, share)]),
    ...machineConditions(report, at),
    ...gateConditions(report, at),
    ...cameraConditions(report, at),
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
    const ofLine = { source: { kind: 'line' as const, id: lineId }, at };
    return [
      {
        ...ofLine,
        type: 'MACHINE_CONNECTION_LOST',
        state: isConnected ? 'clear' : 'active',
        data: isConnected ? {} : { reason: problem },
      },
      { ...ofLine, type: 'MACHINE_PROBLEM', ...problemState(isConnected ? problem : null) },
    ];
  });
}

/** A gate that is configured off is not disabled: nobody expects it to move. */
function gateConditions(report: NodeReport, at: Date): Observation[] {
  return (report.gates ?? []).flatMap(({ stationId, mode, isEnabled, problem }): Observation[] => {
    const ofStation = { source: { kind: 'station' as const, id: stationId }, at };
    const disabled: Observation[] =
      isEnabled === null || mode === 'off'
        ? []
        : [{ ...ofStation, type: 'GATE_DISABLED', state: isEnabled ? 'clear' : 'active', data: {} }];
    return [...disabled, { ...ofStation, type: 'GATE_PROBLEM', ...problemState(problem) }];
  });
}

/** What keeps the whole node from working is told of the node, not once more of each camera. */
function cameraConditions(report: NodeReport, at: Date): Observation[] {
  return report.cameras.map(({ cameraId, problem }) => ({
    source: { kind: 'camera' as const, id: cameraId },
    at,
    type: 'CAMERA_PROBLEM' as const,
    ...problemState(problem === report.problem ? null : problem),
  }));
}

/** A problem in the words of the node. */
function problemState(problem: string | null | undefined): Pick<Observation, 'state' | 'data'> {
  return problem ? { state: 'active', data: { problem } } : { state: 'clear', data: {} };
}
