/** Results and their images: put in together, sent one after the other, given up by the rules of `make-room.ts`. */
import type { DatabaseSync } from 'node:sqlite';
import type { Lane, OutboxEntry, QueuedImage, QueuedItem } from '../outbox-messages.ts';
import { captureMs } from './capture-ms.ts';
import { toItem } from './notes.ts';
import type { Tally } from './tally.ts';

export interface HeldImage {
  seq: number;
  resultId: string;
  sha256: string;
  state: 'waiting' | 'ready' | 'dead';
  verdict: string;
  probability: number;
  size: number;
}

export interface Results {
  put(entry: OutboxEntry): void;
  takeResults(lane: Lane, limit: number): QueuedItem[];
  takeImages(lane: Lane, limit: number, except: readonly number[]): QueuedImage[];
  readImage(seq: number): Uint8Array | null;
  image(seq: number): HeldImage | undefined;
  imageOf(resultId: string): HeldImage | undefined;
  setState(image: HeldImage, state: HeldImage['state']): void;
  removeImage(image: HeldImage): void;
  /** Undefined when it is not there any more. */
  removeResult(seq: number): QueuedItem | undefined;
  /** A refused one back to its place, as backlog. */
  putBack(seq: number, id: string, body: string): void;
  /** To be thinned next: of equal ones those that were thinned least, then the oldest. Not those that are being sent. */
  thinnable(verdict: string, limit: number): HeldImage[];
  halve(image: HeldImage): void;
  /** Also those that are being sent: of a server that does not answer nobody knows whether it has them. */
  oldestResults(limit: number, before?: number): QueuedItem[];
  oldestImages(limit: number, before: number): HeldImage[];
  /** Capture time of the oldest one that waits. */
  oldestResultAt(): string | null;
}

