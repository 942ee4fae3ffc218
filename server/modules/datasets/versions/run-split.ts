/** The door of planning a split: the arithmetic runs in a child. */
import { fileURLToPath } from 'node:url';
import { type ChildOptions, runChild } from '../../images/data-quality/run-child.ts';
import type { SplitInput, SplitPlan } from './plan-split.ts';
import type { SplitPolicy } from './split-policy.ts';

export interface SplitQuestion {
  input: SplitInput;
  policy: SplitPolicy;
}

const childFile = fileURLToPath(new URL('./split-process.ts', import.meta.url));

export function runSplit(question: SplitQuestion, options: ChildOptions = {}): Promise<SplitPlan> {
  return runChild<SplitPlan>(childFile, question, options);
}
