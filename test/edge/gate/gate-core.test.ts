import { describe, expect, it } from 'vitest';
import { GateBench, NOTHING } from './gate-bench.ts';

describe('a part on its way to the gate', () => {
  it('is let go when it passes, and counts as accepted once nothing more can be told of it', () => {
    const bench = new GateBench();
    bench.run(100).judgedPart('PASS');
    expect(bench.run(1_150).sums()).toEqual({ ...NOTHING, triggered: 1, inTransit: 1 });
    expect(bench.run(1_300).sums()).toEqual({ ...NOTHING, triggered: 1, accepted: 1 });
    expect(bench.commands()).toEqual([]);
    expect(bench.events).toEqual([]);
  });

  it('is fired at once, a lead before it stands there, and is rejected when the machine says so', () => {
    const bench = new GateBench();
    bench.run(100).judgedPart('REJECT');
    bench.run(1_115).confirm();
    bench.run(1_400);
    expect(bench.writes).toMatchObject([
      { target: 'command', value: true, atMs: 1_090 },
      { target: 'command', value: false, atMs: 1_120 },
    ]);
    expect(bench.kinds()).toEqual(['GATE_REJECTED']);
    expect(bench.events[0]).toMatchObject({ inspectionId: 'i', data: { cause: 'verdict', confirmedAfterMs: 25 } });
    expect(bench.sums()).toEqual({ ...NOTHING, triggered: 1, rejected: 1 });
    expect(bench.core.state()).toMatchObject({ confirmed: 1, inTransit: 0, lastCommandAtMs: 1_090 });
    expect(Math.abs(bench.core.state().leadErrorsMs[0] ?? 9)).toBeLessThan(1);
  });

  it('is followed through braking, standing, going back and going on', () => {
    const bench = new GateBench();
    bench.run(100).judgedPart('REJECT');
    for (const [speed, untilMs] of [
      [0.4, 600],
      [0, 3_000],
      [-0.1, 3_500],
      [0, 4_000],
      [0.8, 5_500],
    ] as const) {
      bench.speed = speed;
      bench.run(untilMs);
    }
    // 200 mm by 600 ms, 50 back, then 850 at 0.8: at the gate 1,062.5 ms after 4,000.
    expect(bench.commands()).toHaveLength(1);
    expect(Math.abs((bench.commands()[0] ?? 0) - 5_052.5)).toBeLessThan(2);
  });

  it.each([
    ['a worse camera decides', ['PASS', 'REJECT'], 1],
    ['all cameras pass', ['PASS', 'PASS'], 0],
    ['an uncertain one passes by configuration', ['UNCERTAIN', 'PASS'], 0],
  ] as const)('has the worst of its cameras: %s', (_what, verdicts, commands) => {
    const bench = new GateBench({ cameras: ['a', 'b'] });
    bench.run(100).part();
    verdicts.forEach((verdict, at) => void bench.look(bench.image(105, at === 0 ? 'a' : 'b'), verdict));
    expect(bench.run(1_300).commands()).toHaveLength(commands);
  });

  it('needs each camera: a second one that says nothing makes the verdict late', () => {
    const bench = new GateBench({ cameras: ['a', 'b'] });
    bench.run(100).judgedPart('PASS');
    bench.image(100, 'b');
    expect(bench.run(1_300).dataOf('GATE_LATE_VERDICT')).toMatchObject([
      { reason: 'no verdict yet', reaction: 'reject' },
    ]);
  });

  it('is uncertain and rejected where that is configured', () => {
    const bench = new GateBench({ gate: { reactions: { uncertain: 'reject' } } });
    bench.run(100).judgedPart('UNCERTAIN');
    expect(bench.run(1_300).commands()).toHaveLength(1);
  });
});

