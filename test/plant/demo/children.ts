/**
 * The processes of `npm start`. A terminal sends SIGINT to the whole process group, so the children ignore it (LEHR_PARENT=1)
 * and leave on the parent's word: SIGTERM, and SIGKILL for those that have not gone in time.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

export interface Child {
  readonly name: string;
  readonly process: ChildProcess;
  /** Resolves with the first line of standard output that `match` accepts; rejects when the process ends before. */
  line<T>(match: (line: string) => T | undefined): Promise<T>;
  readonly ended: Promise<string>;
}

export interface ChildOptions {
  environment?: Record<string, string>;
  /** Lines that are the child's own protocol and not for the person at the terminal. */
  hide?: (line: string) => boolean;
}

const LAST_LINES = 12;

export class Children {
  readonly #children: Child[] = [];

  get pids(): Record<string, number> {
    return Object.fromEntries(this.#children.map((child) => [child.name, child.process.pid ?? 0]));
  }

  named(name: string): Child | undefined {
    return this.#children.find((child) => child.name === name);
  }

  start(name: string, file: string, args: readonly string[], options: ChildOptions = {}): Child {
    const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', file, ...args], {
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      env: { ...process.env, ...options.environment, LEHR_PARENT: '1' },
    });
    const waiting = new Set<(line: string | undefined) => void>();
    const lastLines: string[] = [];
    const see = (line: string) => {
      lastLines.push(line);
      if (lastLines.length > LAST_LINES) lastLines.shift();
      for (const look of waiting) look(line);
      if (!options.hide?.(line)) process.stdout.write(`${name.padEnd(7)} ${line}\n`);
    };
    for (const stream of [child.stdout, child.stderr]) if (stream) createInterface({ input: stream }).on('line', see);
    const ended = new Promise<string>((resolve) => {
      child.on('error', (error) => resolve(`could not start: ${error.message}`));
      child.on('close', (code, signal) => resolve(signal ? `ended by ${signal}` : `ended with exit code ${code}`));
    });
    ended.then(() => {
      for (const look of waiting) look(undefined);
    });
    const entry: Child = {
      name,
      process: child,
      ended,
      line: (match) =>
        new Promise((resolve, reject) => {
          const look = (line: string | undefined) => {
            const found = line === undefined ? undefined : match(line);
            if (found === undefined && line !== undefined) return;
            waiting.delete(look);
            if (found !== undefined) resolve(found);
            else ended.then((how) => reject(new ChildEndedError(name, how, lastLines.at(-1) ?? '')));
          };
          for (const line of lastLines) {
            const found = match(line);
            if (found !== undefined) return resolve(found);
          }
          if (child.exitCode !== null || child.signalCode !== null) look(undefined);
          else waiting.add(look);
        }),
    };
    this.#children.push(entry);
    return entry;
  }

  /** Ends all of them, last started first, within `timeoutMs`; never throws. */
  async stop(timeoutMs: number): Promise<void> {
    const deadline = Date.now() + timeoutMs;
    for (const child of [...this.#children].reverse()) {
      if (child.process.exitCode !== null || child.process.signalCode !== null) continue;
      child.process.kill('SIGTERM');
      // the server goes last and gets what time is left; the others have a bounded share each
      const share = child === this.#children[0] ? deadline - Date.now() : Math.min(2_500, (deadline - Date.now()) / 2);
      if (!(await within(child.ended, share))) child.process.kill('SIGKILL');
    }
    await within(Promise.all(this.#children.map((child) => child.ended)), 1_000);
  }
}

/** A child ended although it was needed; the last line it wrote says why. */
export class ChildEndedError extends Error {
  readonly child: string;

  constructor(child: string, how: string, lastLine: string) {
    super(lastLine === '' ? `${child} ${how}` : lastLine);
    this.child = child;
  }
}

async function within(promise: Promise<unknown>, ms: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), Math.max(0, ms));
  });
  const inTime = await Promise.race([promise.then(() => true), late]);
  clearTimeout(timer);
  return inTime;
}
