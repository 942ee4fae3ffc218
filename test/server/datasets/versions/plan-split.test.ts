/** Splits that keep together what shows the same, whatever the images are. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { planSplit, type SplitInput } from '../../../../server/modules/datasets/versions/plan-split.ts';
import { type SplitPolicy, STANDARD_POLICY } from '../../../../server/modules/datasets/versions/split-policy.ts';
import { unitsOf } from '../../../../server/modules/datasets/versions/split-units.ts';

interface Picture {
  label: string;
  near: string | null;
  camera: string | null;
  at: number;
  batch: string | null;
  kept: 'train' | 'validation' | 'golden' | null;
  trained: boolean;
}

const sha = (index: number) => index.toString(16).padStart(64, '0');

function inputOf(pictures: readonly Picture[], pairs: readonly number[] = []): SplitInput {
  return {
    sha256: pictures.map((_, index) => sha(index)),
    label: pictures.map(({ label }) => label),
    kept: pictures.map(({ kept }) => kept),
    isTrainedOn: pictures.map(({ trained }) => Number(trained)),
    exactGroup: pictures.map(() => null),
    nearGroup: pictures.map(({ near }) => near),
    camera: pictures.map(({ camera }) => camera),
    capturedAtMs: pictures.map(({ at }) => at),
    batch: pictures.map(({ batch }) => batch),
    pairs,
  };
}

const plain: Picture = { label: 'good', near: null, camera: null, at: 0, batch: null, kept: null, trained: false };
const picture = fc.record<Picture>({
  label: fc.constantFrom('good', 'good', 'crack', 'stone'),
  near: fc.option(fc.constantFrom('a', 'b', 'c', 'd', 'e'), { freq: 3 }),
  camera: fc.option(fc.constantFrom('left', 'right')),
  at: fc.nat(200_000),
  batch: fc.option(fc.constantFrom('x', 'y', 'z')),
  kept: fc.option(fc.constantFrom('train' as const, 'validation' as const, 'golden' as const), { freq: 4 }),
  trained: fc.boolean(),
});
const pictures = fc.array(picture, { minLength: 1, maxLength: 60 });
const policy: fc.Arbitrary<SplitPolicy> = fc.record({
  validationShare: fc.constantFrom(0, 0.1, 0.2, 0.5),
  goldenShare: fc.constantFrom(0, 0.1, 0.3),
  seed: fc.nat(1000),
  neighbourMs: fc.constantFrom(0, 500, 5000),
  keepBatches: fc.boolean(),
});
const runs = { numRuns: 200, seed: 20_260_601, endOnFailure: true };

describe('planning a split', () => {
  it('never tears a unit apart, but where a golden image meets what is trained on, and says so', () => {
    fc.assert(
      fc.property(pictures, policy, (all, rules) => {
        const input = inputOf(all);
        const { split, problems } = planSplit(input, rules);
        const units = unitsOf(input, rules);
        const torn = new Set<number>();
        for (const [index, unit] of units.entries()) if (split[index] !== split[unit]) torn.add(unit);
        const told = problems.filter(({ code }) => code === 'GOLDEN_MEETS_TRAIN').length;
        expect(torn.size).toBe(told > 0 ? torn.size : 0);
        for (const unit of torn) {
          const members = all.filter((_, index) => units[index] === unit);
          expect(members.some(({ kept }) => kept === 'golden') && members.some(({ trained }) => trained)).toBe(true);
        }
      }),
      runs,
    );
  });

  it('leaves golden what is golden, and makes nothing golden that is trained on', () => {
    fc.assert(
      fc.property(pictures, policy, (all, rules) => {
        const { split } = planSplit(inputOf(all), rules);
        for (const [index, { kept, trained }] of all.entries()) {
          if (kept === 'golden') expect(split[index]).toBe('golden');
          else if (trained) expect(split[index]).not.toBe('golden');
        }
      }),
      runs,
    );
  });

  it('leaves in train what was in train before, when images are added', () => {
    fc.assert(
      fc.property(pictures, pictures, policy, (before, added, rules) => {
        const fresh = before.map((each) => ({ ...each, kept: null }));
        const first = planSplit(inputOf(fresh), rules).split;
        const kept = fresh.map((each, index) => ({ ...each, kept: first[index] ?? null }));
        const news = added.map((each) => ({ ...each, kept: null }));
        const { split } = planSplit(inputOf([...kept, ...news]), rules);
        for (const [index, side] of first.entries()) {
          if (side === 'golden') expect(split[index]).toBe('golden');
          // a new image may join it with a golden one: then it goes there, unless a frozen version has learnt from it
          else if (side === 'train') expect(split[index]).not.toBe('validation');
        }
      }),
      runs,
    );
  });

  it('is the same whatever order the images come in, and by its seed alone', () => {
    fc.assert(
      fc.property(pictures, policy, fc.infiniteStream(fc.nat()), (all, rules, random) => {
        const bySha = (input: SplitInput) =>
          new Map(planSplit(input, rules).split.map((side, index) => [input.sha256[index], side]));
        const order = all.map((_, index) => ({ index, key: random.next().value })).sort((a, b) => a.key - b.key);
        const input = inputOf(all);
        const pick = <T>(column: ArrayLike<T>) => order.map(({ index }) => column[index] as T);
        const turned: SplitInput = {
          sha256: pick(input.sha256),
          label: pick(input.label),
          kept: pick(input.kept),
          isTrainedOn: pick(input.isTrainedOn),
          exactGroup: pick(input.exactGroup),
          nearGroup: pick(input.nearGroup),
          camera: pick(input.camera),
          capturedAtMs: pick(input.capturedAtMs),
          batch: pick(input.batch),
          pairs: [],
        };
        expect(bySha(turned)).toEqual(bySha(input));
      }),
      runs,
    );
  });

  it('comes within two images of the wanted share of every class, where every image stands alone', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom('good', 'crack', 'stone'), { minLength: 1, maxLength: 200 }),
        policy,
        (labels, rules) => {
          const alone = labels.map((label) => ({ ...plain, label }));
          const { split } = planSplit(inputOf(alone), rules);
          for (const label of new Set(labels)) {
            const mine = split.filter((_, index) => labels[index] === label);
            const validation = mine.filter((side) => side === 'validation').length;
            const golden = mine.filter((side) => side === 'golden').length;
            expect(Math.abs(validation - rules.validationShare * mine.length)).toBeLessThan(1.5);
            expect(Math.abs(golden - rules.goldenShare * mine.length)).toBeLessThan(1.5);
          }
        },
      ),
      runs,
    );
  });

  it('says when a unit is too large for a side, and which class a side has not got', () => {
    const alike = Array.from({ length: 60 }, () => ({ ...plain, near: 'one' }));
    const others = Array.from({ length: 40 }, () => plain);
    const { problems, largestUnit } = planSplit(
      inputOf([...alike, ...others, { ...plain, label: 'crack' }]),
      STANDARD_POLICY,
    );
    expect(largestUnit).toBe(60);
    expect(problems).toContainEqual({
      code: 'LARGE_UNIT',
      images: 60,
      imageSha256: sha(0),
      label: null,
      split: null,
    });
    expect(problems).toContainEqual({
      code: 'MISSING_CLASS',
      images: 1,
      imageSha256: null,
      label: 'crack',
      split: 'validation',
    });
  });

  it('joins neighbours in time by steps, of one camera only, and batches where that is asked', () => {
    const shot = (camera: string | null, at: number, batch: string | null = null) => ({ ...plain, camera, at, batch });
    const input = inputOf([
      shot('left', 0, 'x'),
      shot('left', 900),
      shot('left', 1800),
      shot('left', 2900, 'x'),
      shot('right', 900),
      shot(null, 900),
      shot(null, 900),
    ]);
    const alone = { neighbourMs: 1000, keepBatches: false };
    expect([...unitsOf(input, alone)]).toEqual([0, 0, 0, 3, 4, 5, 6]);
    expect([...unitsOf(input, { ...alone, keepBatches: true })]).toEqual([0, 0, 0, 0, 4, 5, 6]);
    expect([...unitsOf({ ...input, pairs: [5, 6, 4, 5] }, { ...alone, neighbourMs: 0 })]).toEqual([
      0, 1, 2, 3, 4, 4, 4,
    ]);
  });
});