describe('a verdict that is not there in time', () => {
  const late = { reason: 'no verdict yet' };
  it.each([
    ['reject', 1, ['GATE_LATE_VERDICT', 'GATE_REJECTED'], { rejected: 1 }],
    ['pass', 0, ['GATE_LATE_VERDICT'], { bypassed: 1 }],
    ['stop', 0, ['GATE_LATE_VERDICT', 'LINE_STOP_REQUESTED'], { bypassed: 1 }],
  ] as const)('has its part %s', (lateVerdict, commands, kinds, counted) => {
    const bench = new GateBench({ gate: { reactions: { lateVerdict } } });
    bench.run(100).part();
    const image = bench.image();
    bench.run(1_091).look(image, 'PASS');
    bench.run(1_115);
    if (commands) bench.confirm();
    bench.run(1_400);
    expect(bench.commands()).toHaveLength(commands);
    expect(bench.kinds()).toEqual(kinds);
    expect(bench.dataOf('GATE_LATE_VERDICT')).toMatchObject([{ ...late, reaction: lateVerdict }]);
    expect(bench.sums()).toEqual({ ...NOTHING, triggered: 1, ...counted });
    const stops = bench.writes.filter(({ target }) => target === 'line-stop');
    expect(stops).toHaveLength(lateVerdict === 'stop' ? 1 : 0);
  });

  it('asks for a line stop once, until the machine has taken it back', () => {
    const bench = new GateBench({ gate: { reactions: { lateVerdict: 'stop' } } });
    for (const atMs of [100, 300]) bench.run(atMs).part() && bench.image();
    bench.run(1_350);
    expect(bench.kinds().filter((kind) => kind === 'LINE_STOP_REQUESTED')).toHaveLength(1);
    bench.feed({ kind: 'line-stop', value: false, atMs: bench.nowMs });
    bench.part();
    bench.image();
    bench.run(2_500);
    expect(bench.kinds().filter((kind) => kind === 'LINE_STOP_REQUESTED')).toHaveLength(2);
  });

  it('is unseen without an image, or with one that no verdict comes of, and told together', () => {
    const bench = new GateBench({ gate: { reactions: { noVerdict: 'pass' } } });
    bench.run(100).part();
    bench.run(300).part();
    bench.run(3_000);
    expect(bench.dataOf('PARTS_UNSEEN')).toEqual([
      { count: 2, from: 't100', to: 't300', reason: 'no image', counters: [1, 2] },
    ]);
    bench.part();
    bench.look(bench.image(), 'none');
    bench.run(6_000);
    expect(bench.dataOf('PARTS_UNSEEN')[1]).toMatchObject({ count: 1, reason: 'unreadable' });
    expect(bench.sums()).toEqual({ ...NOTHING, triggered: 3, unseen: 3 });
  });

  it('is rejected without an image where that is configured, as a late verdict', () => {
    const bench = new GateBench();
    bench.run(100).part();
    bench.run(1_400);
    expect(bench.dataOf('GATE_LATE_VERDICT')).toMatchObject([{ reason: 'no image', reaction: 'reject' }]);
  });
});

