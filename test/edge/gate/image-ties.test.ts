import { describe, expect, it } from 'vitest';
import { GateBench } from './gate-bench.ts';

/** A part, and the trigger that a camera gives back with its image. */
function asked(bench: GateBench) {
  bench.part();
  return bench.triggered.at(-1) ?? null;
}

describe('an image that a trigger asked for', () => {
  it('is of the part of that trigger, also when the next has come by then', () => {
    const bench = new GateBench({ trigger: { windowMs: 40 } });
    const first = asked(bench.run(100));
    const second = asked(bench.run(200));
    // Both by their arrival nearer to the second trigger.
    bench.run(210);
    bench.look(bench.see({ trigger: first, latencyMs: 80 }), 'REJECT');
    bench.look(bench.see({ trigger: second }), 'PASS');
    bench.run(1_600);
    expect(bench.commands()).toEqual([1_090]);
    expect(bench.dataOf('GATE_NOT_CONFIRMED')).toMatchObject([{ counter: 1 }]);
  });

  it.each([
    [190, 1, 'NOT_CONFIRMED'],
    [191, 0, 'no image'],
  ])('that comes at %i is used up to offset, latency and window after its trigger', (arrivedAtMs, commands) => {
    const bench = new GateBench({ trigger: { offsetMs: 20 }, gate: { reactions: { noVerdict: 'pass' } } });
    const trigger = asked(bench.run(100));
    bench.look(bench.run(arrivedAtMs).see({ trigger, latencyMs: 30 }), 'REJECT');
    bench.run(3_000);
    expect(bench.commands()).toHaveLength(commands);
    if (commands === 1) return;
    const reason = 'the image came 1 ms too late to be of its part';
    expect(bench.dataOf('REJECT_UNTIED')).toEqual([{ reason }]);
    expect(bench.dataOf('PARTS_UNSEEN')).toMatchObject([{ count: 1, counters: [1], reason }]);
  });

  it('that comes late does not become that of the next part, whatever its time says', () => {
    const bench = new GateBench();
    const trigger = asked(bench.run(100));
    bench.run(845).part();
    bench.look(bench.see({ trigger }), 'REJECT');
    bench.look(bench.image(), 'PASS');
    bench.run(2_500);
    expect(bench.dataOf('GATE_LATE_VERDICT')).toMatchObject([{ counter: 1 }]);
    expect(bench.commands()).toEqual([1_090]);
  });
});

describe('an image that a camera took by itself', () => {
  it.each([
    [41, 120, false],
    [30, 139, true],
    [30, 91, true],
    [30, 89, false],
  ])(
    'with %i ms of doubt, taken at %i at the latest, is of the part at 100: only when it can be of no other',
    (uncertaintyMs, capturedAtMs, isTied) => {
      const bench = new GateBench({ gate: { reactions: { noVerdict: 'pass' } } });
      bench.run(100).part();
      bench.look(bench.run(150).see({ capturedAtMs, uncertaintyMs }), 'REJECT');
      bench.run(1_400);
      expect(bench.commands()).toEqual(isTied ? [1_090] : []);
      expect(bench.kinds().includes('REJECT_UNTIED')).toBe(!isTied);
    },
  );
});

describe('an image of no part', () => {
  it.each(['before', 'after'] as const)('is told when its verdict rejects, %s it is given up', (when) => {
    const bench = new GateBench();
    const image = bench.run(100).image();
    if (when === 'before') bench.look(image, 'REJECT');
    bench.run(500);
    if (when === 'after') bench.look(image, 'REJECT');
    expect(bench.events).toMatchObject([
      { kind: 'REJECT_UNTIED', inspectionId: 'i', cameraId: 'camera-id', data: { reason: 'no trigger fits its time' } },
    ]);
  });

  it('is not told when it passes', () => {
    const bench = new GateBench();
    bench.look(bench.run(100).image(), 'PASS');
    bench.look(bench.image(), 'UNCERTAIN');
    bench.look(bench.image(), 'none');
    expect(bench.run(500).kinds()).toEqual([]);
  });

  it('is told when it is uncertain where that is rejected', () => {
    const bench = new GateBench({ gate: { reactions: { uncertain: 'reject' } } });
    bench.look(bench.run(100).image(), 'UNCERTAIN');
    expect(bench.run(500).kinds()).toEqual(['REJECT_UNTIED']);
  });

  it('is told when it is the second of one part', () => {
    const bench = new GateBench();
    bench.run(100).judgedPart('PASS');
    bench.look(bench.image(), 'REJECT');
    expect(bench.run(500).kinds()).toEqual(['REJECT_UNTIED']);
  });
});
