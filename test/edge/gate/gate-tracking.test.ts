import { describe, expect, it } from 'vitest';
import { GateBench, NOTHING } from './gate-bench.ts';

describe('losing track of parts', () => {
  it.each([
    ['reset', (bench: GateBench) => (bench.slipMm = -bench.mm)],
    ['slip forward', (bench: GateBench) => (bench.slipMm += 300)],
  ])('is told at a %s of the encoder; the parts are rejected where they should be', (_what, slip) => {
    const bench = new GateBench();
    bench.run(100).judgedPart('PASS');
    slip(bench.run(505));
    bench.run(1_400);
    expect(bench.dataOf('GATE_TRACKING_LOST')).toMatchObject([{ count: 1 }]);
    // A sample's worth of belt is guessed.
    expect(Math.abs((bench.commands()[0] ?? 0) - 1_090)).toBeLessThan(3);
    bench.judgedPart('PASS');
    expect(
      bench
        .run(2_700)
        .kinds()
        .filter((kind) => kind === 'GATE_TRACKING_LOST'),
    ).toHaveLength(1);
    expect(bench.core.state().isTracking).toBe(true);
  });

  it('is told at a gap in which the belt moved on, and not at one in which it stood', () => {
    const standing = new GateBench();
    standing.run(100).judgedPart('PASS');
    standing.speed = 0;
    standing.run(3_000).speed = 1;
    expect(standing.run(5_000).kinds()).toEqual([]);
    const moving = new GateBench();
    moving.run(100).judgedPart('PASS');
    moving.run(300).isEncoderHeard = false;
    moving.run(500).isEncoderHeard = true;
    expect(moving.run(540).dataOf('GATE_TRACKING_LOST')).toMatchObject([{ reason: /without a sample/ }]);
  });

  it('is told when the machine does not know the position', () => {
    const bench = new GateBench();
    bench.run(100).judgedPart('PASS');
    bench.feed({ kind: 'belt', value: null, atMs: 100 });
    expect(bench.dataOf('GATE_TRACKING_LOST')).toMatchObject([{ reason: /does not know/ }]);
    expect(bench.core.state().isTracking).toBe(false);
  });

  it('is told when an encoder stands while parts come', () => {
    const bench = new GateBench();
    bench.run(100).judgedPart('PASS');
    bench.isEncoderHeard = false;
    bench.run(300).judgedPart('PASS');
    bench.isEncoderHeard = true;
    bench.mm = 101;
    bench.run(340);
    expect(bench.dataOf('GATE_TRACKING_LOST')).toMatchObject([{ reason: /nearer/, count: 2 }]);
  });

  it.each([
    ['pass', { accepted: 1, bypassed: 1 }, ['GATE_TRACKING_LOST', 'GATE_BYPASSED']],
    ['stop', { accepted: 1, bypassed: 1 }, ['GATE_TRACKING_LOST', 'LINE_STOP_REQUESTED', 'GATE_BYPASSED']],
  ] as const)('lets parts %s where that is configured', (trackingLost, counted, kinds) => {
    const bench = new GateBench({ gate: { reactions: { trackingLost } } });
    bench.run(100).judgedPart('PASS');
    bench.run(300).judgedPart('REJECT');
    bench.run(405).slipMm = 500;
    bench.run(1_600);
    expect(bench.commands()).toEqual([]);
    expect(bench.kinds()).toEqual(kinds);
    expect(bench.sums()).toEqual({ ...NOTHING, triggered: 2, ...counted });
  });

  it('is told when the connection is lost: what comes to the gate meanwhile passes, what is missed is unseen', () => {
    const bench = new GateBench();
    bench.run(100).judgedPart('REJECT');
    bench.run(800).judgedPart('PASS');
    bench.feed({ kind: 'connection', isUp: false });
    bench.isEncoderHeard = false;
    bench.counter += 3;
    bench.run(1_500).isEncoderHeard = true;
    bench.feed({ kind: 'connection', isUp: true });
    bench.feed({ kind: 'trigger', value: bench.counter, atMs: 1_400 });
    bench.run(2_500);
    expect(bench.dataOf('GATE_TRACKING_LOST')).toMatchObject([{ reason: 'connection lost', count: 2 }]);
    expect(bench.dataOf('GATE_BYPASSED')).toMatchObject([{ cause: 'tracking-lost', obstacle: 'disconnected' }]);
    expect(bench.commands()).toHaveLength(1);
    expect(bench.dataOf('PARTS_UNSEEN')).toMatchObject([{ count: 3, reason: 'connection lost' }]);
    expect(bench.sums()).toEqual({ ...NOTHING, triggered: 5, bypassed: 2, unseen: 3 });
  });

  it('is told at one part more than may be between trigger and gate', () => {
    const bench = new GateBench({ trigger: { maxInTransit: 4 } });
    for (let part = 1; part <= 4; part++) bench.run(part * 110).judgedPart('PASS');
    expect(bench.kinds()).toEqual([]);
    bench.run(550).judgedPart('PASS');
    expect(bench.kinds()).toEqual(['GATE_TRACKING_LOST', 'GATE_BYPASSED']);
    expect(bench.sums()).toMatchObject({ triggered: 5, bypassed: 1, inTransit: 4 });
  });

  it('fires at no part that is past the gate already', () => {
    const bench = new GateBench();
    bench.run(100).judgedPart('REJECT');
    bench.run(1_060).isEncoderHeard = false;
    bench.run(1_085);
    // The process stood still; what the machine told meanwhile comes after that.
    bench.nowMs = 1_180;
    bench.mm = 1_180;
    bench.isEncoderHeard = true;
    bench.run(1_400);
    expect(bench.commands()).toEqual([]);
    expect(bench.kinds()).toContain('GATE_BYPASSED');
  });
});

