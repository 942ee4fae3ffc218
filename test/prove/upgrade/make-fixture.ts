/**
 * `node test/prove/upgrade/make-fixture.ts`: makes the committed fixture anew with the programs of the old commit, in some two minutes. The
 * passwords, tokens and keys in it belong to a plant that has never been anywhere else.
 */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { openDatabase } from '../../../server/database/open-database.ts';
import { spawnLines } from '../../support/spawn-lines.ts';
import { makeTemporaryFolder } from '../../support/temporary-folder.ts';
import { freePort } from '../kill-server-edge/product.ts';
import { hashMigration, type Manifest, manifestFile, type RecordedRequest, rowsFile } from './fixture.ts';
import { checkOutOldCommit, OLD_COMMIT, whyNoOldCommit } from './old-commit.ts';
import { makeOldHome, type OldHome } from './old-home.ts';
import { countWaiting, readOutbox } from './read-outbox.ts';
import { startRecorder } from './recorder.ts';
import { dumpRows, migrationsOf } from './rows-dump.ts';
import { readTables } from './table-rows.ts';

/** As the test server's, so that it knows the old cookies. */
const SESSION_KEY = Buffer.alloc(32, 7).toString('base64');
const WAITING = 24;
const DELIVER_MS = 120_000;
const START_MS = 120_000;
/** A node says how it is once a second; two of them show the form. */
const STATUS_KEPT = 2;

const report = (line: string) => console.log(line);

async function makeFixture(): Promise<void> {
  const problem = await whyNoOldCommit();
  if (problem !== undefined) throw new Error(problem);
  await using folder = await makeTemporaryFolder('fixture');
  const checkout = join(folder.path, 'old');
  const home = join(folder.path, 'home');
  await checkOutOldCommit(checkout);
  const port = await freePort();
  const env = { LEHR_SESSION_KEY: SESSION_KEY };
  const made = await makeOldHome({
    checkout,
    home,
    port,
    databaseUrl: null,
    waiting: WAITING,
    isSmall: true,
    env,
    report,
  });
  const stoppedAt = new Date().toISOString();

  const { db, close } = await openDatabase({
    ...{ url: null, dataDir: join(home, 'database'), statementMs: 60_000, connections: 1 },
    onFailure: ({ message }) => report(message),
  });
  const rows = await dumpRows(db);
  const tables = await readTables(db);
  const names = await migrationsOf(db);
  await close();

  report('the old edge delivers to the old server, and every request is written down');
  const requests = await recordDelivery(checkout, home, port, env);
  const manifest = describe(made, { stoppedAt, tables, requests: fewStatus(requests) });
  for (const name of names) manifest.migrations[name] = await hashMigration(name);
  await mkdir(new URL('.', rowsFile), { recursive: true });
  await writeFile(rowsFile, rows);
  await writeFile(manifestFile, `${JSON.stringify(manifest, null, 2)}\n`);
  report(`${rows.length} characters of rows, ${manifest.requests.length} requests`);
}

function describe({ holdings, outbox }: OldHome, more: Pick<Manifest, 'stoppedAt' | 'tables' | 'requests'>): Manifest {
  const { sessions, tokens, revoked, people } = holdings;
  const events = outbox.notes.filter(({ kind }) => kind === 'event').map(({ id }) => id);
  const waiting = {
    results: outbox.results.map(({ id }) => id),
    images: [...new Set(outbox.images.map(({ sha256 }) => sha256))],
    events,
  };
  return { commit: OLD_COMMIT, migrations: {}, sessions, tokens, revoked, people, waiting, ...more };
}

async function recordDelivery(checkout: string, home: string, port: number, env: Record<string, string>) {
  const program = (file: string, args: string[], more: Record<string, string> = {}) =>
    spawnLines(process.execPath, ['--disable-warning=ExperimentalWarning', join(checkout, file), ...args], {
      cwd: checkout,
      env: { ...env, ...more },
    });
  const server = { PORT: String(port), HOST: '127.0.0.1', LEHR_HOME: home, DATABASE_URL: '', NATS_URL: '' };
  await using running = await program('server/main.ts', [], server);
  const [, url = ''] = await running.waitForLine(/^listening (\S+)$/, START_MS);
  await using recorder = await startRecorder(url);
  const edgeHome = join(home, 'edge');
  const config = join(edgeHome, 'edge-recorded.yaml');
  const text = await readFile(join(edgeHome, 'edge.yaml'), 'utf8');
  await writeFile(config, text.replaceAll(`http://localhost:${port}`, recorder.url));
  await using edge = await program('edge/main.ts', ['--config', config]);
  await edge.waitForLine(/^edge ready/, START_MS);
  const deadline = Date.now() + DELIVER_MS;
  while (countWaiting(readOutbox(edgeHome)) > 0) {
    if (Date.now() > deadline) throw new Error('the old edge has not delivered its outbox');
    await sleep(100);
  }
  await edge.stop();
  return recorder.requests;
}

function fewStatus(requests: readonly RecordedRequest[]): RecordedRequest[] {
  let seen = 0;
  return requests.filter(({ answer }) => !answer.includes('"reportNodeStatus"') || ++seen <= STATUS_KEPT);
}

await makeFixture();
