import { describe, expect, it } from 'vitest';
import { run } from '../prove/slow-reader.prove.ts';

describe('a subscriber that stops reading', () => {
  it('takes bounded memory of the server and misses nothing', async () => {
    const { counted, holds } = await run({ n: 1, seed: 1, report: () => {} });
    expect(counted).toMatchObject({ outOfOrder: 0, refusals: 0 });
    expect(holds).toBe(true);
  }, 120_000);
});
