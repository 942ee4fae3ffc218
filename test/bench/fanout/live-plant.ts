/** A plant with one line on a server in its own process: an edge node's token records parts over HTTP, a MES token follows them. */
import { createHash, randomBytes } from 'node:crypto';
import { Agent, request } from 'node:http';
import { join } from 'node:path';
import { openDatabase } from '../../../server/database/open-database.ts';
import { encodeGlobalId } from '../../../server/kit/global-id.ts';
import { newId } from '../../../server/kit/ids.ts';
import { encodeCursor } from '../../../server/live/stream-cursor.ts';
import { makeTemporaryFolder } from '../../support/temporary-folder.ts';
import { type BenchNode, benchItems, inputOf } from '../ingest/bench-rows.ts';
import { type Kind, makeDatabase, seedDatabase } from '../ingest/sides.ts';
import { startBenchChild } from '../kit/bench-child.ts';
import type { MemoryFacts } from './held-server.ts';
import { partIdOf } from './part-number.ts';
import type { Commit } from './readers.ts';

export type LivePlant = Awaited<ReturnType<typeof openLivePlant>>;

const MUTATION = `mutation RecordInspections($input: [InspectionInput!]!) { recordInspections(input: $input) {
  __typename ... on RecordInspectionsPayload { recorded } ... on InvalidInputError { message }
} }`;
const mostItems = 500;

/** `limits` are variables of the server's configuration. */
export async function openLivePlant(kind: Kind, limits: Record<string, string>) {
  const stack = new AsyncDisposableStack();
  const folder = await makeTemporaryFolder('fanout');
  stack.defer(() => folder.remove());
  const { url, remove } = await makeDatabase(kind);
  stack.defer(remove);
  const dataDir = kind === 'embedded' ? join(folder.path, 'database') : null;
  const { nodes, version } = await seedDatabase({ url, dataDir }, 1);
  const [node] = nodes;
  if (!node) throw new Error('the seeded plant has no node');
  const secret = await insertMesToken({ url, dataDir }, node.plantId);

  const env = {
    PORT: '0',
    LEHR_HOME: folder.path,
    DATABASE_URL: url ?? '',
    LEHR_FREE_QUERIES: 'mes,edge_node',
    ...limits,
  };
  const server = startBenchChild(new URL('./held-server.ts', import.meta.url), { env, execArgv: ['--expose-gc'] });
  stack.defer(() => server.close());
  const { hostname, port } = new URL(await server.ask<string>('url'));
  const agent = new Agent({ keepAlive: true });
  let committed = 0;

  const bodyOf = (count: number) => {
    const items = benchItems(count).map((item) => inputOf(node, { ...item, partId: partIdOf(++committed) }));
    return Buffer.from(JSON.stringify({ query: MUTATION, variables: { input: items } }));
  };
  const post = async (body: Buffer) => {
    const text = await send(agent, { hostname, port, secret: node.secret }, body);
    if (!text.includes('"recorded"')) throw new Error(`not recorded: ${text.slice(0, 500)}`);
  };

  return {
    port: Number(port),
    lineGlobalId: encodeGlobalId('Line', node.lineId),
    node,
    version,
    databaseUrl: url,
    dataDir,
    home: folder.path,
    secret,
    /** How many parts have been recorded; the number of the newest. */
    get committed() {
      return committed;
    },
    /** The cursor behind this part: positions are dense. */
    cursorAfter: (part: number) => encodeCursor({ kind: 'inspection', id: node.lineId }, part),
    /** Records this many parts, in large calls. */
    async commit(count: number) {
      for (let left = count; left > 0; left -= mostItems) await post(bodyOf(Math.min(left, mostItems)));
    },
    /** Records parts at a steady pace, one call after another; gives the calls' times and how many were due. */
    async pace({ batch, perSecond, calls }: { batch: number; perSecond: number; calls: () => boolean }) {
      const callMs: number[] = [];
      const parts: number[] = [];
      const started = performance.now();
      while (calls()) {
        const dueMs = started + (callMs.length * 1000) / perSecond - performance.now();
        if (dueMs > 0) await new Promise((resolve) => setTimeout(resolve, dueMs));
        const body = bodyOf(batch);
        parts.push(committed);
        const sent = performance.now();
        await post(body);
        callMs.push(performance.now() - sent);
      }
      const seconds = (performance.now() - started) / 1000;
      return { callMs, parts, share: callMs.length / Math.max(1, Math.floor(seconds * perSecond)) };
    },
    hold: () => server.ask('hold'),
    release: () => server.ask('release'),
    /** The server's note of each commit since the last call, put to the last part of each. */
    async commits(parts: readonly number[]): Promise<Commit[]> {
      const times = await server.ask<Float64Array>('commits');
      if (times.length !== parts.length) throw new Error(`${parts.length} commits, but ${times.length} were noted`);
      return parts.map((part, index) => ({ part, atMs: times[index] ?? 0 }));
    },
    forgetCommits: () => server.ask('commits'),
    memory: () => server.ask<MemoryFacts>('memory'),
    /** What a metric of the server's /metrics stands at, by its name with labels. */
    async metric(name: string): Promise<number> {
      const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
      const line = text.split('\n').find((each) => each.startsWith(`${name} `));
      if (!line) throw new Error(`/metrics has no ${name}`);
      return Number(line.slice(name.length + 1));
    },
    /** Ends the server, not yet what it worked on. */
    stopServer: () => server.close(),
    async close() {
      agent.destroy();
      await stack.disposeAsync();
    },
  };
}

async function insertMesToken(
  database: { url: string | null; dataDir: string | null },
  plantId: BenchNode['plantId'],
): Promise<string> {
  const open = await openDatabase({ ...database, statementMs: 60_000, connections: 1, onFailure: () => {} });
  try {
    const secret = `lehr_${randomBytes(32).toString('base64url')}`;
    const person = await open.db.selectFrom('person').select('id').limit(1).executeTakeFirstOrThrow();
    const hash = createHash('sha256').update(secret).digest();
    const ends = { edge_node_id: null, expires_at: null, revoked_at: null };
    const token = { id: newId(), plant_id: plantId, name: 'mes', role: 'mes' as const, hash, created_by: person.id };
    await open.db
      .insertInto('token')
      .values({ ...token, ...ends, created_at: new Date() })
      .execute();
    return secret;
  } finally {
    await open.close();
  }
}

function send(agent: Agent, to: { hostname: string; port: string; secret: string }, body: Buffer): Promise<string> {
  return new Promise((resolve, reject) => {
    const headers = {
      'content-type': 'application/json',
      'content-length': body.length,
      authorization: `Bearer ${to.secret}`,
    };
    const { hostname, port } = to;
    const sent = request({ agent, hostname, port, path: '/graphql', method: 'POST', headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => resolve(Buffer.concat(chunks).toString()));
      response.on('error', reject);
    });
    sent.on('error', reject);
    sent.end(body);
  });
}
