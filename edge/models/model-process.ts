/** Parent side of one model: its child process, restarted when it dies, and the images that wait for an answer. */
import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { ModelManifest } from '#schema/model-manifest.ts';
import type { Logger } from '../log.ts';
import type { Judgement } from '../pipeline/judgement.ts';
import type { ChildOptions, FromChild, ImageToJudge, ToChild } from './model-messages.ts';
import { createWaitingImages } from './waiting-images.ts';

export interface ModelProcess {
  readonly modelVersionId: string;
  readonly manifest: ModelManifest;
  /** Process id of the living child; undefined between death and restart. */
  readonly pid: number | undefined;
  /** How often the child died and was started again. */
  readonly restarts: number;
  /** Rejects with `UnreadableImageError` when the bytes are no image for this model, with `ModelRunError` when it cannot answer, also after a second try. */
  judge(image: ImageToJudge): Promise<Judgement>;
  /** Answers what waits, then ends the child. Resolves when it is gone, at the latest after `STOP_MS` and a SIGKILL. */
  stop(): Promise<void>;
}

/** This image cannot be judged by this model. */
export class ModelRunError extends Error {
  override readonly name = 'ModelRunError';
}

/** The bytes are no whole image, or one that is too large or too small. */
export class UnreadableImageError extends Error {
  override readonly name = 'UnreadableImageError';
}

/** The artifact is no model that can run here; starting it again would not help. */
export class UnusableModelError extends Error {
  override readonly name = 'UnusableModelError';
}

export interface ModelProcessOptions extends ChildOptions {
  modelVersionId: string;
  inferTimeoutMs: number;
  restartMinMs: number;
  restartMaxMs: number;
  /** The running model has died and comes again. */
  onRestart?(reason: string): void;
}

const CHILD = fileURLToPath(new URL('./model-child.ts', import.meta.url));
const STOP_MS = 2_000;
/** Loading a large model from a slow disk takes its time, but not for ever. */
const LOAD_MS = 120_000;

/** Resolves when the model is loaded and warm. Rejects with `UnusableModelError`, also when `signal` aborts first; then no child is left. */
export async function startModelProcess(
  options: ModelProcessOptions,
  log: Logger,
  signal: AbortSignal,
): Promise<ModelProcess> {
  const images = createWaitingImages(send);
  let child: ChildProcess | undefined;
  let manifest: ModelManifest | undefined;
  let restarts = 0;
  let backOffMs = options.restartMinMs;
  let isReady = false;
  let isStopping = false;
  let watchdog: NodeJS.Timeout | undefined;
  let restartTimer: NodeJS.Timeout | undefined;

  const first = Promise.withResolvers<void>();
  const giveUp = () => {
    isStopping = true;
    child?.kill('SIGKILL');
    first.reject(new UnusableModelError('the node stops'));
  };
  if (!signal.aborted) spawn();
  else giveUp();
  signal.addEventListener('abort', giveUp, { once: true });
  await first.promise.finally(() => signal.removeEventListener('abort', giveUp));
  if (!manifest) throw new UnusableModelError('the model gave no manifest');

  return {
    modelVersionId: options.modelVersionId,
    manifest,
    get pid() {
      return child?.pid;
    },
    get restarts() {
      return restarts;
    },
    async judge(image) {
      if (isStopping) throw new ModelRunError('the model is being stopped');
      return await images.add(image);
    },
    stop,
  };

  function spawn(): void {
    isReady = false;
    const { path, sha256, intraOpThreads, isShadow } = options;
    const started = fork(CHILD, [JSON.stringify({ path, sha256, intraOpThreads, isShadow } satisfies ChildOptions)], {
      serialization: 'advanced',
      // Many arenas fragment: freed tensors would not go back to the system.
      env: { ...process.env, MALLOC_ARENA_MAX: '2' },
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    child = started;
    watch(LOAD_MS, 'loaded nothing');
    started.on('message', (message: FromChild) => {
      if (started === child) hear(message);
    });
    started.on('error', (error) => log.error({ err: error }, 'model process: cannot be started or reached'));
    started.on('exit', (code, signal) => {
      if (started === child) onDeath(signal ?? `exit ${code}`);
    });
  }

  function hear(message: FromChild): void {
    unwatch();
    if (message.kind === 'unusable') {
      if (manifest === undefined) {
        isStopping = true;
        first.reject(new UnusableModelError(message.message));
      } else log.error(`model process: ${message.message}`);
      child?.kill('SIGKILL');
    } else if (message.kind === 'ready') {
      manifest = message.manifest;
      isReady = true;
      first.resolve();
      images.resume();
    } else {
      backOffMs = options.restartMinMs;
      if (message.kind === 'answer') images.settle(message.id, message.judgement);
      else if (message.kind === 'unreadable') images.refuse(message.id, new UnreadableImageError(message.message));
      else images.fail(message.id, new ModelRunError(message.message));
      if (images.underWay > 0) watch(options.inferTimeoutMs, 'gave no answer');
    }
  }

  /** False when there is no child to take it; it comes again when there is one. */
  function send(id: number, image: ImageToJudge): boolean {
    if (!isReady || !child?.connected) return false;
    // A channel that breaks here is reported by the child's end.
    child.send({ kind: 'judge', id, image } satisfies ToChild, () => {});
    if (!watchdog) watch(options.inferTimeoutMs, 'gave no answer');
    return true;
  }

  function unwatch(): void {
    clearTimeout(watchdog);
    watchdog = undefined;
  }

  function watch(limitMs: number, what: string): void {
    unwatch();
    watchdog = setTimeout(() => {
      log.error(`model process: ${what} in ${limitMs} ms, it is ended`);
      child?.kill('SIGKILL');
    }, limitMs);
  }

  function onDeath(reason: string): void {
    unwatch();
    child = undefined;
    isReady = false;
    if (isStopping) return;
    if (manifest === undefined) {
      isStopping = true;
      first.reject(new UnusableModelError(`the model process ended while it loaded (${reason})`));
      return;
    }
    images.suspect(new ModelRunError(`the model process ended twice at this frame (${reason})`));
    restarts++;
    options.onRestart?.(reason);
    log.warn(
      { modelVersionId: options.modelVersionId },
      `model process ended (${reason}); next start in ${backOffMs} ms`,
    );
    restartTimer = setTimeout(spawn, backOffMs);
    backOffMs = Math.min(backOffMs * 2, options.restartMaxMs);
  }

  async function stop(): Promise<void> {
    isStopping = true;
    clearTimeout(restartTimer);
    const ending = child;
    if (ending) {
      const gone = new Promise<void>((resolve) => ending.once('exit', () => resolve()));
      const deadline = setTimeout(() => ending.kill('SIGKILL'), STOP_MS);
      await Promise.race([images.allSettled(), gone]);
      if (ending.connected) ending.disconnect();
      await gone;
      clearTimeout(deadline);
    }
    unwatch();
    images.rejectAll(new ModelRunError('the model was stopped'));
  }
}
