import { describe, expect, it } from 'vitest';
import { run } from '../prove/kill-server-edge.prove.ts';

describe('killing server and edge while parts pass', () => {
  it('loses no part and makes none twice', async () => {
    const result = await run({ n: 2, seed: 11, report: () => {} });
    expect(result).toMatchObject({ n: 2, holds: true });
    expect(result.counted.rows).toBe(400);
  }, 300_000);
});
