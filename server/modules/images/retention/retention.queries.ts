/** Every SQL statement of retention: rows in, rows out, no rules. */
import { type RawBuilder, sql, type Updateable } from 'kysely';
import { byteaArray } from '../../../database/array-literal.ts';
import type { Db, Trx } from '../../../database/database.ts';
import type {
  RetentionDays,
  RetentionImageRow,
  RetentionKind,
  RetentionRuleRow,
  RetentionRunRow,
  RetentionRunTable,
} from './retention.table.ts';

export function selectRules(db: Db, plantId: string): Promise<RetentionRuleRow[]> {
  return db.selectFrom('retention_rule').selectAll().where('plant_id', '=', plantId).orderBy('kind').execute();
}

/** In place of all that there were. */
export async function replaceRules(trx: Trx, plantId: string, rules: readonly RetentionRuleRow[]): Promise<void> {
  await trx.deleteFrom('retention_rule').where('plant_id', '=', plantId).execute();
  if (rules.length > 0)
    await trx
      .insertInto('retention_rule')
      .values([...rules])
      .execute();
}

export function selectRun(db: Db, id: string): Promise<RetentionRunRow | undefined> {
  return db.selectFrom('retention_run').selectAll().where('id', '=', id).executeTakeFirst();
}

export function selectNewestRun(db: Db, plantId: string): Promise<RetentionRunRow | undefined> {
  return db
    .selectFrom('retention_run')
    .selectAll()
    .where('plant_id', '=', plantId)
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst();
}

export function lockRun(trx: Trx, id: string): Promise<RetentionRunRow | undefined> {
  return trx.selectFrom('retention_run').selectAll().where('id', '=', id).forUpdate().executeTakeFirst();
}

export async function insertRun(
  trx: Trx,
  run: Pick<RetentionRunRow, 'id' | 'plant_id' | 'is_dry' | 'dry_run_id' | 'rules' | 'requested_by' | 'requested_at'>,
): Promise<RetentionRunRow> {
  return trx
    .insertInto('retention_run')
    .values({ ...run, rules: JSON.stringify(run.rules), state: 'queued', error: null, finished_at: null })
    .returningAll()
    .executeTakeFirstOrThrow();
}

export async function hasOpenRun(trx: Trx, plantId: string): Promise<boolean> {
  const row = await trx
    .selectFrom('retention_run')
    .select('id')
    .where('plant_id', '=', plantId)
    .where('state', 'in', ['queued', 'running'])
    .executeTakeFirst();
  return row !== undefined;
}

export async function runOfList(trx: Trx, dryRunId: string): Promise<string | undefined> {
  const row = await trx.selectFrom('retention_run').select('id').where('dry_run_id', '=', dryRunId).executeTakeFirst();
  return row?.id;
}

/** Undefined when the run has ended. */
export async function updateOpenRun(
  db: Db,
  id: string,
  change: Updateable<Pick<RetentionRunTable, 'state' | 'error' | 'finished_at' | 'counts'>>,
): Promise<RetentionRunRow | undefined> {
  return db
    .updateTable('retention_run')
    .set(change)
    .where('id', '=', id)
    .where('state', 'in', ['queued', 'running'])
    .returningAll()
    .executeTakeFirst();
}

export async function deleteList(db: Db, runId: string): Promise<void> {
  await db.deleteFrom('retention_image').where('run_id', '=', runId).execute();
}

/** What of an image's row says which rule it is under; null: none. What people have decided on can be a dataset's member. */
const KIND = sql`CASE
  WHEN p.label_state = 'labelled' THEN 'dataset_member'
  WHEN p.capture_reason = 'audit' THEN 'audit_sample'
  WHEN p.verdict IN ('reject', 'uncertain') THEN 'reject'
  WHEN p.verdict = 'pass' THEN 'pass'
END`;

/** Whether the row is under a rule and older than that says, both by capture and by arrival. */
function isDue(rules: RetentionDays, now: Date): RawBuilder<boolean> {
  const due = Object.entries(rules).map(
    ([kind, days]) =>
      sql`(${KIND} = ${kind} AND greatest(p.captured_at, p.received_at) < ${new Date(now.getTime() - days * 86_400_000)})`,
  );
  return due.length === 0 ? sql<boolean>`false` : sql<boolean>`(${sql.join(due, sql` OR `)})`;
}

/** Looks at the next rows of the plant's pool in the order of their hashes and lists those that are due and free. */
export async function listDue(
  db: Db,
  run: { id: string; plantId: string; rules: RetentionDays },
  after: Buffer | null,
  limit: number,
  now: Date,
): Promise<{ last: Buffer | null; listed: number }> {
  const { rows } = await sql<{ last: Buffer | null; listed: number }>`
    WITH looked AS MATERIALIZED (
      SELECT p.image_sha256, p.size_bytes, p.captured_at, p.deleted_at, ${KIND} AS kind, ${isDue(run.rules, now)} AS is_due
      FROM pool_image p
      WHERE p.plant_id = ${run.plantId} ${after ? sql`AND p.image_sha256 > ${after}` : sql``}
      ORDER BY p.image_sha256 LIMIT ${limit}
    ), listed AS (
      INSERT INTO retention_image (run_id, image_sha256, kind, size_bytes, captured_at)
      SELECT ${run.id}::uuid, image_sha256, kind, size_bytes, captured_at FROM looked
      WHERE is_due AND deleted_at IS NULL AND lehr_image_hold(${run.plantId}::uuid, image_sha256) IS NULL
      RETURNING 1
    )
    SELECT (SELECT image_sha256 FROM looked ORDER BY image_sha256 DESC LIMIT 1) AS last, (SELECT count(*) FROM listed) AS listed
  `.execute(db);
  return rows[0] ?? { last: null, listed: 0 };
}

