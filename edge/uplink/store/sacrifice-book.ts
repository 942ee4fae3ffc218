/** What was given up and not yet told: added up for each kind, then told as one event. */
import type { DatabaseSync } from 'node:sqlite';
import { type NodeEvent, nodeEvent } from '../node-events.ts';

export const SACRIFICES = [
  'images of passes',
  'images of uncertain parts',
  'images of rejects',
  'results',
  'part counts',
  'image revisions',
  'events',
  'dead letters',
] as const;
export type Sacrificed = (typeof SACRIFICES)[number];

export interface SacrificeBook {
  /** One thing given up; `atMs` is when it was made. */
  enter(what: Sacrificed, bytes: number, atMs: number): void;
  /** Events for all that was entered since the last call, once `noticeMs` have passed since then. */
  close(): NodeEvent[];
}

/** `now` is the milliseconds that the node has run, `clock` the time of day. */
export function createSacrificeBook(
  db: DatabaseSync,
  noticeMs: number,
  now: () => number,
  clock: () => number,
): SacrificeBook {
  const enter = db.prepare(
    `INSERT INTO sacrifice (what, count, bytes, from_ms, to_ms) VALUES (?1, 1, ?2, ?3, ?3)
      ON CONFLICT (what) DO UPDATE SET count = count + 1, bytes = bytes + ?2, from_ms = min(from_ms, ?3), to_ms = max(to_ms, ?3)`,
  );
  const selectAll = db.prepare('SELECT what, count, bytes, from_ms, to_ms FROM sacrifice ORDER BY what');
  const clear = db.prepare('DELETE FROM sacrifice');
  let toldAt = Number.NEGATIVE_INFINITY;

  return {
    enter: (what, bytes, atMs) => void enter.run(what, bytes, Math.floor(atMs)),
    close() {
      if (now() - toldAt < noticeMs) return [];
      const rows = selectAll.all();
      if (rows.length === 0) return [];
      clear.run();
      toldAt = now();
      return rows.map(({ what, count, bytes, from_ms, to_ms }) =>
        nodeEvent('OUTBOX_SACRIFICED', clock(), {
          data: {
            what: String(what),
            count: Number(count),
            bytes: Number(bytes),
            from: new Date(Number(from_ms)).toISOString(),
            to: new Date(Number(to_ms)).toISOString(),
          },
        }),
      );
    },
  };
}
