import { describe, expect, it } from 'vitest';
import { run } from '../prove/edge-faults.prove.ts';

describe('what goes wrong at a line', () => {
  it('loses no part, doubles none and counts all, without the server', async () => {
    const result = await run({ n: 60, seed: 1, only: ['server-down'], report: () => {} });
    expect(result).toMatchObject({ n: 60, wrong: [], holds: true });
  }, 300_000);
});
