/** A few of the kills that `npm run prove -- kill-embedded` does a hundred of. */
import { expect, it } from 'vitest';
import { run } from '../prove/kill-embedded.prove.ts';

it('the embedded database keeps what it acknowledged when its process is killed', async () => {
  const { counted, holds } = await run({ seed: 1, n: 4, report: () => {} });
  expect(counted).toMatchObject({ kills: 4, lost: 0, half: 0, didNotOpen: 0 });
  expect(counted.acknowledged).toBeGreaterThan(0);
  expect(holds).toBe(true);
});
