/** The child side of `run-child.ts`: one question, one answer, at the lowest claim on the processor. It ends when its parent does. */
import { setPriority } from 'node:os';
import type { ChildAnswer } from './run-child.ts';

/** Lines and people on the same machine come first. */
const NICENESS = 10;

export function answerParent<Question, Answer>(answer: (question: Question) => Answer | Promise<Answer>): void {
  // Ctrl-C reaches the whole process group; a child leaves on its parent's word.
  process.on('SIGINT', () => undefined);
  process.on('disconnect', () => process.exit());
  setPriority(NICENESS);
  process.once('message', async (question: Question) => {
    try {
      say({ answer: await answer(question) });
    } catch (error) {
      say({ error: error instanceof Error ? error.message : String(error) });
    }
  });
}

function say<Answer>(message: ChildAnswer<Answer>): void {
  process.send?.(message);
}
