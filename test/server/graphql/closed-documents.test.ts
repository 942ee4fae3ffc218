/** Who may run stored operations only gets nothing else executed, however a document is padded, broken or sent: over HTTP and WebSocket. */
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type WebSocket from 'ws';
import { NODE_PLAN } from '../../../edge/uplink/documents.ts';
import type { SeededPlant } from '../../support/seed.ts';
import { type LiveServer, openLiveServer } from '../live/live-server.ts';

const closed = {
  LEHR_FREE_QUERIES: 'administrator,mes',
  LEHR_LIMIT_QUERY_TOKENS: '100000',
  LEHR_LIMIT_RATE_PER_ADDRESS: '1000000000',
  LEHR_LIMIT_RATE_PER_PRINCIPAL: '1000000000',
  LEHR_LIMIT_RATE_PER_EDGE_NODE: '1000000000',
};
const holes = [
  '{ plants { edges { node { code } } } }',
  'query Hole { viewer { memberships { plant { lines { stations { code } } } } } plants { edges { node { code } } } }',
  'query Open { __typename } query Hole { plants { edges { node { code } } } }',
  '{ ...A } fragment A on Query { plants { edges { node { code } } } }',
  '{ ... on Query { plants { edges { node { code } } } } }',
  '{ __typename: plants { edges { node { code } } } }',
  'query ($no: Boolean = false) { __typename @skip(if: $no) plants @include(if: true) { edges { node { code } } } }',
  '{ __schema { queryType { name } } }',
  'mutation { signOut { signedOut } }',
];

let live: LiveServer;
let plant: SeededPlant;
let operator: Readonly<Record<string, string>>;
let node: { client: { headers: Readonly<Record<string, string>> }; secret: string };
beforeAll(async () => {
  live = await openLiveServer('embedded', { env: closed });
  plant = await live.seed.plant();
  operator = (await plant.person('operator')).client.headers;
  node = await plant.edgeToken(plant.nodes[0] ?? lacking());
});
afterAll(() => live.close());

const callers = () => ({ anonymous: {}, operator, edge_node: node.client.headers });

type Way = 'json' | 'GET' | 'form' | 'text';
const ways: readonly Way[] = ['json', 'GET', 'form', 'text'];

async function send(
  headers: Readonly<Record<string, string>>,
  body: { query: string; operationName?: string; extensions?: object },
  way: Way = 'json',
) {
  const { query, operationName, extensions } = body;
  const fields = new URLSearchParams({
    query,
    ...(operationName === undefined ? {} : { operationName }),
    ...(extensions === undefined ? {} : { extensions: JSON.stringify(extensions) }),
  });
  const kinds = { json: 'application/json', form: 'application/x-www-form-urlencoded', text: 'application/graphql' };
  const response = await live.server.yoga.fetch(`http://lehr.test/graphql${way === 'GET' ? `?${fields}` : ''}`, {
    method: way === 'GET' ? 'GET' : 'POST',
    headers: {
      accept: 'application/graphql-response+json',
      origin: 'http://lehr.test',
      host: 'lehr.test',
      ...headers,
      ...(way === 'GET' ? {} : { 'content-type': kinds[way] }),
    },
    ...(way === 'GET' ? {} : { body: { json: JSON.stringify(body), form: fields.toString(), text: query }[way] }),
  });
  const answer = (await response.json()) as {
    data?: unknown;
    errors?: { message: string; extensions?: { code?: string } }[];
  };
  return { status: response.status, ...answer };
}

