/** The program that plans a split: `fork`ed by `run-split.ts`, opens no database. */
import { answerParent } from '../../images/data-quality/answer-parent.ts';
import { planSplit } from './plan-split.ts';
import type { SplitQuestion } from './run-split.ts';

answerParent(({ input, policy }: SplitQuestion) => planSplit(input, policy));
