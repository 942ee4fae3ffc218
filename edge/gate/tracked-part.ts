/** One part between its trigger and its end. */
import type { Finding, PartDecision } from './decide-part.ts';
import type { Look } from './gate-types.ts';
import type { JobRun } from './job-runs.ts';

export interface TrackedPart {
  readonly triggeredAtMs: number;
  /** What the trigger's counter showed with it; undefined for other triggers. */
  readonly counter: number | undefined;
  /** Another when the machine tells later that the job had changed before its trigger. */
  run: JobRun;
  partId: string | null;
  /** Where the belt was at the trigger. */
  mm: number;
  /** False while `mm` is guessed ahead of the belt's next sample. */
  isExact: boolean;
  /** What each camera has of it. */
  readonly looks: Map<string, Look>;
  isLost: boolean;
  /** When it was first known that it is past the gate without a decision. */
  pastSinceMs: number | undefined;
  /** Once the command was due. */
  decision: PartDecision | undefined;
  finding: Finding | undefined;
  /** By what was known when it was decided. */
  dueAtMs: number | undefined;
  /** When the gate was fired at it, or would have been; undefined for parts that are let go on their verdict. */
  commandAtMs: number | undefined;
  passedAtMs: number | undefined;
  /** When the machine saw it pushed out. */
  ejectedAtMs: number | undefined;
  writeProblem: string | undefined;
}

export function newPart(triggeredAtMs: number, counter: number | undefined, mm: number, run: JobRun): TrackedPart {
  return {
    triggeredAtMs,
    counter,
    run,
    mm,
    partId: null,
    isExact: false,
    looks: new Map(),
    isLost: false,
    pastSinceMs: undefined,
    decision: undefined,
    finding: undefined,
    dueAtMs: undefined,
    commandAtMs: undefined,
    passedAtMs: undefined,
    ejectedAtMs: undefined,
    writeProblem: undefined,
  };
}

/** The machine is to fire at it and has not said yet that it did. */
export function awaitsConfirmation({ decision, ejectedAtMs }: TrackedPart): boolean {
  return decision?.isEjected === true && ejectedAtMs === undefined;
}
