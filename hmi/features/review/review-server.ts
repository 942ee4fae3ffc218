/** What the labelling screen asks of the server. */
import type { Sent } from '../../lib/answer-outbox.ts';
import type { PendingAnswer, Purpose, ReviewTask } from './review-task.ts';
import type { DatedSketch } from './sketch-copies.ts';

export interface ReviewServer {
  claim(count: number, purposes: Purpose[] | undefined): Promise<{ tasks?: ReviewTask[]; failure?: string }>;
  /** Those that are still one's own; undefined without an answer. */
  renew(ids: readonly string[]): Promise<Set<string> | undefined>;
  release(ids: readonly string[]): Promise<void>;
  /** False without an answer. */
  saveSketch(sha256: string, document: DatedSketch | null): Promise<boolean>;
  answer(answer: PendingAnswer): Promise<Sent>;
}
