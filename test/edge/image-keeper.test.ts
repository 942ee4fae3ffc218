import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CapturePolicy } from '../../edge/capture/capture-policy.ts';
import { createImageKeeper } from '../../edge/capture/image-keeper.ts';
import { keepProbability } from '../../edge/capture/keep-probability.ts';
import type { InspectionResult, Verdict } from '../../edge/pipeline/frame.ts';
import { createSeededRandom } from '../support/seeded-random.ts';

const POLICY: CapturePolicy = {
  auditFraction: 0.05,
  uncertainProbability: 0.6,
  rejectProbability: 1,
  bytesPerDay: null,
  quotas: [],
};
const share = fc.double({ min: 0.001, max: 1, noNaN: true });
const policies = fc.record({
  auditFraction: fc.double({ min: 0.001, max: 0.2, noNaN: true }),
  uncertainProbability: share,
  rejectProbability: share,
  bytesPerDay: fc.constant(null),
  quotas: fc.constant<CapturePolicy['quotas']>([]),
});
const verdicts = fc.constantFrom<Verdict>('PASS', 'UNCERTAIN', 'REJECT');

function result(verdict: Verdict, brightness = 0.5): InspectionResult {
  return {
    id: '019b76da-a801-76d1-b968-87df2f695bdf',
    cameraId: 'camera-1',
    modelVersionId: 'version-1',
    partId: null,
    verdict,
    score: 0.5,
    latencyMs: 1,
    imageSha256: '0'.repeat(64),
    imageStats: { brightness, contrast: 0.1, colourCast: 0, sharpness: 5 },
    position: null,
    defects: [],
    context: null,
  };
}

function keeper(seed: number, at: { ms: number; room: number } = { ms: 0, room: 1 }) {
  return createImageKeeper({ random: createSeededRandom(seed).next, now: () => at.ms, roomLeft: () => at.room });
}

describe('how likely an image is kept', () => {
  it('keeps everything without a policy', () => {
    expect(keepProbability(null, { verdict: 'PASS', quotaProbability: 0, budgetLeft: 0 })).toEqual({
      probability: 1,
      reason: 'ALL',
    });
  });

  it.each<[Verdict, number, number, number, string]>([
    ['PASS', 0, 1, 0.05, 'AUDIT'],
    ['PASS', 0.4, 1, 0.4, 'QUOTA'],
    ['UNCERTAIN', 0.4, 1, 0.6, 'UNCERTAIN'],
    ['UNCERTAIN', 0.7, 1, 0.7, 'QUOTA'],
    ['REJECT', 0.7, 1, 1, 'REJECT'],
    // The budget runs out: passes and uncertain ones shrink from a half of it on, rejects from a quarter.
    ['UNCERTAIN', 0, 0.5, 0.6, 'UNCERTAIN'],
    ['UNCERTAIN', 0, 0.25, 0.3, 'UNCERTAIN'],
    ['REJECT', 0, 0.25, 1, 'REJECT'],
    ['REJECT', 0, 0.125, 0.5, 'REJECT'],
    ['REJECT', 0, 0, 0.05, 'AUDIT'],
  ])(
    'is for %s with a quota of %d and %d of the budget %d because of %s',
    (verdict, quota, left, probability, reason) => {
      expect(keepProbability(POLICY, { verdict, quotaProbability: quota, budgetLeft: left })).toEqual({
        probability,
        reason,
      });
    },
  );

  it('is never below the audit fraction, never more than certain, never nothing', () => {
    fc.assert(
      fc.property(
        policies,
        verdicts,
        fc.double({ min: 0, max: 1, noNaN: true }),
        share,
        (policy, verdict, left, quota) => {
          const { probability } = keepProbability(policy, { verdict, quotaProbability: quota, budgetLeft: left });
          expect(probability).toBeGreaterThanOrEqual(policy.auditFraction);
          expect(probability).toBeLessThanOrEqual(1);
        },
      ),
      { numRuns: 200, seed: 5, endOnFailure: true },
    );
    const none = { ...POLICY, auditFraction: 0 };
    expect(keepProbability(none, { verdict: 'PASS', quotaProbability: 0, budgetLeft: 1 }).probability).toBeGreaterThan(
      0,
    );
  });
});

