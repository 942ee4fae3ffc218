import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { SeenImage } from '../../../edge/gate/gate-types.ts';
import { GateBench } from './gate-bench.ts';

/** What may happen next; each takes its time. */
const step = fc.oneof(
  { weight: 6, arbitrary: fc.record({ act: fc.constant('part' as const), steps: fc.integer({ min: 1, max: 3 }) }) },
  { weight: 6, arbitrary: fc.record({ act: fc.constant('image' as const), offMs: fc.integer({ min: -60, max: 20 }) }) },
  {
    weight: 6,
    arbitrary: fc.record({
      act: fc.constant('look' as const),
      said: fc.constantFrom('PASS', 'REJECT', 'UNCERTAIN', 'none'),
      pick: fc.nat(9),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({ act: fc.constant('speed' as const), speed: fc.constantFrom(0, 0.3, 1, 1.2, -0.1) }),
  },
  { weight: 3, arbitrary: fc.record({ act: fc.constant('confirm' as const), count: fc.integer({ min: 1, max: 2 }) }) },
  {
    weight: 1,
    arbitrary: fc.record({ act: fc.constant('slip' as const), mm: fc.integer({ min: -5_000, max: 5_000 }) }),
  },
  { weight: 1, arbitrary: fc.record({ act: fc.constant('connection' as const), isUp: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ act: fc.constant('enabled' as const), value: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ act: fc.constant('job' as const), value: fc.constantFrom('A', 'B', '') }) },
  { weight: 1, arbitrary: fc.record({ act: fc.constant('unknown' as const) }) },
  { weight: 2, arbitrary: fc.record({ act: fc.constant('exit' as const), count: fc.integer({ min: 1, max: 2 }) }) },
  { weight: 1, arbitrary: fc.record({ act: fc.constant('clock' as const) }) },
  { weight: 1, arbitrary: fc.record({ act: fc.constant('conflict' as const), isOne: fc.boolean() }) },
  {
    weight: 2,
    arbitrary: fc.record({
      act: fc.constant('quality' as const),
      role: fc.constantFrom('trigger', 'part-id', 'belt', 'confirm', 'enabled', 'exit', 'state'),
      isGood: fc.boolean(),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ act: fc.constant('nonsense' as const), value: fc.constantFrom('x', 1.5, true) }),
  },
  { weight: 1, arbitrary: fc.record({ act: fc.constant('old belt' as const), lagMs: fc.constantFrom(0, 300) }) },
  {
    weight: 4,
    arbitrary: fc.record({
      act: fc.constant('asked' as const),
      back: fc.nat(3),
      latencyMs: fc.constantFrom(0, 200),
      uncertaintyMs: fc.constantFrom(0, 30, 60),
    }),
  },
  { weight: 1, arbitrary: fc.record({ act: fc.constant('restart' as const) }) },
);
const story = fc.array(fc.tuple(step, fc.integer({ min: 0, max: 400 })), { minLength: 5, maxLength: 60 });
const reaction = fc.constantFrom('reject', 'pass', 'stop');
const reactions = fc.record({
  lateVerdict: reaction,
  noVerdict: reaction,
  trackingLost: reaction,
  gateDisabled: reaction,
  notConfirmed: fc.constantFrom('pass', 'stop'),
  uncertain: fc.constantFrom('reject', 'pass'),
});
const mode = fc.constantFrom('active', 'dry-run', 'off');

/** Plays it and lets the line come to rest with a living machine. */
function play(
  steps: (typeof story)['generate'] extends (...args: never[]) => { value: infer V } ? V : never,
  bench: GateBench,
) {
  const images: SeenImage[] = [];
  let exits = 0;
  for (const [next, waitMs] of steps) {
    if (next.act === 'part') bench.part(next.steps);
    if (next.act === 'image') images.push(bench.image(bench.nowMs + next.offMs));
    if (next.act === 'look') {
      const image = images[next.pick % Math.max(1, images.length)];
      if (image?.look.kind === 'waiting') bench.look(image, next.said);
    }
    if (next.act === 'speed') bench.speed = next.speed;
    if (next.act === 'confirm') bench.confirm(next.count);
    if (next.act === 'slip') bench.slipMm = next.mm;
    if (next.act === 'connection') bench.feed({ kind: 'connection', isUp: next.isUp });
    if (next.act === 'enabled') bench.feed({ kind: 'enabled', value: next.value, atMs: bench.nowMs });
    if (next.act === 'job') bench.feed({ kind: 'job', value: next.value, atMs: bench.nowMs });
    if (next.act === 'unknown') bench.feed({ kind: 'belt', value: null, atMs: bench.nowMs });
    if (next.act === 'exit') exits += next.count;
    if (next.act === 'exit') bench.feed({ kind: 'exit', value: exits, atMs: bench.nowMs });
    if (next.act === 'clock') bench.feed({ kind: 'clock-step', stepMs: -500 });
    if (next.act === 'conflict') bench.feed({ kind: 'conflict', text: next.isOne ? 'one node' : undefined });
    if (next.act === 'nonsense') bench.feed({ kind: 'trigger', value: next.value, atMs: bench.nowMs });
    if (next.act === 'old belt') bench.lagMs = next.lagMs;
    if (next.act === 'quality') {
      bench.feed({ kind: 'quality', role: next.role, signal: next.role, status: next.isGood ? undefined : 'Bad' });
    }
    if (next.act === 'asked') images.push(bench.see({ ...next, trigger: bench.triggered.at(-1 - next.back) ?? null }));
    if (next.act === 'restart') {
      bench.keep();
      bench.restart();
    }
    bench.run(bench.nowMs + waitMs);
    // At any moment, also one at which nothing is at rest.
    expect(bench.sums().unknown).toBe(0);
  }
  bench.feed({ kind: 'connection', isUp: true });
  bench.feed({ kind: 'quality', role: 'trigger', signal: 'counter', status: undefined });
  bench.feed({ kind: 'trigger', value: bench.counter, atMs: bench.nowMs });
  bench.speed = 1;
  bench.lagMs = 0;
  bench.run(bench.nowMs + 4_000);
  return images;
}

const EXIT = { exit: { signal: 'exit', kind: 'counter' as const, distanceMm: 1_300 } };
const options = { numRuns: 150, endOnFailure: true };

describe('whatever happens in whatever order', () => {
  it('ends each part exactly once, and counts each step of the counter', () => {
    fc.assert(
      fc.property(story, reactions, mode, (steps, wished, how) => {
        const bench = new GateBench({ gate: { mode: how, enabledSignal: 'enabled', reactions: wished, ...EXIT } });
        play(steps, bench);
        const { triggered, accepted, rejected, bypassed, unseen, unknown, inTransit } = bench.sums();
        expect({ triggered, unknown, inTransit }).toEqual({ triggered: bench.counter, unknown: 0, inTransit: 0 });
        expect(accepted + rejected + bypassed + unseen).toBe(triggered);
        const told = bench.dataOf('PARTS_UNSEEN') as { count: number }[];
        expect(told.reduce((sum, { count }) => sum + count, 0)).toBe(unseen);
      }),
      options,
    );
  });

  it('ties or gives up each image, once', () => {
    fc.assert(
      fc.property(story, (steps) => {
        const bench = new GateBench();
        const withoutKills = steps.filter(([{ act }]) => act !== 'restart');
        play(withoutKills, bench);
        expect(new Set(bench.tied).size).toBe(bench.tied.length);
        expect(bench.tied.length).toBe(withoutKills.filter(([{ act }]) => act === 'image' || act === 'asked').length);
      }),
      options,
    );
  });

  it('fires once at most for a part, and never without a reason to reject it', () => {
    fc.assert(
      fc.property(story, (steps) => {
        const bench = new GateBench({ gate: { enabledSignal: 'enabled' } });
        play(steps, bench);
        const allowed = bench.events.filter(({ kind }) => kind === 'GATE_LATE_VERDICT').length;
        const lost = (bench.dataOf('GATE_TRACKING_LOST') as { count: number }[]).reduce(
          (sum, { count }) => sum + count,
          0,
        );
        const rejects = steps.filter(([next]) => next.act === 'look' && next.said === 'REJECT').length;
        expect(bench.commands().length).toBeLessThanOrEqual(allowed + lost + rejects);
        const begun = steps.filter(([{ act }]) => act === 'part').length;
        expect(bench.commands().length).toBeLessThanOrEqual(begun);
      }),
      options,
    );
  });

  it('names each image that rejects, or its part, however late image and verdict come', () => {
    const image = fc.record({
      gapMs: fc.integer({ min: 100, max: 300 }),
      lateMs: fc.constantFrom(0, 40, 41, 200, 745, 1_500),
      verdictMs: fc.constantFrom(0, 10, 500, 1_200, 2_000),
      said: fc.constantFrom('PASS' as const, 'REJECT' as const),
      isTwice: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(image, { minLength: 1, maxLength: 20 }), reactions, mode, (parts, wished, how) => {
        const bench = new GateBench({ gate: { mode: how, reactions: wished } });
        bench.inspectionIds = true;
        const images: SeenImage[] = [];
        const acts: { atMs: number; act: () => void }[] = [];
        let atMs = 0;
        parts.forEach(({ gapMs, lateMs, verdictMs, said, isTwice }, index) => {
          atMs += gapMs;
          acts.push({ atMs, act: () => void bench.part() });
          for (let times = 0; times < (isTwice ? 2 : 1); times++) {
            const seenAtMs = atMs + lateMs;
            const see = () => {
              const seen = bench.see({ trigger: bench.triggered[index] ?? null });
              images.push(seen);
              const look = () => bench.look(seen, times === 0 ? said : 'REJECT');
              acts.push({ atMs: bench.nowMs + verdictMs, act: look });
            };
            acts.push({ atMs: seenAtMs, act: see });
          }
        });
        while (acts.length > 0) {
          acts.sort((one, other) => one.atMs - other.atMs);
          const next = acts.shift();
          if (next) bench.run(next.atMs);
          next?.act();
        }
        bench.run(bench.nowMs + 4_000);
        const named = bench.events.flatMap(({ inspectionId }) => inspectionId ?? []);
        const counters = bench.events.flatMap(({ data }) => {
          const { counter, counters = [] } = (data ?? {}) as { counter?: number; counters?: number[] };
          return [counter, ...counters];
        });
        const silent = images.filter(({ look, trigger }) => {
          if (look.kind !== 'verdict' || look.verdict !== 'REJECT' || named.includes(look.inspectionId)) return false;
          // Its verdict came when its part had been decided: then that part is named.
          return !counters.includes((trigger ? bench.triggered.indexOf(trigger) : -1) + 1);
        });
        expect(silent).toEqual([]);
        expect(bench.sums()).toMatchObject({ triggered: parts.length, unknown: 0, inTransit: 0 });
      }),
      options,
    );
  });

  it('writes nothing in a dry run or when it is off', () => {
    fc.assert(
      fc.property(story, fc.constantFrom('dry-run' as const, 'off' as const), (steps, how) => {
        const bench = new GateBench({ gate: { mode: how } });
        play(steps, bench);
        expect(bench.writes).toEqual([]);
      }),
      { ...options, numRuns: 50 },
    );
  });
});
