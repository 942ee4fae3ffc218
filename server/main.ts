/** The server: configuration → home → database → doors, and back again. */
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';
import { compose } from './compose.ts';
import { type Config, readConfig } from './config.ts';
import { lockHome } from './database/home-lock.ts';
import { createLiveDoor } from './graphql/live-door.ts';
import { schema } from './graphql/schema.ts';
import { createGraphQLDoor } from './graphql/yoga.ts';
import { HttpRefusal } from './http/answers.ts';
import { createArtifactRoute } from './http/artifact-route.ts';
import { createExportRoute } from './http/export-route.ts';
import { createGraphQLRoute } from './http/graphql-route.ts';
import { createHttpDoor } from './http/http-door.ts';
import { createImageRoute } from './http/image-route.ts';
import { createImportRoute } from './http/import-route.ts';
import { createServerMetrics } from './http/metrics.ts';
import { createProbes } from './http/probes.ts';
import { createReadiness } from './http/readiness.ts';
import { refuseUpgrade } from './http/refuse-upgrade.ts';
import type { Route } from './http/route.ts';
import { createStaticRoute } from './http/static-files.ts';
import type { Log } from './kit/log.ts';
import { makeLog } from './kit/make-log.ts';
import { advanceAlarms } from './modules/line/alarms/advance-alarms.service.ts';
import { reviewSuppressed } from './modules/line/alarms/review-suppressed.service.ts';
import { markSilentNodes } from './modules/line/nodes/machines.service.ts';
import { issueFirstAdministratorCode } from './modules/people/access/sessions.service.ts';
import { explain, watchProcess } from './process-life.ts';

export interface RunningServer {
  url: string;
  /** For the first administrator; null when there are people. */
  setupUrl: string | null;
  stop(): Promise<void>;
}

const closePatienceMs = 2000;
const tickMs = 1000;

/** Starts everything in this process. Throws with one clear sentence when the home is in use, the port taken or the database out of reach. */
export async function startServer(config: Config, log: Log, onFailure: (error: Error) => void): Promise<RunningServer> {
  // images are decoded one at a time by each of libuv's threads, and seldom twice
  sharp.cache(false);
  sharp.concurrency(1);

  const lock = await lockHome(config.home);
  const undo: (() => Promise<void>)[] = [() => lock.release()];
  const unwind = async () => {
    for (const step of undo.reverse()) await step();
  };
  try {
    return await open();
  } catch (error) {
    await unwind();
    throw error;
  }

  async function open(): Promise<RunningServer> {
    const metrics = createServerMetrics();
    const readiness = createReadiness();
    const now = () => new Date();
    const door = createHttpDoor({
      routes: { '/': starting, ...createProbes(metrics.registry, async () => 'the server is starting') },
      requestMs: config.limits.requestMs,
      log,
      onRequest: metrics.onRequest,
    });
    // first of all, so that a port that is taken is said before the database is touched
    const port = await door.listen(config.host, config.port);
    undo.push(() => door.close(0));

    const { database, services, authenticator, jobs } = await compose({
      config,
      log,
      registry: metrics.registry,
      now,
      onFailure(error) {
        readiness.fail(error.message);
        onFailure(error);
      },
    });
    undo.push(() => database.close());

    const isSecure = config.publicUrl?.startsWith('https:') ?? false;
    const yoga = createGraphQLDoor({
      schema,
      services,
      authenticator,
      onOperation: metrics.onOperation,
      onRefusal: metrics.onRefusal,
      isWarm: true,
    });
    const sockets = createLiveDoor({
      schema,
      services,
      authenticator,
      hub: services.hub,
      onRefusal: metrics.onRefusal,
    });
    door.server.on('upgrade', (request, socket, head) => {
      if (request.url?.split('?')[0] === '/graphql') sockets.handleUpgrade(request, socket, head);
      else refuseUpgrade(socket, '404 Not Found', 'GraphQL is at /graphql');
    });

    door.serve({
      '/': createStaticRoute(fileURLToPath(new URL('../hmi/dist', import.meta.url))),
      '/graphql': createGraphQLRoute(yoga, {
        bodyBytes: config.limits.bodyBytes,
        isSecure,
        trustedProxies: config.trustedProxies,
      }),
      '/images/': createImageRoute(services, authenticator),
      '/artifacts/': createArtifactRoute(services, authenticator),
      '/exports/': createExportRoute(services, authenticator),
      '/imports/': createImportRoute(services, authenticator),
      ...createProbes(metrics.registry, () => readiness.find(services.db)),
    });
    services.hub.start();
    if (database.kind === 'embedded' || config.worker === 'inside') await jobs.work(services);
    await reviewSuppressed(services);
    const startedAt = now();
    const ticks = everySecond(async () => {
      await markSilentNodes(services, startedAt);
      await advanceAlarms(services);
    }, log);
    undo.push(async () => {
      readiness.fail('the server is stopping');
      clearInterval(ticks);
      await Promise.all([sockets.close(), door.close(closePatienceMs), jobs.stop()]);
      services.hub.close();
    });

    const url = config.publicUrl?.replace(/\/$/, '') ?? `http://localhost:${port}`;
    const code = await issueFirstAdministratorCode(services.db, now(), config.limits.firstCodeMs);
    readiness.ready();
    return { url, setupUrl: code === undefined ? null : `${url}/setup?code=${code}`, stop: unwind };
  }
}

const starting: Route = async () => {
  throw new HttpRefusal(503, { field: 'server', remedy: 'the server is starting: try again in a few seconds' });
};

/** Not again while it runs. */
function everySecond(check: () => Promise<unknown>, log: Log): NodeJS.Timeout {
  let isChecking = false;
  return setInterval(() => {
    if (isChecking) return;
    isChecking = true;
    check()
      .catch((error: unknown) => log.warn({ err: error }, 'silent nodes and alarms that are due cannot be looked for'))
      .finally(() => {
        isChecking = false;
      });
  }, tickMs);
}

async function run(): Promise<void> {
  const config = readConfig();
  const log = makeLog(process.argv.includes('--json-log') ? 'json' : 'text', config.logLevel);
  const server = await startServer(config, log, (error) => {
    log.fatal({ err: error }, 'the database is gone');
    process.exit(1);
  });
  watchProcess({ hasParent: config.hasParent, log, stop: () => server.stop() });
  if (server.setupUrl !== null) console.log(`first administrator: ${server.setupUrl}`);
  console.log(`listening ${server.url}`);
}

if (import.meta.main) {
  run().catch((error: unknown) => {
    console.error(explain(error));
    process.exit(1);
  });
}
