/** Recomputes the audit's chains from their first entries. */
import type { Db } from '../../../database/database.ts';
import { genesisHash } from '../../../kit/audit.ts';
import { selectChains, selectEntriesAfter, selectHeadlessChains } from './audit.queries.ts';
import type { AuditChainTable } from './audit.table.ts';
import { findEntryFault } from './audit-entry-check.ts';

export interface AuditReport {
  chains: number;
  entries: number;
  /** The first fault of each broken chain: after it nothing can be said. */
  faults: { chain: string; fault: string }[];
}

const entriesAtOnce = 1000;

/** Reads everything, in pages; what is written meanwhile is checked up to the heads as they were at the beginning. */
export async function verifyAudit(db: Db): Promise<AuditReport> {
  const report: AuditReport = { chains: 0, entries: 0, faults: [] };
  for (const chain of await selectHeadlessChains(db))
    report.faults.push({ chain, fault: 'the head of the chain is missing' });
  for (const head of await selectChains(db)) {
    report.chains++;
    const { entries, fault } = await verifyChain(db, head);
    report.entries += entries;
    if (fault !== undefined) report.faults.push({ chain: head.chain, fault });
  }
  return report;
}

async function verifyChain(db: Db, head: AuditChainTable): Promise<{ entries: number; fault: string | undefined }> {
  let seq = 0;
  let hash: Buffer = genesisHash;
  while (seq < head.seq) {
    const rows = await selectEntriesAfter(db, head.chain, seq, Math.min(entriesAtOnce, head.seq - seq));
    if (rows.length === 0) return { entries: seq, fault: `entries ${seq + 1} to ${head.seq} are missing at the end` };
    for (const row of rows) {
      const fault = findEntryFault(row, seq + 1, hash);
      if (fault !== undefined) return { entries: seq, fault };
      seq += 1;
      hash = row.hash;
    }
  }
  return { entries: seq, fault: hash.equals(head.hash) ? undefined : 'the last entry is not the one the head names' };
}
