/** A server with its live door on a free port, and clients as their users run them: `graphql-ws`, or a bare WebSocket. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Client, createClient } from 'graphql-ws';
import WebSocket from 'ws';
import { createLiveDoor } from '../../../server/graphql/live-door.ts';
import { schema } from '../../../server/graphql/schema.ts';
import { systemActor } from '../../../server/kit/audit.ts';
import { appendEvents } from '../../../server/kit/event-log.ts';
import type { DatabaseKind } from '../../support/database.ts';
import { createSeed } from '../../support/seed.ts';
import { openTestServer, type TestServerOptions } from '../../support/server.ts';

export type LiveServer = Awaited<ReturnType<typeof openLiveServer>>;

/** The hub's timer does not run: a test ticks when it wants the second to pass. */
export async function openLiveServer(kind: DatabaseKind, options: TestServerOptions = {}) {
  const server = await openTestServer(kind, options);
  const { services, authenticator } = server;
  const door = createLiveDoor({ schema, services, authenticator, hub: services.hub });
  const http = createServer((_request, response) => response.writeHead(404).end());
  http.on('upgrade', (request, socket, head) => door.handleUpgrade(request, socket, head));
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  const { port } = http.address() as AddressInfo;
  const url = `ws://127.0.0.1:${port}/graphql`;
  const clients: Client[] = [];
  const sockets: WebSocket[] = [];

  return {
    server,
    hub: services.hub,
    seed: createSeed(server),
    url,
    port,
    /** graphql-ws with a token in `connection_init`. */
    client(secret: string, more: Partial<Parameters<typeof createClient>[0]> = {}): Client {
      const client = createClient({
        url,
        webSocketImpl: WebSocket,
        connectionParams: { authorization: `Bearer ${secret}` },
        lazyCloseTimeout: 0,
        retryWait: async () => {},
        ...more,
      });
      clients.push(client);
      return client;
    },
    /** A bare WebSocket. */
    socket(headers: Record<string, string> = {}, protocol = 'graphql-transport-ws'): WebSocket {
      const socket = new WebSocket(url, protocol, { headers });
      sockets.push(socket);
      return socket;
    },
    /** Appends events numbered in `data.n` to the plant's log, and wakes the hub unless told not to. */
    async appendEvents(
      plantId: string,
      count: number,
      { kind: eventKind = 'test.counted', wake = true, from = 0 } = {},
    ) {
      const occurredAt = services.now();
      await server.db.transaction().execute((trx) =>
        appendEvents(
          trx,
          plantId,
          Array.from({ length: count }, (_, n) => ({
            kind: eventKind,
            occurredAt,
            actor: systemActor,
            data: { n: from + n },
          })),
        ),
      );
      if (wake) services.hub.wake('event', plantId);
    },
    async close() {
      for (const client of clients) await client.dispose();
      for (const socket of sockets) socket.terminate();
      await door.close();
      await new Promise((resolve) => http.close(resolve));
      await server.close();
    },
  };
}

/** For a condition to come true on two busy cores. */
const patienceMs = 15_000;

export interface EventPayload {
  cursor: string;
  items: { kind: string; data: { n: number } }[];
}

export const EVENTS = `subscription Events($plantId: ID!, $after: StreamCursor, $kinds: [String!]) {
  events(plantId: $plantId, after: $after, kinds: $kinds) { cursor items { kind data } }
}`;

/** What one subscription has received, and a way to wait for more. */
export class Received<Payload> {
  readonly payloads: Payload[] = [];
  errors: readonly { message: string; extensions?: Record<string, unknown> }[] | undefined;
  isEnded = false;
  stop: () => void = () => {};
  #onChange: () => void = () => {};

  /** Resolves when `holds`; rejects with what there is when that takes too long. */
  async until(holds: (received: this) => boolean, what: string): Promise<this> {
    const started = performance.now();
    while (!holds(this)) {
      await new Promise<void>((resolve, reject) => {
        const give = () =>
          reject(new Error(`waited for ${what}; got ${JSON.stringify([this.errors, this.payloads.slice(-3)])}`));
        const timer = setTimeout(give, Math.max(0, patienceMs - (performance.now() - started)));
        this.#onChange = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
    return this;
  }

  changed(): void {
    this.#onChange();
  }
}

export function follow<Payload>(
  client: Client,
  query: string,
  variables: Record<string, unknown>,
  field: string,
): Received<Payload> {
  const received = new Received<Payload>();
  received.stop = client.subscribe<Record<string, Payload>>(
    { query, variables },
    {
      next: ({ data, errors }) => {
        const payload = data?.[field];
        if (payload) received.payloads.push(payload);
        if (errors) received.errors = errors;
        received.changed();
      },
      error: (error) => {
        received.errors = Array.isArray(error) ? error : [{ message: String(error) }];
        received.isEnded = true;
        received.changed();
      },
      complete: () => {
        received.isEnded = true;
        received.changed();
      },
    },
  );
  return received;
}

export function followEvents(client: Client, variables: Record<string, unknown>): Received<EventPayload> {
  return follow(client, EVENTS, variables, 'events');
}

export function numbersOf({ payloads }: Received<EventPayload>): number[] {
  return payloads.flatMap(({ items }) => items.map(({ data }) => data.n));
}

export function upTo(count: number): number[] {
  return Array.from({ length: count }, (_, n) => n);
}
