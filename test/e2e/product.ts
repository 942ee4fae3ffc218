/** The whole product as `npm start` runs it, in a process group and a home of its own. */
import { readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { DemoClient } from '../plant/demo/graphql-client.ts';
import { signIn } from '../plant/demo/setup-plant.ts';
import { type LineProcess, spawnLines } from '../support/spawn-lines.ts';

const program = fileURLToPath(new URL('../plant/start.ts', import.meta.url));

export interface Product {
  readonly url: string;
  readonly home: string;
  readonly process: LineProcess;
  /** From the first command to the ready line. */
  readonly readyMs: number;
  /** What the product printed to sign in with. */
  person(role: string): { email: string; password: string };
  client(role: string): Promise<DemoClient>;
  /** Process ids of the product's programs by name. */
  pids(): Record<string, number>;
  /** Ctrl-C: SIGINT to the whole group. Resolves when no process of it is left; rejects after `withinMs`. */
  interrupt(withinMs: number): Promise<number>;
  /** For clean-up: whatever is left is killed. */
  end(): Promise<void>;
}

/** Starts the program; its group is killed when the test's process ends, however that happens. */
export async function startProgram(options: { home: string; port: number; args?: string[] }): Promise<LineProcess> {
  const args = ['--disable-warning=ExperimentalWarning', program, ...(options.args ?? [])];
  const child = await spawnLines(process.execPath, args, {
    env: { LEHR_HOME: options.home, PORT: String(options.port), DATABASE_URL: '', NATS_URL: '' },
    detached: true,
  });
  const onExit = () => signalGroup(child.pid, 'SIGKILL');
  process.on('exit', onExit);
  child.exit.then(() => process.off('exit', onExit));
  return child;
}

export async function startProduct(options: { home: string; args?: string[]; patienceMs?: number }): Promise<Product> {
  const startedAt = performance.now();
  const child = await startProgram({ ...options, port: await freePort() });
  const end = async () => {
    signalGroup(child.pid, 'SIGKILL');
    await child.exit;
  };
  try {
    const [, url = ''] = await child.waitForLine(/^ready (http:\S+)$/, options.patienceMs ?? 300_000);
    const readyMs = performance.now() - startedAt;
    const person = (role: string) => {
      const [, email = '', password = ''] = findLine(child, new RegExp(`^sign in +(\\S+) +(\\S+) +${role}$`));
      return { email, password };
    };
    return {
      url,
      home: options.home,
      process: child,
      readyMs,
      person,
      client: (role) => signIn(url, { role, name: role, ...person(role) }),
      pids: () => JSON.parse(readFileSync(join(options.home, 'plant', 'pids.json'), 'utf8')) as Record<string, number>,
      interrupt: (withinMs) => interrupt(child, withinMs),
      end,
    };
  } catch (error) {
    await end();
    throw error;
  }
}

async function interrupt(child: LineProcess, withinMs: number): Promise<number> {
  const startedAt = performance.now();
  signalGroup(child.pid, 'SIGINT');
  await child.exit;
  for (;;) {
    const left = processesOf(child.pid);
    const tookMs = performance.now() - startedAt;
    if (left.length === 0) return tookMs;
    if (tookMs > withinMs) throw new Error(`${withinMs} ms after SIGINT there are still: ${left.join(', ')}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** A port that nobody listens on. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no free port');
  return address.port;
}

function findLine(child: LineProcess, pattern: RegExp): RegExpExecArray {
  for (const line of child.output) {
    const match = pattern.exec(line);
    if (match) return match;
  }
  throw new Error(`the product printed no line like ${pattern}`);
}

function signalGroup(leader: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-leader, signal);
  } catch {
    // nobody is left
  }
}

/** Names of the processes of a group, from /proc; those that have ended and wait for their parent are not counted. */
function processesOf(group: number): string[] {
  return readdirSync('/proc').flatMap((entry) => {
    if (!/^\d+$/.test(entry)) return [];
    try {
      const stat = readFileSync(`/proc/${entry}/stat`, 'utf8');
      const [state, , processGroup] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      if (Number(processGroup) !== group || state === 'Z') return [];
      return [readFileSync(`/proc/${entry}/cmdline`, 'utf8').replaceAll('\0', ' ').trim() || entry];
    } catch {
      return [];
    }
  });
}
