/** What the outbox holds, counted along with every change: counting a full outbox anew would take seconds. */
import type { DatabaseSync } from 'node:sqlite';

export interface Tally {
  results: number;
  resultBytes: number;
  /** Without those of dead letters. */
  images: number;
  readyImages: number;
  imageBytes: number;
  deadImageBytes: number;
  event: number;
  counts: number;
  revision: number;
  deadLetters: number;
  sacrificedImages: number;
  sacrificedResults: number;
  sacrificedEvents: number;
  sacrificedDeadLetters: number;
}

/** Once, at the start. */
export function countAll(db: DatabaseSync): Tally {
  const row =
    db
      .prepare(
        `SELECT (SELECT count(*) FROM result) AS results,
          (SELECT coalesce(sum(size), 0) FROM result) AS resultBytes,
          (SELECT count(*) FROM image WHERE state <> 'dead') AS images,
          (SELECT count(*) FROM image WHERE state = 'ready') AS readyImages,
          (SELECT coalesce(sum(size), 0) FROM image WHERE state <> 'dead') AS imageBytes,
          (SELECT coalesce(sum(size), 0) FROM image WHERE state = 'dead') AS deadImageBytes,
          (SELECT count(*) FROM note WHERE kind = 'event') AS event,
          (SELECT count(*) FROM note WHERE kind = 'counts') AS counts,
          (SELECT count(*) FROM note WHERE kind = 'revision') AS revision,
          (SELECT count(*) FROM dead_letter) AS deadLetters`,
      )
      .get() ?? {};
  return {
    results: Number(row.results),
    resultBytes: Number(row.resultBytes),
    images: Number(row.images),
    readyImages: Number(row.readyImages),
    imageBytes: Number(row.imageBytes),
    deadImageBytes: Number(row.deadImageBytes),
    event: Number(row.event),
    counts: Number(row.counts),
    revision: Number(row.revision),
    deadLetters: Number(row.deadLetters),
    sacrificedImages: 0,
    sacrificedResults: 0,
    sacrificedEvents: 0,
    sacrificedDeadLetters: 0,
  };
}