/** `now` is the milliseconds that the node has run. */
export function createResults(db: DatabaseSync, tally: Tally, now: () => number, liveMs: number): Results {
  const columns = 'seq, result_id AS resultId, sha256, state, verdict, probability, size';
  const insertResult = db.prepare('INSERT INTO result (seq, id, size, mark, body) VALUES (?, ?, ?, ?, ?)');
  const insertImage = db.prepare(
    "INSERT INTO image (seq, result_id, sha256, state, verdict, probability, size, mark) VALUES (?, ?, ?, 'waiting', ?, ?, ?, ?)",
  );
  const insertBytes = db.prepare('INSERT INTO image_bytes (seq, bytes) VALUES (?, ?)');
  const insertSource = db.prepare('INSERT OR IGNORE INTO source_key (key) VALUES (?)');
  const takeLive = db.prepare('SELECT seq, id, body FROM result WHERE mark >= ? ORDER BY mark DESC, seq DESC LIMIT ?');
  const takeBacklog = db.prepare('SELECT seq, id, body FROM result WHERE mark < ? ORDER BY mark, seq LIMIT ?');
  const imagesOfLane = {
    live: db.prepare(
      "SELECT seq, sha256, size FROM image WHERE state = 'ready' AND mark >= ? ORDER BY mark DESC, seq DESC LIMIT ?",
    ),
    backlog: db.prepare(
      "SELECT seq, sha256, size FROM image WHERE state = 'ready' AND mark < ? ORDER BY mark, seq LIMIT ?",
    ),
  };
  const removeResult = db.prepare('DELETE FROM result WHERE seq = ? RETURNING id, body, size');
  const selectImage = db.prepare(`SELECT ${columns} FROM image WHERE seq = ?`);
  const selectImageOf = db.prepare(`SELECT ${columns} FROM image WHERE result_id = ?`);
  const selectBytes = db.prepare('SELECT bytes FROM image_bytes WHERE seq = ?');
  const deleteImage = db.prepare('DELETE FROM image WHERE seq = ?');
  const deleteBytes = db.prepare('DELETE FROM image_bytes WHERE seq = ?');
  const setState = db.prepare('UPDATE image SET state = ? WHERE seq = ?');
  const halve = db.prepare('UPDATE image SET probability = probability / 2 WHERE seq = ?');
  const selectThinnable = db.prepare(
    `SELECT ${columns} FROM image WHERE verdict = ? AND state <> 'dead' ORDER BY probability DESC, seq LIMIT ?`,
  );
  const oldestImages = db.prepare(`SELECT ${columns} FROM image WHERE mark < ? ORDER BY seq LIMIT ?`);
  const oldestResults = db.prepare('SELECT seq, id, body FROM result WHERE mark < ? ORDER BY mark, seq LIMIT ?');
  const oldestAt = db.prepare('SELECT id FROM result ORDER BY mark, seq LIMIT 1');
  /** What was given out last and may be on its way to the server. */
  const taken: Record<Lane, Set<number>> = { live: new Set(), backlog: new Set() };
  let uploading = new Set<number>();

  function count(image: HeldImage, sign: 1 | -1): void {
    if (image.state === 'dead') {
      tally.deadImageBytes += sign * image.size;
      return;
    }
    tally.images += sign;
    tally.imageBytes += sign * image.size;
    if (image.state === 'ready') tally.readyImages += sign;
  }

  function addResult(seq: number | null, id: string, body: string, mark: number): number {
    const size = Buffer.byteLength(body);
    const row = insertResult.run(seq, id, size, mark, body);
    tally.results++;
    tally.resultBytes += size;
    return Number(row.lastInsertRowid);
  }

  return {
    put({ id, body, image, sourceKey }) {
      const seq = addResult(null, id, body, now());
      if (image) {
        const { sha256, verdict, keepProbability: probability, bytes } = image;
        const size = bytes.byteLength;
        insertImage.run(seq, id, sha256, verdict, probability, size, now());
        insertBytes.run(seq, bytes);
        count({ seq, resultId: id, sha256, state: 'waiting', verdict, probability, size }, 1);
      }
      if (sourceKey !== null) insertSource.run(sourceKey);
    },
    takeResults(lane, limit) {
      const other = lane === 'live' ? taken.backlog : taken.live;
      const select = lane === 'live' ? takeLive : takeBacklog;
      const rows = select.all(now() - liveMs, limit + other.size).map(toItem);
      const items = rows.filter(({ seq }) => !other.has(seq)).slice(0, limit);
      taken[lane] = new Set(items.map(({ seq }) => seq));
      return lane === 'live' ? items.reverse() : items;
    },
    takeImages(lane, limit, except) {
      const rows = imagesOfLane[lane].all(now() - liveMs, limit + except.length);
      const images = rows
        .map((row) => ({ seq: Number(row.seq), sha256: String(row.sha256), sizeBytes: Number(row.size) }))
        .filter(({ seq }) => !except.includes(seq))
        .slice(0, limit);
      uploading = new Set([...except, ...images.map(({ seq }) => seq)]);
      return images;
    },
    readImage(seq) {
      const bytes = selectBytes.get(seq)?.bytes;
      return bytes instanceof Uint8Array ? bytes : null;
    },
    image: (seq) => toImage(selectImage.get(seq)),
    imageOf: (resultId) => toImage(selectImageOf.get(resultId)),
    setState(image, state) {
      count(image, -1);
      setState.run(state, image.seq);
      count({ ...image, state }, 1);
    },
    removeImage(image) {
      deleteImage.run(image.seq);
      deleteBytes.run(image.seq);
      count(image, -1);
    },
    removeResult(seq) {
      const row = removeResult.get(seq);
      if (!row) return undefined;
      tally.results--;
      tally.resultBytes -= Number(row.size);
      taken.live.delete(seq);
      taken.backlog.delete(seq);
      return toItem({ ...row, seq });
    },
    putBack: (seq, id, body) => void addResult(seq === 0 ? null : seq, id, body, now() - liveMs - 1),
    thinnable: (verdict, limit) =>
      selectThinnable
        .all(verdict, limit + uploading.size)
        .flatMap((row) => toImage(row) ?? [])
        .filter(({ seq }) => !uploading.has(seq))
        .slice(0, limit),
    halve: ({ seq }) => void halve.run(seq),
    oldestResults: (limit, before = Number.MAX_SAFE_INTEGER) => oldestResults.all(before, limit).map(toItem),
    oldestImages: (limit, before) => oldestImages.all(before, limit).flatMap((row) => toImage(row) ?? []),
    oldestResultAt() {
      const id = oldestAt.get()?.id;
      return id === undefined ? null : new Date(captureMs(String(id))).toISOString();
    },
  };
}

function toImage(row: Record<string, unknown> | undefined): HeldImage | undefined {
  if (!row) return undefined;
  return {
    seq: Number(row.seq),
    resultId: String(row.resultId),
    sha256: String(row.sha256),
    state: row.state as HeldImage['state'],
    verdict: String(row.verdict),
    probability: Number(row.probability),
    size: Number(row.size),
  };
}
