import { describe, expect, it } from 'vitest';
import { GateBench, NOTHING } from './gate-bench.ts';

/** The machine's word on the quality of a signal. */
function quality(bench: GateBench, role: 'trigger' | 'confirm' | 'enabled' | 'belt', status?: string): void {
  bench.feed({ kind: 'quality', role, signal: role === 'trigger' ? 'counter' : role, status });
}

const problem = (bench: GateBench) => bench.core.state().problem;

describe('a counter that does not go on by one', () => {
  it('goes over its end without an event, by the type of its value', () => {
    const bench = new GateBench();
    bench.counter = 65_534;
    bench.core.handle({ kind: 'trigger', value: 65_534, atMs: 0, modulus: 65_536 }, 0);
    bench.events = [];
    for (const [atMs, value] of [
      [100, 65_535],
      [250, 0],
      [400, 1],
    ] as const) {
      bench.run(atMs).feed({ kind: 'trigger', value, atMs, modulus: 65_536 });
      bench.look(bench.image(), 'PASS');
    }
    bench.run(2_000);
    expect(bench.kinds()).toEqual([]);
    expect(bench.sums()).toMatchObject({ accepted: 3, unknown: 0 });
  });

  it('that began again is told, with what it has counted since', () => {
    const bench = new GateBench();
    for (let atMs = 100; atMs <= 1_000; atMs += 100) bench.run(atMs).judgedPart('PASS');
    bench.run(1_100).counter = 0;
    bench.judgedPart('REJECT');
    bench.run(3_000);
    expect(bench.dataOf('COUNTER_RESTARTED')).toMatchObject([{ signal: 'counter', from: 10, to: 1, count: 1 }]);
    expect(bench.commands()).toHaveLength(1);
    expect(bench.sums()).toMatchObject({ triggered: 11, accepted: 10 });
  });

  it('that was corrected counts nothing and is told', () => {
    const bench = new GateBench();
    for (let atMs = 100; atMs <= 2_000; atMs += 100) bench.run(atMs).judgedPart('PASS');
    bench.run(2_050).counter--;
    bench.feed({ kind: 'trigger', value: bench.counter, atMs: bench.nowMs });
    bench.run(2_100).judgedPart('PASS');
    bench.run(5_000);
    expect(bench.dataOf('COUNTER_CORRECTED')).toEqual([{ signal: 'counter', from: 20, to: 19 }]);
    expect(bench.sums()).toEqual({ ...NOTHING, triggered: 21, accepted: 21 });
  });

  it('of another kind is told once, and is a problem until it can be used', () => {
    const bench = new GateBench();
    for (const value of ['12', '13', 13.5]) bench.feed({ kind: 'trigger', value, atMs: bench.nowMs });
    expect(bench.dataOf('SIGNAL_UNUSABLE')).toMatchObject([{ signal: 'counter', role: 'trigger', value: '12' }]);
    expect(problem(bench)).toMatch(
      /^counter \(trigger\): its value is "12".*map a signal.*parts that come now are not seen$/,
    );
    bench.run(1_000).feed({ kind: 'trigger', value: 4, atMs: 1_000 });
    expect(problem(bench)).toBeUndefined();
    bench.run(3_000);
    expect(bench.kinds()).toEqual(['SIGNAL_UNUSABLE', 'SIGNAL_USABLE', 'PARTS_UNSEEN']);
    expect(bench.dataOf('PARTS_UNSEEN')).toMatchObject([{ count: 4, from: 't0', to: 't1000', counters: [1, 2, 3, 4] }]);
  });
});

