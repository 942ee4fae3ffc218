/** The MES's own database: where each stream stands and what has followed from it, changed together or not at all. */
import { DatabaseSync } from 'node:sqlite';

export interface Effect {
  item: string;
  cursor: string;
  /** Kind of the event, or verdict of the inspection. */
  what: string;
  job: string | null;
}

export interface EffectStore {
  cursorOf(stream: string): string | null;
  /** Throws when the stream does not stand at `from`, and then nothing is changed. */
  apply(stream: string, from: string | null, to: string, effects: readonly Effect[]): void;
  /** The stream goes on at `firstCursor`; what lies between is missing. */
  noteGap(stream: string, firstCursor: string): void;
  close(): void;
}

/**
 * Neither item nor cursor is unique in `effect`: what was applied twice must be seen twice. `job_count` is the kind of effect that
 * cannot be repeated without harm: a running count.
 */
const SCHEMA = `
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = FULL;
  PRAGMA busy_timeout = 5000;
  CREATE TABLE IF NOT EXISTS stream (name TEXT PRIMARY KEY, cursor TEXT NOT NULL) STRICT;
  CREATE TABLE IF NOT EXISTS effect (
    number INTEGER PRIMARY KEY AUTOINCREMENT, stream TEXT NOT NULL, item TEXT NOT NULL, cursor TEXT NOT NULL, what TEXT NOT NULL, job TEXT
  ) STRICT;
  CREATE TABLE IF NOT EXISTS job_count (job TEXT, what TEXT, count INTEGER NOT NULL, PRIMARY KEY (job, what)) STRICT;
  CREATE TABLE IF NOT EXISTS gap (number INTEGER PRIMARY KEY, stream TEXT NOT NULL, after TEXT, resumed_at TEXT NOT NULL) STRICT;
`;

export function openEffectStore(file: string): EffectStore {
  const database = new DatabaseSync(file);
  database.exec(SCHEMA);
  const selectCursor = database.prepare('SELECT cursor FROM stream WHERE name = ?');
  const upsertCursor = database.prepare(
    'INSERT INTO stream (name, cursor) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET cursor = excluded.cursor',
  );
  const insertEffect = database.prepare('INSERT INTO effect (stream, item, cursor, what, job) VALUES (?, ?, ?, ?, ?)');
  const countUp = database.prepare(
    'INSERT INTO job_count (job, what, count) VALUES (?, ?, 1) ON CONFLICT (job, what) DO UPDATE SET count = count + 1',
  );
  const insertGap = database.prepare('INSERT INTO gap (stream, after, resumed_at) VALUES (?, ?, ?)');

  const cursorOf = (stream: string) => (selectCursor.get(stream)?.cursor as string | undefined) ?? null;
  const inTransaction = (act: () => void) => {
    database.exec('BEGIN IMMEDIATE');
    try {
      act();
      database.exec('COMMIT');
    } catch (error) {
      database.exec('ROLLBACK');
      throw error;
    }
  };

  return {
    cursorOf,
    apply(stream, from, to, effects) {
      // A heartbeat that moves nothing costs no write.
      if (effects.length === 0 && from === to) return;
      inTransaction(() => {
        const stands = cursorOf(stream);
        if (stands !== from)
          throw new Error(`${stream} stands at ${stands}, not at ${from}: is another client running?`);
        for (const { item, cursor, what, job } of effects) {
          insertEffect.run(stream, item, cursor, what, job);
          if (job !== null) countUp.run(job, what);
        }
        upsertCursor.run(stream, to);
      });
    },
    noteGap(stream, firstCursor) {
      inTransaction(() => {
        insertGap.run(stream, cursorOf(stream), firstCursor);
        upsertCursor.run(stream, firstCursor);
      });
    },
    close: () => database.close(),
  };
}