/** White space, comments and marks that the parser leaves out. */
const padding = fc.oneof(
  fc.integer({ min: 0, max: 2100 }).map((length) => ' '.repeat(length)),
  fc.integer({ min: 0, max: 700 }).map((length) => '\uFEFF,\n'.repeat(length)),
  fc.string({ maxLength: 40 }).map((text) => `#${text.replace(/[\r\n]/g, '')}\n`),
);
/** What makes a document long, deep or broken, put behind its first brace or its end. */
const filling = fc.oneof(
  fc.integer({ min: 0, max: 320 }).map((count) => 'a: __typename '.repeat(count / 3)),
  fc.integer({ min: 280, max: 310 }).map((count) => '__typename '.repeat(count)),
  fc.integer({ min: 1, max: 160 }).map((depth) => `${'... { '.repeat(depth)}__typename ${'} '.repeat(depth)}`),
  fc.integer({ min: 1, max: 310 }).map((depth) => `__typename @a(b: ${'['.repeat(depth)}${']'.repeat(depth)}) `),
);
const tail = fc.oneof(
  fc.constant(''),
  fc.integer({ min: 0, max: 310 }).map((count) => ' query X { __typename }'.repeat(count / 6)),
  fc.integer({ min: 1, max: 310 }).map((count) => ' }'.repeat(count)),
  fc.constantFrom(' {', ' "', ' """', ' query', ' \\', '\0', ' fragment X on Query { __typename }', ' {}'),
  fc.string({ maxLength: 20 }),
);
const hole = fc
  .tuple(fc.constantFrom(...holes), padding, filling, tail, padding)
  .map(([text, before, inside, after, end]) => `${before}${text.replace('{ ', `{ ${inside}`)}${after}${end}`);

describe('a document of a caller whose role is closed', () => {
  it('is never executed when it says more than everybody may, by whichever way it comes', async () => {
    await fc.assert(
      fc.asyncProperty(
        hole,
        fc.constantFrom(...ways),
        fc.constantFrom(undefined, 'Hole', 'Open', ''),
        fc.boolean(),
        async (query, way, operationName, withHash) => {
          for (const [name, headers] of Object.entries(callers())) {
            const extensions = withHash ? byHash(NODE_PLAN) : undefined;
            const body = { query, ...(operationName === undefined ? {} : { operationName }) };
            const answer = await send(headers, { ...body, ...(extensions ? { extensions } : {}) }, way);
            expect(answer.data, `${name}: ${JSON.stringify(answer)}`).toBeUndefined();
            expect(answer.errors?.[0]?.extensions?.code).toMatch(
              /^(UNAUTHENTICATED|PERSISTED_QUERY_ONLY|GRAPHQL_PARSE_FAILED)$/,
            );
          }
        },
      ),
      { numRuns: 300 },
    );
  });

  it('is refused for its length before anything is said of its form, and executed at exactly the limit', async () => {
    // five tokens each, and one more in the first
    const tokens = (count: number) =>
      Array.from({ length: 60 }, (_, at) => `query Q${at} {__typename${at < count - 300 ? ' __typename' : ''}}`).join(
        '',
      );
    const long = (characters: number) => '{ __typename }'.padEnd(characters, ' ');
    for (const [name, headers] of Object.entries(callers())) {
      expect((await send(headers, { query: long(2000) })).data).toEqual({ __typename: 'Query' });
      const most = { query: tokens(300), operationName: 'Q0' };
      expect((await send(headers, most)).data).toEqual({ __typename: 'Query' });
      for (const query of [
        long(2001),
        tokens(301),
        '{ __typename '.padEnd(2001),
        `{ __typename ${',['.repeat(1000)}`,
      ]) {
        const refused = await send(headers, { query });
        expect(refused.data).toBeUndefined();
        expect(refused.status, query.slice(0, 40)).toBe(name === 'anonymous' ? 200 : 403);
        expect(refused.errors?.[0]?.extensions?.code).toMatch(/UNAUTHENTICATED|PERSISTED_QUERY_ONLY/);
      }
    }
  });

  it('is answered with its syntax error when it is short and broken', async () => {
    for (const headers of Object.values(callers()))
      for (const query of ['{ plants {', ' ', '{ plants { edges { node { code } } } } }', '{ a(b: "\n") }', '\uFEFF'])
        for (const way of ways) {
          const broken = await send(headers, { query }, way);
          expect(broken.data).toBeUndefined();
          expect(broken, JSON.stringify(query)).toMatchObject({
            status: 400,
            errors: [{ message: expect.stringContaining('Syntax Error') }],
          });
        }
  });

  it('is never executed over WebSocket either', async () => {
    const ask = await openDoor(node.secret);
    await fc.assert(
      fc.asyncProperty(hole, fc.constantFrom(undefined, 'Hole', 'Open', ''), async (query, operationName) => {
        const answer = await ask({ query, operationName });
        expect(answer.type, JSON.stringify(answer)).toBe('error');
        const [error] = answer.payload as { message: string; extensions?: { code?: string } }[];
        expect(error?.extensions?.code).toMatch(/^(PERSISTED_QUERY_ONLY|GRAPHQL_PARSE_FAILED)$/);
      }),
      { numRuns: 300 },
    );
    const broken = await ask({ query: '{ plants {' });
    expect(broken).toMatchObject({ type: 'error', payload: [{ message: expect.stringContaining('Syntax Error') }] });
    const stream = await ask({ query: 'subscription { events(plantId: "x") { cursor } }'.padEnd(1990) });
    expect(stream).toMatchObject({ type: 'error', payload: [{ extensions: { code: 'PERSISTED_QUERY_ONLY' } }] });
    expect(await ask({ query: '{ __typename }' })).toMatchObject({ type: 'next' });
  });
});

describe('a document of a caller whose role is open', () => {
  it('is answered with a syntax error when it nests deeper than the parser can go, and the connection stays', async () => {
    const query = `{ plants(first: ${'['.repeat(90_000)}`;
    const { headers } = plant.owner.client;
    expect(await send(headers, { query })).toMatchObject({
      status: 400,
      errors: [{ message: expect.stringContaining('nests too many'), extensions: { code: 'GRAPHQL_PARSE_FAILED' } }],
    });
    const token = await plant.mesToken();
    const ask = await openDoor(token.secret);
    expect(await ask({ query })).toMatchObject({
      type: 'error',
      payload: [{ message: expect.stringContaining('nests too many') }],
    });
    expect(await ask({ query: '{ rateLimit { cost } }' })).toMatchObject({ type: 'next' });
  });
});

describe('a stored operation', () => {
  it('is not executed under a name that it does not have, the empty one too', async () => {
    for (const operationName of ['', 'Other', ' ']) {
      const answer = await send(node.client.headers, { query: NODE_PLAN, operationName });
      expect(answer.data, `"${operationName}"`).toBeUndefined();
      expect(answer.errors?.[0]?.message).toMatch(/Unknown operation named|Could not determine what operation/);
    }
    expect((await send(node.client.headers, { query: NODE_PLAN })).data).toHaveProperty('viewer');
  });
});

/** One connection after its handshake; each call sends one operation and resolves to the first answer to it. */
async function openDoor(secret: string) {
  const socket: WebSocket = live.socket();
  const waiting = new Map<string, (answer: { type: string; payload: unknown }) => void>();
  let count = 0;
  await new Promise<void>((resolve, reject) => {
    socket.on('error', reject);
    socket.on('open', () =>
      socket.send(JSON.stringify({ type: 'connection_init', payload: { authorization: `Bearer ${secret}` } })),
    );
    socket.on('message', (data) => {
      const message = JSON.parse(String(data));
      if (message.type === 'connection_ack') return resolve();
      waiting.get(message.id)?.(message);
    });
  });
  return (payload: object) =>
    new Promise<{ type: string; payload: unknown }>((resolve) => {
      const id = String(++count);
      waiting.set(id, resolve);
      socket.send(JSON.stringify({ type: 'subscribe', id, payload }));
    });
}

function byHash(text: string) {
  return { persistedQuery: { version: 1, sha256Hash: createHash('sha256').update(text, 'utf8').digest('hex') } };
}

function lacking(): never {
  throw new Error('the seeded plant lacks a part');
}