describe('a signal of bad quality', () => {
  it('is told when it begins; parts that the trigger could not tell of are unseen, with the time of that', () => {
    const bench = new GateBench();
    bench.run(100).judgedPart('PASS');
    bench.run(200);
    quality(bench, 'trigger', 'BadNodeIdUnknown');
    quality(bench, 'trigger', 'BadNoCommunication');
    expect(bench.dataOf('SIGNAL_UNUSABLE')).toMatchObject([{ role: 'trigger', reason: 'BadNodeIdUnknown' }]);
    bench.run(900);
    quality(bench, 'trigger');
    bench.counter += 3;
    bench.feed({ kind: 'trigger', value: bench.counter, atMs: 900 });
    bench.run(3_000);
    expect(bench.dataOf('PARTS_UNSEEN')).toEqual([
      { count: 3, from: 't200', to: 't900', reason: 'counter was BadNodeIdUnknown', counters: [2, 3, 4] },
    ]);
    expect(bench.sums()).toEqual({ ...NOTHING, triggered: 4, accepted: 1, unseen: 3 });
  });

  it('makes confirmations a problem, and catches up what was pushed meanwhile', () => {
    const bench = new GateBench();
    bench.run(100).judgedPart('REJECT');
    quality(bench, 'confirm', 'BadWaitingForInitialData');
    expect(problem(bench)).toMatch(/rejections cannot be confirmed/);
    bench.run(1_120);
    quality(bench, 'confirm');
    bench.confirm();
    bench.run(1_400);
    expect(bench.kinds()).toEqual(['SIGNAL_UNUSABLE', 'SIGNAL_USABLE', 'GATE_REJECTED']);
    expect(problem(bench)).toBeUndefined();
  });

  it('leaves the gate as enabled as it was last, and says so', () => {
    const bench = new GateBench({ gate: { enabledSignal: 'enabled' } });
    bench.feed({ kind: 'enabled', value: true, atMs: 0 });
    quality(bench, 'enabled', 'BadOutOfService');
    bench.run(100).judgedPart('REJECT');
    expect(bench.run(1_300).commands()).toHaveLength(1);
    expect(problem(bench)).toMatch(/enabled.*BadOutOfService; the gate goes by the last good value/);
  });

  it('loses the belt', () => {
    const bench = new GateBench();
    bench.run(100).judgedPart('PASS');
    bench.isEncoderHeard = false;
    quality(bench, 'belt', 'BadSensorFailure');
    expect(bench.dataOf('GATE_TRACKING_LOST')).toMatchObject([{ reason: /does not know/, count: 1, counters: [1] }]);
  });

  it('is told for a switch that is a number', () => {
    const bench = new GateBench({ gate: { enabledSignal: 'enabled' } });
    bench.feed({ kind: 'enabled', value: 1, atMs: 0 });
    expect(bench.dataOf('SIGNAL_UNUSABLE')).toMatchObject([{ role: 'enabled', value: 1 }]);
    expect(bench.core.state().isEnabled).toBe(true);
  });
});

describe('a trigger that is silent while the line runs', () => {
  it('is told once, and is a problem until the next part', () => {
    const bench = new GateBench({ trigger: { silentAfterMm: undefined } });
    bench.run(100).judgedPart('PASS');
    bench.run(2_090);
    expect(bench.kinds()).toEqual([]);
    // A frozen counter that is told again is no part.
    bench.run(3_000).feed({ kind: 'trigger', value: bench.counter, atMs: 3_000 });
    bench.run(5_000);
    expect(bench.dataOf('TRIGGER_SILENT')).toMatchObject([{ signal: 'counter', state: null }]);
    expect(problem(bench)).toMatch(/counter told of no part while the belt moved 20\d\d mm/);
    bench.judgedPart('PASS');
    expect(problem(bench)).toBeUndefined();
  });

  it('is not where the machine does not produce, nor where the belt stands', () => {
    const bench = new GateBench({ trigger: { silentAfterMm: 500 } });
    bench.feed({ kind: 'state', value: 'Held', atMs: 0 });
    bench.run(2_000).feed({ kind: 'state', value: 'Execute', atMs: 2_000 });
    bench.speed = 0;
    bench.run(4_000).speed = 1;
    expect(bench.run(4_450).kinds()).toEqual([]);
    expect(bench.run(4_600).dataOf('TRIGGER_SILENT')).toMatchObject([{ state: 'Execute' }]);
  });
});

describe('the job of a part', () => {
  it('is that of the moment of its trigger, also when the machine tells of it later', () => {
    const bench = new GateBench();
    bench.feed({ kind: 'job', value: 'A', atMs: 0 });
    bench.run(100).judgedPart('PASS');
    bench.run(300).judgedPart('PASS');
    bench.run(400).feed({ kind: 'job', value: 'B\0 ', atMs: 250 });
    // On its way for long, and of the old job.
    bench.feed({ kind: 'trigger', value: ++bench.counter, atMs: 240 });
    bench.run(3_000).keep();
    const runs = [...bench.counts.values()].map(({ jobCode, triggered }) => ({ jobCode, triggered }));
    expect(runs).toEqual([
      { jobCode: 'A', triggered: 2 },
      { jobCode: 'B', triggered: 1 },
    ]);
    expect(bench.sums()).toMatchObject({ triggered: 3, unknown: 0, inTransit: 0 });
  });

  it('is that which the machine tells first, for parts that came before it told one; a number is a text', () => {
    const bench = new GateBench();
    bench.run(100).judgedPart('PASS');
    bench.run(200).feed({ kind: 'job', value: 4711, atMs: 200 });
    bench.run(2_000).keep();
    expect([...bench.counts.values()]).toMatchObject([{ jobCode: '4711', triggered: 1, accepted: 1 }]);
  });
});

