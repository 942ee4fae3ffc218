/** Events, part counts and image revisions: small things that are sent beside the results. */
import type { DatabaseSync } from 'node:sqlite';
import type { CaptureRevision, NodeEvent, PartCounts } from '../node-events.ts';
import type { NoteKind, QueuedItem } from '../outbox-messages.ts';
import type { Tally } from './tally.ts';

export interface Notes {
  putEvents(events: readonly NodeEvent[]): void;
  /** The newest snapshot of a count takes the place of the one before. */
  putCounts(counts: PartCounts): void;
  /** What draws made of an image is gathered in one revision, a loss by no draw is another; both wait until the server has the result. */
  putRevision(revision: CaptureRevision): void;
  /** The server has the result: what became of its image may be told. */
  releaseRevision(inspectionId: string): void;
  dropRevision(inspectionId: string): void;
  take(kind: NoteKind, limit: number): QueuedItem[];
  /** Undefined when another has taken its place meanwhile. */
  remove(kind: NoteKind, seq: number): QueuedItem | undefined;
  /** Puts back what was refused, unless something newer waits. */
  putBack(kind: NoteKind, id: string, body: string): void;
  /** The oldest ones, to be given up. */
  oldest(kind: NoteKind, limit: number, before?: number): QueuedItem[];
}

/** Behind the inspection's id, of a revision that tells a loss by no draw. */
const LOSS = ':lost';

/** `now` is the milliseconds that the node has run. */
export function createNotes(db: DatabaseSync, tally: Tally, now: () => number): Notes {
  const insert = db.prepare('INSERT OR IGNORE INTO note (kind, id, state, mark, body) VALUES (?, ?, ?, ?, ?)');
  const find = db.prepare('SELECT seq, body FROM note WHERE kind = ? AND id = ?');
  const remove = db.prepare('DELETE FROM note WHERE seq = ? AND kind = ? RETURNING id, body');
  const removeById = db.prepare('DELETE FROM note WHERE kind = ? AND id = ?');
  const release = db.prepare(
    "UPDATE note SET state = 'ready' WHERE kind = 'revision' AND id = ? AND state = 'waiting'",
  );
  const select = db.prepare("SELECT seq, id, body FROM note WHERE kind = ? AND state = 'ready' ORDER BY seq LIMIT ?");
  const selectOldest = db.prepare('SELECT seq, id, body FROM note WHERE kind = ? AND mark < ? ORDER BY seq LIMIT ?');
  const hasResult = db.prepare(
    "SELECT EXISTS (SELECT 1 FROM result WHERE id = ?1) OR EXISTS (SELECT 1 FROM dead_letter WHERE result_id = ?1 AND kind = 'result') AS waits",
  );

  function add(kind: NoteKind, id: string, body: string, state: 'waiting' | 'ready' = 'ready'): void {
    tally[kind] += Number(insert.run(kind, id, state, now(), body).changes);
  }

  function replace(kind: NoteKind, id: string, body: string, state: 'waiting' | 'ready' = 'ready'): void {
    // A new place in the queue: an answer that is under way settles the old one only.
    tally[kind] -= Number(removeById.run(kind, id).changes);
    add(kind, id, body, state);
  }

  function bodyOf<T>(kind: NoteKind, id: string): T | undefined {
    const row = find.get(kind, id);
    return row && JSON.parse(String(row.body));
  }

  function putRevision(revision: CaptureRevision): void {
    const { inspectionId } = revision;
    const id = revision.keepProbability === undefined ? inspectionId + LOSS : inspectionId;
    const known = bodyOf<CaptureRevision>('revision', id);
    const merged = { ...known, ...revision, ...(known?.isLost ? { isLost: true } : {}) };
    const waits = Number(hasResult.get(inspectionId)?.waits) === 1;
    replace('revision', id, JSON.stringify(merged), waits ? 'waiting' : 'ready');
  }

  function putBackRevision(refused: CaptureRevision, id: string): void {
    const newer = refused.keepProbability === undefined ? undefined : bodyOf<CaptureRevision>('revision', id);
    putRevision({ ...refused, ...newer });
  }

  function putCounts(counts: PartCounts): void {
    const known = bodyOf<PartCounts>('counts', counts.id);
    if (known && known.revision >= counts.revision) return;
    replace('counts', counts.id, JSON.stringify(counts));
  }

  return {
    putEvents(events) {
      for (const event of events) add('event', event.id, JSON.stringify(event));
    },
    putCounts,
    putRevision,
    releaseRevision(id) {
      for (const own of [id, id + LOSS]) release.run(own);
    },
    dropRevision(id) {
      for (const own of [id, id + LOSS]) tally.revision -= Number(removeById.run('revision', own).changes);
    },
    take: (kind, limit) => select.all(kind, limit).map(toNote),
    remove(kind, seq) {
      const row = remove.get(seq, kind);
      if (!row) return undefined;
      tally[kind]--;
      return toNote({ ...row, seq });
    },
    putBack(kind, id, body) {
      if (kind === 'event') add(kind, id, body);
      else if (kind === 'counts') putCounts(JSON.parse(body));
      else putBackRevision(JSON.parse(body), id);
    },
    oldest: (kind, limit, before = Number.MAX_SAFE_INTEGER) => selectOldest.all(kind, before, limit).map(toNote),
  };
}

/** Under the id that the server answers with. */
function toNote(row: Record<string, unknown>): QueuedItem {
  const item = toItem(row);
  return item.id.endsWith(LOSS) ? { ...item, id: item.id.slice(0, -LOSS.length) } : item;
}

export function toItem(row: Record<string, unknown>): QueuedItem {
  return { seq: Number(row.seq), id: String(row.id), body: String(row.body) };
}
