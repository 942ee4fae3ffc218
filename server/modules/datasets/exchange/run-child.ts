/** A process that works through one job and says how far it is; it never outlives the work, and never waits for an answer in vain. */
import { type ChildProcess, fork } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const MAX_STDERR_CHARS = 4_000;

/**
 * Starts the file with the job, answers each message when `onMessage` has dealt with it, and resolves when the process is gone.
 * Throws what `onMessage` throws, the signal's reason, or what the process said on its way out.
 */
export async function runChild<Message>(
  options: { file: string; job: object; heapMb: number; signal: AbortSignal },
  onMessage: (message: Message) => Promise<void>,
): Promise<void> {
  const { file, job, heapMb, signal } = options;
  signal.throwIfAborted();
  const folder = await mkdtemp(join(tmpdir(), 'lehr-exchange-'));
  try {
    const jobFile = join(folder, 'job.json');
    await writeFile(jobFile, JSON.stringify(job), { mode: 0o600 });
    const child = fork(file, [jobFile], {
      execArgv: [`--max-old-space-size=${heapMb}`],
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      // glibc keeps an arena per thread otherwise, and decoding fragments them
      env: { ...process.env, MALLOC_ARENA_MAX: '2' },
    });
    await followChild(child, signal, onMessage);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function followChild<Message>(
  child: ChildProcess,
  signal: AbortSignal,
  onMessage: (message: Message) => Promise<void>,
): Promise<void> {
  return new Promise((resolve, reject) => {
    let failure: unknown;
    let stderr = '';
    let work = Promise.resolve();
    const kill = () => child.kill('SIGKILL');
    const fail = (error: unknown) => {
      failure ??= error;
      kill();
    };
    signal.addEventListener('abort', kill);
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      stderr = (stderr + text).slice(-MAX_STDERR_CHARS);
    });
    child.on('message', (message) => {
      work = work
        .then(() => onMessage(message as Message))
        .then(() => {
          if (child.connected) child.send('on');
        }, fail);
    });
    child.once('error', fail);
    child.once('close', (code, killedBy) => {
      signal.removeEventListener('abort', kill);
      void work.then(() => {
        if (failure !== undefined) reject(failure);
        else if (signal.aborted) reject(signal.reason);
        else if (code !== 0) reject(new Error(`the process ended (${code ?? killedBy}): ${stderr.trim()}`));
        else resolve();
      });
    });
  });
}