describe('a belt that is told of too late', () => {
  /** The encoder's samples are stamped behind the counter. */
  function lagging(lagMs: number, reactions = {}): GateBench {
    const bench = new GateBench({ gate: { reactions } });
    bench.isEncoderHeard = false;
    const tell = () => bench.feed({ kind: 'belt', value: bench.mm - lagMs, atMs: bench.nowMs - lagMs });
    for (let atMs = 20; atMs <= 3_000; atMs += 20) {
      bench.run(atMs);
      if (atMs >= lagMs + 20) tell();
      if (atMs % 200 === 100 && atMs < 1_500) bench.judgedPart(atMs === 500 ? 'REJECT' : 'PASS');
      if (atMs > 1_400) bench.confirm(0);
    }
    return bench;
  }

  it('loses each part that is past the gate before it could be decided, and fires at no other', () => {
    const bench = lagging(300);
    expect(bench.commands()).toEqual([]);
    const lost = bench.dataOf('GATE_TRACKING_LOST') as { counter: number; reason: string }[];
    expect(lost.map(({ counter }) => counter)).toEqual([1, 2, 3, 4, 5, 6, 7]);
    expect(lost[0]?.reason).toMatch(/past the gate/);
    expect(bench.dataOf('GATE_BYPASSED')).toContainEqual(
      expect.objectContaining({ counter: 3, cause: 'tracking-lost', obstacle: 'too-late' }),
    );
    expect(bench.sums()).toMatchObject({ triggered: 7, unknown: 0, inTransit: 0 });
  });

  it('is a problem that says what to enter', () => {
    expect(problem(lagging(300))).toBe(
      'encoder: its samples are 300 ms old when they come, the gate counts on 50 ms: give trigger.settleMs: 290, or make them quicker',
    );
    expect(problem(lagging(20))).toBeUndefined();
  });
});

describe('a clock of the machine that was set', () => {
  it('loses the parts in transit, and tracks those that come after', () => {
    const bench = new GateBench();
    bench.run(100).judgedPart('PASS');
    bench.run(300).feed({ kind: 'clock-step', stepMs: -500 });
    expect(bench.dataOf('GATE_TRACKING_LOST')).toMatchObject([{ reason: /clock was set by -500 ms/, count: 1 }]);
    bench.run(400).judgedPart('REJECT');
    bench.run(3_000);
    expect(bench.dataOf('GATE_TRACKING_LOST')).toHaveLength(1);
    expect(bench.commands()).toHaveLength(2);
  });
});

describe('a clock of the machine that was set, with a belt that tells only of changes', () => {
  it('goes on with the speed that it had', () => {
    const bench = new GateBench({ gate: { encoderSignal: undefined, speedSignal: 'speed' } });
    bench.isEncoderHeard = false;
    bench.feed({ kind: 'belt', value: 600, atMs: 0.5 });
    bench.run(300).feed({ kind: 'clock-step', stepMs: -500 });
    bench.run(400).judgedPart('REJECT');
    bench.run(3_000);
    expect(bench.commands()).toEqual([1_390]);
    expect(bench.dataOf('GATE_TRACKING_LOST')).toEqual([]);
  });
});

describe('signals that are one node', () => {
  it('keep the gate from firing, and say so', () => {
    const bench = new GateBench();
    bench.feed({ kind: 'conflict', text: 'command and confirm are one node' });
    bench.run(100).judgedPart('REJECT');
    bench.run(1_400);
    expect(bench.commands()).toEqual([]);
    expect(bench.dataOf('GATE_BYPASSED')).toMatchObject([{ obstacle: 'signal-conflict' }]);
    expect(problem(bench)).toBe('command and confirm are one node');
  });
});

describe('an ejector that needs its time', () => {
  it('is not fired again before it can push, and the part is flagged', () => {
    const bench = new GateBench({ gate: { resetMs: 150 } });
    for (const atMs of [100, 220, 400]) bench.run(atMs).judgedPart('REJECT');
    bench.run(2_000);
    expect(bench.commands()).toEqual([1_090, 1_390]);
    expect(bench.dataOf('GATE_BYPASSED')).toMatchObject([{ obstacle: 'ejector-not-reset', counter: 2 }]);
  });
});

describe('a confirmation that names its part', () => {
  const named = { confirm: { signal: 'confirm', kind: 'part-id' as const, windowMs: 200 } };

  it.each([
    ['its id', 'P-1'],
    ['its counter', 1],
  ])('is of the part with %s, whatever the time says', (_what, value) => {
    const bench = new GateBench({ gate: named, trigger: { partIdSignal: 'id' } });
    bench.run(100).judgedPart('REJECT');
    bench.feed({ kind: 'part-id', value: 'P-1', atMs: 100 });
    bench.run(200).judgedPart('REJECT');
    bench.run(1_198).feed({ kind: 'confirm', value, atMs: 1_198 });
    bench.run(1_600);
    expect(bench.kinds()).toEqual(['GATE_REJECTED', 'GATE_NOT_CONFIRMED']);
    expect(bench.events[0]).toMatchObject({ partId: 'P-1' });
  });

  it('is told when it names a part that nobody commanded', () => {
    const bench = new GateBench({ gate: named });
    bench.feed({ kind: 'confirm', value: 0, atMs: 0 });
    bench.run(100).judgedPart('PASS');
    bench.run(1_110).feed({ kind: 'confirm', value: 1, atMs: 1_110 });
    bench.run(1_600);
    expect(bench.dataOf('GATE_UNEXPECTED_EJECTION')).toMatchObject([{ counter: 1, count: 1 }]);
    expect(bench.sums()).toMatchObject({ rejected: 1 });
  });
});
