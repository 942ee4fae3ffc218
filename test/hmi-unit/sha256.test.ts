import { createHash } from 'node:crypto';
import { assert as assertHolds, property, string } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sha256 } from '../../hmi/lib/sha256.ts';

const byNode = (text: string) => createHash('sha256').update(text, 'utf8').digest('hex');

describe('hashing what a screen says', () => {
  it('gives what Node gives, for every length around the block size', () => {
    for (let length = 0; length <= 200; length++) {
      const text = 'ä'.repeat(length % 3) + 'x'.repeat(length);
      expect(sha256(text), `${length}`).toBe(byNode(text));
    }
  });

  it('gives what Node gives, for any text', () => {
    assertHolds(
      property(string({ unit: 'grapheme', maxLength: 500 }), (text) => {
        expect(sha256(text)).toBe(byNode(text));
      }),
    );
  });
});
