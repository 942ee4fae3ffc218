/** Counts of parts, one for each run of a job. A part belongs to the run in which it was triggered and ends there, also after the next has begun. */
import type { Ending, RunCounts, Stamps } from './gate-types.ts';

export interface JobRun {
  readonly id: string;
  readonly jobCode: string | null;
  readonly from: string;
  revision: number;
  to: string;
  triggered: number;
  readonly ended: Record<Ending, number>;
  isChanged: boolean;
}

export interface JobRuns {
  readonly current: JobRun;
  /** Parts of earlier runs that were under way when the node ended. */
  readonly interrupted: readonly { run: JobRun; parts: number }[];
  /** The job of now; another than before begins a run. */
  begin(jobCode: string | null, atMs: number): void;
  triggered(run: JobRun, parts: number, atMs: number): void;
  ended(run: JobRun, ending: Ending, parts: number, atMs: number): void;
  /** Runs that changed since the last call, each with a revision of its own, and all that are still open. What is neither in transit nor ended is unknown. */
  take(inTransit: (run: JobRun) => number): { changed: RunCounts[]; open: RunCounts[] };
}

/** Runs that were open when the node ended go on with the count that they had. */
export function createJobRuns(known: readonly RunCounts[], stamps: Stamps, atMs: number): JobRuns {
  let runs = known.map(restore);
  const interrupted = runs.map((run, index) => ({ run, parts: known[index]?.inTransit ?? 0 }));
  let current = runs.at(-1) ?? newRun(null, atMs);
  if (runs.length === 0) runs = [current];

  return {
    get current() {
      return current;
    },
    interrupted,
    begin(jobCode, atMs) {
      if (jobCode === current.jobCode) return;
      // A run without a part was none, e.g. before the machine told its first job.
      if (current.triggered === 0) runs = runs.filter((run) => run !== current);
      current = newRun(jobCode, atMs);
      runs.push(current);
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
    return { id, jobCode, from, to: from, revision: 0, triggered: 0, ended, isChanged: false };
  }

  function touch(run: JobRun, atMs: number): void {
    const time = stamps.time(atMs);
    // A clock that was set back since the run began shows a time before it.
    run.to = Date.parse(time) < Date.parse(run.from) ? run.from : time;
    run.isChanged = true;
  }
}

function restore({ id, jobCode, from, to, revision, triggered, ...rest }: RunCounts): JobRun {
  const { accepted, rejected, bypassed, unseen } = rest;
  const ended = { accepted, rejected, bypassed, unseen };
  return { id, jobCode, from, to, revision, triggered, ended, isChanged: false };
}

function describe(run: JobRun, inTransit: number): RunCounts {
  const { id, jobCode, from, to, revision, triggered, ended } = run;
  const { accepted, rejected, bypassed, unseen } = ended;
  const unknown = triggered - accepted - rejected - bypassed - unseen - inTransit;
  return { id, jobCode, from, to, revision, triggered, accepted, rejected, bypassed, unseen, unknown, inTransit };
}
