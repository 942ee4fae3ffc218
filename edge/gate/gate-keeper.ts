/** Brings events and counts to where they cannot be lost, one after another; what fails is tried again and told once. */
import { writeCountFile } from './count-file.ts';
import type { GateEvent, GateSnapshot, RunCounts } from './gate-types.ts';

/** The outbox, as far as a gate needs it. */
export interface GateOutbox {
  /** Resolves when they are on disk. */
  putEvents(events: (GateEvent & { lineId: string; stationId: string })[]): Promise<void>;
  putCounts(counts: RunCounts & { stationId: string }): Promise<void>;
}

export interface GateKeeper {
  event(event: GateEvent): void;
  counts(changed: readonly RunCounts[], snapshot: GateSnapshot): void;
  /** Keeps what is still to be kept; called every now and then. */
  work(): Promise<void>;
  /** What it cannot do, for people. */
  readonly problem: string | undefined;
}

export interface GateKeeperOptions {
  lineId: string;
  stationId: string;
  file: string;
  outbox: GateOutbox;
  /** The most events that wait for a disk that is full; the oldest are given up, and told so. */
  maxEvents: number;
  warn(message: string): void;
}

export function createGateKeeper({ lineId, stationId, file, outbox, maxEvents, warn }: GateKeeperOptions): GateKeeper {
  const events: GateEvent[] = [];
  const counts = new Map<string, RunCounts>();
  let snapshot: GateSnapshot | undefined;
  let problem: string | undefined;
  let working: Promise<void> | undefined;

  return {
    event(event) {
      events.push(event);
      if (events.length > maxEvents) {
        const lost = events.shift();
        warn(`an event of the gate is given up, nothing can be kept (${lost?.kind} ${lost?.id})`);
      }
      void work();
    },
    counts(changed, latest) {
      for (const run of changed) counts.set(run.id, run);
      snapshot = latest;
    },
    work,
    get problem() {
      return problem;
    },
  };

  function work(): Promise<void> {
    working ??= keep()
      .then(
        () => (problem = undefined),
        (error: unknown) => {
          const message = `events and counts of the gate cannot be kept: ${error instanceof Error ? error.message : String(error)}`;
          if (message !== problem) warn(message);
          problem = message;
        },
      )
      .then(() => (working = undefined));
    return working ?? Promise.resolve();
  }

  async function keep(): Promise<void> {
    while (events.length > 0) {
      const batch = events.slice(0, BATCH);
      await outbox.putEvents(batch.map((event) => ({ ...event, lineId, stationId })));
      // What was given up meanwhile stood at the front.
      for (const event of batch) if (events.includes(event)) events.splice(events.indexOf(event), 1);
    }
    if (snapshot) {
      const latest = snapshot;
      // First the file: a revision that the server has seen must not come again with another content.
      await writeCountFile(file, latest);
      if (snapshot === latest) snapshot = undefined;
    }
    for (const run of counts.values()) {
      await outbox.putCounts({ ...run, stationId });
      if (counts.get(run.id) === run) counts.delete(run.id);
    }
  }
}

const BATCH = 100;
