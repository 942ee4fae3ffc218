/** The door of the look for traps: the arithmetic runs in a child. */
import { fileURLToPath } from 'node:url';
import type { AuditQuestion } from './audit-process.ts';
import type { AuditInput, AuditOutput, AuditRunOptions } from './audit-types.ts';
import { withFloatFile } from './float-file.ts';
import { runChild } from './run-child.ts';

const childFile = fileURLToPath(new URL('./audit-process.ts', import.meta.url));

export async function runAudit(input: AuditInput, options: AuditRunOptions = {}): Promise<AuditOutput> {
  const { vectors, ...rest } = input;
  const ask = (vectorsFile: string | null) =>
    runChild<AuditOutput>(childFile, { ...rest, vectorsFile } satisfies AuditQuestion, options);
  return vectors ? withFloatFile(vectors, ask) : ask(null);
}
