import { describe, expect, it } from 'vitest';
import { run } from '../prove/hostile-machine.prove.ts';

/** Some of each family; the proof draws from all. */
const SOME = [
  'image-frozen',
  'stream-stalled',
  'counter-back-by-one',
  'encoder-stamped-back',
  'nodes-created-anew',
  'ejector-jammed',
];

describe('a line whose machine and camera misbehave', () => {
  it('lets no defective part pass, ejects no good one and loses no count in silence', async () => {
    const result = await run({ n: 200, seed: 1, only: SOME, report: () => {} });
    expect(result.wrong).toEqual([]);
    expect(result.holds).toBe(true);
  }, 240_000);
});
