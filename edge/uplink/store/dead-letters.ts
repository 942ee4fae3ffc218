/** What the server refused: kept with the reason, within limits of its own, and put back when somebody has mended the cause. */
import type { DatabaseSync } from 'node:sqlite';
import type { OutboxConfig } from '../../config/outbox-config.ts';
import type { DeadLetter, NoteKind, Refusal, Settlement } from '../outbox-messages.ts';
import { captureMs } from './capture-ms.ts';
import type { Notes } from './notes.ts';
import type { HeldImage, Results } from './results.ts';
import type { SacrificeBook } from './sacrifice-book.ts';
import type { Tally } from './tally.ts';

export interface DeadLetters {
  settleResult(settlement: Settlement): void;
  settleImage(settlement: Settlement): void;
  settleNote(kind: NoteKind, settlement: Settlement): void;
  list(limit: number): DeadLetter[];
  /** Puts those that lie there now back by and by, the same bytes as before; answers how many. Does nothing for a wish that was heard before. */
  retry(wish: string | null): number;
  /** A bounded piece of that; false when it is done. */
  continueRetry(): boolean;
}

const PIECE = 500;

export function createDeadLetters(
  db: DatabaseSync,
  parts: { tally: Tally; results: Results; notes: Notes; book: SacrificeBook },
  config: OutboxConfig,
): DeadLetters {
  const { tally, results, notes, book } = parts;
  const insert = db.prepare(
    'INSERT INTO dead_letter (kind, key, result_id, origin, body, reason, field, value) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
  );
  const select = db.prepare(
    'SELECT seq, kind, key, reason, field, value, at FROM dead_letter ORDER BY seq DESC LIMIT ?',
  );
  const selectOldest = db.prepare(
    'SELECT seq, kind, key, result_id AS resultId, origin, body FROM dead_letter WHERE seq <= ? ORDER BY seq LIMIT ?',
  );
  const countUpTo = db.prepare('SELECT count(*) AS count, max(seq) AS last FROM dead_letter');
  const remove = db.prepare('DELETE FROM dead_letter WHERE seq = ?');
  const oldestDeadImage = db.prepare("SELECT seq FROM image WHERE state = 'dead' ORDER BY seq LIMIT 1");
  const recall = db.prepare('SELECT value FROM memory WHERE name = ?');
  const remember = db.prepare('INSERT OR REPLACE INTO memory (name, value) VALUES (?, ?)');
  const forget = db.prepare('DELETE FROM memory WHERE name = ?');

  function bury(kind: DeadLetter['kind'], key: string, of: string, origin: number, body: string | null, why: Refusal) {
    insert.run(kind, key, of, origin, body, why.reason, why.field, why.value);
    tally.deadLetters++;
    keepToLimits();
  }

  /** Oldest first: images of dead letters, then dead letters. */
  function keepToLimits(): void {
    while (tally.deadImageBytes > config.maxDeadImageBytes) {
      const image = results.image(Number(oldestDeadImage.get()?.seq));
      if (!image) break;
      dropImage(image);
    }
    while (tally.deadLetters > config.maxDeadLetters) {
      const [letter] = selectOldest.all(Number.MAX_SAFE_INTEGER, 1);
      if (!letter) break;
      remove.run(Number(letter.seq));
      tally.deadLetters--;
      lose(String(letter.resultId), String(letter.body ?? '').length);
      const image =
        letter.kind === 'result' || letter.kind === 'image' ? results.imageOf(String(letter.resultId)) : undefined;
      if (image?.state === 'dead') dropImage(image);
      if (letter.kind === 'result') notes.dropRevision(String(letter.resultId));
    }
  }

  function dropImage(image: HeldImage): void {
    results.removeImage(image);
    lose(image.resultId, image.size);
    // waits with its result when that was refused
    notes.putRevision({ inspectionId: image.resultId, isLost: true });
  }

  function lose(id: string, bytes: number): void {
    tally.sacrificedDeadLetters++;
    book.enter('dead letters', bytes, captureMs(id));
  }

  function putBack(letter: Record<string, unknown>): void {
    const [key, of, body] = [String(letter.key), String(letter.resultId), String(letter.body ?? '')];
    const image = results.imageOf(of);
    if (letter.kind === 'result') {
      results.putBack(Number(letter.origin), key, body);
      if (image?.state === 'dead') results.setState(image, 'waiting');
    } else if (letter.kind === 'image') {
      if (image?.state === 'dead') results.setState(image, 'ready');
    } else notes.putBack(letter.kind as NoteKind, key, body);
    remove.run(Number(letter.seq));
    tally.deadLetters--;
  }

  return {
    settleResult({ seq, refusal }) {
      const result = results.removeResult(seq);
      if (!result) return;
      const image = results.imageOf(result.id);
      if (image) results.setState(image, refusal === null ? 'ready' : 'dead');
      if (refusal === null) notes.releaseRevision(result.id);
      else bury('result', result.id, result.id, seq, result.body, refusal);
    },
    settleImage({ seq, refusal }) {
      const image = results.image(seq);
      if (!image) return;
      if (refusal === null) return results.removeImage(image);
      results.setState(image, 'dead');
      bury('image', image.sha256, image.resultId, seq, null, refusal);
    },
    settleNote(kind, { seq, refusal }) {
      const note = notes.remove(kind, seq);
      if (note && refusal !== null) bury(kind, note.id, note.id, seq, note.body, refusal);
    },
    list: (limit) => select.all(limit).map(toDeadLetter),
    retry(wish) {
      if (wish !== null) {
        if (recall.get('dead letter retry wish')?.value === wish) return 0;
        remember.run('dead letter retry wish', wish);
      }
      const { count, last } = countUpTo.get() ?? {};
      remember.run('dead letter retry up to', String(last ?? 0));
      return Number(count);
    },
    continueRetry() {
      const upTo = recall.get('dead letter retry up to')?.value;
      if (upTo === undefined) return false;
      const letters = selectOldest.all(Number(upTo), PIECE);
      for (const letter of letters) putBack(letter);
      if (letters.length < PIECE) forget.run('dead letter retry up to');
      return letters.length === PIECE;
    },
  };
}

export function toDeadLetter(row: Record<string, unknown>): DeadLetter {
  return {
    seq: Number(row.seq),
    kind: row.kind as DeadLetter['kind'],
    key: String(row.key),
    reason: String(row.reason),
    field: row.field === null ? null : String(row.field),
    value: row.value === null ? null : String(row.value),
    at: String(row.at),
  };
}
