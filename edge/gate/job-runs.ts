/** Counts of parts, one for each run of a job. A part belongs to the run in which it was triggered and ends there, also after the next has begun. */
import type { Ending, RunCounts, Stamps } from './gate-types.ts';

export interface JobRun {
  readonly id: string;
  readonly jobCode: string | null;
  /** When the job began, by the steady clock. */
  readonly sinceMs: number;
  readonly from: string;
  revision: number;
  to: string;
  triggered: number;
  readonly ended: Record<Ending, number>;
  isChanged: boolean;
}

/** A part under way, as far as a run needs it. */
export interface JobPart {
  readonly triggeredAtMs: number;
  run: JobRun;
}

export interface JobRuns {
  readonly current: JobRun;
  /** Parts of earlier runs that were under way when the node ended. */
  readonly interrupted: readonly { run: JobRun; parts: number }[];
  /**
   * Since `sinceMs` the job is this one; another than before begins a run. Parts that were triggered since then and are still under
   * way are put into it.
   */
  begin(jobCode: string | null, sinceMs: number, parts: readonly JobPart[], nowMs: number): void;
  /** The run in which a part of this moment is. */
  at(triggeredAtMs: number): JobRun;
  triggered(run: JobRun, parts: number, atMs: number): void;
  ended(run: JobRun, ending: Ending, parts: number, atMs: number): void;
  /** Runs that changed since the last call, each with a revision of its own, and all that are still open. What is neither in transit nor ended is unknown. */
  take(inTransit: (run: JobRun) => number): { changed: RunCounts[]; open: RunCounts[] };
}

/** Runs that were open when the node ended go on with the count that they had. */
export function createJobRuns(known: readonly RunCounts[], stamps: Stamps, atMs: number): JobRuns {
  let runs = known.map((counts) => restore(counts, atMs));
  const interrupted = runs.map((run, index) => ({ run, parts: known[index]?.inTransit ?? 0 }));
  let current = runs.at(-1) ?? newRun(null, atMs);
  if (runs.length === 0) runs = [current];
  let isJobKnown = runs.length > 1 || current.jobCode !== null;
  /** The runs of which a trigger may still come, newest last. */
  let latest = [current];

  return {
    get current() {
      return current;
    },
    interrupted,
    begin(jobCode, sinceMs, parts, nowMs) {
      if (jobCode === current.jobCode) return;
      const before = current;
      // What came before the machine told its first job is of that job too. No run begins before the one before it.
      const fromMs = isJobKnown ? Math.max(sinceMs, before.sinceMs) : before.sinceMs;
      isJobKnown = true;
      current = newRun(jobCode, fromMs);
      runs.push(current);
      for (const part of parts) {
        if (part.run !== before || part.triggeredAtMs < fromMs) continue;
        before.triggered--;
        current.triggered++;
        part.run = current;
        touch(before, nowMs);
        touch(current, nowMs);
      }
      // A run without a part was none, unless somebody has been told of it.
      if (before.triggered === 0 && before.revision === 0) runs = runs.filter((run) => run !== before);
      latest = [...latest, current].slice(-MOST_LATEST);
    },
    at(triggeredAtMs) {
      return latest.findLast(({ sinceMs }) => sinceMs <= triggeredAtMs) ?? latest[0] ?? current;
    },
    triggered(run, parts, atMs) {
      run.triggered += parts;
      touch(run, atMs);
    },
    ended(run, ending, parts, atMs) {
      run.ended[ending] += parts;
      touch(run, atMs);
    },
    take(inTransit) {
      const tell = (run: JobRun) => describe(run, inTransit(run));
      const changed = runs.filter(({ isChanged }) => isChanged);
      for (const run of changed) {
        run.revision++;
        run.isChanged = false;
      }
      runs = runs.filter((run) => run === current || inTransit(run) > 0);
      return { changed: changed.map(tell), open: runs.filter(({ triggered }) => triggered > 0).map(tell) };
    },
  };

  function newRun(jobCode: string | null, atMs: number): JobRun {
    const [id, from] = [stamps.id(atMs), stamps.time(atMs)];
    const ended = { accepted: 0, rejected: 0, bypassed: 0, unseen: 0 };
    return { id, jobCode, sinceMs: atMs, from, to: from, revision: 0, triggered: 0, ended, isChanged: false };
  }

  function touch(run: JobRun, atMs: number): void {
    const time = stamps.time(atMs);
    // A clock that was set back since the run began shows a time before it.
    run.to = Date.parse(time) < Date.parse(run.from) ? run.from : time;
    run.isChanged = true;
    // A run that had ended has another part after all.
    if (!runs.includes(run)) runs.unshift(run);
  }
}

/** Runs that a trigger which is long under way may belong to. */
const MOST_LATEST = 8;

function restore({ id, jobCode, from, to, revision, triggered, ...rest }: RunCounts, sinceMs: number): JobRun {
  const { accepted, rejected, bypassed, unseen } = rest;
  const ended = { accepted, rejected, bypassed, unseen };
  return { id, jobCode, sinceMs, from, to, revision, triggered, ended, isChanged: false };
}

function describe(run: JobRun, inTransit: number): RunCounts {
  const { id, jobCode, from, to, revision, triggered, ended } = run;
  const { accepted, rejected, bypassed, unseen } = ended;
  const unknown = triggered - accepted - rejected - bypassed - unseen - inTransit;
  return { id, jobCode, from, to, revision, triggered, accepted, rejected, bypassed, unseen, unknown, inTransit };
}
