/** The parent side of a scoring child: one loaded model, images in by path, scores out. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { ImageScore, ScoreAnswer, ScoreRequest } from './score-process.ts';

export type { ImageScore } from './score-process.ts';

export interface Scorer extends AsyncDisposable {
  /** Rejects for an image that cannot be used; the scorer stays usable. One at a time keeps the child's memory small. */
  score(path: string): Promise<ImageScore>;
  /** Largest resident memory of the child so far. */
  peakRssMb(): number;
  /** Ends the child; waiting requests reject. */
  close(): Promise<void>;
}

const childFile = fileURLToPath(new URL('./score-process.ts', import.meta.url));

/** Starts the child and loads the model. Rejects when the file is no model of ours. */
export async function openScorer(modelFile: string, { intraOpNumThreads = 1 } = {}): Promise<Scorer> {
  const child = fork(childFile, [modelFile, String(intraOpNumThreads)], {
    execArgv: [],
    serialization: 'advanced',
    env: { ...process.env, MALLOC_ARENA_MAX: '2' },
  });
  const waiting = new Map<number, { resolve: (image: ImageScore) => void; reject: (error: Error) => void }>();
  const ready = Promise.withResolvers<void>();
  let lastId = 0;
  let peakRssMb = 0;

  child.on('message', (message: ScoreAnswer) => {
    if ('ready' in message) return ready.resolve();
    if ('fatal' in message) return ready.reject(new Error(message.fatal));
    const request = waiting.get(message.id);
    waiting.delete(message.id);
    if ('error' in message) return request?.reject(new Error(message.error));
    peakRssMb = message.peakRssMb;
    request?.resolve(message.image);
  });
  const fail = (error: Error) => {
    ready.reject(error);
    for (const { reject } of waiting.values()) reject(error);
    waiting.clear();
  };
  child.once('error', fail);
  // Not `close`: it never comes once this side has disconnected.
  const ended = once(child, 'exit').then(([code, signal]) =>
    fail(new Error(`the scoring process ended (${code ?? signal})`)),
  );
  const close = async () => {
    if (child.connected) child.disconnect();
    await ended;
  };

  try {
    await ready.promise;
  } catch (error) {
    await close();
    throw error;
  }
  return {
    score(path) {
      const request = Promise.withResolvers<ImageScore>();
      if (!child.connected) return Promise.reject(new Error('the scoring process has ended'));
      const id = ++lastId;
      waiting.set(id, request);
      child.send({ id, path } satisfies ScoreRequest);
      return request.promise;
    },
    peakRssMb: () => peakRssMb,
    close,
    [Symbol.asyncDispose]: close,
  };
}
