import { mkdirSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openOutboxStore } from '../../edge/uplink/outbox-store.ts';
import { makeTemporaryFolder, type TemporaryFolder } from '../support/temporary-folder.ts';
import { outboxEntry, outboxLimits } from './kit/outbox-entries.ts';

/** As the first version of the outbox made them. */
const FIRST_FORMAT = `
  CREATE TABLE result (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, body TEXT NOT NULL,
    put_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ'))) STRICT;
  CREATE TABLE image (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, result_id TEXT NOT NULL UNIQUE, sha256 TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('waiting', 'ready', 'dead')), bytes BLOB NOT NULL) STRICT;
  CREATE INDEX image_state ON image (state, seq);
  CREATE TABLE dead_letter (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL CHECK (kind IN ('result', 'image')), key TEXT NOT NULL,
    result_id TEXT NOT NULL, body TEXT, reason TEXT NOT NULL, field TEXT, value TEXT,
    at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ'))) STRICT;
  CREATE TABLE source_key (key TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;
  INSERT INTO result (seq, id, body) VALUES (7, 'id-7', '{"verdict":"PASS"}'), (8, 'id-8', '{"verdict":"REJECT"}');
  INSERT INTO image (seq, result_id, sha256, state, bytes) VALUES
    (4, 'id-7', 'hash-7', 'waiting', x'0707'), (9, 'id-3', 'hash-3', 'ready', x'03'), (2, 'id-1', 'hash-1', 'dead', x'01');
  INSERT INTO dead_letter (kind, key, result_id, body, reason) VALUES ('result', 'id-1', 'id-1', '{"n":1}', 'wrong');
  INSERT INTO source_key (key) VALUES ('camera/7');
`;

let folder: TemporaryFolder;

beforeEach(async () => {
  folder = await makeTemporaryFolder('outbox');
});

afterEach(async () => {
  await folder.remove();
});

describe('the outbox of an older version', () => {
  it('goes over with everything that is in it', () => {
    const home = `${folder.path}/home`;
    mkdirSync(home);
    const old = new DatabaseSync(`${home}/outbox.db`);
    old.exec(FIRST_FORMAT);
    old.close();
    for (let opened = 0; opened < 2; opened++) {
      const store = openOutboxStore(home, outboxLimits());
      expect(store.counts()).toMatchObject({ results: 2, images: 2, readyImages: 1, imageBytes: 3, deadLetters: 1 });
      expect(store.call('sources', null)).toEqual(['camera/7']);
      expect(store.call('takeResults', { lane: 'backlog', limit: 10 }).map(({ id }) => id)).toEqual(['id-7', 'id-8']);
      store.close();
    }
    const store = openOutboxStore(home, outboxLimits());
    // The new one's image takes the place of its result, which no old image has.
    store.transaction(() => store.call('put', outboxEntry(1)));
    store.transaction(() => store.call('retryDeadLetters', { wish: null }));
    store.transaction(() => store.goOn());
    expect(store.counts()).toMatchObject({ results: 4, images: 4, deadLetters: 0 });
    const [image] = store.call('takeImages', { lane: 'backlog', limit: 1, except: [] });
    expect(store.call('readImage', { seq: image?.seq ?? 0 })).toEqual(Uint8Array.of(3));
    store.close();
  });

  it('is refused when a newer version wrote it', () => {
    const home = `${folder.path}/home`;
    openOutboxStore(home, outboxLimits()).close();
    const db = new DatabaseSync(`${home}/outbox.db`);
    db.exec('PRAGMA user_version = 3');
    db.close();
    expect(() => openOutboxStore(home, outboxLimits())).toThrow('was written by a newer version');
  });
});
