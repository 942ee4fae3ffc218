/** Parent side of one model: its child process, restarted when it dies, and the frames that wait for an answer. */
import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { ModelManifest } from '#schema/model-manifest.ts';
import type { Logger } from '../log.ts';
import type { ModelInputImage, ModelOutput } from './load-model.ts';
import type { ChildOptions, FromChild, ToChild } from './model-messages.ts';

export interface ModelAnswer extends ModelOutput {
  /** Time of the run itself inside the child. */
  inferMs: number;
}

export interface ModelProcess {
  readonly modelVersionId: string;
  readonly manifest: ModelManifest;
  /** Process id of the living child; undefined between death and restart. */
  readonly pid: number | undefined;
  /** How often the child died and was started again. */
  readonly restarts: number;
  /** Rejects with `ModelRunError` when the model cannot answer for this frame, also after a second try. */
  run(image: ModelInputImage): Promise<ModelAnswer>;
  /** Answers what waits, then ends the child. Resolves when it is gone, at the latest after `STOP_MS` and a SIGKILL. */
  stop(): Promise<void>;
}

/** This frame cannot be judged by this model. */
export class ModelRunError extends Error {
  override readonly name = 'ModelRunError';
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
}

interface Waiting {
  image: ModelInputImage;
  tries: number;
  resolve(answer: ModelAnswer): void;
  reject(error: Error): void;
}

const CHILD = fileURLToPath(new URL('./model-child.ts', import.meta.url));
const MAX_TRIES = 2;
const STOP_MS = 2_000;
/** Loading a large model from a slow disk takes its time, but not for ever. */
const LOAD_MS = 120_000;

/** Resolves when the model is loaded and warm. Rejects with `UnusableModelError`, also when `signal` aborts first; then no child is left. */
export async function startModelProcess(
  options: ModelProcessOptions,
  log: Logger,
  signal: AbortSignal,
): Promise<ModelProcess> {
  /** In the order of asking; the child answers in the same order. */
  const waiting = new Map<number, Waiting>();
  let child: ChildProcess | undefined;
  let manifest: ModelManifest | undefined;
  let restarts = 0;
  let backOffMs = options.restartMinMs;
  let isReady = false;
  let isStopping = false;
  let nextId = 1;
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
    run: (image) =>
      new Promise((resolve, reject) => {
        if (isStopping) return reject(new ModelRunError('the model is being stopped'));
        const id = nextId++;
        waiting.set(id, { image, tries: 0, resolve, reject });
        if (isReady) send(id);
      }),
    stop,
  };

  function spawn(): void {
    isReady = false;
    const { path, sha256, intraOpThreads } = options;
    const started = fork(CHILD, [JSON.stringify({ path, sha256, intraOpThreads } satisfies ChildOptions)], {
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
      for (const id of waiting.keys()) send(id);
    } else {
      backOffMs = options.restartMinMs;
      settle(message);
      if (waiting.size > 0) watch(options.inferTimeoutMs, 'gave no answer');
    }
  }

  function settle(message: Extract<FromChild, { id: number }>): void {
    const frame = waiting.get(message.id);
    if (!frame) return;
    if (message.kind === 'answer') {
      waiting.delete(message.id);
      frame.resolve({ ...message.output, inferMs: message.inferMs });
    } else if (frame.tries < MAX_TRIES) send(message.id);
    else {
      waiting.delete(message.id);
      frame.reject(new ModelRunError(message.message));
    }
  }

  function send(id: number): void {
    const frame = waiting.get(id);
    if (!frame || !child?.connected) return;
    frame.tries++;
    const message: ToChild = { kind: 'run', id, image: frame.image };
    // A channel that breaks here is reported by the child's end.
    child.send(message, () => {});
    if (!watchdog) watch(options.inferTimeoutMs, 'gave no answer');
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
    blameOldest(reason);
    restarts++;
    log.warn(
      { modelVersionId: options.modelVersionId },
      `model process ended (${reason}); next start in ${backOffMs} ms`,
    );
    restartTimer = setTimeout(spawn, backOffMs);
    backOffMs = Math.min(backOffMs * 2, options.restartMaxMs);
  }

  /** The child works in order: only the oldest frame can have killed it; the others lose no try. */
  function blameOldest(reason: string): void {
    let isOldest = true;
    for (const [id, frame] of waiting) {
      if (isOldest && frame.tries >= MAX_TRIES) {
        waiting.delete(id);
        frame.reject(new ModelRunError(`the model process ended twice at this frame (${reason})`));
      } else if (!isOldest && frame.tries > 0) frame.tries--;
      isOldest = false;
    }
  }

  async function stop(): Promise<void> {
    isStopping = true;
    clearTimeout(restartTimer);
    const ending = child;
    if (ending) {
      const gone = new Promise<void>((resolve) => ending.once('exit', () => resolve()));
      const deadline = setTimeout(() => ending.kill('SIGKILL'), STOP_MS);
      await Promise.race([Promise.allSettled([...waiting.values()].map(settled)), gone]);
      if (ending.connected) ending.disconnect();
      await gone;
      clearTimeout(deadline);
    }
    unwatch();
    for (const frame of waiting.values()) frame.reject(new ModelRunError('the model was stopped'));
    waiting.clear();
  }
}

function settled(frame: Waiting): Promise<void> {
  return new Promise((resolve) => {
    const { resolve: done, reject } = frame;
    frame.resolve = (answer) => {
      done(answer);
      resolve();
    };
    frame.reject = (error) => {
      reject(error);
      resolve();
    };
  });
}
