/** The leakage proof on a few images: a planted near-duplicate is found among aligned parts, and mirrored parts are not taken for any. */
import { expect, it } from 'vitest';
import { proveSet } from '../../../prove/leakage.prove.ts';
import { describeOnRealData } from '../../../support/real-data.ts';

describeOnRealData('bottle', 'planted near-duplicates of bottles', (folder) => {
  it('are found, and other bottles are left alone', async () => {
    const result = await proveSet(folder, { seeds: 4, seed: 1, most: 24 });
    expect(result.planted).toBe(4);
    expect(result.found).toBe(4);
    expect(result.mistaken).toBe(0);
    expect(result.mirroredFlagged).toBe(0);
    expect(result.own.unknown).toBe(0);
  }, 60_000);
});
