/** What recording has learnt from the database and need not ask again: all of it facts that do not change, or change rarely. */
import type { Db } from '../../database/database.ts';
import type { CameraPlace } from './ingest.queries.ts';

/** A map that forgets what has not been looked up for longest. */
export class BoundedMap<V> {
  readonly #entries = new Map<string, V>();
  readonly #limit: number;

  constructor(limit: number) {
    this.#limit = limit;
  }

  get(key: string): V | undefined {
    const value = this.#entries.get(key);
    if (value !== undefined) {
      this.#entries.delete(key);
      this.#entries.set(key, value);
    }
    return value;
  }

  set(key: string, value: V): void {
    this.#entries.delete(key);
    this.#entries.set(key, value);
    if (this.#entries.size <= this.#limit) return;
    for (const oldest of this.#entries.keys()) {
      this.#entries.delete(oldest);
      return;
    }
  }
}

export interface IngestCache {
  /** By camera. A station may be given to another node: an entry is trusted for `PLACE_TRUST_MS`. */
  places: BoundedMap<{ place: CameraPlace; readAtMs: number }>;
  /** 'camera version' of pairs that are or were assigned: history, so it stays true. */
  assigned: BoundedMap<true>;
  /** Ids of products, recipes, batches and jobs by their kind, owner and code; codes are never renamed. */
  codes: BoundedMap<string>;
  /** UTC days whose partitions exist. */
  days: Set<number>;
}

export const PLACE_TRUST_MS = 10_000;
const CACHED_ENTRIES = 10_000;

const caches = new WeakMap<Db, IngestCache>();

/** One for each open database. */
export function ingestCache(db: Db): IngestCache {
  const known = caches.get(db);
  if (known) return known;
  const made: IngestCache = {
    places: new BoundedMap(CACHED_ENTRIES),
    assigned: new BoundedMap(CACHED_ENTRIES),
    codes: new BoundedMap(CACHED_ENTRIES),
    days: new Set(),
  };
  caches.set(db, made);
  return made;
}