describe('a gate that does not do as it is told', () => {
  it('is told when no confirmation comes, with what kept the write', () => {
    const bench = new GateBench({ gate: { reactions: { notConfirmed: 'stop' } } });
    bench.run(100).judgedPart('REJECT');
    bench.run(1_095).failWrite('no answer');
    bench.run(1_400);
    expect(bench.kinds()).toEqual(['GATE_NOT_CONFIRMED', 'LINE_STOP_REQUESTED']);
    expect(bench.dataOf('GATE_NOT_CONFIRMED')).toMatchObject([{ cause: 'verdict', problem: 'no answer' }]);
    expect(bench.sums()).toEqual({ ...NOTHING, triggered: 1, bypassed: 1 });
  });

  it('takes a confirmation at the end of its window and none after it', () => {
    const inTime = new GateBench();
    inTime.run(100).judgedPart('REJECT');
    inTime.run(1_170).confirm(1, 1_150);
    expect(inTime.run(1_400).kinds()).toEqual(['GATE_REJECTED']);
    const late = new GateBench();
    late.run(100).judgedPart('REJECT');
    late.run(1_170).confirm(1, 1_151);
    expect(late.run(1_400).kinds()).toEqual(['GATE_UNEXPECTED_EJECTION', 'GATE_REJECTED']);
  });

  it('is told when it fires by itself, with the part that was there', () => {
    const bench = new GateBench({ trigger: { partIdSignal: 'id' } });
    bench.run(100).part();
    bench.feed({ kind: 'part-id', value: 'P-1', atMs: 100 });
    bench.look(bench.image(100, 'a', 'P-1'), 'PASS');
    bench.run(1_130).confirm();
    bench.run(1_400);
    expect(bench.events).toMatchObject([{ kind: 'GATE_UNEXPECTED_EJECTION', partId: 'P-1', data: { count: 1 } }]);
    expect(bench.sums()).toEqual({ ...NOTHING, triggered: 1, rejected: 1 });
  });

  it('gives two confirmations in one sample to the two parts that they are for', () => {
    const bench = new GateBench({ trigger: { settleMs: 120 } });
    for (const atMs of [100, 200]) bench.run(atMs).judgedPart('REJECT');
    bench.run(1_220).confirm(2, 1_210);
    expect(bench.run(1_500).kinds()).toEqual(['GATE_REJECTED', 'GATE_REJECTED']);
  });

  it.each([
    ['pass', 0, ['GATE_DISABLED', 'GATE_BYPASSED', 'GATE_ENABLED']],
    ['stop', 0, ['GATE_DISABLED', 'LINE_STOP_REQUESTED', 'GATE_BYPASSED', 'GATE_ENABLED']],
    ['reject', 1, ['GATE_DISABLED', 'GATE_NOT_CONFIRMED', 'GATE_ENABLED']],
  ] as const)('lets parts %s while the machine keeps it closed', (gateDisabled, commands, kinds) => {
    const bench = new GateBench({ gate: { enabledSignal: 'enabled', reactions: { gateDisabled } } });
    bench.feed({ kind: 'enabled', value: true, atMs: 0 });
    bench.run(50).feed({ kind: 'enabled', value: false, atMs: 50 });
    bench.run(100).judgedPart('REJECT');
    bench.run(1_400).feed({ kind: 'enabled', value: true, atMs: 1_400 });
    expect(bench.kinds()).toEqual(kinds);
    expect(bench.commands()).toHaveLength(commands);
    expect(bench.sums()).toMatchObject({ bypassed: 1 });
  });
});

describe('a gate that is not to move', () => {
  it('proves its timing in a dry run', () => {
    const bench = new GateBench({ gate: { mode: 'dry-run' } });
    bench.run(100).judgedPart('REJECT');
    bench.run(1_400);
    expect(bench.writes).toEqual([]);
    expect(bench.dataOf('GATE_BYPASSED')).toMatchObject([{ cause: 'verdict', obstacle: 'dry-run', atGateAfterMs: 10 }]);
    expect(bench.core.state().leadErrorsMs).toHaveLength(1);
    expect(bench.sums()).toEqual({ ...NOTHING, triggered: 1, bypassed: 1 });
  });

  it.each(['off', null])('lets parts pass and says so when it is %s', (mode) => {
    const bench = new GateBench({ gate: mode === null ? null : { mode: 'off' } });
    bench.run(100).judgedPart('REJECT');
    bench.run(250).judgedPart('PASS');
    bench.run(1_500);
    expect(bench.writes).toEqual([]);
    expect(bench.dataOf('GATE_BYPASSED')).toMatchObject([
      { cause: 'verdict', obstacle: mode === null ? 'no-gate' : 'off' },
    ]);
    expect(bench.sums()).toMatchObject({ triggered: 2, accepted: 1, bypassed: 1 });
  });

  it('gives up a part of a station without a gate at its deadline', () => {
    const bench = new GateBench({ gate: null, trigger: { deadlineMs: 500 } });
    bench.run(100).part();
    bench.image();
    expect(bench.run(599).kinds()).toEqual([]);
    expect(bench.run(600).dataOf('GATE_LATE_VERDICT')).toMatchObject([{ reason: 'no verdict yet', reaction: 'pass' }]);
  });
});
