/** `npm run audit -- verify [--json]`: recomputes all chains; exits 1 when one is broken. */
import { join } from 'node:path';
import { readConfig } from '../config.ts';
import { lockHome } from '../database/home-lock.ts';
import { openDatabase } from '../database/open-database.ts';
import { type AuditReport, verifyAudit } from '../modules/people/audit/audit.service.ts';

async function run(): Promise<void> {
  const [command, ...options] = process.argv.slice(2);
  if (command !== 'verify') throw new Error('Usage: npm run audit -- verify [--json]');
  const { home, databaseUrl, limits } = readConfig();
  // the embedded database serves one process
  const lock = databaseUrl === null ? await lockHome(home) : undefined;
  try {
    const database = await openDatabase({
      url: databaseUrl,
      dataDir: join(home, 'database'),
      statementMs: limits.statementMs,
      connections: 1,
      onFailure(error) {
        throw error;
      },
    });
    const report = await verifyAudit(database.db);
    await database.close();
    console.log(options.includes('--json') ? JSON.stringify(report) : describe(report));
    if (report.faults.length > 0) process.exitCode = 1;
  } finally {
    await lock?.release();
  }
}

function describe({ chains, entries, faults }: AuditReport): string {
  const found = faults.map(({ chain, fault }) => `BROKEN ${chain}: ${fault}`);
  const sum = `${entries} entries in ${chains} chains: ${faults.length === 0 ? 'all hashes hold' : `${faults.length} broken`}`;
  return [...found, sum].join('\n');
}

run().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : String(error));
  process.exit(1);
});
