/** Entry of the child process of one model. Its options are the first argument; it lives as long as the channel to its parent. */
import { type LoadedModel, loadModel } from './load-model.ts';
import type { ChildOptions, FromChild, ToChild } from './model-messages.ts';

// The parent decides when the line stops; a Ctrl+C reaches the whole process group.
process.on('SIGINT', () => {});
process.on('disconnect', () => process.exit(0));

const options: ChildOptions = JSON.parse(process.argv[2] ?? '{}');

try {
  const model = await loadModel(options.path, options.sha256, options.intraOpThreads);
  process.on('message', (message: ToChild) => void answer(model, message));
  say({ kind: 'ready', manifest: model.manifest });
} catch (error) {
  say({ kind: 'unusable', message: messageOf(error) });
}

async function answer(model: LoadedModel, { id, image }: ToChild): Promise<void> {
  const startedAt = performance.now();
  try {
    const output = await model.run(image);
    say({ kind: 'answer', id, output, inferMs: performance.now() - startedAt });
  } catch (error) {
    say({ kind: 'error', id, message: messageOf(error) });
  }
}

function say(message: FromChild): void {
  if (process.connected) process.send?.(message);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
