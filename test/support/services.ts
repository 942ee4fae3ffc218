/** What the machine offers to the tests beside the embedded database: looked for once per run, before the first test. */
import { connect } from 'node:net';
import { userInfo } from 'node:os';
import pg from 'pg';
import { realDataFolder } from './real-data.ts';

export interface Services {
  /** A server where databases may be created; null where there is none. */
  postgresql: { url: string; version: string } | null;
  natsUrl: string | null;
  realData: string | null;
}

const patienceMs = 2_000;
const localPostgresql = `postgres://${encodeURIComponent(userInfo().username)}@127.0.0.1:5432/postgres`;
const localNats = 'nats://127.0.0.1:4222';

/** Throws when a service that the environment names does not answer: a run that was asked to use it must not pass without. */
export async function findServices(env: NodeJS.ProcessEnv = process.env): Promise<Services> {
  const [postgresql, natsUrl] = await Promise.all([findPostgresql(env.DATABASE_URL), findNats(env.NATS_URL)]);
  return { postgresql, natsUrl, realData: realDataFolder(env.LEHR_TEST_DATA) ?? null };
}

/** One line for people. */
export function describeServices({ postgresql, natsUrl, realData }: Services): string {
  const found = [
    'embedded database',
    postgresql ? `PostgreSQL ${postgresql.version}` : 'no PostgreSQL (set DATABASE_URL)',
    natsUrl ? 'NATS' : 'no NATS (set NATS_URL)',
    realData ? 'real data' : 'no real data (set LEHR_TEST_DATA)',
  ];
  return `ran on: ${found.join(', ')}`;
}

async function findPostgresql(named: string | undefined): Promise<Services['postgresql']> {
  const url = named || localPostgresql;
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: patienceMs });
  try {
    await client.connect();
    const { rows } = await client.query<{ version: string; may_create: boolean }>(
      "SELECT current_setting('server_version') AS version, rolcreatedb OR rolsuper AS may_create FROM pg_roles WHERE rolname = current_user",
    );
    if (!rows[0]?.may_create) throw new Error('its role may not create databases (ALTER ROLE … CREATEDB)');
    return { url, version: rows[0].version.replace(/ .*/, '') };
  } catch (cause) {
    if (named) throw new Error('DATABASE_URL is set, but the tests cannot use it; correct or unset it', { cause });
    return null;
  } finally {
    await client.end().catch(() => {});
  }
}

async function findNats(named: string | undefined): Promise<string | null> {
  const url = named || localNats;
  if (await greets(new URL(url))) return url;
  if (named) throw new Error(`NATS_URL is "${named}", where no NATS server answers; correct or unset it`);
  return null;
}

/** A NATS server speaks first: a line that begins with INFO. */
function greets({ hostname, port }: URL): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: hostname, port: Number(port || 4222), timeout: patienceMs });
    const settle = (answer: boolean) => {
      socket.destroy();
      resolve(answer);
    };
    socket.once('data', (data) => settle(data.toString('latin1').startsWith('INFO ')));
    socket.once('error', () => settle(false));
    socket.once('timeout', () => settle(false));
    socket.once('close', () => settle(false));
  });
}
