/** What lies in an outbox, read beside the node that may be running on it. */
import { existsSync, statSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import type { DeadLetter } from './outbox-messages.ts';
import { toDeadLetter } from './store/dead-letters.ts';
import { databaseFile } from './store/outbox-database.ts';

export interface OutboxFile {
  results: number;
  images: number;
  deadLetters: number;
  fileBytes: number;
}

/** Throws when there is no outbox, or its file cannot be read. */
export function readOutboxFile(home: string): OutboxFile {
  return read(home, (db) => {
    const count = (table: string) => Number(db.prepare(`SELECT count(*) AS count FROM ${table}`).get()?.count);
    return {
      results: count('result'),
      images: count("image WHERE state <> 'dead'"),
      deadLetters: count('dead_letter'),
      fileBytes: statSync(databaseFile(home)).size,
    };
  });
}

/** Oldest first. Throws as `readOutboxFile`. */
export function readDeadLetters(home: string): DeadLetter[] {
  const columns = 'seq, kind, key, reason, field, value, at';
  return read(home, (db) => db.prepare(`SELECT ${columns} FROM dead_letter ORDER BY seq`).all().map(toDeadLetter));
}

function read<T>(home: string, work: (db: DatabaseSync) => T): T {
  const file = databaseFile(home);
  if (!existsSync(file)) throw new Error(`home is "${home}"; there is no outbox in it, this node has never run here`);
  const db = new DatabaseSync(file, { readOnly: true, timeout: 5_000 });
  try {
    return work(db);
  } finally {
    db.close();
  }
}
