import { describe, expect, it } from 'vitest';
import { run } from '../prove/kill-server-edge.prove.ts';

describe('killing server and edge while parts pass', () => {
  it('loses no part and makes none twice', async () => {
    const result = await run({ n: 1, seed: 11, report: () => {} });
    expect(result).toMatchObject({ n: 1, holds: true });
    expect(result.counted.rows).toBe(200);
  }, 300_000);
});
