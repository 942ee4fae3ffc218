import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { succeed } from '../../../server/modules/jobs/job-succession.ts';

interface Run {
  started_at: Date;
  ended_at: Date | null;
}

describe('succeed', () => {
  it('keeps one open job on the line, and no two at a time, in whatever order jobs are heard of', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.integer({ min: 1, max: 1000 }), { minLength: 1, maxLength: 20 }), (starts) => {
        const runs: Run[] = [];
        for (const start of starts) {
          const at = new Date(start);
          const relevant = runs.filter((run) => run.ended_at === null || run.started_at > at);
          const { startedAt, endedAt, ends } = succeed(relevant, at);
          if (ends) ends.ended_at = at;
          runs.push({ started_at: startedAt, ended_at: endedAt });
        }

        const inOrder = runs.toSorted((a, b) => a.started_at.getTime() - b.started_at.getTime());
        expect(inOrder.filter((run) => run.ended_at === null)).toEqual([inOrder.at(-1)]);
        for (const run of inOrder) {
          if (run.ended_at) expect(run.ended_at.getTime()).toBeGreaterThan(run.started_at.getTime());
        }
        // Heard of in order of time, each ends where the next begins.
        const isSorted = starts.every((start, index) => index === 0 || start > (starts[index - 1] ?? 0));
        if (isSorted)
          for (const [index, run] of inOrder.slice(0, -1).entries())
            expect(run.ended_at).toEqual(inOrder[index + 1]?.started_at);
      }),
    );
  });
});
