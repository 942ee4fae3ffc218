/** The verdicts of a model version, found by the minutes in which it gave any: no index of the raw rows is needed for it. */
import { sql } from 'kysely';
import { plainArray } from '../../../database/array-literal.ts';
import type { Db } from '../../../database/database.ts';
import type { TimePage } from '../../../kit/time-page.ts';
import { COLUMNS, type ReadInspection } from './inspections.queries.ts';
import type { VerdictName } from './inspections.table.ts';

export interface ModelInspectionQuestion {
  from: Date | null;
  to: Date | null;
  verdicts: readonly VerdictName[] | null;
}

const everyVerdict: readonly VerdictName[] = ['pass', 'reject', 'uncertain'];

/**
 * The same page of each version's inspections, newest capture first, in one statement; one row more than the page, oldest first when it is
 * a backward one. Minutes are counted up until they hold a page; only their days are opened.
 */
export async function selectModelInspections(
  db: Db,
  versionIds: readonly string[],
  { from, to, verdicts }: ModelInspectionQuestion,
  { page, after, before }: TimePage,
): Promise<ReadInspection[]> {
  const limit = page.limit + 1;
  const order = page.backward ? sql`ASC` : sql`DESC`;
  const wanted = verdicts ?? everyVerdict;
  const judged = sql.join(
    wanted.map((verdict) => sql`m.${sql.ref(`${verdict}_count`)}`),
    sql` + `,
  );
  const inRange = sql.join(
    [
      sql`m.model_version_id = v.id AND ${judged} > 0`,
      from ? sql`m.minute >= date_trunc('minute', ${from}::timestamptz)` : sql`true`,
      to ? sql`m.minute < ${to}::timestamptz` : sql`true`,
      after ? sql`m.minute <= ${after.at}::timestamptz` : sql`true`,
      before ? sql`m.minute >= date_trunc('minute', ${before.at}::timestamptz)` : sql`true`,
    ],
    sql` AND `,
  );
  // the minute of the cursor may have nothing left on this side of it
  const cursor = page.backward ? before : after;
  const beyond = cursor
    ? page.backward
      ? sql`AND m.minute > ${cursor.at}::timestamptz`
      : sql`AND m.minute < date_trunc('minute', ${cursor.at}::timestamptz)`
    : sql``;
  const { rows } = await sql<ReadInspection>`
    SELECT r.* FROM unnest(${plainArray(versionIds)}::uuid[]) AS v (id)
    CROSS JOIN LATERAL (
      SELECT counted.minute FROM (
        SELECT few.minute, sum(few.n) OVER (ORDER BY few.minute ${order}) AS seen FROM (
          SELECT m.minute, ${judged} AS n FROM inspection_minute m WHERE ${inRange} ${beyond}
          ORDER BY m.minute ${order} LIMIT ${limit}
        ) few
        UNION ALL SELECT NULL, ${limit}
      ) counted
      WHERE counted.seen >= ${limit} ORDER BY counted.minute ${order} NULLS LAST LIMIT 1
    ) last
    CROSS JOIN LATERAL (
      SELECT ${COLUMNS} FROM (
        SELECT DISTINCT m.line_id, m.minute FROM inspection_minute m
        WHERE ${inRange} AND (last.minute IS NULL OR m.minute ${page.backward ? sql`<=` : sql`>=`} last.minute)
      ) at
      CROSS JOIN LATERAL (
        SELECT * FROM inspection i
        WHERE i.line_id = at.line_id AND i.captured_at >= at.minute AND i.captured_at < at.minute + interval '1 minute'
          AND i.model_version_id = v.id AND i.verdict = ANY(${plainArray(wanted)}::text[])
          ${from ? sql`AND i.captured_at >= ${from}::timestamptz` : sql``} ${to ? sql`AND i.captured_at < ${to}::timestamptz` : sql``}
          ${after ? sql`AND (i.captured_at, i.id) < (${after.at}, ${after.id}::uuid)` : sql``}
          ${before ? sql`AND (i.captured_at, i.id) > (${before.at}, ${before.id}::uuid)` : sql``}
        ORDER BY i.captured_at ${order}, i.id ${order} LIMIT ${limit}
      ) i
      ORDER BY i.captured_at ${order}, i.id ${order} LIMIT ${limit}
    ) r
    ORDER BY r.model_version_id, r.captured_at ${order}, r.id ${order}
  `.execute(db);
  return rows;
}
