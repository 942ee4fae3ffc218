/**
 * Opens the embedded database in the folder given, says what it finds there, then writes until it is killed. Every transaction goes over
 * several tables and pages and is acknowledged by a line that is written before the next one begins.
 */
import { createHash, randomBytes } from 'node:crypto';
import { writeSync } from 'node:fs';
import { sql } from 'kysely';
import { migrateToLatest } from '../../../server/database/migrate.ts';
import { openDatabase } from '../../../server/database/open-database.ts';
import { appendAudit, genesisHash, systemActor } from '../../../server/kit/audit.ts';
import type { Found } from './found.ts';

const PARTS = 3;
/** Up to so many bytes in a row: more than a page, so that a row can be torn. */
const LARGEST = 40_000;
const CHECKPOINT_EVERY = 25;

const [dataDir = ''] = process.argv.slice(2);
// pipes are written at once: what has been said was true before the kill
const say = (line: string) => void writeSync(1, `${line}\n`);

const { db } = await openDatabase({
  url: null,
  dataDir,
  statementMs: 60_000,
  connections: 1,
  onFailure: (error) => {
    console.error(error);
    process.exit(2);
  },
});
await migrateToLatest(db, () => {});
await sql`CREATE TABLE IF NOT EXISTS proof (n integer, part integer, payload bytea NOT NULL, digest bytea NOT NULL, PRIMARY KEY (n, part))`.execute(
  db,
);
await sql`CREATE TABLE IF NOT EXISTS proof_head (n integer NOT NULL)`.execute(db);
await sql`INSERT INTO proof_head SELECT 0 WHERE NOT EXISTS (SELECT FROM proof_head)`.execute(db);

const found = await look();
say(`found ${JSON.stringify(found)}`);

for (let n = found.head + 1; ; n++) {
  await db.transaction().execute(async (trx) => {
    for (let part = 0; part < PARTS; part++) {
      const payload = randomBytes(1 + Math.floor(Math.random() * LARGEST));
      const digest = createHash('sha256').update(payload).digest();
      await sql`INSERT INTO proof (n, part, payload, digest) VALUES (${n}, ${part}, ${payload}, ${digest})`.execute(
        trx,
      );
    }
    // keeps the folder small over many kills, and rewrites pages that are already on the disk
    await sql`DELETE FROM proof WHERE n <= ${n - 200}`.execute(trx);
    await sql`UPDATE proof_head SET n = ${n}`.execute(trx);
    const subject = { plantId: null, subjectType: 'Proof', subjectId: String(n), detail: { n } };
    await appendAudit(trx, { actor: systemActor, at: new Date(), action: 'proof.write', ...subject });
  });
  say(`written ${n}`);
  if (n % CHECKPOINT_EVERY === 0) await sql`CHECKPOINT`.execute(db);
}

/** Reads all there is, through the indexes and past them. */
async function look(): Promise<Found> {
  const { rows } = await sql<Omit<Found, 'auditBroken'>>`
    WITH head AS (SELECT n FROM proof_head)
    SELECT (SELECT n FROM head) AS head,
      (SELECT count(*)::int FROM proof_head) AS heads,
      (SELECT count(*)::int FROM proof WHERE n > (SELECT n FROM head)) AS beyond,
      (SELECT count(*)::int FROM generate_series(greatest(1, (SELECT n FROM head) - 199), (SELECT n FROM head)) AS g(n)
        WHERE (SELECT count(*) FROM proof WHERE proof.n = g.n) <> ${PARTS}) AS incomplete,
      (SELECT count(*)::int FROM proof WHERE sha256(payload) <> digest) AS torn,
      (SELECT coalesce(max(seq), 0)::int FROM audit) AS audited
  `.execute(db);
  const [row] = rows;
  if (!row) throw new Error('the state of the proof could not be read');
  return { ...row, auditBroken: await countBrokenLinks() };
}

/** Entries of the audit whose hash is not that of their record and predecessor, recomputed outside the database. */
async function countBrokenLinks(): Promise<number> {
  const entries = await db.selectFrom('audit').selectAll().orderBy('chain').orderBy('seq').execute();
  let previous: Buffer = genesisHash;
  let broken = 0;
  for (const { seq, record, prev_hash, hash } of entries) {
    const number = Buffer.alloc(8);
    number.writeBigInt64BE(BigInt(seq));
    const expected = createHash('sha256').update(previous).update(number).update(record, 'utf8').digest();
    if (!prev_hash.equals(previous) || !hash.equals(expected)) broken += 1;
    previous = hash;
  }
  return broken;
}
