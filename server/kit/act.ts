/**
 * The one way to write. `act` opens a transaction, lets the body change rows and say what it did, writes that as the last statements,
 * commits, and only then tells the hub. A body that throws leaves nothing: no rows, no events, no entry in the audit, no wake-up.
 */
import type { Db, Trx } from '../database/database.ts';
import { type Actor, type AuditEntry, actorOf, appendAudit, chainOf, systemActor } from './audit.ts';
import type { Wakeable } from './context.ts';
import { appendEvents, type NewEvent } from './event-log.ts';
import type { Principal } from './rights.ts';

/** Who acts: a `Context` for the one who asks; the `Services` of a job, which have no viewer, for the system. */
export interface Acting {
  readonly db: Db;
  readonly hub: Wakeable;
  now(): Date;
  readonly viewer?: Principal;
}

/** What an entry of the audit is about. */
export interface Subject {
  /** null for what belongs to no plant, such as people. */
  plantId: string | null;
  subjectType: string;
  subjectId: string;
}

/** By default the actor and the time of the act. */
export interface Origin {
  actor?: Actor;
  at?: Date;
}

/** By default with the actor and the time of the act. */
export type ToldEvent = Omit<NewEvent, 'actor' | 'occurredAt'> & Partial<Pick<NewEvent, 'actor' | 'occurredAt'>>;

/** What the body of an act works with. All statements go through `trx`: the embedded database has no second connection. */
export interface ActScope {
  readonly trx: Trx;
  /** When the act began. */
  readonly now: Date;
  /** Throws when nobody is signed in: what such an act tells names its actor. */
  readonly actor: Actor;
  /**
   * Adds an entry to the audit. `detail` has `before` and `after` of what a person changed, counts and ranges of what a machine sent;
   * never a password, a secret, a one-time code or a hash of one.
   */
  readonly audit: (action: string, subject: Subject, detail?: Record<string, unknown>, origin?: Origin) => void;
  /** Adds an event to the plant's log, and wakes the readers of the log after the commit. */
  readonly event: (plantId: string, event: ToldEvent) => void;
  /** After the commit: a picture of the topic is out of date. */
  readonly touch: (topic: string) => void;
  /** After the commit: the subscriptions of the principal end. */
  readonly revoke: (principalKey: string) => void;
  /** After the commit, before anybody is told: memory of this process that is out of date is dropped. It must not throw. */
  readonly afterCommit: (step: () => void) => void;
}

/** Does the act and gives what its body gives. */
export async function act<Result>(acting: Acting, body: (scope: ActScope) => Promise<Result>): Promise<Result> {
  const now = acting.now();
  const events = new Map<string, NewEvent[]>();
  const entries: AuditEntry[] = [];
  const steps: (() => void)[] = [];
  const topics = new Set<string>();
  const revoked = new Set<string>();

  const result = await acting.db.transaction().execute(async (trx) => {
    const scope: ActScope = {
      trx,
      now,
      get actor() {
        return 'viewer' in acting && acting.viewer ? actorOf(acting.viewer) : systemActor;
      },
      audit(action, subject, detail = {}, { actor = scope.actor, at = now } = {}) {
        entries.push({ actor, at, action, ...subject, detail });
      },
      event(plantId, { actor = scope.actor, occurredAt = now, ...event }) {
        const known = events.get(plantId) ?? [];
        events.set(plantId, known);
        known.push({ ...event, actor, occurredAt });
      },
      touch: (topic) => void topics.add(topic),
      revoke: (principalKey) => void revoked.add(principalKey),
      afterCommit: (step) => void steps.push(step),
    };
    const done = await body(scope);
    // Streams in the order of their ids, then the chains in the order of their names: no two acts wait for each other.
    for (const [plantId, told] of inOrder(events)) await appendEvents(trx, plantId, told);
    for (const [, chain] of inOrder(Map.groupBy(entries, chainOf)))
      for (const entry of chain) await appendAudit(trx, entry);
    return done;
  });

  for (const step of steps) step();
  for (const principalKey of revoked) acting.hub.revoke(principalKey);
  for (const topic of topics) acting.hub.touch(topic);
  for (const plantId of events.keys()) acting.hub.wake('event', plantId);
  return result;
}

function inOrder<Value>(byName: ReadonlyMap<string, Value>): [string, Value][] {
  return [...byName].sort(([a], [b]) => (a < b ? -1 : 1));
}
