/**
 * Store and forward on the node's disk: results, their images, events, counts, what the server refused, and which source images are
 * already in here. Synchronous SQLite; lives in the outbox thread alone.
 */
import { statfsSync } from 'node:fs';
import type { OutboxConfig } from '../config/outbox-config.ts';
import { nodeEvent } from './node-events.ts';
import type { OutboxCallName, OutboxCalls, OutboxCounts } from './outbox-messages.ts';
import { shareOfLimits } from './share-of-limits.ts';
import { createDeadLetters } from './store/dead-letters.ts';
import { createMakeRoom } from './store/make-room.ts';
import { createNotes } from './store/notes.ts';
import { createReserve, openDatabase, PAGE_BYTES } from './store/outbox-database.ts';
import { createResults } from './store/results.ts';
import { createSacrificeBook } from './store/sacrifice-book.ts';
import { countAll } from './store/tally.ts';

export interface OutboxStore {
  call<Name extends OutboxCallName>(name: Name, ask: OutboxCalls[Name]['ask']): OutboxCalls[Name]['answer'];
  /** Everything that `work` does is on disk when this returns, or nothing of it when it throws. */
  transaction(work: () => void): void;
  counts(): Omit<OutboxCounts, 'writeProblem'>;
  /** To be called in a transaction every few seconds: what time and disk ask for. */
  sweep(): void;
  /** A bounded piece of what goes on by itself; false when there is nothing more. In a transaction. */
  goOn(): boolean;
  /** Gives a piece of the free pages back to the disk; bounded, so that nothing waits for long. Outside of a transaction. */
  shrink(): void;
  /** The disk is full: gives up images, without any the oldest results. False when there is nothing to give up. Outside of a transaction. */
  giveUp(): boolean;
  close(): void;
}

/** What a test sets in place of the machine's. */
export interface StoreSurroundings {
  /** Uniform in [0, 1). */
  random(): number;
  /** Milliseconds that only grow. */
  monotonic(): number;
  clock(): number;
  disk(home: string): { freeBytes: number; totalBytes: number };
}

const MACHINE: StoreSurroundings = {
  random: Math.random,
  monotonic: () => performance.now(),
  clock: Date.now,
  disk(home) {
    const { bavail, blocks, bsize } = statfsSync(home);
    return { freeBytes: bavail * bsize, totalBytes: blocks * bsize };
  },
};

/** How many bytes of images may come in before the disk is looked at again. */
const LOOK_BYTES = 32_000_000;
/** At most this much is given up at once for a disk that fills. */
const DISK_PIECE_BYTES = 256_000_000;
/** Below this share of its limits, an outbox that had to give something up is well again. */
const RELIEVED_SHARE = 0.8;

