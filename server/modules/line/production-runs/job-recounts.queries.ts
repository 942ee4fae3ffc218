/** Every SQL statement about the marks of ended jobs whose summary may differ from what was told. */
import { sql } from 'kysely';
import { plainArray, textArray } from '../../../database/array-literal.ts';
import type { Db, Trx } from '../../../database/database.ts';

/** Locks a mark even where it stands, so that who takes it away waits for what this transaction writes. */
export async function markForRecount(trx: Trx, jobIds: readonly string[], since: Date): Promise<void> {
  await sql`
    INSERT INTO job_recount (job_id, since)
    SELECT id, ${since}::timestamptz FROM job WHERE id = ANY(${plainArray([...jobIds])}::uuid[]) AND ended_at IS NOT NULL ORDER BY id
    ON CONFLICT (job_id) DO UPDATE SET since = job_recount.since
  `.execute(trx);
}

/** Jobs that were marked before `until`, the oldest marks first. */
export async function selectDueRecounts(db: Db, until: Date, limit: number): Promise<string[]> {
  const rows = await db
    .selectFrom('job_recount')
    .select('job_id')
    .where('since', '<=', until)
    .orderBy('since')
    .orderBy('job_id')
    .limit(limit)
    .execute();
  return rows.map((row) => row.job_id);
}

/** Takes the mark away; false when another process was faster. */
export async function deleteRecount(trx: Trx, jobId: string): Promise<boolean> {
  const { numDeletedRows } = await trx.deleteFrom('job_recount').where('job_id', '=', jobId).executeTakeFirst();
  return numDeletedRows === 1n;
}

/** Ids of those of the jobs that have ended. */
export async function selectEndedJobs(db: Db, jobs: readonly { line_id: string; code: string }[]): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    SELECT DISTINCT j.id
    FROM unnest(${plainArray(jobs.map((job) => job.line_id))}::uuid[], ${textArray(jobs.map((job) => job.code))}::text[]) AS k (line_id, code)
    JOIN job j ON j.line_id = k.line_id AND j.code = k.code
    WHERE j.ended_at IS NOT NULL
  `.execute(db);
  return rows.map((row) => row.id);
}
