/** What the doors let pass: stored operations, documents by role, cost and rate; over HTTP and WebSocket alike. */
import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { NODE_PLAN } from '../../../edge/uplink/documents.ts';
import { WhoAmI } from '../../../hmi/features/session/session.documents.ts';
import { storedOperation } from '../../../hmi/lib/stored-operation.ts';
import type { SeededPlant } from '../../support/seed.ts';
import { createSeed, PASSWORD } from '../../support/seed.ts';
import { openTestServer, type TestServer } from '../../support/server.ts';
import type { TestClient } from '../../support/test-client.ts';
import { type LiveServer, openLiveServer } from '../live/live-server.ts';

/** As a server is that nobody has configured. */
const standard = { LEHR_FREE_QUERIES: '' };
/** As README.md says to close operators and nodes. */
const closed = { LEHR_FREE_QUERIES: 'viewer,quality_engineer,ml_engineer,approver,administrator,mes' };
const own = '{ viewer { isAdministrator } }';

interface Sent {
  query?: string;
  extensions?: object;
  variables?: object;
}

async function send(server: TestServer, headers: Readonly<Record<string, string>>, body: Sent) {
  const response = await server.yoga.fetch('http://lehr.test/graphql', {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: 'application/graphql-response+json',
      origin: 'http://lehr.test',
      host: 'lehr.test',
      ...headers,
    },
    body: JSON.stringify(body),
  });
  const answer = (await response.json()) as {
    data?: Record<string, unknown> | null;
    errors?: { message: string; extensions: Record<string, unknown> }[];
  };
  return { status: response.status, headers: response.headers, ...answer };
}

const byHash = (text: string) => ({
  persistedQuery: { version: 1, sha256Hash: createHash('sha256').update(text, 'utf8').digest('hex') },
});

describe('documents on a server that nobody has configured', () => {
  it('are open to whoever is signed in, and introspection with them', async () => {
    await using server = await openTestServer('embedded', { env: standard });
    const plant = await createSeed(server).plant();
    const operator = (await plant.person('operator')).client;
    const node = (await plant.edgeToken(plant.nodes[0] ?? lacking())).client;
    for (const { headers } of [operator, node]) {
      const answer = await send(server, headers, { query: '{ __schema { queryType { name } } }' });
      expect(answer.data).toEqual({ __schema: { queryType: { name: 'Query' } } });
    }
    const nobody = await send(server, {}, { query: '{ plants { edges { cursor } } }' });
    expect(nobody.errors?.[0]?.extensions.code).toBe('UNAUTHENTICATED');
  });
});

