/**
 * Store and forward on the node's disk: results, their images, what the server refused, and which source images are already in here.
 * Synchronous SQLite; lives in the outbox thread alone.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { OutboxConfig } from '../config.ts';
import type { OutboxCallName, OutboxCalls, OutboxCounts, OutboxEntry, Refusal } from './outbox-messages.ts';

export interface OutboxStore {
  call<Name extends OutboxCallName>(name: Name, ask: OutboxCalls[Name]['ask']): OutboxCalls[Name]['answer'];
  /** Everything that `work` does is on disk when this returns, or nothing of it when it throws. */
  transaction(work: () => void): void;
  counts(): OutboxCounts;
  /** Gives a piece of the free pages back to the disk; bounded, so that nothing waits for long. */
  shrink(): void;
  close(): void;
}

const TABLES = `
  CREATE TABLE IF NOT EXISTS result (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    body TEXT NOT NULL,
    put_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ'))
  ) STRICT;
  -- waiting: its result is not yet with the server; ready: may be sent; dead: refused, or its result was
  CREATE TABLE IF NOT EXISTS image (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    result_id TEXT NOT NULL UNIQUE,
    sha256 TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('waiting', 'ready', 'dead')),
    bytes BLOB NOT NULL
  ) STRICT;
  CREATE INDEX IF NOT EXISTS image_state ON image (state, seq);
  CREATE TABLE IF NOT EXISTS dead_letter (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    kind TEXT NOT NULL CHECK (kind IN ('result', 'image')),
    key TEXT NOT NULL,
    result_id TEXT NOT NULL,
    body TEXT,
    reason TEXT NOT NULL,
    field TEXT,
    value TEXT,
    at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ'))
  ) STRICT;
  CREATE TABLE IF NOT EXISTS source_key (key TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;
`;

