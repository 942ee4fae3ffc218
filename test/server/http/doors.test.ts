/** The plain routes of the HTTP door: probes, the HMI's files, and the bounds of GraphQL requests. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Log } from '../../../server/kit/log.ts';
import { silentLog } from '../../../server/kit/log.ts';
import { type HttpTestServer, openHttpServer } from '../../support/http-server.ts';
import { createSeed } from '../../support/seed.ts';
import { makeTemporaryFolder } from '../../support/temporary-folder.ts';

const logged: unknown[][] = [];
const log: Log = { ...silentLog, error: (...args: unknown[]) => void logged.push(args) };

let folder: Awaited<ReturnType<typeof makeTemporaryFolder>>;
let http: HttpTestServer;
beforeAll(async () => {
  folder = await makeTemporaryFolder('hmi');
  const hmi = join(folder.path, 'dist');
  await mkdir(join(hmi, 'assets'), { recursive: true });
  await writeFile(join(hmi, 'index.html'), '<!doctype html><title>Lehr</title>');
  await writeFile(join(hmi, 'assets', 'app-abc123.js'), 'export {};');
  await writeFile(join(folder.path, 'secret.txt'), 'secret');
  const limits = { LEHR_LIMIT_BODY_BYTES: '20000', LEHR_LIMIT_QUERY_TOKENS: '300', LEHR_LIMIT_QUERY_DEPTH: '6' };
  http = await openHttpServer('embedded', { hmi, log, env: { ...limits, LEHR_LIMIT_QUERY_FIELDS: '100' } });
});
afterAll(async () => {
  await http.close();
  await folder.remove();
});

const ask = (query: string, headers: Record<string, string> = {}) =>
  fetch(`${http.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ query }),
  });

describe('probes', () => {
  it('answer health, readiness and metrics', async () => {
    expect(await (await fetch(`${http.url}/health`)).json()).toEqual({ status: 'ok' });
    expect(await (await fetch(`${http.url}/ready`)).json()).toEqual({ status: 'ready' });
    const metrics = await (await fetch(`${http.url}/metrics`)).text();
    expect(metrics).toContain('lehr_http_request_seconds_bucket');
    expect(metrics).toContain('nodejs_eventloop_lag_seconds');
  });
});

describe('the HMI', () => {
  it('is served at / and at its own addresses, with a policy that lets nothing else run', async () => {
    for (const path of ['/', '/lines/line-1', '/setup?code=x']) {
      const answer = await fetch(http.url + path, { redirect: 'manual' });
      expect(answer.status).toBe(200);
      expect(await answer.text()).toContain('<title>Lehr</title>');
      expect(answer.headers.get('content-security-policy')).toContain("default-src 'none'; script-src 'self'");
      expect(answer.headers.get('cache-control')).toBe('no-cache');
    }
  });

  it('keeps hashed files for good and says 404 for files that are not there', async () => {
    const asset = await fetch(`${http.url}/assets/app-abc123.js`);
    expect(asset.headers.get('cache-control')).toContain('immutable');
    expect(asset.headers.get('content-type')).toContain('text/javascript');
    expect((await fetch(`${http.url}/assets/gone.js`)).status).toBe(404);
    expect((await fetch(`${http.url}/`, { method: 'POST' })).status).toBe(405);
  });

  it.each(['/..%2fsecret.txt', '/%2e%2e/secret.txt', '/assets/..%2f..%2fsecret.txt', '/%00.js', '/%zz'])(
    'gives nothing from outside at %s',
    async (path) => {
      const answer = await fetch(http.url + path);
      // an address of the HMI's own, or a refusal: never the file
      expect(await answer.text()).toMatch(/<title>Lehr<\/title>|"remedy"/);
    },
  );
});

describe('GraphQL requests', () => {
  it('are bounded in bytes, tokens, depth and fields', async () => {
    expect((await ask(`{ __typename } #${'x'.repeat(20_001)}`)).status).toBe(413);
    const messages = async (query: string) => {
      const { errors } = (await (await ask(query)).json()) as { errors?: { message: string }[] };
      return errors?.map(({ message }) => message).join(' ') ?? '';
    };
    expect(await messages(`{ ${'a: __typename '.repeat(200)} }`)).toContain('token');
    expect(await messages('{ plants { edges { node { lines { stations { line { code } } } } } } }')).toContain(
      'nests 7 levels',
    );
    const spread =
      'fragment A on Plant { ...B ...B b1: code } fragment B on Plant { ...C c: code } fragment C on Plant { code name }';
    expect(await messages(`{ plants { edges { node { ${'...A '.repeat(30)} } } } } ${spread}`)).toContain('fields');
  });

  it('tell anonymous callers nothing of the schema, and signed-in ones all', async () => {
    const { secret } = await (await createSeed(http.server).plant()).mesToken();
    const introspection = '{ __schema { queryType { name } } }';
    const refused = (await (await ask(introspection)).json()) as object;
    expect(refused).toHaveProperty('errors');
    expect(refused).not.toHaveProperty('data');
    const suggestion = await (await ask('{ plnts { edges { cursor } } }')).text();
    expect(suggestion).not.toContain('Did you mean');
    const answer = await (await ask(introspection, { authorization: `Bearer ${secret}` })).json();
    expect(answer).toEqual({ data: { __schema: { queryType: { name: 'Query' } } } });
  });

  it('are refused as streams, in batches, and as subscriptions', async () => {
    expect((await ask('{ __typename }', { accept: 'text/event-stream' })).status).toBe(406);
    const batch = await fetch(`${http.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '[{"query":"{ __typename }"},{"query":"{ __typename }"}]',
    });
    expect(batch.status).toBe(400);
    const subscription = await (await ask('subscription { events(plantId: "x") { cursor } }')).text();
    expect(subscription).toContain('graphql-transport-ws');
  });

  it('hide what nobody expected behind an id that the log has, once', async () => {
    const { secret } = await (await createSeed(http.server).plant()).mesToken();
    const authorization = `Bearer ${secret}`;
    await ask('{ __typename }', { authorization });
    // the rights are remembered for a second; the table is not
    await http.server.db.schema.alterTable('product').renameTo('product_away').execute();
    logged.length = 0;
    const answer = await ask('{ products { edges { cursor } } }', { authorization });
    await http.server.db.schema
      .alterTable('product_away' as 'product')
      .renameTo('product')
      .execute();
    const text = await answer.text();
    const requestId = answer.headers.get('x-request-id') ?? 'none';
    expect(text).toContain(`Unexpected error. Request ${requestId}`);
    expect(text).not.toContain('product_away');
    expect(text).not.toContain('relation');
    expect(logged).toHaveLength(1);
    expect(logged[0]?.[0]).toMatchObject({ requestId, path: 'products' });
  });

  it('give a wrong id back as a refusal with its field', async () => {
    const { secret } = await (await createSeed(http.server).plant()).mesToken();
    const answer = await ask('{ node(id: "nonsense") { id } }', { authorization: `Bearer ${secret}` });
    expect(await answer.json()).toMatchObject({
      errors: [{ extensions: { code: 'INVALID_INPUT', field: 'id', value: 'nonsense' } }],
    });
  });
});
