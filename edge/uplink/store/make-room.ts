/**
 * What is given up when not everything fits, in the order that `outbox-config.ts` names. Every loss is counted, entered into the book
 * and, where the server has or will have the result, told as a revision of its image.
 */
import type { OutboxConfig } from '../../config/outbox-config.ts';
import type { NoteKind } from '../outbox-messages.ts';
import { captureMs } from './capture-ms.ts';
import type { Notes } from './notes.ts';
import type { HeldImage, Results } from './results.ts';
import type { SacrificeBook, Sacrificed } from './sacrifice-book.ts';
import type { Tally } from './tally.ts';

export interface MakeRoom {
  /** Brings every queue back under its limit. */
  keepToLimits(): void;
  /** Thins images until about so many bytes are free; answers how many were. */
  thinImages(bytes: number): number;
  /** The oldest results go. Answers how many there were. */
  dropResults(count: number): number;
  /** Gives up what has waited too long at `now`, a bounded piece of it. */
  expire(now: number): void;
}

const ORDER: readonly (readonly [verdict: string, what: Sacrificed])[] = [
  ['PASS', 'images of passes'],
  ['UNCERTAIN', 'images of uncertain parts'],
  ['REJECT', 'images of rejects'],
];
const PIECE = 100;
const EXPIRE_PIECE = 1_000;
const DAY_MS = 86_400_000;

/** `random` is uniform in [0, 1). */
export function createMakeRoom(
  parts: { tally: Tally; results: Results; notes: Notes; book: SacrificeBook },
  config: OutboxConfig,
  random: () => number,
): MakeRoom {
  const { tally, results, notes, book } = parts;

  /**
   * Each draw halves the probability that is stored with the image, whether it stays or goes. Which image is drawn depends on
   * probabilities and age alone, so that weights of 1 / probability still stand for every part (Horvitz and Thompson 1952).
   */
  function thinImages(bytes: number): number {
    let freed = 0;
    for (const [verdict, what] of ORDER) {
      for (;;) {
        const images = freed < bytes ? results.thinnable(verdict, PIECE) : [];
        if (images.length === 0) break;
        for (const image of images) {
          if (freed >= bytes) break;
          const stays = random() < 0.5;
          if (stays) results.halve(image);
          else {
            dropImage(image, what);
            freed += image.size;
          }
          const keepProbability = image.probability / 2;
          notes.putRevision({ inspectionId: image.resultId, keepProbability, ...(stays ? {} : { isLost: true }) });
        }
      }
    }
    return freed;
  }

  function dropImage(image: HeldImage, what: Sacrificed): void {
    results.removeImage(image);
    tally.sacrificedImages++;
    book.enter(what, image.size, captureMs(image.resultId));
  }

  function dropResult({ seq, id, body }: { seq: number; id: string; body: string }): void {
    results.removeResult(seq);
    tally.sacrificedResults++;
    book.enter('results', Buffer.byteLength(body), captureMs(id));
    const image = results.imageOf(id);
    if (image) dropImage(image, nameOf(image));
    notes.dropRevision(id);
  }

  function dropResults(count: number): number {
    const oldest = results.oldestResults(count);
    for (const result of oldest) dropResult(result);
    return oldest.length;
  }

  function dropNotes(kind: NoteKind, what: Sacrificed, count: number, before?: number): void {
    for (const { seq, id, body } of notes.oldest(kind, count, before)) {
      notes.remove(kind, seq);
      if (kind === 'event') tally.sacrificedEvents++;
      book.enter(what, Buffer.byteLength(body), captureMs(id));
    }
  }

  return {
    thinImages,
    dropResults,
    keepToLimits() {
      if (tally.imageBytes > config.maxImageBytes) thinImages(tally.imageBytes - config.maxImageBytes);
      while (tally.results > config.maxResults || tally.resultBytes > config.maxResultBytes) {
        if (dropResults(1) === 0) break;
      }
      dropNotes('counts', 'part counts', Math.max(0, tally.counts - config.maxPartCounts));
      dropNotes('revision', 'image revisions', Math.max(0, tally.revision - config.maxRevisions));
      dropNotes('event', 'events', Math.max(0, tally.event - config.maxEvents));
    },
    expire(now) {
      const before = now - config.maxAgeDays * DAY_MS;
      for (const image of results.oldestImages(EXPIRE_PIECE, before)) {
        if (image.state === 'dead') continue;
        dropImage(image, nameOf(image));
        notes.putRevision({ inspectionId: image.resultId, isLost: true });
      }
      for (const result of results.oldestResults(EXPIRE_PIECE, before)) dropResult(result);
      dropNotes('counts', 'part counts', EXPIRE_PIECE, before);
      dropNotes('revision', 'image revisions', EXPIRE_PIECE, before);
      dropNotes('event', 'events', EXPIRE_PIECE, before);
    },
  };
}

function nameOf({ verdict }: HeldImage): Sacrificed {
  return ORDER.find(([known]) => known === verdict)?.[1] ?? 'images of rejects';
}
