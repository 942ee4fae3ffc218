/** The thread of a model's child process that runs the model: `session.run` blocks it, while the next image is decoded beside it. */
import { parentPort, workerData } from 'node:worker_threads';
import { loadModel } from './load-model.ts';
import type { ChildOptions, FromThread, ToThread } from './model-messages.ts';

const options: ChildOptions = workerData;
const say = (message: FromThread) => parentPort?.postMessage(message);

try {
  const model = await loadModel(options.path, options.sha256, options.intraOpThreads);
  parentPort?.on('message', async ({ id, image }: ToThread) => {
    const startedAt = performance.now();
    try {
      const output = await model.run(image);
      say({ kind: 'output', id, output, inferMs: performance.now() - startedAt });
    } catch (error) {
      say({ kind: 'error', id, message: messageOf(error) });
    }
  });
  say({ kind: 'ready', manifest: model.manifest });
} catch (error) {
  say({ kind: 'unusable', message: messageOf(error) });
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
