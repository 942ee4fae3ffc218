/** The parent's side of a process that a benchmark measures or measures with: asked over its IPC channel, never left behind. */
import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Answer, Question } from './serve-parent.ts';

export interface BenchChild {
  /** What the child's act of this name gives; rejects with its error, or when the child ends. */
  ask<T = void>(act: string, input?: unknown): Promise<T>;
  close(): Promise<void>;
}

export interface BenchChildOptions {
  env?: Record<string, string>;
  execArgv?: readonly string[];
}

const running = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});
/** Long enough for a server to close its database. */
const graceMs = 15_000;

export function startBenchChild(file: URL, { env = {}, execArgv = [] }: BenchChildOptions = {}): BenchChild {
  const child = fork(fileURLToPath(file), {
    env: { ...process.env, ...env },
    execArgv: [...process.execArgv, ...execArgv],
    // Arrays of numbers and bytes pass as they are.
    serialization: 'advanced',
  });
  running.add(child);
  const waiting = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>();
  let asked = 0;
  const gone = new Promise<void>((resolve) => {
    child.once('exit', (code, signal) => {
      running.delete(child);
      for (const { reject } of waiting.values()) reject(new Error(`${file.pathname} ended with ${code ?? signal}`));
      waiting.clear();
      resolve();
    });
  });
  child.on('message', (message) => {
    const { number, value, error } = message as Answer;
    const asker = waiting.get(number);
    waiting.delete(number);
    if (error === undefined) asker?.resolve(value);
    else asker?.reject(new Error(error));
  });

  return {
    ask<T>(act: string, input?: unknown) {
      const number = ++asked;
      return new Promise<T>((resolve, reject) => {
        waiting.set(number, { resolve: (value) => resolve(value as T), reject });
        child.send({ number, act, input } satisfies Question, (error) => {
          if (error) reject(error);
        });
      });
    },
    async close() {
      if (child.connected) child.disconnect();
      const timer = setTimeout(() => child.kill('SIGKILL'), graceMs);
      await gone;
      clearTimeout(timer);
    },
  };
}