/** Sums of a list; of a real run, of what it has deleted of it. */
export async function countList(
  db: Db,
  runId: string,
  isDeleted: boolean,
): Promise<{ kind: RetentionKind; images: number; bytes: number }[]> {
  const { rows } = await sql<{ kind: RetentionKind; images: number; bytes: number }>`
    SELECT kind, count(*) AS images, sum(size_bytes)::bigint AS bytes FROM retention_image
    WHERE run_id = ${runId} ${isDeleted ? sql`AND outcome IN ('deleted', 'removed')` : sql``} GROUP BY kind
  `.execute(db);
  return rows;
}

/** In the order of their hashes, strictly after or before these. */
export async function selectList(
  db: Db,
  runId: string,
  page: { limit: number; backward: boolean; after: string | null; before: string | null },
): Promise<RetentionImageRow[]> {
  const { rows } = await sql<RetentionImageRow>`
    SELECT * FROM retention_image WHERE run_id = ${runId}
      ${page.after ? sql`AND image_sha256 > decode(${page.after}, 'hex')` : sql``}
      ${page.before ? sql`AND image_sha256 < decode(${page.before}, 'hex')` : sql``}
    ORDER BY image_sha256 ${page.backward ? sql`DESC` : sql`ASC`} LIMIT ${page.limit + 1}
  `.execute(db);
  return rows;
}

/**
 * Deletes the next images of a list, as far as they are still due and nobody has taken hold of them: the rows are locked first, in
 * the order of their hashes. Gives how many of the list were looked at.
 */
export async function deleteNext(
  trx: Trx,
  list: { id: string; plantId: string; rules: RetentionDays },
  limit: number,
  now: Date,
): Promise<number> {
  const { rows: next } = await sql<{ sha256: Buffer }>`
    SELECT i.sha256 FROM image i
    WHERE i.plant_id = ${list.plantId} AND i.sha256 IN (
      SELECT image_sha256 FROM retention_image WHERE run_id = ${list.id} AND outcome IS NULL ORDER BY image_sha256 LIMIT ${limit}
    )
    ORDER BY i.sha256 FOR UPDATE
  `.execute(trx);
  if (next.length === 0) return 0;
  const hashes = byteaArray(next.map(({ sha256 }) => sha256.toString('hex')));
  await sql`
    WITH free AS (
      SELECT p.image_sha256, EXISTS (SELECT 1 FROM annotation a WHERE a.plant_id = p.plant_id AND a.image_sha256 = p.image_sha256) AS is_told
      FROM pool_image p
      WHERE p.plant_id = ${list.plantId} AND p.image_sha256 = ANY(${hashes}::bytea[]) AND p.deleted_at IS NULL
        AND ${isDue(list.rules, now)} AND lehr_image_hold(p.plant_id, p.image_sha256) IS NULL
    ), deleted AS (
      UPDATE image i SET deleted_at = ${now} FROM free f WHERE i.plant_id = ${list.plantId} AND i.sha256 = f.image_sha256
    ), told AS (
      UPDATE pool_image p SET deleted_at = ${now} FROM free f
      WHERE p.plant_id = ${list.plantId} AND p.image_sha256 = f.image_sha256 AND f.is_told
    ), unpooled AS (
      DELETE FROM pool_image p USING free f
      WHERE p.plant_id = ${list.plantId} AND p.image_sha256 = f.image_sha256 AND NOT f.is_told
    ), unembedded AS (
      DELETE FROM image_embedding e USING free f WHERE e.plant_id = ${list.plantId} AND e.image_sha256 = f.image_sha256
    ), unpaired AS (
      DELETE FROM near_duplicate d USING free f
      WHERE d.plant_id = ${list.plantId} AND (d.a_sha256 = f.image_sha256 OR d.b_sha256 = f.image_sha256)
    )
    UPDATE retention_image r SET outcome = CASE WHEN EXISTS (SELECT 1 FROM free f WHERE f.image_sha256 = r.image_sha256) THEN 'deleted' ELSE 'kept' END
    WHERE r.run_id = ${list.id} AND r.image_sha256 = ANY(${hashes}::bytea[])
  `.execute(trx);
  return next.length;
}

/** Deleted images of the list whose files may still be there; who brings one again waits until the transaction ends. */
export async function lockDeleted(trx: Trx, list: { id: string; plantId: string }, limit: number): Promise<string[]> {
  const { rows } = await sql<{ sha256: Buffer }>`
    SELECT i.sha256 FROM image i
    WHERE i.plant_id = ${list.plantId} AND i.deleted_at IS NOT NULL AND i.sha256 IN (
      SELECT image_sha256 FROM retention_image WHERE run_id = ${list.id} AND outcome = 'deleted' ORDER BY image_sha256 LIMIT ${limit}
    )
    ORDER BY i.sha256 FOR UPDATE
  `.execute(trx);
  return rows.map(({ sha256 }) => sha256.toString('hex'));
}

/** Notes that the next files are gone, or that their images are there again. */
export async function updateRemoved(trx: Trx, runId: string, limit: number): Promise<number> {
  const { rows } = await sql`
    UPDATE retention_image SET outcome = 'removed' WHERE run_id = ${runId} AND image_sha256 IN (
      SELECT image_sha256 FROM retention_image WHERE run_id = ${runId} AND outcome = 'deleted' ORDER BY image_sha256 LIMIT ${limit}
    ) RETURNING 1
  `.execute(trx);
  return rows.length;
}
