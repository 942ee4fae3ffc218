import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { auditDataset } from '../../../../server/modules/images/data-quality/audit-dataset.ts';
import { TRAP_KINDS, type TrapKind } from '../../../../server/modules/images/data-quality/audit-types.ts';
import { createSeededRandom } from '../../../support/seeded-random.ts';
import { type MadeSet, makeSet } from './made-set.ts';

const images = 240;
const isDefect = (label: string | undefined) => label !== 'good';

function look(kind: TrapKind, plant: (set: MadeSet) => void, seed = 1) {
  const set = makeSet(images, seed);
  plant(set);
  const { figures, issues } = auditDataset(set);
  const figure = figures.find((each) => each.kind === kind);
  const issue = issues.find((each) => each.kind === kind);
  if (!figure) throw new Error(`no figure of ${kind}`);
  const flagged = [...(issue?.flagged ?? [])].flatMap((isFlagged, index) => (isFlagged ? [index] : []));
  return { set, figure, flagged, scores: issue?.scores ?? new Float32Array(), details: issue?.details ?? new Map() };
}

describe('looking through a set without traps', () => {
  it('hardly ever cries wolf', () => {
    const sets = 25;
    const alarms: Record<string, number> = {};
    for (let seed = 0; seed < sets; seed++)
      for (const { kind, flagged } of auditDataset(makeSet(120, seed + 100)).figures)
        if (flagged) alarms[kind] = (alarms[kind] ?? 0) + 1;
    // Eight looks at 25 sets; each promises about one false alarm in a hundred.
    const all = Object.values(alarms).reduce((sum, each) => sum + each, 0);
    expect(all, JSON.stringify(alarms)).toBeLessThanOrEqual(8);
  });

  it('doubts no label where images do not tell the labels at all', () => {
    const { figure, flagged } = look('label_errors', ({ label }) => {
      const random = createSeededRandom(5);
      for (let index = 0; index < label.length; index++) label[index] = random.next() < 0.2 ? 'crack' : 'good';
    });
    expect(figure).toMatchObject({ flagged: false, score: null, code: 'labels_not_predictable' });
    expect(flagged).toEqual([]);
  });

  it('says of each trap why it cannot be judged, in a set that is too small', () => {
    const { figures } = auditDataset(makeSet(5, 1));
    expect(figures.map(({ kind }) => kind)).toEqual([...TRAP_KINDS]);
    for (const { score, flagged } of figures) if (score === null) expect(flagged).toBe(false);
  });
});

