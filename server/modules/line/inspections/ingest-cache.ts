/** What recording has learnt from the database and need not ask again: all of it facts that do not change, or change rarely. */
import type { Db } from '../../../database/database.ts';
import type { PlantCalendar } from '../../plant/shifts/plant-calendar.ts';
import type { OpenCell } from '../capture/capture-quotas.service.ts';
import type { CameraPlace } from './ingest.queries.ts';

/**
 * A map of at most `limit` entries that forgets what has not been looked up for long. Two generations, so that a look-up
 * moves nothing: when the young one is full it becomes the old one, and what the old one held and nobody asked for is gone.
 */
export class BoundedMap<V> {
  #young = new Map<string, V>();
  #old = new Map<string, V>();
  readonly #limit: number;

  constructor(limit: number) {
    this.#limit = limit;
  }

  get(key: string): V | undefined {
    const value = this.#young.get(key);
    if (value !== undefined) return value;
    const older = this.#old.get(key);
    if (older !== undefined) this.set(key, older);
    return older;
  }

  set(key: string, value: V): void {
    this.#young.set(key, value);
    if (this.#young.size < this.#limit / 2) return;
    this.#old = this.#young;
    this.#young = new Map();
  }
}

export interface IngestCache {
  /** By camera. A station may be given to another node: an entry is trusted for `PLACE_TRUST_MS`. */
  places: BoundedMap<{ place: CameraPlace; readAtMs: number }>;
  /** 'camera version' of pairs that are or were assigned: history, so it stays true. */
  assigned: BoundedMap<true>;
  /** Ids of products, recipes, batches and jobs by their kind, owner and code; codes are never renamed. */
  codes: BoundedMap<string>;
  /** Audit chains that have a head: they are never removed. */
  chains: BoundedMap<true>;
  /** Open quotas by plant, trusted for `PLACE_TRUST_MS`: what is opened or closed counts a little later. */
  quotas: BoundedMap<{ open: readonly OpenCell[]; readAtMs: number }>;
  /** Calendars by plant, trusted for `PLACE_TRUST_MS` as well. */
  calendars: BoundedMap<{ calendar: PlantCalendar; readAtMs: number }>;
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
    chains: new BoundedMap(CACHED_ENTRIES),
    quotas: new BoundedMap(CACHED_ENTRIES),
    calendars: new BoundedMap(CACHED_ENTRIES),
    days: new Set(),
  };
  caches.set(db, made);
  return made;
}

/** A camera or station was changed in this process: what is known of where cameras stand is asked anew. Other processes ask after `PLACE_TRUST_MS`. */
export function forgetCameraPlaces(db: Db): void {
  ingestCache(db).places = new BoundedMap(CACHED_ENTRIES);
}
