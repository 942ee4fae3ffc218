/** What the client has in its own database, held against what the server acknowledged. */
import { DatabaseSync } from 'node:sqlite';
import { decodeCursor } from '../../../server/live/stream-cursor.ts';
import type { Made } from './production.ts';

export interface Kept {
  effects: number;
  missing: number;
  twice: number;
  /** Effects that nobody acknowledged. */
  unknown: number;
  /** Effects that stand before one that came earlier. */
  outOfOrder: number;
  /** Positions of a stream that are not one after the other. */
  holes: number;
  /** Running counts that are not what was made. */
  wrongCounts: number;
  gaps: number;
}

interface Row {
  stream: string;
  item: string;
  cursor: string;
  what: string;
  job: string | null;
}

/** How many effects are there, and how many streams stand somewhere; while the client runs. */
export function progressOf(file: string): { effects: number; streams: number } {
  try {
    const database = new DatabaseSync(file, { readOnly: true });
    try {
      const count = (table: string) => Number(database.prepare(`SELECT count(*) AS n FROM ${table}`).get()?.n);
      return { effects: count('effect'), streams: count('stream') };
    } finally {
      database.close();
    }
  } catch {
    // Not made yet, or being written.
    return { effects: 0, streams: 0 };
  }
}

/** `plantId` is the event stream's. */
export function compare(file: string, plantId: string, made: Made): Kept {
  const database = new DatabaseSync(file, { readOnly: true });
  const rows = database
    .prepare('SELECT stream, item, cursor, what, job FROM effect ORDER BY number')
    .all() as unknown as Row[];
  const counts = database.prepare('SELECT job, what, count FROM job_count').all() as unknown as {
    job: string;
    what: string;
    count: number;
  }[];
  const gaps = Number(database.prepare('SELECT count(*) AS n FROM gap').get()?.n);
  database.close();

  const byStream = Map.groupBy(rows, (row) => row.stream);
  const total = { missing: 0, twice: 0, unknown: 0, outOfOrder: 0 };
  const add = (expected: readonly string[], found: readonly string[]) => {
    const { missing, twice, unknown, outOfOrder } = compareLists(expected, found);
    total.missing += missing;
    total.twice += twice;
    total.unknown += unknown;
    total.outOfOrder += outOfOrder;
  };
  for (const [lineId, inspections] of made.inspections)
    add(
      inspections.map(({ id, job }) => `${id} ${job}`),
      (byStream.get(`inspections ${lineId}`) ?? []).map((row) => `${inspectionIdOf(row.item)} ${row.job}`),
    );
  // Events of several lines interleave as they were committed: within a line they have their order.
  const events = (byStream.get(`events ${plantId}`) ?? []).map((row) => `${row.what} ${row.job}`);
  for (const ofLine of made.events.values()) {
    const expected = ofLine.map(({ what, job }) => `${what} ${job}`);
    const own = new Set(expected);
    add(
      expected,
      events.filter((event) => own.has(event)),
    );
  }
  const known = new Set([...made.events.values()].flat().map(({ what, job }) => `${what} ${job}`));
  const unknown = total.unknown + events.filter((event) => !known.has(event)).length;
  const wrongCounts = compareCounts(counts, made);
  return { effects: rows.length, ...total, unknown, holes: holesIn(byStream), wrongCounts, gaps };
}

/** The uuid at the end of an inspection's global id. */
function inspectionIdOf(globalId: string): string {
  const [id = ''] = /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.exec(Buffer.from(globalId, 'base64').toString()) ?? [];
  return id;
}

function compareLists(expected: readonly string[], found: readonly string[]) {
  const place = new Map(expected.map((each, index) => [each, index]));
  const times = new Map<string, number>();
  for (const each of found) times.set(each, (times.get(each) ?? 0) + 1);
  let outOfOrder = 0;
  let last = -1;
  for (const each of found) {
    const at = place.get(each);
    if (at === undefined) continue;
    if (at < last) outOfOrder += 1;
    last = Math.max(last, at);
  }
  return {
    missing: expected.filter((each) => !times.has(each)).length,
    twice: [...times.values()].filter((count) => count > 1).length,
    unknown: [...times.keys()].filter((each) => !place.has(each)).length,
    outOfOrder,
  };
}

function holesIn(byStream: ReadonlyMap<string, readonly Row[]>): number {
  let holes = 0;
  for (const rows of byStream.values())
    for (const [index, row] of rows.entries()) {
      const before = rows[index - 1];
      const [at, last] = [row, before].map((each) => (each ? decodeCursor(each.cursor)?.position : undefined));
      if (at === undefined || (before && at !== (last ?? 0) + 1)) holes += 1;
    }
  return holes;
}

function compareCounts(counts: readonly { job: string; what: string; count: number }[], made: Made): number {
  const parts = new Map<string, number>();
  for (const { job } of [...made.inspections.values()].flat()) parts.set(job, (parts.get(job) ?? 0) + 1);
  const counted = new Map<string, number>();
  let wrong = 0;
  for (const { job, what, count } of counts) {
    if (what.startsWith('job.')) wrong += count === 1 ? 0 : 1;
    else counted.set(job, (counted.get(job) ?? 0) + count);
  }
  for (const [job, count] of parts) if (counted.get(job) !== count) wrong += 1;
  return wrong;
}
