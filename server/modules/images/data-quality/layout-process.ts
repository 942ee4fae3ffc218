/** The program that lays out a map: `fork`ed by `run-layout.ts`, opens no database. */
import { readFile } from 'node:fs/promises';
import { answerParent } from './answer-parent.ts';
import { floatsOf } from './float-file.ts';
import { type LayoutInput, layOut } from './umap-layout.ts';

export type LayoutQuestion = Omit<LayoutInput, 'vectors'> & { vectorsFile: string };

answerParent(async ({ vectorsFile, ...input }: LayoutQuestion) =>
  layOut({ ...input, vectors: floatsOf(await readFile(vectorsFile)) }),
);
