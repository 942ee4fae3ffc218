/**
 * The embedded database: PostgreSQL in WebAssembly (PGlite) in a worker thread, behind a unix socket that only this
 * process uses. It serves one session at a time, so the pool above has one connection. It has no lock of its own: the
 * home lock must be held before it starts.
 */
import { mkdir, mkdtemp, rename, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Worker } from 'node:worker_threads';

export interface EmbeddedServer {
  /** `pg` takes the folder as host and looks there for `.s.PGSQL.<port>`. */
  socketFolder: string;
  port: number;
  close(): Promise<void>;
}

/** What the worker thread is told, and what it says. */
export interface EmbeddedWorkerData {
  dataDir: string | null;
  socketPath: string;
}
export type EmbeddedWorkerMessage = { kind: 'ready' } | { kind: 'closed' } | { kind: 'failed'; message: string };

const port = 5432;
/** sun_path holds 108 bytes, the last of them zero. */
const longestSocketPath = 107;
/** Written when the folder is complete: a start that was killed before has acknowledged nothing and is begun anew. */
const completeMark = 'LEHR_COMPLETE';

export async function startEmbedded(options: {
  dataDir: string | null;
  onFailure(error: Error): void;
}): Promise<EmbeddedServer> {
  const { dataDir } = options;
  if (dataDir !== null) await setIncompleteAside(dataDir);

  const socket = await chooseSocketFolder(dataDir === null ? null : dirname(dataDir));
  const socketPath = join(socket.folder, `.s.PGSQL.${port}`);
  await rm(socketPath, { force: true });

  const workerData: EmbeddedWorkerData = { dataDir, socketPath };
  const worker = new Worker(new URL('./embedded-worker.ts', import.meta.url), { workerData, execArgv: [] });
  let isClosing = false;
  const fail = (error: Error) => {
    if (!isClosing) options.onFailure(new Error('The embedded database ended by itself.', { cause: error }));
  };

  try {
    await firstMessage(worker, 'ready');
    if (dataDir !== null) await writeFile(join(dataDir, completeMark), '');
  } catch (error) {
    isClosing = true;
    await worker.terminate();
    await socket.remove();
    const remedy = dataDir === null ? '' : ': restore the folder from a backup, or move it away to begin anew';
    throw new Error(`The embedded database in ${dataDir ?? 'memory'} does not open${remedy}.`, { cause: error });
  }

  worker.on('message', (message: EmbeddedWorkerMessage) => {
    if (message.kind === 'failed') fail(new Error(message.message));
  });
  worker.on('error', fail);
  worker.on('exit', (code) => fail(new Error(`its thread ended with code ${code}`)));

  const close = async () => {
    if (isClosing) return;
    isClosing = true;
    worker.postMessage('close');
    await firstMessage(worker, 'closed').catch(() => undefined);
    await worker.terminate();
    await rm(socketPath, { force: true });
    await socket.remove();
  };
  return { socketFolder: socket.folder, port, close };
}

/** Waits for one message; rejects when the worker fails or ends first. */
function firstMessage(worker: Worker, kind: EmbeddedWorkerMessage['kind']): Promise<void> {
  return new Promise((resolve, reject) => {
    const done = (settle: () => void) => {
      worker.off('message', onMessage).off('error', onError).off('exit', onExit);
      settle();
    };
    const onMessage = (message: EmbeddedWorkerMessage) => {
      if (message.kind === kind) done(resolve);
      if (message.kind === 'failed') done(() => reject(new Error(message.message)));
    };
    const onError = (error: Error) => done(() => reject(error));
    const onExit = (code: number) => done(() => reject(new Error(`its thread ended with code ${code}`)));
    worker.on('message', onMessage).on('error', onError).on('exit', onExit);
  });
}

async function setIncompleteAside(dataDir: string): Promise<void> {
  const isPresent = await exists(dataDir);
  if (isPresent && !(await exists(join(dataDir, completeMark)))) {
    await rename(dataDir, `${dataDir}.incomplete-${Date.now()}`);
  }
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

/** The home where its path is short enough for a socket, a folder of its own under the system's temporary one otherwise. */
async function chooseSocketFolder(home: string | null): Promise<{ folder: string; remove(): Promise<void> }> {
  if (home !== null && Buffer.byteLength(join(home, `.s.PGSQL.${port}`)) <= longestSocketPath) {
    return { folder: home, remove: async () => undefined };
  }
  const folder = await mkdtemp(join(tmpdir(), 'lehr-'));
  if (Buffer.byteLength(join(folder, `.s.PGSQL.${port}`)) > longestSocketPath) {
    await rm(folder, { recursive: true });
    throw new Error(`The temporary folder ${tmpdir()} has too long a path for a socket: set TMPDIR to a shorter one.`);
  }
  return { folder, remove: () => rm(folder, { recursive: true, force: true }) };
}
