/** A few of the kills that `npm run prove -- mes-client` does a hundred of. */
import { expect, it } from 'vitest';
import { run } from '../prove/mes-client.prove.ts';

it('keeps each effect exactly once, in order, when the MES client is killed again and again', async () => {
  const result = await run({ n: 3_000, seed: 7, report: () => {} });
  expect(result.counted).toMatchObject({ kills: 3, effects: 3_000, missing: 0, twice: 0, holes: 0, wrongCounts: 0 });
  expect(result.holds).toBe(true);
}, 240_000);
