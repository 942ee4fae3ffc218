/** The WebSocket door over a schema of a few fields and a stream in memory: everything but the plant. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buildSchema, defaultFieldResolver, execute, type GraphQLError, responsePathAsArray } from 'graphql';
import { Registry } from 'prom-client';
import WebSocket from 'ws';
import { createDocumentCache } from '../../../server/graphql/documents.ts';
import { createErrorMask } from '../../../server/graphql/mask-error.ts';
import { createWebSocketDoor } from '../../../server/graphql/websocket.ts';
import type { ConnectionLimits } from '../../../server/graphql/ws-connection.ts';
import type { Caller, Context } from '../../../server/kit/context.ts';
import { silentLog } from '../../../server/kit/log.ts';
import { makeRights, type Principal } from '../../../server/kit/rights.ts';
import { Hub } from '../../../server/live/hub.ts';
import type { LiveLimits } from '../../../server/live/limits.ts';
import { LosslessSource, type Picture, PictureSource } from '../../../server/live/live-source.ts';
import { type StreamRow, streamName } from '../../../server/live/stream-source.ts';
import { key, smallLimits } from './memory-stream.ts';

const schema = buildSchema(`
  type Query { hello(name: String = "you"): String!  long(length: Int!): String! }
  type Mutation { bump: Int! }
  type Subscription { rows(after: String, odd: Boolean): Rows!  picture: Picture! }
  type Rows { cursor: String!  positions: [Int!]!  who: String  padding: String }
  type Picture { count: Int!  skipped: Int! }
`);

export type TinyDoor = Awaited<ReturnType<typeof openTinyDoor>>;

export async function openTinyDoor(limits: Partial<LiveLimits & ConnectionLimits> = {}, padding = '') {
  const all = {
    ...smallLimits,
    wsInitMs: 5000,
    wsPingMs: 60_000,
    wsMessageBytes: 10_000,
    queryTokens: 200,
    documentsCached: 5,
    ...limits,
  };
  const rows: StreamRow[] = [];
  const counts = { executions: 0, bumps: 0 };
  const source = {
    read: async (_id: string, after: number, limit: number) => rows.slice(after, after + limit),
  };
  const registry = new Registry();
  const hub = new Hub({
    limits: all,
    sources: { event: source, inspection: source },
    readHeads: async (keys) =>
      new Map(keys.map((each) => [streamName(each), { firstPosition: 1, nextPosition: rows.length + 1 }])),
    registry,
    log: silentLog,
    now: () => new Date(),
  });

  const root = {
    Query: {
      hello: (_: unknown, { name }: { name: string }) => `hello ${name}`,
      long: (_: unknown, { length }: { length: number }) => 'x'.repeat(length),
    },
    Mutation: { bump: () => ++counts.bumps },
    Rows: {
      positions: ({ items }: { items: StreamRow[] }) => {
        counts.executions++;
        return items.map(({ position }) => position);
      },
      who: (_: unknown, __: unknown, { viewer }: Context) => viewer.kind,
      padding: () => padding,
    },
    Picture: {
      count: () => rows.length,
      skipped: (
        picture: Picture<null>,
        _: unknown,
        __: unknown,
        info: { path: Parameters<typeof responsePathAsArray>[0] },
      ) => {
        picture.skippedPaths.push(responsePathAsArray(info.path));
        return picture.skipped;
      },
    },
  };
  for (const [typeName, resolvers] of Object.entries(root)) {
    const type = schema.getType(typeName);
    if (!type || !('getFields' in type)) throw new Error(`the schema has no ${typeName}`);
    for (const [name, resolve] of Object.entries(resolvers)) Object.assign(type.getFields()[name] ?? {}, { resolve });
  }
  const subscriptions = schema.getSubscriptionType()?.getFields() ?? {};
  Object.assign(subscriptions.rows ?? {}, {
    subscribe: (_: unknown, { after, odd }: { after?: string; odd?: boolean }) =>
      new LosslessSource<StreamRow>({ stream: key, after, accepts: ({ position }) => !odd || position % 2 === 1 }),
    resolve: (payload: unknown) => payload,
  });
  Object.assign(subscriptions.picture ?? {}, {
    subscribe: () => new PictureSource(null, ['topic']),
    resolve: (payload: unknown) => payload,
  });
  for (const field of Object.values(subscriptions)) field.resolve ??= defaultFieldResolver;

  const mask = createErrorMask(silentLog);
  const door = createWebSocketDoor({
    limits: all,
    log: silentLog,
    runner: {
      schema,
      hub,
      gate: { textOf: ({ query }) => (typeof query === 'string' ? query : undefined), admit: () => 1 },
      prepare: createDocumentCache(schema, all),
      execute,
      // Only what these resolvers read.
      makeContext: ({ principal }: Caller) =>
        ({
          get viewer() {
            if (principal === 'shared') throw new Error('A shared live execution has no viewer');
            return principal;
          },
        }) as unknown as Context,
      maskError: (error: GraphQLError, { requestId }) => mask(error, requestId),
      afterMutation: () => {},
    },
    /** `Bearer NAME/RIGHTS`; the same rights give the same key. */
    async authenticate(request, authorization) {
      const [, name, rightsName] =
        /^Bearer (\w+)\/(\w+)$/.exec(authorization ?? request.headers.authorization ?? '') ?? [];
      if (!name || !rightsName) return null;
      const principal: Principal = {
        kind: 'token',
        tokenId: name,
        name,
        role: 'mes',
        plantId: rightsName,
        edgeNodeId: null,
      };
      const rights = makeRights({ kind: 'token', rolesByPlant: new Map([[rightsName, ['mes']]]) });
      return {
        caller: { requestId: 'request', address: 'local', rights, principal },
        live: { principalKeys: [`token:${name}`], rightsKey: rights.key, expiresAt: null },
      };
    },
  });
  const http = createServer();
  http.on('upgrade', (request, socket, head) => door.handleUpgrade(request, socket, head));
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  const url = `ws://127.0.0.1:${(http.address() as AddressInfo).port}/graphql`;

  return {
    hub,
    registry,
    door,
    url,
    rows,
    counts,
    append(count: number) {
      for (let n = 0; n < count; n++) rows.push({ position: rows.length + 1 });
      hub.wake(key.kind, key.id);
    },
    connect: (options: { headers?: Record<string, string>; protocol?: string } = {}) => Peer.open(url, options),
    /** Connected and admitted. */
    async enter(name = 'anna', rights = 'plant') {
      const peer = await Peer.open(url);
      peer.send({ type: 'connection_init', payload: { authorization: `Bearer ${name}/${rights}` } });
      await peer.until(({ texts }) => texts.length > 0);
      peer.texts.length = 0;
      return peer;
    },
    async close() {
      await door.close();
      hub.close();
      await new Promise((resolve) => http.close(resolve));
    },
  };
}

