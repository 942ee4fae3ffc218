/** The pure rules: what follows from what people say, how far they agree, which images are worth a look. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Region } from '../../../../schema/region.ts';
import { iouOf } from '../../../../schema/region-geometry.ts';
import { createRandom } from '../../../../server/maths/random.ts';
import {
  ENOUGH,
  fleissFigure,
  pairFigures,
  personFigures,
} from '../../../../server/modules/labelling/agreement/figures.ts';
import { bootstrap, cohenKappa, fleissKappa } from '../../../../server/modules/labelling/agreement/kappa.ts';
import { decideLabel, type Said, standing } from '../../../../server/modules/labelling/annotations/decide-label.ts';
import { gravestLabel } from '../../../../server/modules/labelling/annotations/gravest-label.ts';
import { drawsKnown } from '../../../../server/modules/labelling/review/known-draw.ts';
import { type ImageFacts, worthOf } from '../../../../server/modules/labelling/review/worth.ts';

const settings = { numRuns: 200, seed: 3, endOnFailure: true };
const iou = (a: readonly Region[], b: readonly Region[]) => iouOf(a, b, 20, 20);
const rules = (two: readonly string[]) => ({
  reviewersFor: (label: string) => (two.includes(label) ? (2 as const) : (1 as const)),
  iou,
});
const box = (x: number): Region => ({ kind: 'box', classCode: 'chip', x, y: 0, width: 10, height: 10 });

const words = fc
  .array(
    fc.record({
      personId: fc.constantFrom('a', 'b', 'c', 'd'),
      label: fc.constantFrom('good', 'chip', 'crack'),
      place: fc.constantFrom(null, 0, 1, 9),
    }),
    { maxLength: 8 },
  )
  .map((all) =>
    all.map(
      ({ personId, label, place }, index): Said => ({
        ...{ id: `s${index}`, personId, label, madeAt: new Date(1000 + index) },
        regions: place === null || label === 'good' ? [] : [box(place)],
      }),
    ),
  );

describe('what follows from annotations', () => {
  it('counts every person once, by the newest word, in whatever order rows come', () => {
    fc.assert(
      fc.property(words, fc.subarray(['good', 'chip', 'crack']), (said, two) => {
        const outcome = decideLabel(said, rules(two));
        expect(decideLabel(said.toReversed(), rules(two))).toEqual(outcome);
        if (outcome.state !== 'labelled') return;
        const byId = new Map(said.map((each) => [each.id, each]));
        const voters = outcome.votes.map((id) => byId.get(id) as Said);
        expect(new Set(voters.map(({ personId }) => personId)).size).toBe(voters.length);
        expect(voters.every(({ label }) => label === outcome.label)).toBe(true);
        expect(outcome.votes).toContain(outcome.annotationId);
        const newest = new Set(standing(said).map(({ id }) => id));
        expect(outcome.votes.every((id) => newest.has(id))).toBe(true);
        expect(voters.length).toBeGreaterThanOrEqual(outcome.rule === 'one' ? 1 : 2);
        if (two.includes(outcome.label)) expect(outcome.rule).not.toBe('one');
      }),
      settings,
    );
  });

  it('never lets one person decide alone what takes two', () => {
    fc.assert(
      fc.property(words, (said) => {
        const alone = said.map((each) => ({ ...each, personId: 'a' }));
        const { state } = decideLabel(alone, rules(['good', 'chip', 'crack']));
        expect(state).toBe(said.length === 0 ? 'unlabelled' : 'pending');
      }),
      settings,
    );
  });

  it('forgets what was said before a new round', () => {
    fc.assert(
      fc.property(words, fc.nat({ max: 8 }), (said, at) => {
        const since = new Date(999 + at);
        const later = said.filter(({ madeAt }) => madeAt > since);
        expect(decideLabel(said, rules(['chip']), since)).toEqual(decideLabel(later, rules(['chip'])));
      }),
      settings,
    );
  });

  it('calls it a conflict when two draw the same class in different places', () => {
    const at = (id: string, x: number): Said => ({
      ...{ id, personId: id, label: 'chip', regions: [box(x)], madeAt: new Date(Number(x)) },
    });
    expect(decideLabel([at('a', 0), at('b', 10)], rules(['chip'])).state).toBe('conflict');
    expect(decideLabel([at('a', 0), at('b', 1)], rules(['chip']))).toMatchObject({ rule: 'two', annotationId: 'b' });
  });
});

it('names an image by the most severe class, of equals by the first in the book', () => {
  const classes = [
    { code: 'seed', severity: 'minor' as const, ordinal: 0 },
    { code: 'stone', severity: 'major' as const, ordinal: 2 },
    { code: 'blister', severity: 'major' as const, ordinal: 1 },
  ];
  expect(gravestLabel(['seed', 'stone', 'blister'], classes)).toBe('blister');
  expect(gravestLabel(['unknown', 'seed'], classes)).toBe('seed');
  expect(gravestLabel([], classes)).toBe('good');
});

describe('agreement', () => {
  it('gives Cohen’s kappa of the worked example of 50 grant proposals', () => {
    // two readers: both yes 20, both no 15, they differ 5 and 10; observed 0.7, by chance 0.5
    const { value, low, high } = cohenKappa([
      [20, 5],
      [10, 15],
    ]);
    expect(value).toBeCloseTo(0.4, 10);
    expect(low).toBeLessThan(value);
    expect(high).toBeGreaterThan(value);
  });

  it('gives the interval of Fleiss, Cohen and Everitt’s formula for a table that can be reckoned by hand', () => {
    // p = 1/4 each: kappa 0, variance (A + B − C) / (n (1 − Pe)²) = (0 + 1/2 − 1/4) / (100 / 4)
    const { value, high } = cohenKappa([
      [25, 25],
      [25, 25],
    ]);
    expect(value).toBeCloseTo(0, 12);
    expect(high).toBeCloseTo(1.959963984540054 * Math.sqrt(0.01), 6);
  });

  it('gives Fleiss’ kappa of the worked example of 14 raters, 10 subjects and 5 categories', () => {
    const counts = [
      [0, 0, 0, 0, 14],
      [0, 2, 6, 4, 2],
      [0, 0, 3, 5, 6],
      [0, 3, 9, 2, 0],
      [2, 2, 8, 1, 1],
      [7, 7, 0, 0, 0],
      [3, 2, 6, 3, 0],
      [2, 5, 3, 2, 2],
      [6, 5, 2, 1, 0],
      [0, 2, 2, 3, 7],
    ];
    expect(fleissKappa(counts)).toBeCloseTo(0.20993, 4);
  });

  it('is 1 for people who always agree, on more than one class', () => {
    expect(
      fleissKappa([
        [2, 0],
        [0, 2],
        [3, 0],
      ]),
    ).toBe(1);
    expect(
      cohenKappa([
        [5, 0],
        [0, 5],
      ]).value,
    ).toBe(1);
    expect(
      fleissKappa([
        [2, 0],
        [2, 0],
      ]),
    ).toBeUndefined();
  });

  it('gives the same interval for the same seed, around the figure', () => {
    const values = Array.from({ length: 40 }, (_, n) => n % 5);
    const mean = (sample: readonly number[]) => sample.reduce((sum, value) => sum + value, 0) / sample.length;
    const first = bootstrap(values, mean, createRandom(1));
    expect(bootstrap(values, mean, createRandom(1))).toEqual(first);
    expect(first?.low).toBeLessThan(2);
    expect(first?.high).toBeGreaterThan(2);
  });

  it('says nothing from too few, and lists people by no merit', () => {
    const opinions = (images: number) =>
      Array.from({ length: images }, (_, n) =>
        ['b', 'a'].map((personId) => ({
          ...{ sha256: String(n), personId, label: n % 3 === 0 ? 'chip' : 'good', regions: [], width: 9, height: 9 },
        })),
      ).flat();
    expect(fleissFigure(opinions(ENOUGH - 1), createRandom(1)).estimate).toBeNull();
    expect(fleissFigure(opinions(ENOUGH), createRandom(1)).estimate?.value).toBe(1);
    expect(pairFigures(opinions(ENOUGH))).toMatchObject([{ personIds: ['a', 'b'], kappa: { n: ENOUGH } }]);
    const checks = Array.from({ length: ENOUGH }, () => ({ personId: 'c', label: 'good', known: 'chip' }));
    const figures = personFigures(opinions(ENOUGH), checks);
    expect(figures.map(({ personId }) => personId)).toEqual(['a', 'b', 'c']);
    expect(figures[2]?.known.estimate?.value).toBe(0);
  });
});

describe('the queue', () => {
  const facts: fc.Arbitrary<ImageFacts> = fc.record({
    verdict: fc.constantFrom(null, 'pass', 'reject', 'uncertain'),
    score: fc.option(fc.double({ min: 0, max: 1, noNaN: true })),
    threshold: fc.constantFrom(null, 0.5),
    cell: fc.option(fc.record({ count: fc.integer({ min: 1, max: 50 }), total: fc.integer({ min: 50, max: 999 }) })),
    novelty: fc.option(fc.double({ min: 0, max: 1, noNaN: true })),
    hasLabelledTwin: fc.boolean(),
    keepProbability: fc.option(fc.double({ min: 0.0001, max: 1, noNaN: true })),
  });

  it('keeps the worth of an image below the next tier, and gives a reason', () => {
    fc.assert(
      fc.property(facts, (image) => {
        const { worth, reason } = worthOf(image);
        expect(worth).toBeGreaterThanOrEqual(0);
        expect(worth).toBeLessThan(1);
        expect(reason.code).not.toBe('');
      }),
      settings,
    );
  });

  it('values doubt, rarity, novelty and what stands for many parts, and little what is labelled already', () => {
    fc.assert(
      fc.property(facts, (image) => {
        const { worth } = worthOf(image);
        expect(worthOf({ ...image, verdict: 'uncertain' }).worth).toBeGreaterThanOrEqual(worth);
        expect(worthOf({ ...image, novelty: 1 }).worth).toBeGreaterThanOrEqual(worth);
        expect(worthOf({ ...image, cell: { count: 1, total: 1000 } }).worth).toBeGreaterThanOrEqual(worth);
        expect(worthOf({ ...image, keepProbability: 0.0001 }).worth).toBeGreaterThanOrEqual(worth);
        expect(worthOf({ ...image, hasLabelledTwin: true }).worth).toBeLessThanOrEqual(worth);
      }),
      settings,
    );
  });

  it('draws known answers at their share, anew after each that was answered', () => {
    const draws = Array.from({ length: 4000 }, (_, n) => ({ personId: 'p', itemId: `i${n}`, answered: 0, share: 0.1 }));
    const share = draws.filter(drawsKnown).length / draws.length;
    expect(share).toBeGreaterThan(0.085);
    expect(share).toBeLessThan(0.115);
    const drawn = draws.filter(drawsKnown);
    expect(drawn.filter((draw) => drawsKnown({ ...draw, answered: 1 })).length).toBeLessThan(drawn.length / 3);
  });
});
