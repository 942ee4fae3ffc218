import { describe, expect, it } from 'vitest';
import { run } from '../prove/gate.prove.ts';

describe('a gate beside a belt that nobody controls gently', () => {
  it('tells of each defective part that leaves, rejects no good one in silence, and counts all', async () => {
    const { counted, mostUnknown, failures, holds } = await run({ n: 4_000, seed: 1, report: () => {} });
    expect(failures).toEqual([]);
    expect(counted.GATE_REJECTED).toBeGreaterThan(300);
    expect({ mostUnknown, holds }).toEqual({ mostUnknown: 0, holds: true });
  }, 60_000);
});
