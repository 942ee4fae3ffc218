/** How every program of the simulated plant lives and ends: on its parent's word, never on a person's Ctrl-C. */
import { fstatSync } from 'node:fs';

/**
 * Calls `end` once when the program has to leave: SIGTERM, or the parent is gone (IPC channel or stdin pipe closed).
 * SIGINT reaches the whole process group and is left to the parent. Afterwards the process exits, after `graceMs` at the latest.
 */
export function onEndOfLife(end: () => Promise<void>, graceMs = 5_000): void {
  let isEnding = false;
  const leave = (): void => {
    if (isEnding) return;
    isEnding = true;
    setTimeout(() => process.exit(1), graceMs).unref();
    end().then(
      () => process.exit(0),
      (error: unknown) => {
        process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
        process.exit(1);
      },
    );
  };

  process.on('SIGINT', () => {});
  process.once('SIGTERM', leave);
  if (process.connected) {
    process.once('disconnect', leave);
  } else if (hasPipeOnStdin()) {
    process.stdin.on('end', leave).on('close', leave).on('error', leave).resume();
  }
}

/** A parent's pipe ends with the parent; a terminal, a file or /dev/null says nothing about it (and /dev/null ends at once). */
function hasPipeOnStdin(): boolean {
  try {
    const stdin = fstatSync(0);
    return stdin.isFIFO() || stdin.isSocket();
  } catch {
    return false;
  }
}

/** Says in one line what is wrong with the start of the program and ends it. */
export function refuseToStart(program: string, error: unknown): never {
  process.stderr.write(`${program}: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
}
