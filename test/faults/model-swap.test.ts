/** A few of the swaps that `npm run prove -- model-swap` does a hundred of. */
import { expect, it } from 'vitest';
import { run } from '../prove/model-swap.prove.ts';

it('the edge swaps models under load and misses no part', async () => {
  const { counted, holds } = await run({ seed: 1, n: 3, report: () => {} });
  expect(counted).toMatchObject({ swaps: 3, missed: 0, twice: 0, conflicts: 0 });
  expect(counted.parts).toBeGreaterThanOrEqual(90);
  expect(holds).toBe(true);
}, 60_000);
