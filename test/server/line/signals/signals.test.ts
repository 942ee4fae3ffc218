import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type SignalInput, signalsJson, storedSignals } from '../../../../server/modules/line/signals/signals.ts';

const signal: fc.Arbitrary<SignalInput> = fc.record({
  name: fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('encoderMm', '__proto__', '7', 'a"b\\')),
  value: fc.oneof(fc.jsonValue(), fc.double(), fc.constant(undefined)),
  unit: fc.option(fc.string({ unit: 'grapheme' })),
  quality: fc.constantFrom('good', 'stale', 'bad'),
  sourceTime: fc.option(fc.date({ noInvalidDate: true, min: new Date(0), max: new Date('2100-01-01') })),
});

describe('writing signals as JSON at once', () => {
  it('gives the text that the stored form gives', () => {
    fc.assert(
      fc.property(fc.uniqueArray(signal, { selector: ({ name }) => name }), (signals) => {
        const expected = JSON.parse(JSON.stringify(storedSignals(signals)));
        expect(JSON.parse(signalsJson(signals))).toEqual(expected);
      }),
    );
  });

  it('does not depend on the order of keys inside a value', () => {
    const of = (value: unknown) => signalsJson([{ name: 'pose', value, quality: 'good' }]);
    expect(of({ x: 1, y: [{ a: 1, b: 2 }] })).toBe(of({ y: [{ b: 2, a: 1 }], x: 1 }));
  });
});
