/** The outbox' file: its tables, its settings, and who may hold it. */
import { existsSync, mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

export const PAGE_BYTES = 16_384;
const FORMAT = 2;

// Large pages: an image needs few of them. Incremental: a disk that was full of images is given back.
// A short log: what is in it needs its place a second time in the file, and on a full disk the reserve has to be enough for that.
const SETTINGS = `
  PRAGMA page_size = ${PAGE_BYTES}; PRAGMA auto_vacuum = INCREMENTAL; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;
  PRAGMA wal_autocheckpoint = 200; PRAGMA journal_size_limit = 67108864`;

const TABLES = `
  CREATE TABLE result (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    size INTEGER NOT NULL,
    -- milliseconds that the node had run when it was put in
    mark INTEGER NOT NULL,
    put_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ')),
    body TEXT NOT NULL
  ) STRICT;
  CREATE INDEX result_mark ON result (mark, seq, size);
  -- seq is the result's; waiting: its result is not yet with the server; ready: may be sent; dead: refused, or its result was
  CREATE TABLE image (
    seq INTEGER PRIMARY KEY,
    result_id TEXT NOT NULL UNIQUE,
    sha256 TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('waiting', 'ready', 'dead')),
    verdict TEXT NOT NULL,
    probability REAL NOT NULL CHECK (probability > 0 AND probability <= 1),
    size INTEGER NOT NULL,
    mark INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX image_state ON image (state, mark, seq, size);
  CREATE INDEX image_thin ON image (verdict, probability DESC, seq) WHERE state <> 'dead';
  -- apart, so that looking at images reads none of their bytes
  CREATE TABLE image_bytes (seq INTEGER PRIMARY KEY, bytes BLOB NOT NULL) STRICT;
  -- event, part count (one a count), revision (one an inspection; waiting until the server has its result)
  CREATE TABLE note (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    kind TEXT NOT NULL CHECK (kind IN ('event', 'counts', 'revision')),
    id TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('waiting', 'ready')),
    mark INTEGER NOT NULL,
    body TEXT NOT NULL,
    UNIQUE (kind, id)
  ) STRICT;
  CREATE INDEX note_state ON note (kind, state, seq);
  CREATE TABLE dead_letter (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    kind TEXT NOT NULL CHECK (kind IN ('result', 'image', 'event', 'counts', 'revision')),
    key TEXT NOT NULL,
    -- the inspection that it belongs to; of other things their own id
    result_id TEXT NOT NULL,
    -- place in the queue that it came from
    origin INTEGER NOT NULL DEFAULT 0,
    body TEXT,
    reason TEXT NOT NULL,
    field TEXT,
    value TEXT,
    at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ'))
  ) STRICT;
  CREATE INDEX dead_letter_result ON dead_letter (result_id);
  CREATE TABLE source_key (key TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;
  -- given up and not yet told
  CREATE TABLE sacrifice (
    what TEXT PRIMARY KEY,
    count INTEGER NOT NULL,
    bytes INTEGER NOT NULL,
    from_ms INTEGER NOT NULL,
    to_ms INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE memory (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
`;

/** What a file of the first format holds goes over as it is. A verdict that nobody knows any more counts as a reject: it goes last. */
const FROM_FIRST_FORMAT = `
  INSERT INTO result (seq, id, size, mark, put_at, body) SELECT seq, id, length(CAST(body AS BLOB)), 0, put_at, body FROM old_result;
  INSERT INTO image (seq, result_id, sha256, state, verdict, probability, size, mark)
    SELECT i.seq, i.result_id, i.sha256, i.state, coalesce(r.body ->> '$.verdict', 'REJECT'), 1, length(i.bytes), 0
    FROM old_image i LEFT JOIN old_result r ON r.id = i.result_id;
  INSERT INTO image_bytes (seq, bytes) SELECT seq, bytes FROM old_image;
  INSERT INTO dead_letter (seq, kind, key, result_id, body, reason, field, value, at)
    SELECT seq, kind, key, result_id, body, reason, field, value, at FROM old_dead_letter;
  INSERT INTO source_key (key) SELECT key FROM old_source_key;
  -- an image's place is its result's from now on: no new result may take one that is in use
  UPDATE sqlite_sequence SET seq = max(seq, (SELECT coalesce(max(seq), 0) FROM image)) WHERE name = 'result';
  INSERT INTO sqlite_sequence (name, seq) SELECT 'result', max(seq) FROM image
    WHERE NOT EXISTS (SELECT 1 FROM sqlite_sequence WHERE name = 'result') HAVING max(seq) IS NOT NULL;
  DROP TABLE old_result; DROP TABLE old_image; DROP TABLE old_dead_letter; DROP TABLE old_source_key;
`;

export function databaseFile(home: string): string {
  return join(home, 'outbox.db');
}

/** Takes the home until the process ends, however it ends. Throws when another node runs on it. */
export function openDatabase(home: string): { db: DatabaseSync; close(): void } {
  mkdirSync(home, { recursive: true });
  const lock = lockHome(home);
  let db: DatabaseSync | undefined;
  const close = () => {
    db?.close();
    lock.close();
  };
  try {
    db = new DatabaseSync(databaseFile(home), { timeout: 5_000 });
    db.exec(SETTINGS);
    bringToFormat(db, home);
    return { db, close };
  } catch (error) {
    close();
    throw error;
  }
}

function bringToFormat(db: DatabaseSync, home: string): void {
  const format = Number(db.prepare('PRAGMA user_version').get()?.user_version);
  if (format === FORMAT) return;
  if (format > FORMAT)
    throw new Error(
      `${databaseFile(home)} was written by a newer version; start that one, or give this node a new home`,
    );
  const hasFirstFormat = db.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'result'").get() !== undefined;
  const old = ['result', 'image', 'dead_letter', 'source_key'];
  const aside = hasFirstFormat ? old.map((table) => `ALTER TABLE ${table} RENAME TO old_${table};`).join(' ') : '';
  const dropIndex = hasFirstFormat ? 'DROP INDEX IF EXISTS image_state;' : '';
  const over = hasFirstFormat ? FROM_FIRST_FORMAT : '';
  db.exec(`BEGIN IMMEDIATE; ${aside} ${dropIndex} ${TABLES} ${over} PRAGMA user_version = ${FORMAT}; COMMIT`);
}

/** An open write transaction on a file of its own: the system lets go of it with the process, also after kill -9. */
function lockHome(home: string): DatabaseSync {
  const lock = new DatabaseSync(join(home, 'lock.db'), { timeout: 0 });
  try {
    lock.exec('BEGIN EXCLUSIVE');
    return lock;
  } catch (cause) {
    lock.close();
    throw new Error(`home is "${home}"; another edge node runs on it, give each node a home of its own`, { cause });
  }
}

/** A file of zeros that is let go when the disk is full: to delete something SQLite has to write first. */
export interface Reserve {
  release(): void;
  /** False when the disk has no room for it. */
  restore(): boolean;
}

export function createReserve(home: string, bytes: number): Reserve {
  const path = join(home, 'reserve.bin');
  return {
    release: () => rmSync(path, { force: true }),
    restore() {
      if (bytes === 0 || (existsSync(path) && statSync(path).size === bytes)) return true;
      try {
        writeFileSync(path, Buffer.alloc(bytes));
        return true;
      } catch {
        rmSync(path, { force: true });
        return false;
      }
    },
  };
}
