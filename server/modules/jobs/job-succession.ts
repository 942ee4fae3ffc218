/** A line runs one job at a time: where in their order a job goes that has just been heard of. */

interface KnownRun {
  started_at: Date;
  ended_at: Date | null;
}

export interface Succession<Run> {
  startedAt: Date;
  /** Set when a later job is known already: then this one is over. */
  endedAt: Date | null;
  /** The open job that this one follows, and so ends. */
  ends: Run | null;
}

/**
 * `runs` are the line's jobs that are open or started after `at`. A job heard of late (a node's outbox) ended when the
 * next known one started; otherwise it is the line's job from `at` on.
 */
export function succeed<Run extends KnownRun>(runs: readonly Run[], at: Date): Succession<Run> {
  const later = runs
    .map((run) => run.started_at)
    .filter((startedAt) => startedAt.getTime() > at.getTime())
    .sort((a, b) => a.getTime() - b.getTime())[0];
  if (later) return { startedAt: at, endedAt: later, ends: null };
  return { startedAt: at, endedAt: null, ends: runs.find((run) => run.ended_at === null) ?? null };
}