describe('looking through a set with a planted trap', () => {
  it('finds defects that were all taken on the night shift', () => {
    const { set, figure, flagged } = look('property_correlated', ({ label, categories }) => {
      label.forEach((each, index) => {
        if (isDefect(each)) categories.shift[index] = 'night';
      });
    });
    expect(figure).toMatchObject({ flagged: true, code: 'category_tells_class' });
    expect(figure.params).toMatchObject({ property: 'shift', value: 'night', shareOfClass: 1 });
    expect(flagged.every((index) => set.categories.shift[index] === 'night')).toBe(true);
  });

  it('finds a camera that is unknown for the defects only', () => {
    const { figure } = look('property_correlated', ({ label, categories }) => {
      label.forEach((each, index) => {
        if (isDefect(each)) categories.camera[index] = null;
      });
    });
    expect(figure.params).toMatchObject({ property: 'camera', value: '' });
  });

  it('finds cracks that are darker than all else', () => {
    const { figure } = look('property_correlated', ({ label, numbers }) => {
      label.forEach((each, index) => {
        if (each === 'crack') numbers.brightness[index] = (numbers.brightness[index] ?? 0) - 4;
      });
    });
    expect(figure).toMatchObject({ flagged: true, code: 'number_tells_class' });
    expect(figure.params).toMatchObject({ property: 'brightness', label: 'crack' });
    expect(figure.score).toBeLessThan(0.1);
  });

  it('finds looks that drift with time', () => {
    const { figure, flagged } = look('order_dependent', ({ vectors, dimensions }) => {
      for (let at = 0; at < vectors.length; at++)
        vectors[at] = (vectors[at] ?? 0) + (8 * Math.floor(at / dimensions)) / images;
    });
    expect(figure).toMatchObject({ flagged: true, code: 'order_dependent' });
    expect(flagged.length).toBeGreaterThan(0);
  });

  it('does not judge the order of images whose times nobody knows', () => {
    const { figure } = look('order_dependent', ({ capturedAtMs }) => void capturedAtMs.fill(Number.NaN));
    expect(figure).toMatchObject({ score: null, code: 'times_unknown', params: { images } });
  });

  it('finds the batch in which a classifier errs', () => {
    const { figure, flagged, set } = look('worst_group', ({ label, categories }) => {
      label.forEach((each, index) => {
        categories.batch[index] = index % 8 === 0 ? 'odd' : 'usual';
        if (index % 16 === 0) label[index] = each === 'good' ? 'crack' : 'good';
      });
    });
    expect(figure).toMatchObject({ flagged: true, params: { factor: 'batch', value: 'odd' } });
    expect(figure.params.low).toBeGreaterThan(Number(figure.params.restShare));
    expect(flagged.some((index) => set.categories.batch[index] === 'odd')).toBe(true);
  });

  it('finds images that are like no others', () => {
    const { figure, flagged } = look('outliers', ({ vectors, dimensions }) => {
      for (let at = 0; at < vectors.length; at++) {
        const [row, column] = [Math.floor(at / dimensions), at % dimensions];
        // All lie close together but two, each in a direction of its own.
        vectors[at] = (vectors[at] ?? 0) / 40 + (row < 2 ? (column === row ? 1 : 0) : column === 2 ? 1 : 0);
      }
    });
    expect(figure.flagged).toBe(true);
    expect(flagged).toEqual([0, 1]);
  });

  it('counts what repeats and what repeats with another label', () => {
    const { figure, flagged, details, set } = look('near_duplicates', (planted) => {
      Object.assign(planted, { pairs: [0, 1, 1, 2], likeness: [0.99, 0.95] });
      planted.label.splice(0, 3, 'good', 'good', 'crack');
    });
    expect(figure).toMatchObject({ flagged: true, count: 3, code: 'conflicting_duplicates' });
    expect(figure.params).toMatchObject({ pairs: 2, redundant: 2, conflicting: 1 });
    expect(flagged).toEqual([0, 1, 2]);
    expect(details.get(1)).toEqual({ imageSha256: set.sha256[0], likeness: 0.99 });
  });

  it('finds defects without an outline, outlines on good parts, and classes that the book does not know', () => {
    let crack = -1;
    const { flagged, details, figure } = look('empty_labels', ({ label, regions }) => {
      label.splice(0, 2, 'good', 'scratch');
      crack = label.indexOf('crack');
      regions[0] = 1;
      regions[crack] = 0;
    });
    expect(flagged).toEqual([0, 1, crack].toSorted((a, b) => a - b));
    expect(details.get(0)).toEqual({ reason: 'goodWithOutline' });
    expect(details.get(1)).toEqual({ reason: 'unknownClass' });
    expect(details.get(crack)).toEqual({ reason: 'withoutOutline' });
    expect(figure.params).toEqual({ withoutOutline: 1, goodWithOutline: 1, unknownClass: 1 });
  });

  it('finds a class with a handful of images among hundreds', () => {
    const { figure, flagged } = look('class_imbalance', ({ label }) => {
      label.fill('good');
      label.splice(0, 3, 'crack', 'crack', 'crack');
    });
    expect(figure).toMatchObject({ flagged: true, code: 'rare_class', params: { label: 'crack', count: 3 } });
    expect(flagged).toEqual([0, 1, 2]);
  });

  it('ranks labels that were changed before the others', () => {
    const { figure, scores } = look('label_errors', ({ label }) => {
      for (let index = 0; index < images; index += 20) label[index] = label[index] === 'good' ? 'crack' : 'good';
    });
    const first = [...scores.keys()].sort((a, b) => (scores[a] ?? 1) - (scores[b] ?? 1)).slice(0, 24);
    expect(figure.flagged).toBe(true);
    expect(first.filter((index) => index % 20 === 0).length).toBeGreaterThanOrEqual(9);
  });
});

describe('what a look gives', () => {
  it('is the same for the same input, holds its bounds, and flags only what it scores', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 60 }), fc.nat(1000), fc.boolean(), (size, seed, hasGaps) => {
        const set = makeSet(size, seed);
        if (hasGaps) for (let row = 0; row < size; row += 3) set.vectors[row * set.dimensions] = Number.NaN;
        const { figures, issues } = auditDataset(set);
        expect(auditDataset(set)).toEqual({ figures, issues });
        for (const { score } of figures) if (score !== null) expect(score >= 0 && score <= 1).toBe(true);
        for (const { kind, scores, flagged } of issues) {
          expect(scores.length).toBe(size);
          expect(scores.every((score) => score >= 0 && score <= 1)).toBe(true);
          expect(figures.find((figure) => figure.kind === kind)?.count).toBe(
            flagged.reduce((sum, each) => sum + each, 0),
          );
        }
      }),
      { seed: 7, numRuns: 15, endOnFailure: true },
    );
  });

  it('is refused when the columns do not fit', () => {
    const set = makeSet(10, 1);
    expect(() => auditDataset({ ...set, pairs: [0, 10], likeness: [1] })).toThrow('10 is no index below 10');
    expect(() => auditDataset({ ...set, sha256: [] })).toThrow('sha256: has 0 entries, label has 10');
  });
});