describe('a belt without an encoder', () => {
  it('is followed by time at speed', () => {
    const { distanceMm, partPitchMm } = { distanceMm: 1_000, partPitchMm: 100 };
    const bench = new GateBench({ gate: { encoderSignal: undefined, speedSignal: 'speed', distanceMm, partPitchMm } });
    bench.isEncoderHeard = false;
    bench.feed({ kind: 'belt', value: 600, atMs: 0.5 });
    bench.run(100).judgedPart('REJECT');
    bench.run(600).feed({ kind: 'belt', value: 300, atMs: 600 });
    bench.run(2_000);
    // 500 mm at 1 mm/ms, the rest at half of that.
    expect(bench.commands()).toEqual([1_590]);
  });
});

describe('counting parts', () => {
  it('tells of parts that the counter jumped over', () => {
    const bench = new GateBench();
    bench.run(100).part(3);
    bench.look(bench.image(), 'PASS');
    bench.run(2_000);
    expect(bench.dataOf('PARTS_UNSEEN')).toEqual([
      { count: 2, from: 't0', to: 't100', reason: 'missed by the node', counters: [1, 2] },
    ]);
    expect(bench.sums()).toEqual({ ...NOTHING, triggered: 3, accepted: 1, unseen: 2 });
  });

  it('goes on after a kill: parts under way and parts missed are unseen, nothing is counted twice', () => {
    const bench = new GateBench();
    bench.run(100).judgedPart('PASS');
    bench.run(1_500).judgedPart('REJECT');
    bench.run(1_600).keep();
    bench.restart();
    bench.feed({ kind: 'connection', isUp: true });
    bench.counter += 4;
    bench.feed({ kind: 'trigger', value: bench.counter, atMs: 1_700 });
    bench.run(3_000);
    expect(bench.dataOf('PARTS_UNSEEN')).toMatchObject([{ count: 5, reason: 'node restarted' }]);
    expect(bench.sums()).toEqual({ ...NOTHING, triggered: 6, accepted: 1, unseen: 5 });
    expect([...bench.counts.values()]).toHaveLength(1);
  });

  it('counts from one again when the counter began again', () => {
    const bench = new GateBench();
    bench.run(100).judgedPart('PASS');
    bench.run(1_500).feed({ kind: 'connection', isUp: false });
    bench.feed({ kind: 'connection', isUp: true });
    bench.counter = 1;
    bench.feed({ kind: 'trigger', value: 0, atMs: 1_600 });
    bench.run(2_000).feed({ kind: 'trigger', value: 1, atMs: 2_000 });
    expect(bench.sums()).toMatchObject({ triggered: 2, accepted: 1, inTransit: 1, unseen: 0 });
  });

  it('gives each run of a job a count of its own and ends each part where it began', () => {
    const bench = new GateBench();
    bench.feed({ kind: 'job', value: 'JO-1', atMs: bench.nowMs });
    bench.run(100).judgedPart('PASS');
    bench.run(500).feed({ kind: 'job', value: 'JO-2', atMs: bench.nowMs });
    bench.judgedPart('REJECT');
    bench.keep();
    bench.run(2_000).feed({ kind: 'job', value: 'JO-1', atMs: bench.nowMs });
    bench.judgedPart('PASS');
    bench.run(4_000).keep();
    const seen = [...bench.counts.values()].map(({ jobCode, accepted, bypassed }) => ({ jobCode, accepted, bypassed }));
    expect(seen).toEqual([
      { jobCode: 'JO-1', accepted: 1, bypassed: 0 },
      { jobCode: 'JO-2', accepted: 0, bypassed: 1 },
      { jobCode: 'JO-1', accepted: 1, bypassed: 0 },
    ]);
    expect(bench.events).toMatchObject([{ kind: 'GATE_NOT_CONFIRMED', jobCode: 'JO-2' }]);
  });
});

