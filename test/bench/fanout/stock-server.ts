/** graphql-ws as it comes, in its own process, over the same schema and rows: every subscriber is executed and serialised for itself. */
import { createServer } from 'node:http';
import { type ExecutionArgs, execute } from 'graphql';
import { useServer } from 'graphql-ws/use/ws';
import { WebSocketServer } from 'ws';
import { readConfig } from '../../../server/config.ts';
import { openDatabase } from '../../../server/database/open-database.ts';
import { schema } from '../../../server/graphql/schema.ts';
import { makeContext } from '../../../server/kit/context.ts';
import { silentLog } from '../../../server/kit/log.ts';
import { createMemory } from '../../../server/kit/memory.ts';
import { makeRights } from '../../../server/kit/rights.ts';
import { encodeCursor } from '../../../server/live/stream-cursor.ts';
import { inspectionSource } from '../../../server/modules/line/inspections/inspections.service.ts';
import { serveParent } from '../kit/serve-parent.ts';
import { listen } from './listen.ts';

export interface OpenStock {
  dataDir: string | null;
  plantId: string;
}
export interface PublishStock {
  lineId: string;
  payloads: number;
  items: number;
}

const config = readConfig();
const server = createServer();
const sockets = new WebSocketServer({ server, perMessageDeflate: false, clientTracking: true });
const queues = new Set<(root: unknown) => void>();
let db: Awaited<ReturnType<typeof openDatabase>> | undefined;

async function* subscribe(args: ExecutionArgs) {
  const waiting: unknown[] = [{ cursor: 'none', items: [], sentAt: new Date() }];
  let wake = () => {};
  const push = (root: unknown) => {
    waiting.push(root);
    wake();
  };
  queues.add(push);
  try {
    for (;;) {
      for (const root of waiting.splice(0)) yield execute({ ...args, rootValue: root });
      if (waiting.length === 0) await new Promise<void>((resolve) => (wake = resolve));
    }
  } finally {
    queues.delete(push);
  }
}

serveParent(
  {
    open: async ({ dataDir, plantId }: OpenStock) => {
      const { limits, databaseUrl } = config;
      const { statementMs, connections } = limits;
      db = await openDatabase({ url: databaseUrl, dataDir, statementMs, connections, onFailure: () => {} });
      const hub = { wake: () => {}, touch: () => {}, revoke: () => {} };
      const jobs = { send: async () => {} };
      const services = {
        db: db.db,
        config,
        log: silentLog,
        hub,
        jobs,
        memory: createMemory(),
        now: () => new Date(),
      };
      const rights = makeRights({ kind: 'token', rolesByPlant: new Map([[plantId, ['mes' as const]]]) });
      const caller = { requestId: 'bench', address: 'local', rights, principal: 'shared' as const };
      // A context each, as a server must: it remembers what it loaded.
      const context = () => makeContext(services, caller);
      useServer({ schema, context, subscribe: (args) => subscribe(args) as never }, sockets);
      return listen(server);
    },
    /** The line's first parts, page by page; gives the number of the last. */
    publish: async ({ lineId, payloads, items }: PublishStock) => {
      if (!db) throw new Error('no database is open');
      const source = inspectionSource(db.db, () => new Date());
      const roots = [];
      for (let page = 0; page < payloads; page++) {
        const rows = await source.read(lineId, page * items, items);
        const cursor = encodeCursor({ kind: 'inspection', id: lineId }, (page + 1) * items);
        roots.push({ cursor, items: rows, sentAt: new Date() });
      }
      for (const root of roots) for (const push of queues) push(root);
    },
  },
  async () => {
    for (const socket of sockets.clients) socket.terminate();
    await db?.close();
  },
);