/** Takes the home for itself until the process ends, however it ends. Throws when another node runs on it. */
export function openOutboxStore(
  home: string,
  config: OutboxConfig,
  given: Partial<StoreSurroundings> = {},
): OutboxStore {
  const { random, monotonic, clock, disk } = { ...MACHINE, ...given };
  const { db, close } = openDatabase(home);
  const reserve = createReserve(home, config.reserveBytes);
  const tally = countAll(db);
  const recall = db.prepare('SELECT value FROM memory WHERE name = ?');
  const remember = db.prepare('INSERT OR REPLACE INTO memory (name, value) VALUES (?, ?)');
  const forget = db.prepare('DELETE FROM memory WHERE name = ?');
  const startedAt = monotonic();
  const lastMark = Number(db.prepare('SELECT max(mark) AS mark FROM result').get()?.mark ?? 0);
  // What lies here from before the start is backlog.
  const ranBefore = Math.max(lastMark, Number(recall.get('ran ms')?.value ?? 0)) + config.liveMs + 1;
  const now = () => Math.floor(ranBefore + monotonic() - startedAt);

  const notes = createNotes(db, tally, now);
  const results = createResults(db, tally, now, config.liveMs);
  const book = createSacrificeBook(db, config.sacrificeNoticeMs, now, clock);
  const room = createMakeRoom({ tally, results, notes, book }, config, random);
  const dead = createDeadLetters(db, { tally, results, notes, book }, config);
  const selectSources = db.prepare('SELECT key FROM source_key');
  const deleteSource = db.prepare('DELETE FROM source_key WHERE key = ?');
  const selectFreePages = db.prepare('PRAGMA freelist_count');
  let space = disk(home);
  let isShort = shortOfDisk() > 0;
  let unlookedBytes = 0;
  limitFile(config.maxFileBytes);
  /** While it is not there, nothing may come in for which nothing goes. */
  let hasReserve = reserve.restore();

  const calls: { [Name in OutboxCallName]: (ask: OutboxCalls[Name]['ask']) => OutboxCalls[Name]['answer'] } = {
    put(entry) {
      results.put(entry);
      const bytes = entry.image?.bytes.byteLength ?? 0;
      unlookedBytes += bytes;
      room.keepToLimits();
      if (unlookedBytes >= LOOK_BYTES) lookAtDisk();
      else if (!hasReserve || shortOfDisk() > 0) room.thinImages(bytes);
      return null;
    },
    putEvents: (events) => limited(() => notes.putEvents(events)),
    putCounts: (counts) => limited(() => notes.putCounts(counts)),
    putRevisions: (revisions) => limited(() => each(revisions, notes.putRevision)),
    takeResults: ({ lane, limit }) => results.takeResults(lane, limit),
    settleResults: (outcomes) => limited(() => each(outcomes, dead.settleResult)),
    takeNotes: ({ kind, limit }) => notes.take(kind, limit),
    settleNotes: ({ kind, outcomes }) => limited(() => each(outcomes, (outcome) => dead.settleNote(kind, outcome))),
    takeImages: ({ lane, limit, except }) => results.takeImages(lane, limit, except),
    readImage: ({ seq }) => results.readImage(seq),
    settleImage: (outcome) => limited(() => dead.settleImage(outcome)),
    sources: () => selectSources.all().map(({ key }) => String(key)),
    forgetSources(keys) {
      for (const key of keys) deleteSource.run(key);
      return null;
    },
    deadLetters: ({ limit }) => dead.list(limit),
    retryDeadLetters: ({ wish }) => dead.retry(wish),
    close() {
      remember.run('ran ms', String(now()));
      return null;
    },
  };

  return {
    call: (name, ask) => calls[name](ask),
    transaction,
    counts,
    sweep() {
      // First: a disk that takes nothing is seen all the same.
      lookAtDisk();
      remember.run('ran ms', String(now()));
      room.expire(now());
      tell();
      room.keepToLimits();
    },
    goOn() {
      const hasMore = dead.continueRetry();
      room.keepToLimits();
      return hasMore;
    },
    shrink() {
      db.exec('PRAGMA incremental_vacuum(1000)');
      if (disk(home).freeBytes > config.minFreeBytes + 2 * config.reserveBytes) hasReserve = reserve.restore();
    },
    giveUp() {
      reserve.release();
      hasReserve = false;
      limitFile(config.maxFileBytes + config.reserveBytes);
      let isFreer = false;
      try {
        transaction(() => {
          isFreer = room.thinImages(Math.max(tally.imageBytes / 8, config.reserveBytes / 2, 1)) > 0;
          isFreer ||= room.dropResults(Math.max(100, Math.floor(tally.results / 20))) > 0;
        });
        startLogAnew();
      } finally {
        limitFile(config.maxFileBytes);
      }
      return isFreer;
    },
    close,
  };

  function transaction(work: () => void): void {
    const before = { ...tally };
    db.exec('BEGIN IMMEDIATE');
    try {
      work();
      db.exec('COMMIT');
    } catch (error) {
      if (db.isTransaction) db.exec('ROLLBACK');
      Object.assign(tally, before);
      throw error;
    }
  }

  /** The write-ahead log keeps its place on the disk and is written from its beginning again. */
  function startLogAnew(): void {
    try {
      db.exec('PRAGMA wal_checkpoint(RESTART)');
    } catch {
      // No room for what is in it: it goes on where it is.
    }
  }

  function limited(work: () => void): null {
    work();
    room.keepToLimits();
    return null;
  }

  function counts() {
    const { event, counts: partCounts, revision, deadImageBytes: _own, ...shown } = tally;
    const { freeBytes, totalBytes } = space;
    const oldestResultAt = results.oldestResultAt();
    const notes = { events: event, partCounts, revisions: revision };
    return { ...shown, ...notes, oldestResultAt, freeBytes, totalBytes, isDiskShort: isShort };
  }

  /** Pages that are free inside the file are room for what comes, and go back to the disk by and by. */
  function shortOfDisk(): number {
    const freePages = Number(selectFreePages.get()?.freelist_count);
    return config.minFreeBytes - space.freeBytes - freePages * PAGE_BYTES;
  }

  function lookAtDisk(): void {
    unlookedBytes = 0;
    space = disk(home);
    const short = shortOfDisk();
    isShort = short > 0;
    if (isShort) room.thinImages(Math.min(short, DISK_PIECE_BYTES));
  }

  /** What was given up, and that there is room again. */
  function tell(): void {
    const told = book.close();
    if (told.length > 0) remember.run('given up', 'yes');
    else if (recall.get('given up') && shortOfDisk() <= 0 && shareOfLimits(counts(), config) < RELIEVED_SHARE) {
      forget.run('given up');
      told.push(nodeEvent('OUTBOX_RELIEVED', clock()));
    }
    notes.putEvents(told);
  }

  /** SQLite never sets it below what the file has already. */
  function limitFile(bytes: number): void {
    db.exec(`PRAGMA max_page_count = ${Math.floor(bytes / PAGE_BYTES)}`);
  }
}

function each<T>(items: readonly T[], act: (item: T) => void): void {
  for (const item of items) act(item);
}
