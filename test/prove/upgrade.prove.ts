/** A home, a PostgreSQL database and an edge's outbox of the version before the wings are opened by the present one. */
import { cp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { migrateToLatest } from '../../server/database/migrate.ts';
import { openDatabase } from '../../server/database/open-database.ts';
import { verifyAudit } from '../../server/modules/people/audit/audit.service.ts';
import { makeDatabase } from '../bench/ingest/sides.ts';
import { findServices } from '../support/services.ts';
import { makeTemporaryFolder } from '../support/temporary-folder.ts';
import { freePort } from './kill-server-edge/product.ts';
import type { ProofOptions, ProofResult } from './kit/run-proofs.ts';
import { checkDelivered, deliver } from './upgrade/deliver.ts';
import { readManifest, upgradeFixture } from './upgrade/fixture.ts';
import { checkOutOldCommit, OLD_COMMIT, repository, whyNoOldCommit } from './upgrade/old-commit.ts';
import { makeOldHome } from './upgrade/old-home.ts';
import { countWaiting } from './upgrade/read-outbox.ts';
import { findDifferences, readTables } from './upgrade/table-rows.ts';
import { timeMigrations } from './upgrade/time-migrations.ts';
import { WANTED_CHANGES } from './upgrade/wanted-changes.ts';

export const name = 'upgrade';
export const about = `what commit ${OLD_COMMIT} left (rows, sessions, tokens, a full outbox) is whole and works with the present version, and migrations take at most 60 s at n inspections; test/prove/upgrade/make-fixture.ts makes the committed fixture anew`;

type Kind = 'embedded' | 'postgresql';
type Report = (line: string) => void;

const FULL_INSPECTIONS = 10_000_000;
const MOST_SECONDS = 60;
const WAITING = 120;
const statementMs = 600_000;

export async function run({ n = FULL_INSPECTIONS, report }: ProofOptions): Promise<ProofResult> {
  const { postgresql } = await findServices();
  const kinds: Kind[] = postgresql ? ['embedded', 'postgresql'] : ['embedded'];
  const manifest = await readManifest();
  const faults: string[] = [];
  const counted: Record<string, number> = { fixtureTables: 0, fixtureRows: 0 };
  const note = (where: string, found: readonly string[]) => {
    for (const fault of found) {
      report(`NOT SO (${where}): ${fault}`);
      faults.push(`${where}: ${fault}`);
    }
  };

  for (const kind of kinds) {
    const upgraded = await onFreshDatabase(kind, report, ({ db }) => upgradeFixture(db, manifest));
    note(`fixture on ${kind}`, upgraded.faults);
    report(
      `fixture on ${kind}: ${upgraded.rows} rows in ${upgraded.tables} tables, ${upgraded.migrated.length} migrations`,
    );
    Object.assign(counted, { fixtureTables: upgraded.tables, fixtureRows: upgraded.rows });
  }

  const problem = await whyNoOldCommit();
  if (problem !== undefined) report(`SKIPPED, homes and outboxes of the old programs: ${problem}`);
  const homes = problem === undefined ? kinds : [];
  for (const kind of homes) {
    const proved = await proveHome(kind, report);
    note(`home on ${kind}`, proved.faults);
    for (const [fact, number] of Object.entries(proved.counted)) counted[`${fact} ${kind}`] = number;
  }

  if (postgresql) {
    const { faults: changed, ...timed } = await timeMigrations(manifest, n, report);
    note(`${n} inspections`, changed);
    if (timed.seconds > MOST_SECONDS)
      note(`${n} inspections`, [`the migrations hold the start for ${timed.seconds} s`]);
    Object.assign(counted, timed);
  } else report('SKIPPED, the time of the migrations: there is no PostgreSQL');
  return { n, counted: { ...counted, homes: homes.length, faults: faults.length }, faults, holds: faults.length === 0 };
}

async function onFreshDatabase<T>(kind: Kind, report: Report, work: (open: Open) => Promise<T>): Promise<T> {
  const database = await makeDatabase(kind);
  const opened = await open({ url: database.url, dataDir: null }, report);
  try {
    return await work(opened);
  } finally {
    await opened.close();
    await database.remove();
  }
}

type Open = Awaited<ReturnType<typeof openDatabase>>;

function open(place: { url: string | null; dataDir: string | null }, report: Report): Promise<Open> {
  return openDatabase({ ...place, statementMs, connections: 1, onFailure: ({ message }) => report(message) });
}

/** The old programs make a home; then the present server takes it over twice: with the present edge, and with the old one. */
async function proveHome(kind: Kind, report: Report): Promise<{ faults: string[]; counted: Record<string, number> }> {
  await using folder = await makeTemporaryFolder('old');
  const checkout = join(folder.path, 'code');
  const home = join(folder.path, 'home');
  const kept = join(folder.path, 'kept');
  await checkOutOldCommit(checkout);
  const port = await freePort();
  const database = await makeDatabase(kind);
  const databaseUrl = database.url;
  const place = { url: databaseUrl, dataDir: databaseUrl === null ? join(home, 'database') : null };
  const faults: string[] = [];
  try {
    const say = (line: string) => report(`${kind}: ${line}`);
    const old = await makeOldHome({ checkout, home, port, databaseUrl, waiting: WAITING, report: say });
    const first = await open(place, report);
    const before = await readTables(first.db, WANTED_CHANGES);
    await first.close();
    await cp(home, kept, { recursive: true });

    for (const [edge, edgeCode] of Object.entries({ present: repository, old: checkout })) {
      const copy = await makeDatabase(kind, databaseUrl);
      await rm(home, { recursive: true, force: true });
      await cp(kept, home, { recursive: true });
      const copyPlace = { ...place, url: copy.url };
      const opened = await open(copyPlace, report);
      await migrateToLatest(opened.db, (migration) => say(`migration ${migration}`));
      faults.push(...(await findDifferences(opened.db, before, WANTED_CHANGES)));
      await opened.close();
      say(`the present server and the ${edge} edge start on it`);
      const found = await deliver({ edgeCode, home, port, databaseUrl: copy.url, old });
      const after = await open(copyPlace, report);
      const rowsBefore = before.find(({ table }) => table === 'inspection')?.count ?? 0;
      found.push(...(await checkDelivered(after.db, old, rowsBefore)));
      found.push(...(await verifyAudit(after.db)).faults.map(({ chain, fault }) => `audit ${chain}: ${fault}`));
      await after.close();
      await copy.remove();
      faults.push(...found.map((fault) => `${edge} edge: ${fault}`));
    }
    return {
      faults,
      counted: {
        tables: before.length,
        emptyTables: before.filter(({ count }) => count === 0).length,
        rows: before.reduce((sum, { count }) => sum + count, 0),
        waited: countWaiting(old.outbox),
      },
    };
  } finally {
    await database.remove();
  }
}