/** A client that does only what it is told, and remembers every message. */
export class Peer {
  readonly socket: WebSocket;
  /** As received. */
  readonly texts: string[] = [];
  closed: { code: number; reason: string } | undefined;
  #onChange = () => {};

  private constructor(socket: WebSocket) {
    this.socket = socket;
    socket.on('message', (data) => {
      this.texts.push(data.toString());
      this.#onChange();
    });
    socket.on('close', (code, reason) => {
      this.closed = { code, reason: reason.toString() };
      this.#onChange();
    });
    socket.on('error', () => {});
  }

  /** Resolves when the upgrade is done; rejects when it is refused. */
  static async open(url: string, { headers = {}, protocol = 'graphql-transport-ws' } = {}): Promise<Peer> {
    const socket = new WebSocket(url, protocol, { headers });
    const peer = new Peer(socket);
    await new Promise<void>((resolve, reject) => {
      socket.once('open', resolve);
      socket.once('error', reject);
    });
    return peer;
  }

  get messages(): { id?: string; type: string; payload?: never }[] {
    return this.texts.map((text) => JSON.parse(text));
  }

  send(message: object | string): void {
    this.socket.send(typeof message === 'string' ? message : JSON.stringify(message));
  }

  subscribe(id: string, query: string, variables: Record<string, unknown> = {}): void {
    this.send({ id, type: 'subscribe', payload: { query, variables } });
  }

  /** Positions that arrived for an operation. */
  positions(id: string): number[] {
    return this.texts
      .map((text) => JSON.parse(text))
      .filter((message) => message.id === id && message.type === 'next')
      .flatMap((message) => message.payload.data.rows.positions);
  }

  async until(holds: (peer: this) => boolean): Promise<void> {
    const ends = performance.now() + patienceMs;
    while (!holds(this)) {
      await new Promise<void>((resolve, reject) => {
        const timer = setTimeout(
          () => reject(new Error(`got ${this.texts.slice(-3).join()}`)),
          ends - performance.now(),
        );
        this.#onChange = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  }
}

const patienceMs = 15_000;
