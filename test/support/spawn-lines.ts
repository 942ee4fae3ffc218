/** Child processes as tests and benchmarks need them: read by the line, waited for by a condition, never left behind. */
import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

export interface SpawnLinesOptions {
  cwd?: string;
  /** Added to this process's environment. */
  env?: Record<string, string>;
  /** Text for the child's standard input, which is closed after it. Without it the input stays open until `stop`. */
  input?: string;
  onLine?: (line: string) => void;
  /** Leads a process group of its own; ending what it started is then the caller's part. */
  detached?: boolean;
}

export interface Exit {
  code: number | null;
  signal: NodeJS.Signals | null;
}

export interface LineProcess extends AsyncDisposable {
  readonly pid: number;
  readonly child: ChildProcess;
  /** The newest lines of stdout and stderr, in the order of arrival, at most 1,000. */
  readonly output: readonly string[];
  readonly exit: Promise<Exit>;
  /**
   * The match of the first stdout line, past or coming, that fits. Rejects, with the last lines, when the child ends first or `timeoutMs` pass.
   */
  waitForLine(pattern: RegExp, timeoutMs?: number): Promise<RegExpExecArray>;
  /** SIGTERM, after `graceMs` SIGKILL; resolves when the child is gone. */
  stop(graceMs?: number): Promise<Exit>;
}

const keptLines = 1000;
const shownLines = 30;
const running = new Set<ChildProcess>();

// The last resort for a run that ends while children live; `exit` handlers may only do synchronous work.
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

/** Starts `command`; rejects when it cannot be started. */
export async function spawnLines(
  command: string,
  args: string[],
  options: SpawnLinesOptions = {},
): Promise<LineProcess> {
  const child = spawn(command, args, {
    cwd: options.cwd,
    env: { ...process.env, ...options.env },
    stdio: ['pipe', 'pipe', 'pipe'],
    detached: options.detached ?? false,
  });
  const output: string[] = [];
  const stdout: string[] = [];
  const listeners = new Set<() => void>();
  const keep = (list: string[], line: string) => {
    list.push(line);
    if (list.length > keptLines) list.shift();
  };

  createInterface({ input: child.stdout }).on('line', (line) => {
    keep(output, line);
    keep(stdout, line);
    options.onLine?.(line);
    for (const listener of listeners) listener();
  });
  createInterface({ input: child.stderr }).on('line', (line) => keep(output, line));
  // A child that ends without reading its input is no error of ours.
  child.stdin.on('error', () => {});
  if (options.input !== undefined) child.stdin.end(options.input);

  await new Promise<void>((resolve, reject) => {
    child.once('spawn', resolve);
    child.once('error', (cause) => reject(new Error(`cannot start ${command} ${args.join(' ')}`, { cause })));
  });
  running.add(child);
  let ended: Exit | undefined;
  // `close` comes after the last line was read, `exit` may come before.
  const exit = new Promise<Exit>((resolve) => {
    child.once('close', (code, signal) => {
      ended = { code, signal };
      running.delete(child);
      resolve(ended);
      for (const listener of listeners) listener();
    });
  });

  const waitForLine = (pattern: RegExp, timeoutMs = 30_000) =>
    new Promise<RegExpExecArray>((resolve, reject) => {
      const finish = () => {
        clearTimeout(timer);
        listeners.delete(look);
      };
      const fail = (what: string) => {
        finish();
        reject(new Error(`${command} ${args.join(' ')}: ${what} ${pattern}:\n${output.slice(-shownLines).join('\n')}`));
      };
      const look = () => {
        for (const line of stdout) {
          const match = pattern.exec(line);
          if (!match) continue;
          finish();
          return resolve(match);
        }
        if (ended) fail(`ended (${ended.code ?? ended.signal}) without a line like`);
      };
      const timer = setTimeout(() => fail(`printed in ${timeoutMs} ms no line like`), timeoutMs);
      listeners.add(look);
      look();
    });

  const stop = async (graceMs = 10_000) => {
    child.stdin.end();
    child.kill('SIGTERM');
    const timer = setTimeout(() => child.kill('SIGKILL'), graceMs);
    const result = await exit;
    clearTimeout(timer);
    return result;
  };

  return {
    pid: child.pid ?? 0,
    child,
    output,
    exit,
    waitForLine,
    stop,
    [Symbol.asyncDispose]: async () => {
      await stop();
    },
  };
}
