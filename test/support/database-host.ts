/**
 * Hands out databases to the test processes, from vitest's main process: a TEMPLATE copy per request on PostgreSQL, one embedded instance per
 * vitest worker. A connection is a loan: when it ends, however the borrower ended, the copy is dropped.
 */
import { randomBytes } from 'node:crypto';
import { createServer, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import pg from 'pg';
import { type EmbeddedServer, startEmbedded } from '../../server/database/embedded.ts';
import { migrateToLatest } from '../../server/database/migrate.ts';
import { openDatabase } from '../../server/database/open-database.ts';
import { makeTemporaryFolder } from './temporary-folder.ts';

export type DatabaseKind = 'embedded' | 'postgresql';

/** One line of JSON each way. */
export interface LoanRequest {
  kind: DatabaseKind;
  /** Number of the vitest worker, from 1. */
  worker: string;
}
export type LoanAnswer = { url: string } | { error: string };

export interface DatabaseHost {
  /** Where the test processes ask: the path of a unix socket. */
  address: string;
  close(): Promise<void>;
}

const prefix = 'lehr_test_';
/** Databases of runs that were killed are dropped when they are older; no run lasts so long. */
const leftoverAgeS = 3600;

export async function startDatabaseHost(postgresqlUrl: string | null): Promise<DatabaseHost> {
  const folder = await makeTemporaryFolder('db');
  const embedded = new Map<string, Promise<EmbeddedServer>>();
  const postgresql = postgresqlUrl === null ? undefined : hostPostgresql(postgresqlUrl);
  const loans = new Set<Promise<void>>();

  const lendEmbedded = async (worker: string) => {
    let starting = embedded.get(worker);
    if (!starting) {
      // A broken instance is not lent again.
      starting = startEmbedded({ dataDir: null, onFailure: () => embedded.delete(worker) });
      embedded.set(worker, starting);
      starting.catch(() => embedded.delete(worker));
    }
    const { socketFolder, port } = await starting;
    return {
      url: `postgres://postgres@/postgres?host=${encodeURIComponent(socketFolder)}&port=${port}`,
      giveBack: async () => {},
    };
  };

  const serve = async (socket: Socket) => {
    const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
    socket.on('error', () => {});
    for await (const line of createInterface({ input: socket })) {
      const { kind, worker }: LoanRequest = JSON.parse(line);
      try {
        if (kind === 'postgresql' && !postgresql) throw new Error('no PostgreSQL server was found before the run');
        const loan = kind === 'postgresql' && postgresql ? await postgresql.lend() : await lendEmbedded(worker);
        socket.write(`${JSON.stringify({ url: loan.url } satisfies LoanAnswer)}\n`);
        // The borrower ends its side to give back, and the other side ends when that is done.
        if (!socket.readableEnded) await new Promise((resolve) => socket.once('end', resolve).once('close', resolve));
        await loan.giveBack();
      } catch (error) {
        socket.write(`${JSON.stringify({ error: explain(error) } satisfies LoanAnswer)}\n`);
      }
      break;
    }
    socket.end();
    await closed;
  };

  const server = createServer({ allowHalfOpen: true }, (socket) => {
    const loan = serve(socket).finally(() => loans.delete(loan));
    loans.add(loan);
  });
  const address = `${folder.path}/host`;
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(address, resolve));

  const close = async () => {
    server.close();
    await Promise.allSettled(loans);
    await postgresql?.close();
    for (const starting of embedded.values()) await (await starting).close();
    await folder.remove();
  };
  return { address, close };
}

/** Copies of one migrated template; both are made when the first is asked for. */
function hostPostgresql(serverUrl: string) {
  const admin = new pg.Pool({ connectionString: serverUrl, max: 2 });
  admin.on('error', () => {});
  let template: Promise<string> | undefined;
  // CREATE DATABASE refuses a template that another copy is being made of.
  let queue: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const result = queue.then(work);
    queue = result.catch(() => {});
    return result;
  };
  const drop = (name: string) => admin.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);

  const makeTemplate = async () => {
    await dropLeftovers(admin);
    const name = newName();
    await admin.query(`CREATE DATABASE ${name}`);
    const { db, close } = await openDatabase({
      url: urlOf(serverUrl, name),
      dataDir: null,
      statementMs: 60_000,
      connections: 2,
      onFailure: () => {},
    });
    await migrateToLatest(db, () => {}).finally(close);
    return name;
  };

  const lend = () =>
    inTurn(async () => {
      template ??= makeTemplate();
      const name = newName();
      await admin.query(`CREATE DATABASE ${name} TEMPLATE ${await template}`);
      // what a test has committed need not outlive a power cut, and a busy disk makes each commit wait for long
      await admin.query(`ALTER DATABASE ${name} SET synchronous_commit = off`);
      return { url: urlOf(serverUrl, name), giveBack: async () => void (await drop(name)) };
    });
  const close = async () => {
    const name = await template?.catch(() => undefined);
    if (name) await drop(name);
    await admin.end();
  };
  return { lend, close };
}

function newName(): string {
  return `${prefix}${Math.floor(Date.now() / 1000)}_${randomBytes(6).toString('hex')}`;
}

async function dropLeftovers(admin: pg.Pool): Promise<void> {
  const { rows } = await admin.query<{ datname: string }>('SELECT datname FROM pg_database');
  for (const { datname } of rows) {
    const [, madeAt] = /^lehr_test_(\d+)_[0-9a-f]{12}$/.exec(datname) ?? [];
    if (madeAt && Number(madeAt) < Date.now() / 1000 - leftoverAgeS) {
      await admin.query(`DROP DATABASE IF EXISTS ${datname} WITH (FORCE)`);
    }
  }
}

function urlOf(serverUrl: string, database: string): string {
  const url = new URL(serverUrl);
  url.pathname = `/${database}`;
  return url.href;
}

function explain(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause === undefined ? error.message : `${error.message} (${explain(error.cause)})`;
}
