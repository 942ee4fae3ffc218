import { describe, expect, it } from 'vitest';
import { createJobRuns } from '../../../edge/gate/job-runs.ts';

describe('the counts of a job run', () => {
  it('end when they began while the clock shows a time before that, as after somebody set it back', () => {
    let aheadMs = 0;
    const time = (atMs: number) => new Date(atMs + aheadMs).toISOString();
    const runs = createJobRuns([], { id: String, time }, 600_000);
    runs.triggered(runs.current, 1, 610_000);
    aheadMs = -300_000;
    runs.triggered(runs.current, 1, 620_000);
    expect(runs.take(() => 2).changed).toMatchObject([{ from: time(900_000), to: time(900_000), triggered: 2 }]);
    aheadMs = 0;
    runs.triggered(runs.current, 1, 630_000);
    expect(runs.take(() => 3).changed).toMatchObject([{ from: time(600_000), to: time(630_000), triggered: 3 }]);
  });
});
