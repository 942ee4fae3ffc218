/** Entry of the child process of one model. Its options are the first argument; it lives as long as the channel to its parent. */
import { setPriority } from 'node:os';
import sharp from 'sharp';
import { ImageError } from '#schema/prepare-image.ts';
import type { Judgement } from '../pipeline/judgement.ts';
import { startInferThread } from './infer-thread.ts';
import { createJudge } from './judge-image.ts';
import type { ChildOptions, FromChild, ToChild } from './model-messages.ts';

/** Of nice(2): what looks on runs when nothing else wants to. */
const SHADOW_PRIORITY = 15;

// The parent decides when the line stops; a Ctrl+C reaches the whole process group.
process.on('SIGINT', () => {});
// It keeps nothing, and an orderly exit aborts with a message when the runtime is in the middle of an image.
process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'));

const options: ChildOptions = JSON.parse(process.argv[2] ?? '{}');
// Before any thread is made: each inherits it.
if (options.isShadow) setPriority(SHADOW_PRIORITY);
// Each image is decoded once, in one of libuv's threads: a cache and more threads would only hold memory.
sharp.cache(false);
sharp.concurrency(1);

try {
  const thread = await startInferThread(options);
  const judge = createJudge(thread);
  process.on('message', ({ id, image }: ToChild) => void answer(judge(image), id));
  say({ kind: 'ready', manifest: thread.manifest });
} catch (error) {
  say({ kind: 'unusable', message: messageOf(error) });
}

async function answer(judging: Promise<Judgement>, id: number): Promise<void> {
  try {
    say({ kind: 'answer', id, judgement: await judging });
  } catch (error) {
    say({ kind: error instanceof ImageError ? 'unreadable' : 'error', id, message: messageOf(error) });
  }
}

function say(message: FromChild): void {
  // A parent that is gone is noticed by the channel's end.
  if (process.connected) process.send?.(message, () => {});
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
