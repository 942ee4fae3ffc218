/** A trouble that a node tells in words is an alarm of what is in trouble: its gate, its camera, its machine or itself. */
import { describe, expect, it } from 'vitest';
import { nodeConditions } from '../../../../server/modules/line/alarms/node-conditions.ts';
import type { NodeReport } from '../../../../server/modules/plant/parts/node-report.table.ts';

const at = new Date('2026-06-01T10:00:00Z');
const camera = { framesTaken: 3, lastFrameAt: null, modelVersionId: null, p50LatencyMs: null };

function problems(words: {
  node?: string;
  gate?: string;
  cameras?: (string | null)[];
  machine?: string;
  isConnected?: boolean;
}) {
  const report = {
    deadLetters: 0,
    problem: words.node ?? null,
    cameras: (words.cameras ?? [null]).map((problem, index) => ({ ...camera, cameraId: `camera-${index}`, problem })),
    gates: [{ stationId: 'station', mode: 'dry_run', isEnabled: true, problem: words.gate ?? null }],
    machines: [{ lineId: 'line', isConnected: words.isConnected ?? true, problem: words.machine ?? null }],
  } as unknown as NodeReport;
  return nodeConditions('node', report, at)
    .filter(({ type }) => type.endsWith('_PROBLEM') || type === 'MACHINE_CONNECTION_LOST')
    .map(({ type, source, state, data }) =>
      `${type} ${source.id} ${state} ${data.problem ?? data.reason ?? ''}`.trim(),
    );
}

const well = [
  'NODE_PROBLEM node clear',
  'MACHINE_CONNECTION_LOST line clear',
  'MACHINE_PROBLEM line clear',
  'GATE_PROBLEM station clear',
  'CAMERA_PROBLEM camera-0 clear',
];

describe('the report of a node', () => {
  it('clears what it does not complain of', () => {
    expect(problems({})).toEqual(well);
  });

  it.each([
    [{ node: 'the disk is full' }, 'NODE_PROBLEM node active the disk is full'],
    [{ gate: 'gate.mode is not written' }, 'GATE_PROBLEM station active gate.mode is not written'],
    [{ cameras: ['the same image again'] }, 'CAMERA_PROBLEM camera-0 active the same image again'],
    [
      { machine: 'does not give encoder (BadNodeIdUnknown)' },
      'MACHINE_PROBLEM line active does not give encoder (BadNodeIdUnknown)',
    ],
    [{ machine: 'no route', isConnected: false }, 'MACHINE_CONNECTION_LOST line active no route'],
  ])('raises one alarm of what is in trouble: %o', (words, expected) => {
    const [type, source] = expected.split(' ');
    const others = well.filter((each) => !each.startsWith(`${type} ${source} `));
    const told = problems(words);
    expect(told).toContain(expected);
    expect(told).toEqual(expect.arrayContaining(others));
    expect(told).toHaveLength(well.length);
  });

  it('tells what stops the whole node once, not of each camera', () => {
    const told = problems({ node: 'the outbox is full', cameras: ['the outbox is full', 'no model'] });
    expect(told.filter((each) => each.includes('active'))).toEqual([
      'NODE_PROBLEM node active the outbox is full',
      'CAMERA_PROBLEM camera-1 active no model',
    ]);
  });
});
