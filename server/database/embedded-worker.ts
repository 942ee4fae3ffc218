/** The thread that runs the embedded database, so that the server's own event loop stays free. */
import { parentPort, workerData } from 'node:worker_threads';
import { PGlite } from '@electric-sql/pglite';
import { PGLiteSocketServer } from '@electric-sql/pglite-socket';
import type { EmbeddedWorkerData, EmbeddedWorkerMessage } from './embedded.ts';

if (!parentPort) throw new Error('embedded-worker.ts runs as a worker thread');
const parent = parentPort;
const tell = (message: EmbeddedWorkerMessage) => parent.postMessage(message);

const { dataDir, socketPath } = workerData as EmbeddedWorkerData;
// every commit is in the file system before its answer: a killed process loses nothing that was acknowledged
const database = await PGlite.create({ ...(dataDir === null ? {} : { dataDir }), relaxedDurability: false });

// an error here is not one of SQL (those are answers): the WebAssembly instance is broken and its queue would hang
const run = database.execProtocolRawStream.bind(database);
database.execProtocolRawStream = async (...args) => {
  try {
    return await run(...args);
  } catch (error) {
    tell({ kind: 'failed', message: error instanceof Error ? (error.stack ?? error.message) : String(error) });
    throw error;
  }
};

// room for a second socket while a broken one is being cleared away; the pool never opens two
const server = new PGLiteSocketServer({ db: database, path: socketPath, maxConnections: 4 });
await server.start();

parent.on('message', async () => {
  await server.stop();
  await database.close();
  tell({ kind: 'closed' });
});
tell({ kind: 'ready' });
