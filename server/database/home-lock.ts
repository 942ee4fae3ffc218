/** One server a home: the lock names the process that holds it, and is taken over when that process is gone. */
import { randomUUID } from 'node:crypto';
import { link, mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

export interface HomeLock {
  release(): Promise<void>;
}

interface Owner {
  pid: number;
  /** Clock ticks since boot when the process started (proc(5), stat, field 22): a number that is given again differs. */
  started: string | null;
}

/** A takeover takes milliseconds: one that is older was cut short. */
const takeoverMs = 10_000;

/** Takes the lock of the home, which is made if need be. Throws when a living process has it, and when the home cannot be written. */
export async function lockHome(home: string): Promise<HomeLock> {
  await mkdir(home, { recursive: true, mode: 0o700 }).catch((cause: unknown) => {
    throw new Error(`The home ${home} cannot be made: name a folder that can be written (LEHR_HOME).`, { cause });
  });
  const path = join(home, 'lock');
  const own: Owner = { pid: process.pid, started: await startOf(process.pid) };
  const draft = `${path}.${randomUUID()}`;
  await writeFile(draft, JSON.stringify(own), { mode: 0o600 }).catch((cause: unknown) => {
    throw new Error(`The home ${home} cannot be written: correct its rights or name another folder (LEHR_HOME).`, {
      cause,
    });
  });
  try {
    await take(path, draft, home);
  } finally {
    await rm(draft, { force: true });
  }
  return {
    async release() {
      const owner = await readOwner(path);
      if (owner?.pid === own.pid && owner.started === own.started) await rm(path, { force: true });
    },
  };
}

/** Linking gives the complete file its name or fails: nobody ever reads half a lock. */
async function take(path: string, draft: string, home: string): Promise<void> {
  if (await linked(draft, path)) return;

  // one taker at a time looks and replaces, or two would each throw away the other's fresh lock
  const takeover = `${path}.takeover`;
  const held = await stat(takeover).catch(() => undefined);
  if (held && Date.now() - held.mtimeMs > takeoverMs) await rm(takeover, { force: true });
  if (!(await linked(draft, takeover))) throw inUse(home, undefined);
  try {
    const owner = await readOwner(path);
    if (owner && (await isAlive(owner))) throw inUse(home, owner);
    await rm(path, { force: true });
    if (!(await linked(draft, path))) throw inUse(home, undefined);
  } finally {
    await rm(takeover, { force: true });
  }
}

async function linked(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  }
}

function inUse(home: string, owner: Owner | undefined): Error {
  const who = owner ? `process ${owner.pid}` : 'another process that is just starting';
  return new Error(`The home ${home} is in use by ${who}: stop it, or name another folder (LEHR_HOME).`);
}

async function readOwner(path: string): Promise<Owner | undefined> {
  const text = await readFile(path, 'utf8').catch(() => '');
  try {
    const { pid, started } = JSON.parse(text) as Partial<Owner>;
    return typeof pid === 'number' ? { pid, started: typeof started === 'string' ? started : null } : undefined;
  } catch {
    return undefined;
  }
}

async function isAlive(owner: Owner): Promise<boolean> {
  try {
    process.kill(owner.pid, 0);
  } catch (error) {
    // EPERM: there is such a process, it is somebody else's
    if (!(error instanceof Error && 'code' in error && error.code === 'EPERM')) return false;
  }
  const started = await startOf(owner.pid);
  return owner.started === null || started === null || started === owner.started;
}

/** null where the system does not tell. */
async function startOf(pid: number): Promise<string | null> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  // the name, in brackets, may hold blanks and brackets itself
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return fields[19] ?? null;
}
