/** What server and worker have in common: the home, the database in its newest form, and the services on top. */
import { mkdir, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Counter, type Registry } from 'prom-client';
import type { Config } from './config.ts';
import { migrateToLatest } from './database/migrate.ts';
import { type OpenDatabase, openDatabase } from './database/open-database.ts';
import { jobKinds } from './jobs/job-kinds.ts';
import { createJobRunner, type JobRunner } from './jobs/job-runner.ts';
import type { Services } from './kit/context.ts';
import type { Log } from './kit/log.ts';
import { createMemory } from './kit/memory.ts';
import { incomingFolder } from './kit/paths.ts';
import { Hub } from './live/hub.ts';
import { ensureDaysAhead } from './modules/line/inspections/inspections.jobs.ts';
import { inspectionSource } from './modules/line/inspections/inspections.service.ts';
import { observeRollupLag } from './modules/line/statistics/rollup-metrics.ts';
import { registerSigningKey } from './modules/models/registry/signing-key.ts';
import { type Authenticator, createAuthenticator } from './modules/people/access/authenticate.service.ts';
import { openSessionKey } from './modules/people/access/session-key.ts';
import { eventSource, streamHeads } from './modules/plant/events/events.service.ts';

export interface Composition {
  database: OpenDatabase;
  services: Services & { hub: Hub };
  authenticator: Authenticator;
  jobs: JobRunner;
}

export interface ComposeOptions {
  config: Config;
  log: Log;
  registry: Registry;
  now(): Date;
  /** The database ended by itself. */
  onFailure(error: Error): void;
}

/** Opens and prepares everything but the doors. The home must be locked when the database is the embedded one. */
export async function compose({ config, log, registry, now, onFailure }: ComposeOptions): Promise<Composition> {
  const { limits, home } = config;
  await clearIncoming(home, now());
  if (config.databaseUrl === null) log.info('opening the embedded database');
  const database = await openDatabase({
    url: config.databaseUrl,
    dataDir: join(home, 'database'),
    statementMs: limits.statementMs,
    connections: limits.connections,
    onStatement: countStatements(registry),
    onFailure,
  });
  try {
    const { db } = database;
    await migrateToLatest(db, (name) => log.info(`migration ${name}`));
    await registerSigningKey(db, home, now());
    await ensureDaysAhead({ db, now, config });

    const sessionKey = config.sessionKey ?? (await openSessionKey(home));
    const authenticator = createAuthenticator({ db, now, sessionKey });
    const hub = new Hub({
      limits,
      sources: { inspection: inspectionSource(db, now), event: eventSource(db) },
      readHeads: streamHeads(db),
      findRevoked: (callers) => authenticator.findChanged(callers),
      registry,
      log,
      now,
    });
    observeRollupLag(registry, db, now);
    const jobs = createJobRunner({ database, kinds: jobKinds, log });
    await jobs.start();
    return { database, services: { db, config, log, hub, jobs, memory: createMemory(), now }, authenticator, jobs };
  } catch (error) {
    await database.close();
    throw error;
  }
}

function countStatements(registry: Registry): () => void {
  const statements = new Counter({
    name: 'lehr_database_statements_total',
    help: 'SQL statements that this process has sent, BEGIN and COMMIT included.',
    registers: [registry],
  });
  return () => statements.inc();
}

const abandonedMs = 86_400_000;

/** Removes what uploads and trainings left behind when they were cut short; what is younger may still be written by a worker. */
async function clearIncoming(home: string, now: Date): Promise<void> {
  const folder = incomingFolder(home);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  for (const name of await readdir(folder)) {
    const path = join(folder, name);
    const found = await stat(path).catch(() => undefined);
    if (found && now.getTime() - found.mtimeMs > abandonedMs) await rm(path, { recursive: true, force: true });
  }
}
