/** The server inside the test's process: a real database of either kind, real services and schema, and clients that are signed in. */
import { Registry } from 'prom-client';
import { type Config, readConfig } from '../../server/config.ts';
import type { Db } from '../../server/database/database.ts';
import { schema } from '../../server/graphql/schema.ts';
import { createGraphQLDoor, type Yoga } from '../../server/graphql/yoga.ts';
import type { Services } from '../../server/kit/context.ts';
import { type Log, silentLog } from '../../server/kit/log.ts';
import { createMemory } from '../../server/kit/memory.ts';
import { personRoles, tokenRoles } from '../../server/kit/rights.ts';
import { Hub } from '../../server/live/hub.ts';
import { inspectionSource } from '../../server/modules/line/inspections/inspections.service.ts';
import { type Authenticator, createAuthenticator } from '../../server/modules/people/access/authenticate.service.ts';
import { eventSource, streamHeads } from '../../server/modules/plant/events/events.service.ts';
import { openTestDatabase, type TestDatabase } from './database.ts';
import { makeTemporaryFolder } from './temporary-folder.ts';
import { createTestClient, type TestClient } from './test-client.ts';

export interface SentJob {
  kind: string;
  data: object;
}

export interface TestServer extends AsyncDisposable {
  readonly db: Db;
  readonly database: TestDatabase;
  readonly services: Services & { hub: Hub };
  readonly config: Config;
  readonly authenticator: Authenticator;
  readonly yoga: Yoga;
  /** What services sent to the queue. No worker runs here: a test that wants the work done performs the job itself. */
  readonly sentJobs: SentJob[];
  /** Nobody is signed in. */
  readonly anonymous: TestClient;
  /** A client with these headers, such as a session's cookie or a token. */
  client(headers: Record<string, string>): TestClient;
  /** How many statements run on the database while `act` does; transactions' BEGIN and COMMIT are not counted. */
  countStatements(act: () => Promise<unknown>): Promise<number>;
  close(): Promise<void>;
}

export interface TestServerOptions {
  /** Variables of the configuration, such as limits. */
  env?: Record<string, string>;
  now?: () => Date;
  /** Without it faults are printed: a test that provokes one brings its own. */
  log?: Log;
}

/** Tests ask what they like as anybody; what the standard configuration lets pass has its own. */
const everybody = [...personRoles, ...tokenRoles, 'anonymous'].join(',');

const faultsOnly: Log = { ...silentLog, error: (...facts: unknown[]) => console.error(...facts) };

/** Opens a server without a port; requests go through `yoga.fetch`. Close it in an after hook. */
export async function openTestServer(
  kind: TestDatabase['kind'],
  { env = {}, now = () => new Date(), log = faultsOnly }: TestServerOptions = {},
): Promise<TestServer> {
  const home = await makeTemporaryFolder('server');
  const database = await openTestDatabase(kind);
  let statements = 0;
  const db = database.db.withPlugin({
    transformQuery: ({ node }) => {
      statements += 1;
      return node;
    },
    transformResult: async ({ result }) => result,
  });

  const config = readConfig({ LEHR_FREE_QUERIES: everybody, ...env, LEHR_HOME: home.path });
  const authenticator = createAuthenticator({ db, now, sessionKey: new Uint8Array(32).fill(7) });
  const hub = new Hub({
    limits: config.limits,
    sources: { inspection: inspectionSource(db, now), event: eventSource(db) },
    readHeads: streamHeads(db),
    findRevoked: (callers) => authenticator.findChanged(callers),
    registry: new Registry(),
    log,
    now,
  });
  const sentJobs: SentJob[] = [];
  const jobs = { send: async (_db: Db, name: string, data: object) => void sentJobs.push({ kind: name, data }) };
  const services = { db, config, log, hub, jobs, memory: createMemory(), now };
  const yoga = createGraphQLDoor({ schema, services, authenticator });

  const client = (headers: Record<string, string>) =>
    createTestClient('http://lehr.test', (request) => Promise.resolve(yoga.fetch(request)), headers);
  const close = async () => {
    hub.close();
    await database.close();
    await home.remove();
  };
  return {
    db,
    database,
    services,
    config,
    authenticator,
    yoga,
    sentJobs,
    anonymous: client({}),
    client,
    async countStatements(act) {
      const before = statements;
      await act();
      return statements - before;
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}
