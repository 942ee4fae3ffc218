/** The small JSON file in which a program of the plant keeps what must outlive a restart. */
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import type { z } from 'zod';

/** The stored state, or undefined when there is none yet. Throws a message a person can act on when the file is not ours. */
export function readStateFile<T>(file: string, schema: z.ZodType<T>): T | undefined {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new Error(`--state ${file} cannot be read: ${(error as Error).message}`, { cause: error });
  }
  try {
    return schema.parse(JSON.parse(text));
  } catch (error) {
    throw new Error(`--state ${file} does not hold the state of this program: move it away to begin anew`, {
      cause: error,
    });
  }
}

/** Replaces the file in one step, so that a kill leaves the old state or the new one, never half of one. */
export function writeStateFile(file: string, state: unknown): void {
  const temporary = `${file}.${process.pid}.tmp`;
  writeFileSync(temporary, `${JSON.stringify(state)}\n`);
  renameSync(temporary, file);
}
