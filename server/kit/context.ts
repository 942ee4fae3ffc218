/** What every resolver and service of one execution gets. */
import DataLoader from 'dataloader';
import type { Config } from '../config.ts';
import type { Db } from '../database/database.ts';
import { unauthenticated } from './access-error.ts';
import type { Log } from './log.ts';
import type { Memory } from './memory.ts';
import type { Principal, Rights } from './rights.ts';

/** The part of the live hub that writers need. */
export interface Wakeable {
  /** Says, after a commit, that the stream has new rows. `id` is the line's for inspections, the plant's for events. */
  wake(kind: 'inspection' | 'event', id: string): void;
  /** Says, after a commit that wrote to no stream, that a picture of the topic is out of date: `line:ID` for machine and nodes. */
  touch(topic: string): void;
  /** Ends every subscription of the principal before its next event. */
  revoke(principalKey: string): void;
}

/** Sends a job to the queue inside the caller's transaction, so that it exists exactly when the transaction commits. */
export interface JobSender {
  send(db: Db, kind: string, data: object): Promise<void>;
}

export type BatchLoad<K, V> = (keys: readonly K[]) => Promise<readonly (V | Error)[]>;

export interface Context {
  readonly db: Db;
  readonly config: Config;
  readonly log: Log;
  readonly requestId: string;
  /** Address of the caller, for rate limits and the log. */
  readonly address: string;
  readonly rights: Rights;
  /** Points of the operation, as the door counted them; 0 where no door did. */
  readonly cost: number;
  /** Who asks. Throws when nobody is signed in, and always in a live execution that is shared between people. */
  readonly viewer: Principal;
  readonly hub: Wakeable;
  readonly jobs: JobSender;
  readonly memory: Memory;
  now(): Date;
  /** The loader registered under the key, one per execution; the batch function of the first caller is kept. */
  loader<K, V>(key: object | string, batch: BatchLoad<K, V>): DataLoader<K, V>;
  /** The rest of this execution runs as the one who has just signed in. */
  become(principal: Principal, rights: Rights): void;
  /** Sets or clears (null) the session cookie of the answer; undefined where there is no answer to set it on. */
  setSessionCookie(session: { id: string; expiresAt: Date } | null): Promise<void>;
}

/** What stays the same for the life of the server. */
export interface Services {
  readonly db: Db;
  readonly config: Config;
  readonly log: Log;
  readonly hub: Wakeable;
  readonly jobs: JobSender;
  readonly memory: Memory;
  now(): Date;
}

export interface Caller {
  readonly requestId: string;
  readonly address: string;
  readonly rights: Rights;
  /** null: nobody is signed in; 'shared': the execution serves several people, so asking who they are is a bug. */
  readonly principal: Principal | null | 'shared';
  readonly cost?: number;
  setSessionCookie?(session: { id: string; expiresAt: Date } | null): Promise<void>;
}

/** A context for one execution. Make a new one for every event of a subscription: loaders remember what they loaded. */
export function makeContext(services: Services, caller: Caller): Context {
  const loaders = new Map<object | string, unknown>();
  let { principal, rights } = caller;
  return {
    db: services.db,
    config: services.config,
    log: services.log,
    hub: services.hub,
    jobs: services.jobs,
    memory: services.memory,
    now: () => services.now(),
    requestId: caller.requestId,
    address: caller.address,
    cost: caller.cost ?? 0,
    get rights() {
      return rights;
    },
    get viewer() {
      if (principal === 'shared') {
        throw new Error(
          'A shared live execution has no viewer: make the field depend on rights only, or the subscription unshared.',
        );
      }
      if (!principal) throw unauthenticated();
      return principal;
    },
    loader<K, V>(key: object | string, batch: BatchLoad<K, V>): DataLoader<K, V> {
      const known = loaders.get(key) as DataLoader<K, V> | undefined;
      if (known) return known;
      const made = new DataLoader<K, V>(batch, { maxBatchSize: services.config.limits.loaderBatch });
      loaders.set(key, made);
      return made;
    },
    become: (nextPrincipal, nextRights) => {
      principal = nextPrincipal;
      rights = nextRights;
      loaders.clear();
    },
    setSessionCookie: async (session) => caller.setSessionCookie?.(session),
  };
}
