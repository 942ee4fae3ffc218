/** Looks a plant's labels through for those that are probably wrong. Nothing is changed but a score that people can sort by. */
import { fileURLToPath } from 'node:url';
import type { Services } from '../../../kit/context.ts';
import { EMBEDDER, EMBEDDING_DIMENSIONS } from '../similarity/similarity.service.ts';
import {
  clearLabelErrors,
  type JudgedRow,
  type LabelledRow,
  selectLabelled,
  updateLabelErrors,
} from './data-quality.queries.ts';
import { withVectorFile } from './float-file.ts';
import type { JudgeQuestion, LabelJudgement } from './judge-labels-process.ts';
import { runChild } from './run-child.ts';

/** Vectors of one read, and scores of one write: what one statement of an embedded database may take. */
const PAGE_ROWS = 500;
const SEED = 1;
const childFile = fileURLToPath(new URL('./judge-labels-process.ts', import.meta.url));

export interface JudgedLabels {
  labelled: number;
  judged: number;
  doubted: number;
}

export async function judgeLabels(
  { db, config }: Pick<Services, 'db' | 'config'>,
  plantId: string,
  signal?: AbortSignal,
): Promise<JudgedLabels> {
  const rows: Pick<LabelledRow, 'sha256' | 'label' | 'nearGroup'>[] = [];
  async function* vectors() {
    const most = config.limits.judgedImages;
    for (let after = ''; rows.length < most; ) {
      signal?.throwIfAborted();
      const page = await selectLabelled(db, plantId, EMBEDDER, after, Math.min(PAGE_ROWS, most - rows.length));
      for (const { sha256, label, nearGroup } of page) rows.push({ sha256, label, nearGroup });
      yield page.map(({ vector }) => vector);
      after = page.at(-1)?.sha256 ?? after;
      if (page.length < PAGE_ROWS) return;
    }
  }
  const found = await withVectorFile(vectors(), (vectorsFile) => {
    const groups = new Map<string, number>();
    const groupOf = Int32Array.from(rows, ({ nearGroup }) => {
      if (nearGroup === null) return -1;
      if (!groups.has(nearGroup)) groups.set(nearGroup, groups.size);
      return groups.get(nearGroup) ?? -1;
    });
    const labels = rows.map(({ label }) => label);
    const question: JudgeQuestion = { vectorsFile, dimensions: EMBEDDING_DIMENSIONS, labels, groupOf, seed: SEED };
    return runChild<LabelJudgement>(childFile, question, signal ? { signal } : {});
  });

  const judged: JudgedRow[] = rows.map(({ sha256, label }, at) => {
    const score = found.scores[at] ?? Number.NaN;
    return { sha256, label, score: Number.isNaN(score) ? null : score };
  });
  for (let from = 0; from < judged.length; from += PAGE_ROWS) {
    signal?.throwIfAborted();
    await updateLabelErrors(db, plantId, judged.slice(from, from + PAGE_ROWS));
  }
  await clearLabelErrors(db, plantId);
  return {
    labelled: rows.length,
    judged: judged.filter(({ score }) => score !== null).length,
    doubted: judged.filter(({ score }) => score !== null && score < config.flags.labelError).length,
  };
}
