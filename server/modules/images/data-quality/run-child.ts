/** The parent side of a program that gets one question and gives one answer: heavy arithmetic never runs in the server's process. */
import { fork } from 'node:child_process';
import { once } from 'node:events';

export interface ChildOptions {
  /** Ends the child and rejects with the signal's reason. */
  signal?: AbortSignal;
  timeoutMs?: number;
  /** Of the child's JavaScript heap; columns of numbers lie outside of it. */
  heapMb?: number;
}

export type ChildAnswer<Answer> = { answer: Answer } | { error: string };

/** The program refused or failed; `message` is its own. */
export class ChildFailedError extends Error {
  override readonly name = 'ChildFailedError';
}

const DEFAULT_TIMEOUT_MS = 60 * 60_000;
const DEFAULT_HEAP_MB = 2048;

/** Starts the program, asks, and resolves when it has answered and is gone. */
export async function runChild<Answer>(
  file: string,
  question: object,
  { signal, timeoutMs = DEFAULT_TIMEOUT_MS, heapMb = DEFAULT_HEAP_MB }: ChildOptions = {},
): Promise<Answer> {
  signal?.throwIfAborted();
  const timeout = AbortSignal.timeout(timeoutMs);
  const ended = signal ? AbortSignal.any([signal, timeout]) : timeout;
  const child = fork(file, {
    execArgv: [`--max-old-space-size=${heapMb}`],
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    // glibc keeps an arena per thread otherwise.
    env: { ...process.env, MALLOC_ARENA_MAX: '2' },
  });
  const kill = () => child.kill('SIGKILL');
  ended.addEventListener('abort', kill);
  if (ended.aborted) kill();
  let answered: ChildAnswer<Answer> | undefined;
  child.on('message', (message: ChildAnswer<Answer>) => {
    answered = message;
    if (child.connected) child.disconnect();
  });
  try {
    const gone = once(child, 'exit');
    child.send(question, (error) => {
      if (error) kill();
    });
    const [code, killedBy] = await gone;
    if (answered && 'answer' in answered) return answered.answer;
    ended.throwIfAborted();
    throw new ChildFailedError(answered?.error ?? `the program ended without an answer (${code ?? killedBy})`);
  } finally {
    ended.removeEventListener('abort', kill);
  }
}
