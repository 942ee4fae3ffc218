/** Opens PostgreSQL where an address is given, the embedded database otherwise; the same driver speaks to both. */
import { Kysely, PostgresDialect } from 'kysely';
import pg from 'pg';
import type { Database, Db } from './database.ts';
import { type EmbeddedServer, startEmbedded } from './embedded.ts';
import { shorten, timedClient } from './timed-client.ts';

export interface DatabaseOptions {
  /** postgres:// address; null for the embedded database. */
  url: string | null;
  /** Folder of the embedded database; null keeps it in memory. */
  dataDir: string | null;
  statementMs: number;
  connections: number;
  /** Hears every statement as it starts. */
  onStatement?: () => void;
  /** Told when the embedded database ends by itself: nothing can be read or written any more. */
  onFailure(error: Error): void;
}

export interface OpenDatabase {
  db: Db;
  kind: 'embedded' | 'postgresql';
  /** For the job queue, which writes its own SQL: several statements in one text are allowed when there are no values. */
  query(text: string, values?: unknown[]): Promise<{ rows: unknown[] }>;
  close(): Promise<void>;
}

/** Throws when the database cannot be reached or its folder cannot be opened. */
export async function openDatabase(options: DatabaseOptions): Promise<OpenDatabase> {
  if (options.url !== null) {
    const { db, query } = connect(options, {
      connectionString: options.url,
      statement_timeout: options.statementMs,
      // compiling a statement costs more than a second where running it costs milliseconds
      options: '-c jit=off',
    });
    try {
      await probe(db);
    } catch (cause) {
      await db.destroy();
      throw new Error('The database that DATABASE_URL names cannot be used: correct it, or start PostgreSQL there.', {
        cause,
      });
    }
    return { db, kind: 'postgresql', query, close: () => db.destroy() };
  }

  const embedded = await startEmbedded({ dataDir: options.dataDir, onFailure: options.onFailure });
  const { db, query } = connect({ ...options, connections: 1 }, addressOf(embedded));
  try {
    await probe(db);
  } catch (error) {
    await embedded.close();
    throw error;
  }
  const close = async () => {
    await db.destroy();
    await embedded.close();
  };
  return { db, kind: 'embedded', query, close };
}

function addressOf(embedded: EmbeddedServer): pg.PoolConfig {
  return { host: embedded.socketFolder, port: embedded.port, user: 'postgres', database: 'postgres', ssl: false };
}

function connect(options: DatabaseOptions, address: pg.PoolConfig): Pick<OpenDatabase, 'db' | 'query'> {
  let lastStatement = 'none yet';
  const pool = new pg.Pool({
    ...address,
    max: options.connections,
    connectionTimeoutMillis: options.statementMs,
    // a connection that comes and goes costs more than one that waits
    idleTimeoutMillis: options.url === null ? 0 : 60_000,
    keepAlive: options.url !== null,
    types: { getTypeParser },
    application_name: 'lehr',
    Client: timedClient({
      statementMs: options.statementMs,
      onStatement: (statement) => {
        lastStatement = statement;
        options.onStatement?.();
      },
    }),
  });
  // an idle connection that breaks is replaced at the next use; without a listener it would end the process
  pool.on('error', () => undefined);
  // the embedded database keeps its one session when a connection is replaced: without this, what the former connection had
  // prepared would stand in the way of every statement that is prepared by its name
  if (options.url === null)
    pool.on('connect', (client) => client.query('ROLLBACK; DEALLOCATE ALL').catch(() => undefined));

  const acquire = pool.connect.bind(pool) as () => Promise<pg.PoolClient>;
  const connectOrExplain = async () => {
    try {
      return await acquire();
    } catch (error) {
      if (!(error instanceof Error) || !error.message.includes('timeout exceeded')) throw error;
      const message = `No database connection became free in ${options.statementMs} ms. Last statement started: ${shorten(lastStatement)}`;
      throw new Error(message, { cause: error });
    }
  };
  const dialectPool = { connect: connectOrExplain, end: () => pool.end(), options: pool.options };
  return {
    db: new Kysely<Database>({ dialect: new PostgresDialect({ pool: dialectPool }) }),
    query: async (text, values) => runSql(await connectOrExplain(), text, values),
  };
}

async function runSql(client: pg.PoolClient, text: string, values?: unknown[]): Promise<{ rows: unknown[] }> {
  let isBroken = false;
  try {
    const result: pg.QueryResult | pg.QueryResult[] = await client.query(text, values ?? []);
    // several statements give several results; the queue wants the rows of all
    return { rows: Array.isArray(result) ? result.flatMap((each) => each.rows) : result.rows };
  } catch (error) {
    // a text that began a transaction and failed in it must not leave it open for the next user of the connection
    isBroken = /^\s*BEGIN\b/i.test(text);
    throw error;
  } finally {
    client.release(isBroken);
  }
}

/** Fails early and clearly when nobody answers. */
async function probe(db: Db): Promise<void> {
  await db.selectNoFrom((eb) => eb.lit(1).as('one')).execute();
}

const int8 = 20;
const int8Array = 1016;

function getTypeParser(oid: number, format?: 'text' | 'binary'): unknown {
  if (format !== 'binary' && oid === int8) return parseInt8;
  if (format !== 'binary' && oid === int8Array) return parseInt8Array;
  return pg.types.getTypeParser(oid, format);
}

/** Positions, counts and sizes fit into a double exactly; what does not is refused rather than rounded. */
function parseInt8(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value)) throw new RangeError(`bigint ${text} is beyond the safe range of a number`);
  return value;
}

/** One dimension, as `array_agg` gives it. */
function parseInt8Array(text: string): (number | null)[] {
  if (text === '{}') return [];
  return text
    .slice(1, -1)
    .split(',')
    .map((item) => (item === 'NULL' ? null : parseInt8(item)));
}
