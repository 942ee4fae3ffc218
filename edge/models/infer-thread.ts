/** The child's side of the thread that runs its model. */
import { Worker } from 'node:worker_threads';
import type { ModelManifest } from '#schema/model-manifest.ts';
import type { ModelInputImage, ModelOutput } from './load-model.ts';
import type { ChildOptions, FromThread, ToThread } from './model-messages.ts';

export interface InferThread {
  readonly manifest: ModelManifest;
  /** Runs in the order of asking. Rejects when the model fails at this image. */
  run(image: ModelInputImage): Promise<{ output: ModelOutput; inferMs: number }>;
}

/** Resolves when the model is loaded and warm; rejects with what makes it unusable. A thread that ends later ends the process. */
export async function startInferThread(options: ChildOptions): Promise<InferThread> {
  const worker = new Worker(new URL('./infer-worker.ts', import.meta.url), { workerData: options });
  const waiting = new Map<number, PromiseWithResolvers<{ output: ModelOutput; inferMs: number }>>();
  const loaded = Promise.withResolvers<ModelManifest>();
  let nextId = 1;
  worker.on('message', (message: FromThread) => {
    if (message.kind === 'ready') return loaded.resolve(message.manifest);
    if (message.kind === 'unusable') return loaded.reject(new Error(message.message));
    const asked = waiting.get(message.id);
    waiting.delete(message.id);
    if (message.kind === 'output') asked?.resolve(message);
    else asked?.reject(new Error(message.message));
  });
  // Unhandled: the process ends, and its parent starts another.
  worker.on('error', (error) => {
    throw error;
  });
  const manifest = await loaded.promise;
  return {
    manifest,
    run(image) {
      const id = nextId++;
      const asked = Promise.withResolvers<{ output: ModelOutput; inferMs: number }>();
      waiting.set(id, asked);
      worker.postMessage({ id, image } satisfies ToThread);
      return asked.promise;
    },
  };
}