describe('documents by role', () => {
  let server: TestServer;
  let plant: SeededPlant;
  beforeAll(async () => {
    server = await openTestServer('embedded', { env: closed });
    plant = await createSeed(server).plant();
  });
  afterAll(() => server.close());

  const clients: Record<string, () => Promise<TestClient>> = {
    viewer: async () => (await plant.person('viewer')).client,
    quality_engineer: async () => (await plant.person('quality_engineer')).client,
    ml_engineer: async () => (await plant.person('ml_engineer')).client,
    approver: async () => (await plant.person('approver')).client,
    administrator: async () => plant.owner.client,
    installer: async () => (await createSeed(server).installer()).client,
    mes: async () => (await plant.mesToken()).client,
    operator: async () => (await plant.person('operator')).client,
    'operator and viewer': async () => (await plant.person('operator', 'viewer')).client,
    edge_node: async () => (await plant.edgeToken(plant.nodes[0] ?? lacking())).client,
  };

  it.each([
    'viewer',
    'quality_engineer',
    'ml_engineer',
    'approver',
    'administrator',
    'installer',
    'mes',
    'operator and viewer',
  ])('%s may send its own, and introspect', async (role) => {
    const { headers } = (await clients[role]?.()) ?? lacking();
    expect((await send(server, headers, { query: own })).errors).toBeUndefined();
    const answer = await send(server, headers, { query: '{ __schema { queryType { name } } }' });
    expect(answer.data).toEqual({ __schema: { queryType: { name: 'Query' } } });
  });

  it.each(['operator', 'edge_node'])('%s runs stored operations only, by hash or by their text', async (role) => {
    const { headers } = (await clients[role]?.()) ?? lacking();
    for (const query of [own, '{ __schema { queryType { name } } }', 'mutation { signOut { signedOut } }']) {
      const refused = await send(server, headers, { query });
      expect(refused).toMatchObject({ status: 403, errors: [{ extensions: { code: 'PERSISTED_QUERY_ONLY' } }] });
      expect(refused.errors?.[0]?.extensions.remedy).toContain('LEHR_FREE_QUERIES');
    }
    expect((await send(server, headers, { query: '{ __typename }' })).data).toEqual({ __typename: 'Query' });
    expect((await send(server, headers, { query: NODE_PLAN })).data).toHaveProperty('viewer');
    expect((await send(server, headers, { extensions: byHash(NODE_PLAN) })).data).toHaveProperty('viewer');
    const screen = await send(server, headers, { extensions: { persistedQuery: storedOperation(WhoAmI) } });
    expect(screen.data).toHaveProperty('viewer');
  });

  it('lets nobody who is signed in no further than the way in', async () => {
    expect((await send(server, {}, { query: '{ __typename }' })).data).toEqual({ __typename: 'Query' });
    expect((await send(server, {}, { query: '{ viewer { isAdministrator } rateLimit { cost } }' })).data).toEqual({
      viewer: null,
      rateLimit: { cost: 2 },
    });
    const { row } = await plant.person('viewer');
    const signIn = await send(
      server,
      {},
      {
        query: `mutation ($input: SignInInput!) { signIn(input: $input) { __typename ... on Viewer { person { name } } } }`,
        variables: { input: { email: row.email, password: PASSWORD } },
      },
    );
    expect(signIn.data).toEqual({ signIn: { __typename: 'Viewer', person: { name: row.name } } });
    for (const query of [
      '{ plants { edges { cursor } } }',
      '{ __schema { queryType { name } } }',
      '{ viewer { memberships { plant { lines { stations { code } } } } } }',
      '{ ...A } fragment A on Query { viewer { isAdministrator } }',
      'subscription { events(plantId: "x") { cursor } }',
    ]) {
      const refused = await send(server, {}, { query });
      expect(
        refused.errors?.map(({ extensions }) => extensions.code),
        query,
      ).toEqual(['UNAUTHENTICATED']);
    }
    const broken = await send(server, {}, { query: '{ viewer {' });
    expect(broken).toMatchObject({ status: 400, errors: [{ extensions: { code: 'GRAPHQL_PARSE_FAILED' } }] });
  });

  it('says that it does not know a hash, to everybody', async () => {
    for (const headers of [{}, plant.owner.client.headers]) {
      const refused = await send(server, headers, { extensions: byHash('query Other { viewer { isAdministrator } }') });
      expect(refused).toMatchObject({ status: 400, errors: [{ extensions: { code: 'PERSISTED_QUERY_NOT_FOUND' } }] });
    }
    const nothing = await send(server, plant.owner.client.headers, { extensions: {} });
    expect(nothing.status).toBe(400);
  });
});

describe('the rate of a caller', () => {
  const at = new Date();
  let nowMs = at.getTime();
  let server: TestServer;
  let plant: SeededPlant;
  beforeAll(async () => {
    const env = {
      LEHR_LIMIT_RATE_PER_PRINCIPAL: '100',
      LEHR_LIMIT_RATE_PER_ADDRESS: '100',
      LEHR_LIMIT_RATE_PER_EDGE_NODE: '600',
      LEHR_LIMIT_QUERY_COST: '1000',
    };
    server = await openTestServer('embedded', { env, now: () => new Date(nowMs) });
    plant = await createSeed(server).plant();
  });
  afterAll(() => server.close());

  const page = (first: number) => ({
    query: `{ rateLimit { limit cost remaining resetAt } plants(first: ${first}) { edges { node { code } } } }`,
  });

  it('lets exactly the limit pass, refuses the next with 429, and says when it would pass', async () => {
    const { headers } = (await plant.person('viewer')).client;
    const most = await send(server, headers, page(98));
    expect(most.data?.rateLimit).toEqual({
      limit: 100,
      cost: 100,
      remaining: 0,
      resetAt: new Date(nowMs + 60_000).toISOString(),
    });
    const refused = await send(server, headers, page(0));
    expect(refused.status).toBe(429);
    expect(refused.headers.get('retry-after')).toBe('2');
    expect(refused.errors).toHaveLength(1);
    expect(refused.errors?.[0]?.extensions).toMatchObject({
      code: 'RATE_LIMITED',
      limit: 'LEHR_LIMIT_RATE_PER_PRINCIPAL',
      value: 2,
      most: 0,
      retryAfterS: 2,
    });
    expect(refused.errors?.[0]?.message).toContain('Try again in 2 s');

    nowMs += 2000;
    server.authenticator.forgetAll();
    expect((await send(server, headers, page(0))).data?.rateLimit).toMatchObject({ cost: 2, remaining: 1 });
  });

  it('is one for all sessions of a person, and another for each other caller', async () => {
    const client = (await plant.mesToken()).client;
    await send(server, client.headers, page(98));
    expect((await send(server, client.headers, page(0))).status).toBe(429);
    expect((await send(server, (await plant.mesToken()).client.headers, page(0))).status).toBe(200);
    expect((await send(server, plant.owner.client.headers, page(0))).status).toBe(200);
  });

  it('counts anonymous callers by address', async () => {
    const anonymous = { query: '{ rateLimit { limit remaining } }' };
    for (let asked = 0; asked < 100; asked++) await send(server, {}, anonymous);
    const refused = await send(server, {}, anonymous);
    expect(refused).toMatchObject({ status: 429, errors: [{ extensions: { limit: 'LEHR_LIMIT_RATE_PER_ADDRESS' } }] });
  });

  it('gives an edge node its own, counted by what it brings', async () => {
    const { headers } = (await plant.edgeToken(plant.nodes[0] ?? lacking())).client;
    const answer = await send(server, headers, { query: '{ rateLimit { limit cost remaining } }' });
    expect(answer.data?.rateLimit).toEqual({ limit: 600, cost: 1, remaining: 599 });
  });

  it('refuses for good what costs more than a minute gives', async () => {
    const refused = await send(server, plant.owner.client.headers, page(99));
    expect(refused).toMatchObject({
      status: 400,
      errors: [
        { extensions: { code: 'QUERY_TOO_LARGE', limit: 'LEHR_LIMIT_RATE_PER_PRINCIPAL', value: 101, most: 100 } },
      ],
    });
    expect(refused.headers.get('retry-after')).toBeNull();
  });
});

