/** The program that judges labels: `fork`ed by `judge-labels.ts`, opens no database. */
import { readFile } from 'node:fs/promises';
import { answerParent } from './answer-parent.ts';
import { floatsOf } from './float-file.ts';
import { LEAST_SKILL, labelErrors } from './label-errors.ts';

export interface JudgeQuestion {
  vectorsFile: string;
  dimensions: number;
  labels: readonly string[];
  groupOf: Int32Array;
  seed: number;
}

export interface LabelJudgement {
  /** One a label; NaN: it could not be judged. */
  scores: Float32Array;
}

answerParent(async ({ vectorsFile, dimensions, labels, groupOf, seed }: JudgeQuestion): Promise<LabelJudgement> => {
  const found = labelErrors(floatsOf(await readFile(vectorsFile)), dimensions, labels, { seed, groupOf });
  const isGuess = !found || found.skill < LEAST_SKILL;
  return { scores: isGuess ? new Float32Array(labels.length).fill(Number.NaN) : found.scores };
});