describe('keeping images', () => {
  it('keeps as many as the probability says, whichever that is', () => {
    fc.assert(
      fc.property(policies, verdicts, fc.integer({ min: 0, max: 1e6 }), (policy, verdict, seed) => {
        const images = keeper(seed);
        images.setPolicy(policy);
        const n = 2_000;
        const captures = Array.from({ length: n }, () => images.decide(result(verdict), 1_000));
        const p = captures[0]?.keepProbability ?? 0;
        const kept = captures.filter(({ isKept }) => isKept).length;
        // Five standard deviations of a binomial count.
        expect(Math.abs(kept - n * p)).toBeLessThanOrEqual(5 * Math.sqrt(n * p * (1 - p)) + 1);
      }),
      { numRuns: 30, seed: 6, endOnFailure: true },
    );
  });

  it('gives the same answers for the same random numbers', () => {
    const answers = () => {
      const images = keeper(11);
      images.setPolicy(POLICY);
      return Array.from({ length: 50 }, () => images.decide(result('UNCERTAIN'), 1_000));
    };
    expect(answers()).toEqual(answers());
  });

  it('keeps weights that add up to all parts although budget, quotas and thinning change what is kept (Horvitz and Thompson)', () => {
    const parts = 400;
    const estimates = Array.from({ length: 200 }, (_, seed) => {
      const at = { ms: 0, room: 1 };
      const images = keeper(seed, at);
      const thinning = createSeededRandom(seed + 100_000);
      const cell = { brightness: { min: 0.6, max: null } };
      images.setPolicy({
        ...POLICY,
        bytesPerDay: 24 * 40_000,
        quotas: [{ id: 'bright', cell, remaining: 15, probability: 0.9 }],
      });
      let estimate = 0;
      for (let part = 0; part < parts; part++) {
        at.ms += 1_000;
        const verdict = part % 10 === 0 ? 'REJECT' : part % 7 === 0 ? 'UNCERTAIN' : 'PASS';
        const { isKept, keepProbability: p } = images.decide(result(verdict, (part % 20) / 20), 1_000);
        // Every third image of a pass is thinned once afterwards.
        const isThinned = verdict === 'PASS' && part % 3 === 0;
        if (isKept && (!isThinned || thinning.next() < 0.5)) estimate += 1 / (isThinned ? p / 2 : p);
      }
      return estimate;
    });
    const mean = estimates.reduce((sum, value) => sum + value, 0) / estimates.length;
    const variance = estimates.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (estimates.length - 1);
    expect(Math.abs(mean - parts)).toBeLessThan(4 * Math.sqrt(variance / estimates.length));
  });

  it('keeps within its bytes a day, the audit aside', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1e6 }), fc.integer({ min: 1, max: 60 }), (seed, everyS) => {
        const at = { ms: 0, room: 1 };
        const images = keeper(seed, at);
        const bytesPerDay = 24 * 100_000;
        images.setPolicy({ ...POLICY, auditFraction: 1e-6, bytesPerDay });
        let kept = 0;
        for (let part = 0; part < 3_000; part++) {
          at.ms += everyS * 1_000;
          if (images.decide(result('REJECT'), 2_000).isKept) kept += 2_000;
        }
        // An hour's worth may have gathered; the last image may go over.
        expect(kept).toBeLessThanOrEqual((bytesPerDay / 24) * (at.ms / 3_600_000 + 1) + 2_000);
      }),
      { numRuns: 20, seed: 7, endOnFailure: true },
    );
  });

  it('keeps the images that a cell still lacks, then no more than else, until the plan says otherwise', () => {
    const images = keeper(1);
    const quota = { id: 'q', cell: { brightness: { min: 0.6, max: 0.8 }, cameraId: 'camera-1' }, probability: 1 };
    const policy = { ...POLICY, auditFraction: 1e-6, quotas: [{ ...quota, remaining: 3 }] };
    images.setPolicy(policy);
    const kept = (count: number, brightness: number) =>
      Array.from({ length: count }, () => images.decide(result('PASS', brightness), 1_000)).filter(
        ({ isKept }) => isKept,
      ).length;
    expect(kept(20, 0.3)).toBe(0);
    expect(kept(20, 0.7)).toBe(3);
    images.setPolicy(policy);
    expect(kept(20, 0.7)).toBe(3);
  });

  it('keeps less when the outbox fills', () => {
    const at = { ms: 0, room: 0.125 };
    const images = keeper(1, at);
    images.setPolicy(POLICY);
    expect(images.decide(result('UNCERTAIN'), 1_000).keepProbability).toBeCloseTo(0.15);
  });
});