describe('tying images to parts', () => {
  it.each([
    ['before', 90],
    ['after', 140],
  ])('takes an image that comes %s its trigger, at the edge of the window', (_what, seenAtMs) => {
    const bench = new GateBench({ trigger: { partIdSignal: 'id', offsetMs: 20 } });
    const image = () => bench.image(160);
    const early = seenAtMs < 100 ? bench.run(seenAtMs) && image() : undefined;
    bench.run(100).part();
    expect(bench.tied).toEqual([]);
    bench.feed({ kind: 'part-id', value: 'P-7', atMs: 100 });
    const seen = early ?? (bench.run(seenAtMs) && image());
    expect(bench.tied).toEqual([seen]);
    expect(seen.partId).toBe('P-7');
    bench.run(300);
    expect(bench.image(161)).toMatchObject({ partId: null });
  });

  it('prefers the name that both know, whatever the time says', () => {
    const bench = new GateBench({ trigger: { partIdSignal: 'id' } });
    for (const [atMs, name] of [
      [100, 'P-1'],
      [210, 'P-2'],
    ] as const) {
      bench.run(atMs).feed({ kind: 'part-id', value: name, atMs });
      bench.part();
    }
    bench.look(bench.image(210, 'a', 'P-1'), 'REJECT');
    bench.look(bench.image(210, 'a', 'P-2'), 'PASS');
    expect(bench.run(1_500).commands()).toEqual([1_090]);
  });

  it('gives an image up when its trigger can no longer come', () => {
    const bench = new GateBench();
    const image = bench.run(100).image();
    expect(bench.run(169).tied).toEqual([]);
    expect(bench.run(170).tied).toEqual([image]);
  });

  it('waits no longer for the trigger of an image whose stamp lies in the future, as after a clock was set back', () => {
    const bench = new GateBench();
    const image = bench.run(100).image(300_100);
    expect(bench.run(169).tied).toEqual([]);
    expect(bench.run(170).tied).toEqual([image]);
  });
});
