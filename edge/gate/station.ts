/** What the parts of one station have in common. */
import type { Belt } from './belt.ts';
import type { Ejector } from './ejector.ts';
import type { GateEvents } from './gate-events.ts';
import type { GateProblems } from './gate-problems.ts';
import type { GateAction, GateSettings, SignalInput } from './gate-types.ts';
import type { JobRuns } from './job-runs.ts';
import type { SignalWatch } from './signal-watch.ts';
import type { TrackedPart } from './tracked-part.ts';

export interface Station {
  readonly settings: GateSettings;
  readonly belt: Belt | undefined;
  readonly ejector: Ejector | undefined;
  /** Where there is a sensor behind the gate. */
  exit: ExitWatch | undefined;
  readonly signals: SignalWatch;
  readonly problems: GateProblems;
  readonly events: GateEvents;
  readonly runs: JobRuns;
  emit(action: GateAction): void;
  /** In the order of their triggers, the next at the gate first. */
  parts: TrackedPart[];
  isConnected: boolean;
  /** Until then what was told while the node stood still may still be on its way. */
  deafUntilMs: number;
  isEnabled: boolean;
  /** Two signals of the gate are one node: a command could come back as its own confirmation. */
  isInConflict: boolean;
  readonly tally: { confirmed: number; notConfirmed: number; unexpected: number; late: number };
  lastCommandAtMs: number | undefined;
  /** How much later than planned the last parts came to the gate. */
  readonly leadErrorsMs: number[];
  /** How long after the moment at which they were due the last commands were given. */
  readonly latenessMs: number[];
}

/** The sensor behind the gate. */
export interface ExitWatch {
  triggered(part: TrackedPart): void;
  take(input: SignalInput, nowMs: number): void;
  /** Nobody hears the exit from now on. */
  pause(): void;
  /** Parts that nobody tracks may be on the belt: none that is on it now is judged. */
  doubt(): void;
  /** `isWhole`: machine, belt and trigger are heard. */
  advance(isWhole: boolean, nowMs: number): void;
  /** Commands cannot be trusted to hit the parts that they are for. */
  readonly isSlipping: boolean;
}
