import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BoundedMap } from '../../../../server/modules/line/inspections/ingest-cache.ts';

describe('BoundedMap', () => {
  it('never gives another value than the last one set, and always the newest', () => {
    const steps = fc.array(fc.record({ key: fc.nat(30).map(String), set: fc.boolean() }), { maxLength: 300 });
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 20 }), steps, (limit, sequence) => {
        const map = new BoundedMap<number>(limit);
        const truth = new Map<string, number>();
        for (const [at, { key, set }] of sequence.entries()) {
          if (set) {
            map.set(key, at);
            truth.set(key, at);
            expect(map.get(key)).toBe(at);
          } else {
            const found = map.get(key);
            if (found !== undefined) expect(found).toBe(truth.get(key));
          }
        }
        const kept = [...truth.keys()].filter((key) => map.get(key) !== undefined);
        expect(kept.length).toBeLessThanOrEqual(Math.max(2, limit + 1));
      }),
    );
  });

  it('keeps what is asked for while others pass through', () => {
    const map = new BoundedMap<number>(10);
    map.set('hot', 1);
    for (let index = 0; index < 1000; index++) {
      map.set(`cold ${index}`, index);
      expect(map.get('hot')).toBe(1);
    }
    expect(map.get('cold 0')).toBeUndefined();
  });
});
