/**
 * Runs background work from a queue in the database (pg-boss), over the connections that the server has anyway: the
 * embedded database gives one. A job whose process dies is handed out again when its heartbeat is missed.
 */
import { CompiledQuery } from 'kysely';
import { PgBoss } from 'pg-boss';
import type { Db } from '../database/database.ts';
import type { OpenDatabase } from '../database/open-database.ts';
import type { JobSender, Services } from '../kit/context.ts';
import type { AnyJobKind } from '../kit/define-job.ts';
import type { Log } from '../kit/log.ts';

export interface JobRunner extends JobSender {
  /** Makes the queues. Call before anything is sent. */
  start(): Promise<void>;
  /** Begins to take jobs. */
  work(services: Services): Promise<void>;
  /** Aborts what runs, puts it back into the queue uncounted, and ends. */
  stop(): Promise<void>;
}

const schema = 'lehr_job';
/** A job that is silent for this long has lost its process. */
const heartbeatS = 30;
/** Jobs that end are looked at for a while, then removed. */
const keepEndedS = 7 * 86_400;
const stopPatienceMs = 4000;
/** Until somebody waits at a screen for it; work by the clock may wait longer. */
const pollS = 1;
const pollCronS = 30;

export function createJobRunner(options: {
  database: OpenDatabase;
  kinds: readonly AnyJobKind[];
  log: Log;
}): JobRunner {
  const { database, kinds, log } = options;
  const isEmbedded = database.kind === 'embedded';
  const stopping = new AbortController();
  const running = new Set<string>();

  const boss = new PgBoss({
    db: { executeSql: (text: string, values?: unknown[]) => database.query(text, values) },
    backend: isEmbedded ? 'pglite' : 'postgres',
    schema,
    reindex: !isEmbedded,
    monitorVacuum: !isEmbedded,
    monitorIntervalSeconds: heartbeatS,
    superviseIntervalSeconds: heartbeatS,
  });
  boss.on('error', (error) => log.warn({ err: error }, 'the job queue cannot be read'));

  return {
    async start() {
      await boss.start();
      if (isEmbedded) await reviveOrphans(database);
      for (const kind of kinds) {
        const queue = {
          retryLimit: kind.retries,
          retryBackoff: true,
          expireInSeconds: kind.expireS,
          heartbeatSeconds: heartbeatS,
          deleteAfterSeconds: keepEndedS,
        };
        await boss.createQueue(kind.name, queue);
        await boss.updateQueue(kind.name, queue);
      }
    },

    async send(db, kind, data) {
      await boss.send(kind, data, { db: adapt(db) });
    },

    async work(services) {
      for (const kind of kinds) {
        const polling = { pollingIntervalSeconds: kind.cron === null ? pollS : pollCronS };
        await boss.work(kind.name, { ...polling, localConcurrency: kind.atOnce }, async (jobs) => {
          for (const job of jobs) {
            running.add(job.id);
            const signal = AbortSignal.any([stopping.signal, job.signal]);
            try {
              await perform(kind, services, job.data, signal, log);
            } finally {
              // what the stop cut short stays, to be put back
              if (!stopping.signal.aborted) running.delete(job.id);
            }
          }
        });
        if (kind.cron !== null) await boss.schedule(kind.name, kind.cron, {}, { tz: 'UTC' });
      }
    },

    async stop() {
      stopping.abort(new Error('The server stops.'));
      await boss.stop({ graceful: true, timeout: stopPatienceMs, close: false });
      if (running.size > 0) await putBack(database, [...running]);
    },
  };
}

async function perform(
  kind: AnyJobKind,
  services: Services,
  data: unknown,
  signal: AbortSignal,
  log: Log,
): Promise<void> {
  const startedMs = performance.now();
  try {
    await kind.perform(services, data, signal);
    log.debug({ job: kind.name, ms: Math.round(performance.now() - startedMs) }, 'job done');
  } catch (error) {
    if (!signal.aborted) log.error({ err: error, job: kind.name }, `job ${kind.name} failed`);
    throw error;
  }
}

/** Only this process can have been running them: the home is locked. */
async function reviveOrphans(database: OpenDatabase): Promise<void> {
  await database.query(`UPDATE ${schema}.job SET state = 'retry', start_after = now() WHERE state = 'active'`);
}

/** A server that stops is no failure of its jobs: a claim counts as a retry only where `started_on` is set. */
async function putBack(database: OpenDatabase, ids: string[]): Promise<void> {
  await database.query(
    `UPDATE ${schema}.job
     SET state = 'created', start_after = now(), started_on = NULL, completed_on = NULL
     WHERE id = any($1::uuid[]) AND state IN ('active', 'retry', 'failed')`,
    [ids],
  );
}

/** Inside the caller's transaction. */
function adapt(db: Db) {
  return {
    async executeSql(text: string, values?: unknown[]) {
      const { rows } = await db.executeQuery(CompiledQuery.raw(text, values ?? []));
      return { rows: [...(rows ?? [])] };
    },
  };
}
