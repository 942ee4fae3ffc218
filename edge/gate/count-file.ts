/** Where a station's counts outlive the node: one small file, replaced as a whole, written off the event loop. */
import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import type { GateSnapshot } from './gate-types.ts';
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
const SnapshotSchema = z.object({
  trigger: z.union([z.string(), z.number(), z.boolean(), z.null()]),
  runs: z.array(RunSchema),
  inTransitFrom: z.string().optional(),
});

/** Undefined when there is none yet. Rejects when it cannot be read or is no such file: counts that are lost are told, not begun anew. */
export async function readCountFile(path: string): Promise<GateSnapshot | undefined> {
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
export async function writeCountFile(path: string, snapshot: GateSnapshot): Promise<void> {
  await replaceFile(path, JSON.stringify(snapshot));
}
