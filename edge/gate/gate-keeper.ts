/**
 * Brings events and counts to where they cannot be lost; what fails is tried again and told once. The file comes first, with all that
 * still has to reach the outbox: a kill at any moment loses nothing, and tells nothing a second time under another id.
 */
import { type KeptCounts, writeCountFile } from './count-file.ts';
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
  /** The last work before the node ends. */
  close(): Promise<void>;
  /** What it cannot do, for people. */
  readonly problem: string | undefined;
}

export interface GateKeeperOptions {
  lineId: string;
  stationId: string;
  file: string;
  outbox: GateOutbox;
  /** What an earlier keeper of the file had not brought to the outbox, as far as it knew. */
  waiting: KeptCounts['waiting'];
  /** The most events that wait for a disk that is full; the oldest are given up, and told so. */
  maxEvents: number;
  warn(message: string): void;
}

export function createGateKeeper(options: GateKeeperOptions): GateKeeper {
  const { lineId, stationId, file, outbox, waiting, maxEvents, warn } = options;
  const events: GateEvent[] = [...(waiting?.events ?? [])];
  const counts = new Map<string, RunCounts>(waiting?.counts.map((run) => [run.id, run]));
  let written: GateSnapshot | undefined;
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
    async close() {
      await work();
      // Nothing waits any more: at the next start nothing is sent again.
      if (written && events.length === 0 && counts.size === 0) await writeCountFile(file, written).catch(() => {});
    },
    get problem() {
      return problem;
    },
  };

  function work(): Promise<void> {
    // In a moment: events and the counts that belong to them are told in one breath.
    working ??= Promise.resolve()
      .then(keep)
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
    for (;;) {
      const [run] = counts.values();
      if (snapshot) await writeFile(snapshot);
      else if (events.length > 0) await bringEvents();
      else if (run) await bringCounts(run);
      else return;
    }
  }

  /** A revision that the server has seen must not come again with another content. */
  async function writeFile(latest: GateSnapshot): Promise<void> {
    await writeCountFile(file, { ...latest, waiting: { events: [...events], counts: [...counts.values()] } });
    written = latest;
    if (snapshot === latest) snapshot = undefined;
  }

  async function bringEvents(): Promise<void> {
    const batch = events.slice(0, BATCH);
    await outbox.putEvents(batch.map((event) => ({ ...event, lineId, stationId })));
    // What was given up meanwhile stood at the front.
    for (const event of batch) if (events.includes(event)) events.splice(events.indexOf(event), 1);
  }

  async function bringCounts(run: RunCounts): Promise<void> {
    await outbox.putCounts({ ...run, stationId });
    if (counts.get(run.id) === run) counts.delete(run.id);
  }
}

const BATCH = 100;
