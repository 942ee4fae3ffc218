/** Background work in a process of its own, on PostgreSQL: start the servers with LEHR_WORKER=external then. */
import { Registry } from 'prom-client';
import { compose } from './compose.ts';
import { readConfig } from './config.ts';
import { makeLog } from './kit/make-log.ts';
import { explain, watchProcess } from './process-life.ts';

async function run(): Promise<void> {
  const config = readConfig();
  if (config.databaseUrl === null) {
    throw new Error(
      'The embedded database serves one process: the server does the work itself. Set DATABASE_URL for a worker.',
    );
  }
  const log = makeLog(process.argv.includes('--json-log') ? 'json' : 'text', config.logLevel);
  const onFailure = (error: Error) => log.fatal({ err: error }, 'the database is gone');
  const { database, services, jobs } = await compose({
    config,
    log,
    registry: new Registry(),
    now: () => new Date(),
    onFailure,
  });
  const stop = async () => {
    await jobs.stop();
    services.hub.close();
    await database.close();
  };
  watchProcess({ hasParent: config.hasParent, log, stop });
  await jobs.work(services);
  console.log('working');
}

run().catch((error: unknown) => {
  console.error(explain(error));
  process.exit(1);
});
