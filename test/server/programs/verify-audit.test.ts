/** The audit's chains: written in order by many at once, and broken by any change. */
import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AuditEntry, appendAudit, systemActor } from '../../../server/kit/audit.ts';
import { verifyAudit } from '../../../server/modules/people/audit/audit.service.ts';
import { databases, openTestDatabase, type TestDatabase } from '../../support/database.ts';

const entry = (over: Partial<AuditEntry> = {}): AuditEntry => ({
  actor: systemActor,
  at: new Date('2026-03-01T08:00:00.123Z'),
  plantId: null,
  action: 'thing.change',
  subjectType: 'Thing',
  subjectId: 'ü "quoted" \\ 🙂',
  detail: { b: 1, a: [null, true, 0.1], text: 'é' },
  ...over,
});

describe.each(databases())('the audit on %s', (kind) => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await openTestDatabase(kind);
  });
  afterAll(() => database.close());

  const append = (over?: Partial<AuditEntry>) =>
    database.db.transaction().execute((trx) => appendAudit(trx, entry(over)));
  /** As somebody with the rights of the database's owner would. */
  const tamper = async (act: () => Promise<unknown>) => {
    await sql`ALTER TABLE audit DISABLE TRIGGER ALL`.execute(database.db);
    await act();
    await sql`ALTER TABLE audit ENABLE TRIGGER ALL`.execute(database.db);
  };
  const faults = async () => (await verifyAudit(database.db)).faults;

  it('chains what many write at once, each in a transaction of its own', async () => {
    const token = { kind: 'token', id: randomUUID() } as const;
    await Promise.all(Array.from({ length: 30 }, (_, index) => append(index % 3 === 0 ? { actor: token } : {})));
    expect(await verifyAudit(database.db)).toEqual({ chains: 2, entries: 30, faults: [] });
    const rows = await database.db
      .selectFrom('audit')
      .select(['chain', 'seq'])
      .orderBy('chain')
      .orderBy('seq')
      .execute();
    expect(rows.filter(({ chain }) => chain === 'system').map(({ seq }) => seq)).toEqual(
      Array.from({ length: 20 }, (_, i) => i + 1),
    );
  });

  it('takes no number for what was rolled back', async () => {
    const before = await verifyAudit(database.db);
    const failing = database.db.transaction().execute(async (trx) => {
      await appendAudit(trx, entry());
      throw new Error('changed my mind');
    });
    await expect(failing).rejects.toThrow('changed my mind');
    expect(await verifyAudit(database.db)).toEqual(before);
  });

  it('cannot be changed by the application', async () => {
    await expect(database.db.updateTable('audit').set({ action: 'x' }).execute()).rejects.toThrow('append-only');
    await expect(database.db.deleteFrom('audit').execute()).rejects.toThrow('append-only');
    await expect(sql`TRUNCATE audit`.execute(database.db)).rejects.toThrow('append-only');
  });

  it('finds one changed byte of a record, of a column beside it, and of a hash', async () => {
    const at = database.db.updateTable('audit').where('chain', '=', 'system').where('seq', '=', 7);
    const { record, hash } = await database.db
      .selectFrom('audit')
      .select(['record', 'hash'])
      .where('chain', '=', 'system')
      .where('seq', '=', 7)
      .executeTakeFirstOrThrow();

    await tamper(() => at.set({ record: record.replace('0.1', '0.2') }).execute());
    expect(await faults()).toEqual([{ chain: 'system', fault: 'entry 7 was changed: its hash differs' }]);
    await tamper(() => at.set({ record, action: 'thing.keep' }).execute());
    expect(await faults()).toEqual([
      { chain: 'system', fault: 'entry 7 was changed: action differs from what was hashed' },
    ]);
    const flipped = Buffer.from(hash);
    flipped[0] = (flipped[0] ?? 0) ^ 1;
    await tamper(() => at.set({ action: 'thing.change', hash: flipped }).execute());
    expect(await faults()).toEqual([{ chain: 'system', fault: 'entry 7 was changed: its hash differs' }]);
    await tamper(() => at.set({ hash }).execute());
    expect(await faults()).toEqual([]);
  });

  it('finds a removed entry in the midst, at the end, and a removed head', async () => {
    const remove = (seq: number) =>
      database.db.deleteFrom('audit').where('chain', '=', 'system').where('seq', '=', seq);
    const restore = await database.db.selectFrom('audit').selectAll().where('chain', '=', 'system').execute();
    await tamper(() => remove(20).execute());
    expect(await faults()).toEqual([{ chain: 'system', fault: 'entries 20 to 20 are missing at the end' }]);
    await tamper(() => remove(5).execute());
    expect(await faults()).toEqual([{ chain: 'system', fault: 'entry 5 is missing' }]);
    await database.db
      .insertInto('audit')
      .values(restore.filter(({ seq }) => seq === 5 || seq === 20))
      .execute();
    expect(await faults()).toEqual([]);
    await database.db.deleteFrom('audit_chain').where('chain', '=', 'system').execute();
    expect(await faults()).toEqual([{ chain: 'system', fault: 'the head of the chain is missing' }]);
  });
});
