/** What waits in an edge's outbox, read beside a node that may be running on it. The file's form is the old commit's. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { z } from 'zod';

const Result = z.object({ id: z.string() });
const Image = z.object({ result_id: z.string(), sha256: z.string() });
const Note = z.object({ kind: z.enum(['event', 'counts', 'revision']), id: z.string() });
const Refused = z.object({ kind: z.string(), key: z.string(), reason: z.string() });

export interface Outbox {
  results: z.infer<typeof Result>[];
  images: z.infer<typeof Image>[];
  notes: z.infer<typeof Note>[];
  refused: z.infer<typeof Refused>[];
}

export function readOutbox(edgeHome: string): Outbox {
  const file = join(edgeHome, 'outbox.db');
  if (!existsSync(file)) return { results: [], images: [], notes: [], refused: [] };
  const db = new DatabaseSync(file, { readOnly: true, timeout: 5_000 });
  try {
    const all = <T>(schema: z.ZodType<T>, text: string) => z.array(schema).parse(db.prepare(text).all());
    return {
      results: all(Result, 'SELECT id FROM result ORDER BY seq'),
      images: all(Image, 'SELECT result_id, sha256 FROM image ORDER BY seq'),
      notes: all(Note, 'SELECT kind, id FROM note ORDER BY seq'),
      refused: all(Refused, 'SELECT kind, key, reason FROM dead_letter ORDER BY seq'),
    };
  } finally {
    db.close();
  }
}

export function countWaiting({ results, images, notes }: Outbox): number {
  return results.length + images.length + notes.length;
}
