/** What both commands have in common: how they end, and how they show what they are at. */
import { CommandError } from './client.ts';

/** 0: all went; 1: it went, and something was left out; 2: it did not go. */
export type ExitCode = 0 | 1 | 2;

/** Runs a command until it ends or is interrupted; what is done stays, and the next run goes on after it. */
export async function runCommand(name: string, run: (signal: AbortSignal) => Promise<ExitCode>): Promise<void> {
  const interrupted = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () =>
      interrupted.abort(new CommandError(`ended by ${signal}; the same command goes on where this one stopped`)),
    );
  }
  try {
    process.exitCode = await run(interrupted.signal);
  } catch (error) {
    showDone();
    console.error(`${name}: ${(error instanceof Error ? error.message : String(error)).replaceAll('\n', ' ')}`);
    process.exitCode = 2;
  }
}

let shown = '';

/** On one line where somebody watches, now and then elsewhere. */
export function show(text: string): void {
  if (text === shown) return;
  shown = text;
  if (process.stderr.isTTY) process.stderr.write(`\r${text}\x1b[K`);
}

export function showDone(): void {
  if (process.stderr.isTTY && shown !== '') process.stderr.write('\n');
  shown = '';
}

/** Until `look` gives something. */
export async function waitFor<T>(look: () => Promise<T | undefined>, signal: AbortSignal): Promise<T> {
  for (;;) {
    signal.throwIfAborted();
    const found = await look();
    if (found !== undefined) return found;
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}

export function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}
