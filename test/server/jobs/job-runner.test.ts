/** Background work on every database: exactly with its transaction, tried again, and put back when the server stops. */
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { type OpenDatabase, openDatabase } from '../../../server/database/open-database.ts';
import { createJobRunner, type JobRunner } from '../../../server/jobs/job-runner.ts';
import type { Services } from '../../../server/kit/context.ts';
import { defineJob } from '../../../server/kit/define-job.ts';
import { silentLog } from '../../../server/kit/log.ts';
import { databases, openTestDatabase, type TestDatabase } from '../../support/database.ts';

describe.each(databases())('jobs on %s', (kind) => {
  let lent: TestDatabase;
  let database: OpenDatabase;
  let runner: JobRunner;
  const ran: number[] = [];
  const events = new EventTarget();
  let behave: (number: number, signal: AbortSignal) => Promise<unknown>;
  const counted = defineJob({
    name: 'counted',
    payload: z.strictObject({ number: z.number() }),
    retries: 2,
    async run(_services, { number }, signal) {
      ran.push(number);
      events.dispatchEvent(new Event('ran'));
      await behave(number, signal);
    },
  });
  const open = async () => {
    const options = { url: lent.url, dataDir: null, statementMs: 20_000, onFailure: () => undefined };
    const opened = await openDatabase({ ...options, connections: kind === 'embedded' ? 1 : 4 });
    database = { ...opened, kind };
    runner = createJobRunner({ database, kinds: [counted], log: silentLog });
    await runner.start();
  };
  beforeEach(async () => {
    lent = await openTestDatabase(kind);
    // the embedded database serves one session
    await lent.db.destroy();
    ran.length = 0;
    behave = async () => undefined;
    await open();
  });
  afterEach(async () => {
    await runner.stop();
    await database.close();
    await lent.close();
  });
  const states = async () =>
    (await database.query('SELECT state, retry_count FROM lehr_job.job ORDER BY created_on')).rows;

  it('runs what was sent by a transaction that committed, and nothing of one that did not', async () => {
    const { db } = database;
    const rolledBack = db.transaction().execute(async (trx) => {
      await runner.send(trx, 'counted', { number: 1 });
      throw new Error('changed my mind');
    });
    await expect(rolledBack).rejects.toThrow();
    await db.transaction().execute((trx) => runner.send(trx, 'counted', { number: 2 }));
    await runner.work({} as Services);
    await expect.poll(states, { timeout: 15_000 }).toEqual([{ state: 'completed', retry_count: 0 }]);
    expect(ran).toEqual([2]);
  });

  it('aborts what runs when the server stops, and counts no failure', async () => {
    behave = (_number, signal) => sleep(60_000, undefined, { signal });
    await runner.send(database.db, 'counted', { number: 3 });
    const started = once(events, 'ran');
    await runner.work({} as Services);
    await started;
    await runner.stop();
    expect(await states()).toEqual([{ state: 'created', retry_count: 0 }]);

    await database.close();
    behave = async () => undefined;
    await open();
    await runner.work({} as Services);
    await expect.poll(states, { timeout: 15_000 }).toEqual([{ state: 'completed', retry_count: 0 }]);
    expect(ran).toEqual([3, 3]);
  });

  it('refuses a payload of another form, to be tried again by a server that knows it', async () => {
    await runner.send(database.db, 'counted', { number: 'four' });
    await runner.work({} as Services);
    await expect.poll(states, { timeout: 15_000 }).toEqual([expect.objectContaining({ state: 'retry' })]);
    expect(ran).toEqual([]);
  });
});
