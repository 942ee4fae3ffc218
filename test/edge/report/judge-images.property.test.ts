import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TriggerSchema } from '../../../edge/config/gate-config.ts';
import { HttpSourceSchema } from '../../../edge/config/source-config.ts';
import { judgeImages } from '../../../edge/report/judge-images.ts';
import { matchImages } from '../../../edge/report/match-images.ts';
import { measured } from './measured.ts';

const PARTS = 400;
const url = 'http://127.0.0.1/image';
/** Of each image between its quickest and its slowest way, from 0 to 1: evenly, mostly quick, mostly slow, in two heaps. */
const shapes = {
  even: (share: number) => share,
  quick: (share: number) => share ** 4,
  slow: (share: number) => 1 - (1 - share) ** 4,
  heaps: (share: number) => (share < 0.9 ? share / 9 : share),
};
const shape = fc.constantFrom(...Object.values(shapes));
const shares = fc.noShrink(
  fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: PARTS, maxLength: PARTS }),
);
const rough = fc.record({ windowMs: fc.integer({ min: 1, max: 400 }), offsetMs: fc.integer({ min: -200, max: 600 }) });
const apart = fc.integer({ min: 100, max: 2_000 });

/** The values after those of the report are entered. */
function entered(findings: ReturnType<typeof judgeImages>, field: string, before: number): number {
  return findings.find(({ path }) => path.at(-1) === field)?.enter ?? before;
}

describe('the values to enter for images', () => {
  it('let every snapshot that came before the next part come in time, whatever its way, and the file takes them', () => {
    const latency = fc.integer({ min: 0, max: 1_000 });
    const way = fc.tuple(fc.double({ min: 0, max: 0.9, noNaN: true }), fc.double({ min: 0, max: 0.09, noNaN: true }));
    fc.assert(
      fc.property(
        shares,
        shape,
        way,
        apart,
        rough,
        latency,
        (list, form, [leastShare, width], leastMs, guess, latencyMs) => {
          const ways = list.map((share) => leastMs * (leastShare + width * form(share)));
          const trigger = TriggerSchema.parse({ signal: 't', kind: 'counter', ...guess });
          const source = HttpSourceSchema.parse({ kind: 'http', mode: 'snapshot', url, latencyMs });
          const statistics = measured({ askedMs: ways });
          const findings = judgeImages(statistics, trigger, [{ camera: 'a', source }], leastMs);
          const window = entered(findings, 'windowMs', guess.windowMs);
          const allowedMs = guess.offsetMs + entered(findings, 'latencyMs', latencyMs) + window;
          expect(Math.max(...ways)).toBeLessThanOrEqual(allowedMs);
          expect(window).toBeLessThanOrEqual(Math.max(1, leastMs / 2));
          expect(window).toBeGreaterThanOrEqual(1);
        },
      ),
    );
  });

  it('let every image of a camera that the sensor triggers be within the window, unless nobody can tell of which part it is', () => {
    const middle = fc.integer({ min: -2_000, max: 4_000 });
    // Wider, an image may as well be of the part before.
    const width = fc.double({ min: 0, max: 0.5, noNaN: true });
    fc.assert(
      fc.property(shares, shape, middle, width, apart, rough, (list, form, middleMs, wide, leastMs, guess) => {
        const widthMs = wide * leastMs;
        const triggersMs: number[] = [];
        for (const [at, share] of list.entries())
          triggersMs.push((triggersMs.at(-1) ?? 0) + leastMs * (at % 20 === 0 ? 5 : 1 + share));
        const distances = list.map((share, at) => middleMs + widthMs * (form((share * 7 + at * 0.37) % 1) - 0.5));
        const takenMs = triggersMs.map((atMs, at) => atMs + (distances[at] ?? 0)).sort((a, b) => a - b);
        const trigger = TriggerSchema.parse({ signal: 't', kind: 'counter', ...guess });
        const source = HttpSourceSchema.parse({
          kind: 'http',
          mode: 'mjpeg',
          rhythm: 'triggered',
          capture: 'x-timestamp',
          url,
        });
        const statistics = measured({ takenMs, triggersMs });
        const findings = judgeImages(statistics, trigger, [{ camera: 'a', source }], leastMs);
        const isRegular = findings.some(({ measured: text }) => text.includes('so regularly'));
        if (isRegular) return;
        expect(findings.map(({ fit, remark }) => [fit === 'cannot fit' || fit === 'not known', remark])).toEqual([
          [false, undefined],
          [false, undefined],
        ]);
        const offset = entered(findings, 'offsetMs', guess.offsetMs);
        const window = entered(findings, 'windowMs', guess.windowMs);
        for (const distance of distances) expect(Math.abs(distance - offset)).toBeLessThanOrEqual(window);
        expect(window).toBeLessThanOrEqual(Math.max(1, leastMs / 2));
      }),
      { numRuns: 50 },
    );
  });
});

describe('matching images to triggers', () => {
  it('does not guess where parts come so regularly that it may be the next one', () => {
    const triggersMs = Array.from({ length: PARTS }, (_, at) => at * 300);
    const takenMs = triggersMs.map((atMs) => atMs + 420);
    expect(matchImages(triggersMs, takenMs, 300)).toEqual({
      problem: expect.stringMatching(
        /^parts come so regularly that images may be \d+ or -?\d+ ms after their trigger$/,
      ),
    });
  });
});
