/** Starts a program of the plant as `npm start` does and sees to it that it is gone afterwards. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

export interface Program {
  readonly process: ChildProcess;
  readonly lines: readonly string[];
  /** The first line, said already or still to come, that `match` accepts; rejects when the program ends before. */
  line(match: RegExp): Promise<string>;
  /** Waits until it has left by itself and gives its exit code. */
  left(): Promise<number | null>;
  /** Asks it to leave and gives its exit code. */
  end(): Promise<number | null>;
}

export function startProgram(name: string, args: readonly string[]): Program {
  const file = join(import.meta.dirname, '../plant', name);
  const child = spawn(process.execPath, [file, ...args], { stdio: ['ignore', 'pipe', 'pipe', 'ipc'] });
  const lines: string[] = [];
  const listeners = new Set<() => void>();
  const tell = (): void => {
    for (const listener of listeners) listener();
  };
  // Not the child's `close`: Node does not tell it of a child whose channel was disconnected from this side.
  const over = [once(child, 'exit')];
  for (const stream of [child.stdout, child.stderr]) {
    if (!stream) throw new Error(`${name} has no output`);
    const reader = createInterface({ input: stream }).on('line', (line) => {
      lines.push(line);
      tell();
    });
    over.push(once(reader, 'close'));
  }
  const closed = Promise.all(over).then(tell);

  return {
    process: child,
    lines,
    line: (match) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          const found = lines.find((line) => match.test(line));
          const isOver = child.exitCode !== null || child.signalCode !== null;
          if (found === undefined && !isOver) return;
          listeners.delete(look);
          if (found === undefined) reject(new Error(`${name} ended before ${match}:\n${lines.join('\n')}`));
          else resolve(found);
        };
        listeners.add(look);
        look();
      }),
    async left() {
      await closed;
      return child.exitCode;
    },
    async end() {
      if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM');
      await closed;
      return child.exitCode;
    },
  };
}

export async function startMachine(args: readonly string[]): Promise<{ program: Program; endpoint: string }> {
  const program = startProgram('machine.ts', args);
  const said = JSON.parse(await program.line(/^\{"listening"/)) as { listening: string };
  return { program, endpoint: said.listening };
}

/** Asks until the answer is not undefined; the caller's test has the time limit. */
export async function until<T>(ask: () => T | undefined | Promise<T | undefined>): Promise<T> {
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
