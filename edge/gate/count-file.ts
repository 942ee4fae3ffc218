/** Where a station's counts outlive the node: one small file, replaced as a whole, written off the event loop. */
import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import type { GateEvent, GateSnapshot } from './gate-types.ts';
import { replaceFile } from './replace-file.ts';

const count = z.int().nonnegative();
const RunSchema = z.object({
  id: z.string(),
  jobCode: z.string().nullable(),
  revision: count,
  from: z.string(),
  to: z.string(),
  triggered: count,
  accepted: count,
  rejected: count,
  bypassed: count,
  unseen: count,
  unknown: z.int(),
  inTransit: count,
});
const EventSchema = z.custom<GateEvent>(
  (event) => z.object({ id: z.string(), kind: z.string() }).safeParse(event).success,
);
const SnapshotSchema = z.object({
  trigger: z.union([z.string(), z.number(), z.boolean(), z.null()]),
  runs: z.array(RunSchema),
  inTransitFrom: z.string().optional(),
  /** What the outbox may not have yet. */
  waiting: z.object({ events: z.array(EventSchema), counts: z.array(RunSchema) }).optional(),
});

export type KeptCounts = GateSnapshot & Pick<z.infer<typeof SnapshotSchema>, 'waiting'>;

/** Undefined when there is none yet. Rejects when it cannot be read or is no such file: counts that are lost are told, not begun anew. */
export async function readCountFile(path: string): Promise<KeptCounts | undefined> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (text === undefined) return undefined;
  try {
    return SnapshotSchema.parse(JSON.parse(text));
  } catch (cause) {
    throw new Error(`${path} does not hold the counts of a gate; move it away to begin new counts`, { cause });
  }
}

/** Resolves when it is on disk. A kill leaves the old file or the new one. */
export async function writeCountFile(path: string, snapshot: KeptCounts): Promise<void> {
  await replaceFile(path, JSON.stringify(snapshot));
}
