/** Every SQL statement of the audit module. */
import type { Db } from '../../../database/database.ts';
import type { AuditChainTable, AuditRow } from './audit.table.ts';

export function selectChains(db: Db): Promise<AuditChainTable[]> {
  return db.selectFrom('audit_chain').selectAll().orderBy('chain').execute();
}

/** Entries whose chain has lost its head. */
export async function selectHeadlessChains(db: Db): Promise<string[]> {
  const rows = await db
    .selectFrom('audit')
    .select('chain')
    .distinct()
    .where(({ not, exists, selectFrom }) =>
      not(exists(selectFrom('audit_chain').select('chain').whereRef('audit_chain.chain', '=', 'audit.chain'))),
    )
    .execute();
  return rows.map((row) => row.chain);
}

/** The next entries of a chain, by number. */
export function selectEntriesAfter(db: Db, chain: string, seq: number, limit: number): Promise<AuditRow[]> {
  return db
    .selectFrom('audit')
    .selectAll()
    .where('chain', '=', chain)
    .where('seq', '>', seq)
    .orderBy('seq')
    .limit(limit)
    .execute();
}
