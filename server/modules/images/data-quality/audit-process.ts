/** The program that looks a data set through: `fork`ed by `run-audit.ts`, opens no database. */
import { readFile } from 'node:fs/promises';
import { answerParent } from './answer-parent.ts';
import { auditDataset } from './audit-dataset.ts';
import type { AuditInput } from './audit-types.ts';
import { floatsOf } from './float-file.ts';

export type AuditQuestion = Omit<AuditInput, 'vectors'> & { vectorsFile: string | null };

answerParent(async ({ vectorsFile, ...input }: AuditQuestion) =>
  auditDataset({ ...input, vectors: vectorsFile === null ? null : floatsOf(await readFile(vectorsFile)) }),
);
