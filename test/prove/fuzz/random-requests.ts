/** HTTP requests to the GraphQL door: each a function of seed and number alone, so that one can be made again. */
import type { GraphQLSchema } from 'graphql';
import { createSeededRandom } from '../../support/seeded-random.ts';
import { makeDocuments, type OperationKind, type RandomDocument } from './random-documents.ts';
import type { ValuePool } from './random-values.ts';

export interface FuzzRequest {
  number: number;
  /** The way in which it is wrong, or `valid`. */
  way: string;
  caller: string;
  method: string;
  path: string;
  headers: Record<string, string>;
  body: string | Buffer | undefined;
}

export interface FuzzWorld {
  schema: GraphQLSchema;
  main: ValuePool;
  spare: ValuePool;
  /** Headers by caller. */
  callers: ReadonlyMap<string, Readonly<Record<string, string>>>;
  storedHashes: readonly string[];
}

const JSON_TYPE = { 'content-type': 'application/json' };
/** Ways and how often each is taken. */
const ways: readonly [string, number][] = [
  ['valid', 34],
  ['mutation', 20],
  ['wrong values', 8],
  ['nearly valid', 10],
  ['deep', 3],
  ['wide', 3],
  ['fragments', 3],
  ['directives', 2],
  ['bad variables', 4],
  ['bad JSON', 4],
  ['content type', 2],
  ['operation name', 2],
  ['stored hash', 3],
  ['GET', 1],
  ['method', 1],
  ['headers', 2],
  ['introspection', 1],
  ['subscription', 1],
];
const total = ways.reduce((sum, [, weight]) => sum + weight, 0);

/** Seeds of one run lie apart, and those of two runs do not meet. */
export function randomFor(seed: number, number: number) {
  return createSeededRandom(seed * 1_000_003 + number);
}

