/** Every SQL statement that builds the hour and day rollups. All but the first need the lock on the line's stream. */
import { sql } from 'kysely';
import type { Db, Trx } from '../../../database/database.ts';

const KEYS = sql`camera_id, station_id, job_id, product_id, batch_id, model_version_id, defect_class`;
const SUMS = sql`sum(pass_count), sum(reject_count), sum(uncertain_count)`;

/** Lines, in id order after `afterLineId`, of which an hour that ends by `until` may have to be rolled up. */
export async function selectLinesBehind(db: Db, until: Date, afterLineId: string, limit: number): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    SELECT s.id FROM stream s
    WHERE s.kind = 'inspection' AND s.id > ${afterLineId}
      AND (s.rolled_until IS NULL OR s.rolled_until <= ${until}::timestamptz - interval '30 minutes'
        OR EXISTS (SELECT 1 FROM inspection_late t WHERE t.line_id = s.id))
    ORDER BY s.id LIMIT ${limit}
  `.execute(db);
  return rows.map(({ id }) => id);
}

export interface LockedLine {
  plantId: string;
  timeZone: string;
  rolledUntil: Date | null;
}

/** Whoever records on the line commits before, or takes its positions after: and then marks what this transaction rolls up. */
export async function lockLineStream(trx: Trx, lineId: string): Promise<LockedLine | undefined> {
  const { rows } = await sql<LockedLine>`
    SELECT s.plant_id AS "plantId", s.rolled_until AS "rolledUntil", p.time_zone AS "timeZone"
    FROM stream s JOIN plant p ON p.id = s.plant_id
    WHERE s.kind = 'inspection' AND s.id = ${lineId} FOR UPDATE OF s
  `.execute(trx);
  return rows[0];
}

/** Begin of the hour of the zone's clocks that holds the time. */
export async function selectHour(trx: Trx, at: Date, timeZone: string): Promise<Date> {
  const { rows } = await sql<{ hour: Date }>`SELECT lehr_hour(${at}::timestamptz, ${timeZone}) AS hour`.execute(trx);
  return rows[0]?.hour ?? at;
}

/** The hours with counts in [from, before), oldest first, at most `limit`; with the hour after each. */
export async function selectCountedHours(
  trx: Trx,
  lineId: string,
  timeZone: string,
  range: { from: Date | null; before: Date },
  limit: number,
): Promise<{ hour: Date; next: Date }[]> {
  const { rows } = await sql<{ hour: Date; next: Date }>`
    WITH RECURSIVE counted (hour, next, number) AS (
      SELECT lehr_hour(m.minute, ${timeZone}), lehr_hour_from(m.minute + interval '1 minute', ${timeZone}), 1
      FROM (
        SELECT minute FROM inspection_minute
        WHERE line_id = ${lineId} AND minute >= ${range.from ?? '-infinity'}::timestamptz AND minute < ${range.before}
        ORDER BY minute LIMIT 1
      ) m
      UNION ALL
      SELECT lehr_hour(m.minute, ${timeZone}), lehr_hour_from(m.minute + interval '1 minute', ${timeZone}), c.number + 1
      FROM counted c CROSS JOIN LATERAL (
        SELECT minute FROM inspection_minute
        WHERE line_id = ${lineId} AND minute >= c.next AND minute < ${range.before}
        ORDER BY minute LIMIT 1
      ) m
      WHERE c.number < ${limit}
    )
    SELECT hour, next FROM counted ORDER BY hour
  `.execute(trx);
  return rows;
}

/** Takes away the oldest marks of changed hours and gives them. */
export async function takeLateHours(trx: Trx, lineId: string, timeZone: string, limit: number) {
  const { rows } = await sql<{ hour: Date; next: Date }>`
    DELETE FROM inspection_late t
    WHERE t.line_id = ${lineId} AND t.hour = ANY (
      SELECT hour FROM inspection_late WHERE line_id = ${lineId} ORDER BY hour LIMIT ${limit}
    )
    RETURNING t.hour, lehr_hour_from(t.hour + interval '1 minute', ${timeZone}) AS next
  `.execute(trx);
  return rows;
}

/** Counts the hours of the line that begin in [from, before) anew from the minutes. */
export async function rebuildHours(trx: Trx, lineId: string, timeZone: string, from: Date, before: Date) {
  await sql`DELETE FROM inspection_hour WHERE line_id = ${lineId} AND hour >= ${from} AND hour < ${before}`.execute(
    trx,
  );
  await sql`
    INSERT INTO inspection_hour (plant_id, line_id, hour, ${KEYS}, pass_count, reject_count, uncertain_count)
    SELECT plant_id, line_id, lehr_hour(minute, ${timeZone}), ${KEYS}, ${SUMS}
    FROM inspection_minute WHERE line_id = ${lineId} AND minute >= ${from} AND minute < ${before}
    GROUP BY plant_id, line_id, 3, ${KEYS}
  `.execute(trx);
}

/** Counts the days of the line that hold [from, before), as far as they end by `rolledUntil`, anew from the hours. */
export async function rebuildDays(
  trx: Trx,
  lineId: string,
  timeZone: string,
  range: { from: Date; before: Date; rolledUntil: Date },
) {
  const first = sql`lehr_day(${range.from}::timestamptz, ${timeZone})`;
  const until = sql`least(lehr_day_from(${range.before}::timestamptz, ${timeZone}), lehr_day(${range.rolledUntil}::timestamptz, ${timeZone}))`;
  await sql`DELETE FROM inspection_day WHERE line_id = ${lineId} AND day >= ${first} AND day < ${until}`.execute(trx);
  await sql`
    INSERT INTO inspection_day (plant_id, line_id, day, ${KEYS}, pass_count, reject_count, uncertain_count)
    SELECT plant_id, line_id, lehr_day(hour, ${timeZone}), ${KEYS}, ${SUMS}
    FROM inspection_hour WHERE line_id = ${lineId} AND hour >= ${first} AND hour < ${until}
    GROUP BY plant_id, line_id, 3, ${KEYS}
  `.execute(trx);
}

export async function updateRolledUntil(trx: Trx, lineId: string, until: Date): Promise<void> {
  await sql`UPDATE stream SET rolled_until = ${until} WHERE kind = 'inspection' AND id = ${lineId}`.execute(trx);
}

/** Seconds by which the line that is furthest behind lags the clock, and hours that are marked as changed. */
export async function selectRollupLag(db: Db, now: Date): Promise<{ seconds: number; lateHours: number }> {
  const { rows } = await sql<{ seconds: number; lateHours: number }>`
    SELECT coalesce(max(extract(epoch FROM ${now}::timestamptz - coalesce(s.rolled_until, m.minute))), 0)::double precision AS seconds,
      (SELECT count(*) FROM inspection_late) AS "lateHours"
    FROM stream s
    LEFT JOIN LATERAL (SELECT minute FROM inspection_minute WHERE line_id = s.id ORDER BY minute LIMIT 1) m ON s.rolled_until IS NULL
    WHERE s.kind = 'inspection'
  `.execute(db);
  return rows[0] ?? { seconds: 0, lateHours: 0 };
}