/** Takes the home for itself until the process ends, however it ends. Throws when another node runs on it. */
export function openOutboxStore(home: string, config: OutboxConfig): OutboxStore {
  mkdirSync(home, { recursive: true });
  const lock = lockHome(home);
  const db = new DatabaseSync(join(home, 'outbox.db'), { timeout: 5_000 });
  // Large pages: an image needs few of them. Incremental: a disk that was full of images is given back.
  db.exec(
    'PRAGMA page_size = 16384; PRAGMA auto_vacuum = INCREMENTAL; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA journal_size_limit = 67108864',
  );
  db.exec(TABLES);

  const insertResult = db.prepare('INSERT INTO result (id, body) VALUES (?, ?)');
  const insertImage = db.prepare("INSERT INTO image (result_id, sha256, state, bytes) VALUES (?, ?, 'waiting', ?)");
  const insertSource = db.prepare('INSERT OR IGNORE INTO source_key (key) VALUES (?)');
  const deleteSource = db.prepare('DELETE FROM source_key WHERE key = ?');
  const selectSources = db.prepare('SELECT key FROM source_key');
  const selectResults = db.prepare('SELECT seq, id, body FROM result ORDER BY seq LIMIT ?');
  const selectResult = db.prepare('SELECT id, body FROM result WHERE seq = ?');
  const deleteResult = db.prepare('DELETE FROM result WHERE seq = ?');
  const markImage = db.prepare('UPDATE image SET state = ? WHERE result_id = ?');
  const selectImages = db.prepare(
    "SELECT seq, sha256, length(bytes) AS sizeBytes FROM image WHERE state = 'ready' ORDER BY seq LIMIT ?",
  );
  const selectImage = db.prepare(
    'SELECT sha256, result_id AS resultId, length(bytes) AS sizeBytes FROM image WHERE seq = ?',
  );
  const selectBytes = db.prepare('SELECT bytes FROM image WHERE seq = ?');
  const deleteImage = db.prepare('DELETE FROM image WHERE seq = ?');
  const insertDead = db.prepare(
    'INSERT INTO dead_letter (kind, key, result_id, body, reason, field, value) VALUES (?, ?, ?, ?, ?, ?, ?)',
  );
  const selectDead = db.prepare(
    'SELECT seq, kind, key, reason, field, value, at FROM dead_letter ORDER BY seq DESC LIMIT ?',
  );
  const selectOldestDead = db.prepare('SELECT seq, result_id AS resultId FROM dead_letter ORDER BY seq LIMIT 1');
  const deleteDead = db.prepare('DELETE FROM dead_letter WHERE seq = ?');
  const selectOldestDeadImage = db.prepare(
    "SELECT seq, length(bytes) AS sizeBytes FROM image WHERE state = 'dead' ORDER BY seq LIMIT 1",
  );
  const deadImageOf = db.prepare(
    "SELECT seq, length(bytes) AS sizeBytes FROM image WHERE result_id = ? AND state = 'dead'",
  );
  const countAll = db.prepare(`SELECT (SELECT count(*) FROM result) AS results,
    (SELECT count(*) FROM image WHERE state <> 'dead') AS images,
    (SELECT count(*) FROM image WHERE state = 'ready') AS readyImages,
    (SELECT coalesce(sum(length(bytes)), 0) FROM image WHERE state <> 'dead') AS imageBytes,
    (SELECT coalesce(sum(length(bytes)), 0) FROM image WHERE state = 'dead') AS deadImageBytes,
    (SELECT count(*) FROM dead_letter) AS deadLetters`);

  let sacrificed = 0;
  let counts = recount();

  const calls: { [Name in OutboxCallName]: (ask: OutboxCalls[Name]['ask']) => OutboxCalls[Name]['answer'] } = {
    put({ id, body, image, sourceKey }: OutboxEntry) {
      insertResult.run(id, body);
      counts.results++;
      if (image) {
        insertImage.run(id, image.sha256, image.bytes);
        counts.images++;
        counts.imageBytes += image.bytes.byteLength;
      }
      if (sourceKey !== null) insertSource.run(sourceKey);
      return null;
    },
    takeResults: ({ limit }) =>
      selectResults.all(limit).map(({ seq, id, body }) => ({ seq: Number(seq), id: String(id), body: String(body) })),
    settleResults(outcomes) {
      for (const { seq, refusal } of outcomes) settleResult(seq, refusal);
      return null;
    },
    takeImages: ({ limit, except }) =>
      selectImages
        .all(limit + except.length)
        .map(toImage)
        .filter(({ seq }) => !except.includes(seq))
        .slice(0, limit),
    readImage({ seq }) {
      const bytes = selectBytes.get(seq)?.bytes;
      return bytes instanceof Uint8Array ? bytes : null;
    },
    settleImage({ seq, refusal }) {
      const image = selectImage.get(seq);
      if (!image) return null;
      const { sizeBytes } = toImage({ ...image, seq });
      counts.images--;
      counts.readyImages--;
      counts.imageBytes -= sizeBytes;
      if (refusal === null) deleteImage.run(seq);
      else {
        bury('image', String(image.sha256), String(image.resultId), null, refusal);
        markImage.run('dead', String(image.resultId));
        counts.deadImageBytes += sizeBytes;
        keepToLimits();
      }
      return null;
    },
    sources: () => selectSources.all().map(({ key }) => String(key)),
    forgetSources(keys) {
      for (const key of keys) deleteSource.run(key);
      return null;
    },
    deadLetters: ({ limit }) =>
      selectDead.all(limit).map((row) => ({
        seq: Number(row.seq),
        kind: row.kind === 'image' ? 'image' : 'result',
        key: String(row.key),
        reason: String(row.reason),
        field: row.field === null ? null : String(row.field),
        value: row.value === null ? null : String(row.value),
        at: String(row.at),
      })),
    close: () => null,
  };

  return {
    call: (name, ask) => calls[name](ask),
    transaction(work) {
      db.exec('BEGIN IMMEDIATE');
      try {
        work();
        db.exec('COMMIT');
      } catch (error) {
        if (db.isTransaction) db.exec('ROLLBACK');
        counts = recount();
        throw error;
      }
    },
    counts: () => {
      const { deadImageBytes: _own, ...shown } = counts;
      return { ...shown, sacrificed };
    },
    shrink: () => db.exec('PRAGMA incremental_vacuum(1000)'),
    close() {
      db.close();
      lock.close();
    },
  };

  function recount() {
    const row = countAll.get() ?? {};
    return {
      results: Number(row.results),
      images: Number(row.images),
      readyImages: Number(row.readyImages),
      imageBytes: Number(row.imageBytes),
      deadImageBytes: Number(row.deadImageBytes),
      deadLetters: Number(row.deadLetters),
    };
  }

  function settleResult(seq: number, refusal: Refusal | null): void {
    const row = selectResult.get(seq);
    if (!row) return;
    const id = String(row.id);
    deleteResult.run(seq);
    counts.results--;
    if (refusal === null) {
      counts.readyImages += Number(markImage.run('ready', id).changes);
      return;
    }
    bury('result', id, id, String(row.body), refusal);
    markImage.run('dead', id);
    const image = deadImageOf.get(id);
    if (image) {
      counts.images--;
      counts.imageBytes -= Number(image.sizeBytes);
      counts.deadImageBytes += Number(image.sizeBytes);
    }
    keepToLimits();
  }

  function bury(kind: 'result' | 'image', key: string, resultId: string, body: string | null, refusal: Refusal): void {
    insertDead.run(kind, key, resultId, body, refusal.reason, refusal.field, refusal.value);
    counts.deadLetters++;
  }

  /** Oldest first: images of dead letters, then dead letters. Counted in `sacrificed`, never results or images that are still to be sent. */
  function keepToLimits(): void {
    while (counts.deadImageBytes > config.maxDeadImageBytes) {
      const image = selectOldestDeadImage.get();
      if (!image) break;
      dropDeadImage(image);
    }
    while (counts.deadLetters > config.maxDeadLetters) {
      const letter = selectOldestDead.get();
      if (!letter) break;
      deleteDead.run(Number(letter.seq));
      counts.deadLetters--;
      sacrificed++;
      const image = deadImageOf.get(String(letter.resultId));
      if (image) dropDeadImage(image);
    }
  }

  function dropDeadImage(image: Record<string, unknown>): void {
    deleteImage.run(Number(image.seq));
    counts.deadImageBytes -= Number(image.sizeBytes);
    sacrificed++;
  }
}

function toImage(row: Record<string, unknown>) {
  return { seq: Number(row.seq), sha256: String(row.sha256), sizeBytes: Number(row.sizeBytes) };
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