export function makeRequest(world: FuzzWorld, seed: number, number: number): FuzzRequest {
  const random = randomFor(seed, number);
  // The first numbers of neighbouring seeds are alike.
  for (let turn = 0; turn < 3; turn++) random.next();
  const documents = makeDocuments(world.schema, random, world);
  const { chance, values } = documents;
  let point = random.integer(total);
  const [way] = ways.find(([, weight]) => {
    point -= weight;
    return point < 0;
  }) ?? ['valid'];
  // Half of all by those who may do most: the others are refused at many a door.
  const caller = random.pick(
    chance(0.5) ? [...world.callers.keys()] : ['administrator', 'installer', 'edge_node', 'mes'],
  );
  const request: FuzzRequest = {
    number,
    way,
    caller,
    method: 'POST',
    path: '/graphql',
    headers: { ...JSON_TYPE, ...world.callers.get(caller) },
    body: undefined,
  };
  const kind = (): OperationKind => (chance(0.4) ? 'mutation' : 'query');
  const send = (document: RandomDocument, more: object = {}) => {
    request.body = JSON.stringify({ ...document, ...more });
    return request;
  };

  switch (way) {
    case 'mutation':
      return send(documents.operation('mutation'));
    case 'wrong values':
      return send(documents.operation(kind(), 0.1));
    case 'nearly valid':
      return send(documents.nearlyValid(kind()));
    case 'deep':
      return send(documents.deep());
    case 'wide':
      return send(documents.wide());
    case 'fragments':
      return send(documents.fragments());
    case 'directives':
      return send(documents.directives());
    case 'subscription':
      return send(documents.operation('subscription'));
    case 'bad variables':
      return send(documents.operation(kind()), { variables: badVariables() });
    case 'bad JSON':
      request.body = badJson();
      return request;
    case 'content type':
      request.headers['content-type'] = random.pick([
        'text/plain',
        'application/graphql',
        'multipart/form-data; boundary=x',
        'application/x-www-form-urlencoded',
        'application/json; charset=utf-16',
        'application/json; charset=nothing',
        'x',
        '',
      ]);
      if (chance(0.3))
        request.headers.accept = random.pick(['text/event-stream', 'multipart/mixed', 'image/png', '*/*;q=x']);
      return send(documents.operation('query'));
    case 'operation name':
      return send(documents.operation(kind()), {
        operationName: random.pick<unknown>(['Other', '', 1, null, {}, '__proto__']),
      });
    case 'stored hash': {
      const sha256Hash = random.pick<unknown>([random.pick(world.storedHashes), values.hex(64), 'x', 1, null, {}]);
      const persistedQuery = chance(0.8) ? { version: 1, sha256Hash } : random.pick<unknown>([null, 1, [], 'x']);
      const { variables } = documents.operation('query');
      request.body = JSON.stringify({ variables, extensions: { persistedQuery } });
      return request;
    }
    case 'GET': {
      const { query, variables } = documents.operation(kind());
      const search = new URLSearchParams({
        query: query.slice(0, 4000),
        variables: JSON.stringify(variables).slice(0, 4000),
      });
      if (chance(0.2)) search.set('variables', random.pick(['{', '[]', '1', '%']));
      Object.assign(request, { method: 'GET', path: `/graphql?${search}` });
      delete request.headers['content-type'];
      return request;
    }
    case 'method':
      request.method = random.pick(['PUT', 'DELETE', 'PATCH', 'OPTIONS', 'HEAD', 'TRACE']);
      request.path = random.pick([
        '/graphql',
        '/graphql/',
        '/graphql/health',
        '/graphql?x=%',
        '//graphql',
        '/GRAPHQL',
        '/graphql/../x',
      ]);
      if (request.method !== 'HEAD' && request.method !== 'TRACE') send(documents.operation('query'));
      return request;
    case 'headers': {
      const [name, value] = random.pick<[string, string]>([
        ['authorization', 'Bearer lehr_x'],
        ['authorization', 'Bearer a.b.c'],
        ['authorization', 'Basic eDp5'],
        ['authorization', `Bearer ${'x'.repeat(5000)}`],
        ['cookie', 'lehr_session=a.b.c'],
        ['cookie', `lehr_session=${'%'.repeat(200)}; ${'a=b;'.repeat(500)}`],
        ['origin', 'http://elsewhere.test'],
        ['origin', 'null'],
        ['x-forwarded-for', `${'1.2.3.4, '.repeat(200)}x`],
        ['content-encoding', 'gzip'],
        ['expect', '100-continue'],
      ]);
      request.headers[name] = value;
      return send(documents.operation('query'));
    }
    case 'introspection':
      return send({
        query: random.pick([
          '{ __schema { types { name fields { name type { name ofType { name } } } } } }',
          '{ __type(name: "Query") { fields { name } } }',
          '{ __type(name: 1) { name } }',
        ]),
        variables: {},
      });
    default:
      return send(documents.operation('query'));
  }

  function badVariables(): unknown {
    return random.pick<() => unknown>([
      () => null,
      () => [],
      () => 'x',
      () => ({ v0: JSON.parse(`${'['.repeat(2000)}${']'.repeat(2000)}`) }),
      () => ({ __proto__x: 1, constructor: { prototype: 1 } }),
      () => Object.fromEntries(Array.from({ length: 3000 }, (_, index) => [`v${index}`, index])),
      () => ({ v0: 'x'.repeat(1_000_000) }),
      () => ({ v0: 1e308, v1: -1, v2: [null] }),
    ])();
  }

  function badJson(): string | Buffer {
    const right = JSON.stringify(documents.operation('query'));
    return random.pick<() => string | Buffer>([
      () => '',
      () => 'x',
      () => 'null',
      () => '1',
      () => '"x"',
      () => '[]',
      () => '[{"query":"{__typename}"}]',
      () => '{}',
      () => '{"query":1}',
      () => '{"query":null,"variables":{}}',
      () => '{"query":{"a":1}}',
      () => '{"query":"{__typename}","extensions":1}',
      () => '{"query":"{__typename}","query":"{x}"}',
      () => '{"__proto__":{"query":"{__typename}"}}',
      () => right.slice(0, random.integer(right.length)),
      () => `${right}${right}`,
      () => '['.repeat(100_000),
      () => `{"query":"{__typename}","variables":${'{"a":'.repeat(20_000)}1${'}'.repeat(20_000)}}`,
      () => Buffer.from([0xff, 0xfe, 0x7b, 0x00]),
      () =>
        Buffer.concat([
          Buffer.from('{"query":"'),
          Buffer.from([0xc3, 0x28, 0xa0, 0xed, 0xa0, 0x80]),
          Buffer.from('"}'),
        ]),
    ])();
  }
}
