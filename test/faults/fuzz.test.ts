/** A few of the requests and frames that `npm run prove -- fuzz` sends a hundred thousand of. */
import { expect, it } from 'vitest';
import { run } from '../prove/fuzz.prove.ts';

it('answers whatever is asked without a fault of its own', async () => {
  const result = await run({ n: 2_000, seed: 5, report: () => {} });
  expect(result.found).toEqual([]);
  expect(result.counted).toMatchObject({ requests: 2_000, unanswered: 0, deaths: 0, lostCallers: 0 });
  expect(result.counted.executed).toBeGreaterThan(350);
  expect(result.lost).toEqual([]);
  expect(result.growth).toMatchObject({ hasGrown: false, hasLeftOpen: false });
  expect(result.holds).toBe(true);
}, 240_000);
