/** The parent side of a training: starts the child, reads its lines, and never leaves it behind. */
import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { parseTrainingJob, type TrainingJobInput, type TrainingResult, trainingLineSchema } from './training-job.ts';

export type { TrainingJobInput, TrainingMetrics, TrainingResult } from './training-job.ts';

export type OnTrainingProgress = (progress: number, step: string) => void;

export interface RunTrainingOptions {
  /** `progress` from 0 to 1. */
  onProgress?: OnTrainingProgress;
  /** Ends the child and rejects with the signal's reason. */
  signal?: AbortSignal;
  /** A training that takes longer is ended. */
  timeoutMs?: number;
}

/** The trainer refused the job or failed; `message` is its own. */
export class TrainingFailedError extends Error {
  override readonly name = 'TrainingFailedError';
}

const DEFAULT_TIMEOUT_MS = 60 * 60_000;
const MAX_STDERR_CHARS = 4_000;
const childFile = fileURLToPath(new URL('./train-process.ts', import.meta.url));

/** Trains in a child process and resolves when the ONNX file is in place and the child is gone. */
export async function runTraining(job: TrainingJobInput, options: RunTrainingOptions = {}): Promise<TrainingResult> {
  const { onProgress, signal, timeoutMs = DEFAULT_TIMEOUT_MS } = options;
  signal?.throwIfAborted();
  const checked = parseTrainingJob(job);
  const folder = await mkdtemp(join(tmpdir(), 'lehr-train-'));
  try {
    const jobFile = join(folder, 'job.json');
    await writeFile(jobFile, JSON.stringify(checked));
    const timeout = AbortSignal.timeout(timeoutMs);
    const ended = signal ? AbortSignal.any([signal, timeout]) : timeout;
    return await readChild(jobFile, ended, onProgress);
  } finally {
    await rm(folder, { recursive: true, force: true });
    await rm(`${checked.output}.partial`, { force: true });
  }
}

function readChild(jobFile: string, signal: AbortSignal, onProgress: RunTrainingOptions['onProgress']) {
  return new Promise<TrainingResult>((resolve, reject) => {
    const child = spawn(process.execPath, [childFile, jobFile], {
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      // glibc keeps an arena per thread otherwise, and decoding fragments them.
      env: { ...process.env, MALLOC_ARENA_MAX: '2' },
    });
    let result: TrainingResult | undefined;
    let failure: string | undefined;
    let stderr = '';
    const kill = () => child.kill('SIGKILL');
    signal.addEventListener('abort', kill);
    if (signal.aborted) kill();

    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      stderr = (stderr + text).slice(-MAX_STDERR_CHARS);
    });
    if (child.stdout) {
      createInterface({ input: child.stdout }).on('line', (line) => {
        const parsed = parseLine(line);
        if (!parsed) failure ??= `unreadable line from the trainer: ${line.slice(0, 200)}`;
        else if ('done' in parsed) result = parsed.done;
        else if ('error' in parsed) failure = parsed.error;
        else onProgress?.(parsed.progress, parsed.step);
      });
    }
    child.once('error', (cause) => {
      signal.removeEventListener('abort', kill);
      reject(new TrainingFailedError('the trainer could not be started', { cause }));
    });
    // `close` comes after the last line was read, `exit` may come before.
    child.once('close', (code, killedBy) => {
      signal.removeEventListener('abort', kill);
      if (result && code === 0) resolve(result);
      else if (signal.aborted) reject(signal.reason);
      else reject(new TrainingFailedError(failure ?? `the trainer ended (${code ?? killedBy}): ${stderr.trim()}`));
    });
  });
}

function parseLine(line: string) {
  try {
    return trainingLineSchema.safeParse(JSON.parse(line)).data;
  } catch {
    return undefined;
  }
}