describe('the WebSocket door', () => {
  let live: LiveServer;
  let plant: SeededPlant;
  beforeAll(async () => {
    live = await openLiveServer('embedded', { env: { ...closed, LEHR_LIMIT_RATE_PER_PRINCIPAL: '100' } });
    plant = await live.seed.plant();
  });
  afterAll(() => live.close());

  /** Sends it after the handshake; resolves to the first message that belongs to it. */
  async function say(secret: string, payloads: Sent[]): Promise<{ type: string; payload: unknown }[]> {
    const socket = live.socket();
    const answers: { type: string; payload: unknown }[] = [];
    await new Promise<void>((resolve, reject) => {
      socket.on('error', reject);
      socket.on('close', (code) => reject(new Error(`closed with ${code}`)));
      socket.on('open', () =>
        socket.send(JSON.stringify({ type: 'connection_init', payload: { authorization: `Bearer ${secret}` } })),
      );
      socket.on('message', (data) => {
        const message = JSON.parse(String(data));
        if (message.type === 'next' || message.type === 'error') answers.push(message);
        if (answers.length === payloads.length) return resolve();
        if (message.type === 'connection_ack' || message.type === 'next' || message.type === 'error') {
          const id = String(answers.length);
          socket.send(JSON.stringify({ type: 'subscribe', id, payload: payloads[answers.length] }));
        }
      });
    });
    expect(socket.readyState).toBe(socket.OPEN);
    socket.removeAllListeners('close');
    return answers;
  }

  it('takes hashes, refuses what is not stored, and stays open', async () => {
    const { secret } = await plant.edgeToken(plant.nodes[0] ?? lacking());
    const answers = await say(secret, [
      { extensions: byHash(NODE_PLAN) },
      { query: own },
      { extensions: byHash('unknown') },
      { query: '', extensions: byHash(NODE_PLAN) },
    ]);
    expect(answers).toMatchObject([
      { type: 'next', payload: { data: { viewer: { edgeNode: { code: 'node-1' } } } } },
      { type: 'error', payload: [{ extensions: { code: 'PERSISTED_QUERY_ONLY' } }] },
      { type: 'error', payload: [{ extensions: { code: 'PERSISTED_QUERY_NOT_FOUND' } }] },
      { type: 'next', payload: { data: { viewer: { edgeNode: { code: 'node-1' } } } } },
    ]);
  });

  it('refuses beyond the rate with the same error as over HTTP, and stays open', async () => {
    const token = await plant.mesToken();
    const answers = await say(token.secret, [
      { query: '{ rateLimit { cost remaining } plants(first: 98) { edges { cursor } } }' },
      { query: '{ plants(first: 98) { edges { node { code } } } }' },
      { query: '{ plants(first: 98) { edges { node { code } } } }' },
    ]);
    expect(answers).toMatchObject([
      { type: 'next', payload: { data: { rateLimit: { cost: 2, remaining: 98 } } } },
      { type: 'error', payload: [{ extensions: { code: 'RATE_LIMITED', limit: 'LEHR_LIMIT_RATE_PER_PRINCIPAL' } }] },
      { type: 'error', payload: [{ extensions: { code: 'RATE_LIMITED' } }] },
    ]);
    // one bucket for both doors
    const refused = await send(live.server, token.client.headers, {
      query: '{ plants(first: 98) { edges { node { code } } } }',
    });
    expect(refused.status).toBe(429);
  });
});

function lacking(): never {
  throw new Error('the seeded plant lacks a part');
}
