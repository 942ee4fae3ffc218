import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createSignalCare } from '../../edge/devices/signal-care.ts';

const config = { retryPathsMs: 8_000, reresolveMs: 5_000, badAfterMs: 10_000 };
const NONE = new Map<string, string>();
const bad = (status: string) => ({ quality: 'BAD' as const, status, isUnfit: false });
const good = { quality: 'GOOD' as const, status: undefined, isUnfit: false };

/** When it was looked for within so much time, looked at every 100 ms. */
function lookedFor(care: ReturnType<typeof createSignalCare>, missing: ReadonlyMap<string, string>, untilMs: number) {
  const times: number[] = [];
  for (let nowMs = 0; nowMs <= untilMs; nowMs += 100) if (care.due(missing, nowMs).includes('a')) times.push(nowMs);
  return times;
}

describe('looking anew for a signal', () => {
  it('happens at once when the server knows its node no more, then later and later', () => {
    const care = createSignalCare(config);
    care.heard('a', bad('BadNodeIdUnknown'), 0);
    expect(lookedFor(care, NONE, 32_000)).toEqual([0, 500, 1_500, 3_500, 7_500, 15_500, 23_500, 31_500]);
  });

  it('happens in the same way, but for the first time, when it was missing from the beginning', () => {
    const missing = new Map([['a', 'no node at its path']]);
    expect(lookedFor(createSignalCare(config), missing, 16_000)).toEqual([500, 1_500, 3_500, 7_500, 15_500]);
  });

  it('happens now and then while it is bad, and at once when it turns out to be gone', () => {
    const care = createSignalCare(config);
    care.heard('a', bad('BadCommunicationError'), 0);
    expect(lookedFor(care, NONE, 12_000)).toEqual([5_000, 10_000]);
    care.heard('a', bad('BadNodeIdInvalid'), 12_050);
    expect(care.due(NONE, 12_100)).toEqual(['a']);
    care.heard('a', good, 12_200);
    expect(care.due(NONE, 60_000)).toEqual([]);
  });

  it('does not happen for a value that has come but is no use', () => {
    const care = createSignalCare(config);
    care.heard('a', { quality: 'BAD', status: 'true is no text; map another node', isUnfit: true }, 0);
    expect(lookedFor(care, NONE, 60_000)).toEqual([]);
    expect(care.troubles(NONE, 0)).toEqual(['a is no use: true is no text; map another node']);
  });

  it('never happens more often than twice as long apart as before, whatever the server says', () => {
    const word = fc.oneof(
      fc.constantFrom('BadNodeIdUnknown', 'BadNodeIdInvalid', 'BadCommunicationError', 'BadNotConnected').map(bad),
      fc.constant(undefined),
    );
    fc.assert(
      fc.property(fc.array(word, { minLength: 1, maxLength: 300, size: 'max' }), (said) => {
        const care = createSignalCare(config);
        let looks = 0;
        said.forEach((each, index) => {
          if (each) care.heard('a', each, index * 100);
          looks += care.due(NONE, index * 100).length;
        });
        // It was bad all the time: two kinds of it, each with its own doubling.
        const lastedMs = said.length * 100;
        expect(looks).toBeLessThanOrEqual(2 * (Math.log2(1 + lastedMs / 500) + 2 + lastedMs / config.reresolveMs));
      }),
    );
  });
});

it('tells what is bad for long, by name and status, until it is good', () => {
  const care = createSignalCare(config);
  care.heard('a', bad('BadCommunicationError'), 0);
  care.heard('b', bad('BadNotConnected'), 5_000);
  expect(care.troubles(NONE, 9_999)).toEqual([]);
  expect(care.troubles(NONE, 10_000)).toEqual([
    'gives no good value of a (BadCommunicationError); look at its source at the machine',
  ]);
  expect(care.troubles(new Map([['b', 'no node at its path']]), 16_000)).toEqual([
    'does not give b (no node at its path)',
    'gives no good value of a (BadCommunicationError); look at its source at the machine',
  ]);
  care.heard('a', good, 17_000);
  expect(care.troubles(NONE, 17_000)[0]).toContain('of b (BadNotConnected)');
});
