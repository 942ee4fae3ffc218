/** The pure rules beneath similarity: hashes within a few bits, groups that merge, thresholds, scores of neighbours. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRandom, randomNormal } from '../../../../server/maths/random.ts';
import { createHashTable, MOST_BITS } from '../../../../server/modules/images/similarity/hash-table.ts';
import { mergeGroups } from '../../../../server/modules/images/similarity/merge-groups.ts';
import { neighbourScores } from '../../../../server/modules/images/similarity/neighbour-scores.ts';
import { imagePairs } from '../../../../server/modules/images/similarity/pair-candidates.ts';
import { groundOf, pairThreshold, pooledGround } from '../../../../server/modules/images/similarity/pair-threshold.ts';
import { hammingDistance, perceptualHash } from '../../../../server/modules/images/similarity/perceptual-hash.ts';
import { qualityScores } from '../../../../server/modules/images/similarity/quality-scores.ts';

const settings = { numRuns: 100, seed: 7, endOnFailure: true };

describe('the table of perceptual hashes', () => {
  it('finds every hash within seven bits, before and after it was saved', () => {
    const hash = fc.uint8Array({ minLength: 8, maxLength: 8 });
    const flips = fc.uniqueArray(fc.nat(63), { maxLength: MOST_BITS });
    fc.assert(
      fc.property(hash, flips, fc.array(hash, { maxLength: 20 }), (one, bits, others) => {
        const changed = Uint8Array.from(one);
        for (const bit of bits) changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
        const table = createHashTable();
        table.add(1000, changed);
        for (const [index, other] of others.entries()) table.add(index, other);
        for (const kept of [table, createHashTable(table.save())]) {
          expect(kept.find(one, 100)).toContainEqual({ number: 1000, bits: bits.length });
          for (const found of kept.find(one, 100)) expect(found.bits).toBeLessThanOrEqual(MOST_BITS);
        }
        table.remove(1000);
        expect(table.find(one, 100).map(({ number }) => number)).not.toContain(1000);
      }),
      settings,
    );
  });
});

describe('groups of near-duplicates', () => {
  it('are the connected components, named by their least hash, in whatever order pairs come', () => {
    const name = fc.nat(11).map((number) => number.toString(16).padStart(2, '0'));
    const pair = fc.tuple(name, name).filter(([a, b]) => a !== b);
    fc.assert(
      fc.property(fc.array(fc.array(pair, { minLength: 1, maxLength: 4 }), { maxLength: 6 }), (batches) => {
        const groups = new Map<string, string | null>();
        for (const batch of batches) {
          const pairs = batch.map(([a, b]) => ({ a, b }));
          const members = new Set(pairs.flatMap(({ a, b }) => [a, b]));
          const known = new Map([...members].map((member) => [member, groups.get(member) ?? null]));
          const { renamed, joined } = mergeGroups(pairs, known);
          const names = new Map(renamed.map(({ from, to }) => [from, to]));
          for (const [member, group] of groups) if (group) groups.set(member, names.get(group) ?? group);
          for (const { sha256, group } of joined) groups.set(sha256, group);
        }
        for (const [member, group] of groups) expect(group).toBe(leastOf(member, batches.flat()));
      }),
      settings,
    );
  });

  function leastOf(start: string, pairs: readonly (readonly [string, string])[]): string | undefined {
    const group = new Set([start]);
    for (const member of group) {
      for (const [a, b] of pairs) {
        if (a === member) group.add(b);
        if (b === member) group.add(a);
      }
    }
    return [...group].sort()[0];
  }
});

describe('the threshold of a pair', () => {
  const draw = (seed: number, level: number, deviation: number, count: number) => {
    const random = createRandom(seed);
    return Array.from({ length: count }, () => level + deviation * randomNormal(random));
  };

  it('lies higher where other parts agree more, and says when nothing can be told', () => {
    const loose = pairThreshold(groundOf(draw(1, 0, 0.1, 12)), 16);
    const aligned = pairThreshold(groundOf(draw(2, 0.95, 0.17, 12)), 16);
    const same = pairThreshold(groundOf(draw(3, 1.8, 0.2, 12)), 16);
    expect(loose.z).toBeLessThan(aligned.z);
    expect(aligned.z).toBeLessThan(same.z);
    expect([loose.isTold, aligned.isTold, same.isTold]).toEqual([true, true, false]);
  });

  it('hardly follows duplicates among the ground', () => {
    const clean = draw(4, 0, 0.1, 12);
    const mixed = [...clean.slice(0, 9), 1.5, 1.6, 1.7];
    expect(pairThreshold(groundOf(mixed), 16).z).toBeLessThan(1.2);
  });

  it('is steadier with the ground of the neighbours', () => {
    const thresholds = (pooled: number) =>
      Array.from({ length: 40 }, (_, turn) => {
        const grounds = Array.from({ length: pooled }, (_, at) => groundOf(draw(100 * turn + at, 0.95, 0.17, 12)));
        return pairThreshold(pooledGround(grounds), 16).z;
      });
    const width = (values: number[]) => Math.max(...values) - Math.min(...values);
    expect(width(thresholds(30))).toBeLessThan(width(thresholds(1)) * 0.6);
  });

  it('takes the nearer half of a small pool as candidates and never the same image twice', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.nat(500), { maxLength: 130 }),
        fc.uniqueArray(fc.nat(500), { maxLength: 20 }),
        (near, alike) => {
          const { candidates, ground } = imagePairs(near, alike);
          const all = [...candidates, ...ground];
          expect(new Set(all).size).toBe(all.length);
          expect(all.length).toBeLessThanOrEqual(44);
          if (near.length >= 2) expect(candidates).toContain(near[0]);
        },
      ),
      settings,
    );
  });
});

describe('scores', () => {
  it('call an image far from all an outlier, one with a copy not unique, one among many representative', () => {
    const scale = 0.3;
    const at = (distance: number, count = 30) => Array.from({ length: count }, () => 1 - distance ** 2 / 2);
    const usual = neighbourScores(at(0.3), scale);
    const far = neighbourScores(at(0.9), scale);
    const copied = neighbourScores([1, ...at(0.3)], scale);
    expect(usual.outlier).toBeCloseTo(1, 5);
    expect(far.outlier).toBeLessThan(0.3);
    expect(copied.uniqueness).toBeLessThan(0.7 * usual.uniqueness);
    expect(far.representativeness).toBeLessThan(usual.representativeness);
    expect(neighbourScores([], 0)).toEqual({ outlier: 1, uniqueness: 1, representativeness: 0 });
  });

  it('tell dark, bright, blurred and empty pictures from a sharp one', () => {
    const side = 64;
    const make = (value: (row: number, column: number) => number) =>
      qualityScores(
        Uint8Array.from({ length: side * side }, (_, at) => value(Math.floor(at / side), at % side)),
        side,
        side,
      );
    const random = createRandom(1);
    const sharp = make(() => 255 * random());
    const smooth = make((row, column) => 100 + row + column / 4);
    const dark = make(() => 20 * random());
    const bright = make(() => 235 + 20 * random());
    const flat = make(() => 128);
    expect(smooth.blurred).toBeLessThan(0.3);
    expect(sharp.blurred).toBeGreaterThan(0.9);
    expect(dark.dark).toBeLessThan(0.3);
    expect(bright.bright).toBeLessThan(0.3);
    expect(flat.lowInformation).toBeLessThan(0.3);
    for (const score of [sharp.dark, sharp.bright, sharp.lowInformation]) expect(score).toBeGreaterThan(0.7);
  });
});

describe('the perceptual hash', () => {
  it('stays within four bits under brightness and noise, and differs in many between pictures', () => {
    const picture = (seed: number) => {
      const random = createRandom(seed);
      const waves = Array.from({ length: 12 }, () => [4 * random(), 4 * random(), 6 * random()] as const);
      return Uint8Array.from({ length: 1024 }, (_, at) => {
        const [x, y] = [(at % 32) / 32, Math.floor(at / 32) / 32];
        return 128 + waves.reduce((sum, [u, v, phase]) => sum + 8 * Math.sin(6 * (u * x + v * y) + phase), 0);
      });
    };
    const random = createRandom(9);
    const one = picture(1);
    const changed = one.map((value) => 0.85 * value + 2 * randomNormal(random));
    expect(hammingDistance(perceptualHash(one), perceptualHash(changed))).toBeLessThanOrEqual(4);
    expect(hammingDistance(perceptualHash(one), perceptualHash(picture(2)))).toBeGreaterThan(MOST_BITS);
  });
});
