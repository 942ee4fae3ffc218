/** Whatever is compiled answers as graphql-js does: every stored operation, with good variables and with bad ones. */
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import {
  createSourceEventStream,
  type ExecutionArgs,
  execute,
  GraphQLBoolean,
  type GraphQLInputObjectType,
  GraphQLList,
  GraphQLNonNull,
  GraphQLObjectType,
  GraphQLSchema,
  getOperationAST,
  OperationTypeNode,
  parse,
} from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compileOperations } from '../../server/graphql/compiled.ts';
import { schema } from '../../server/graphql/schema.ts';
import { type Caller, makeContext } from '../../server/kit/context.ts';
import { encodeGlobalId } from '../../server/kit/global-id.ts';
import { newId } from '../../server/kit/ids.ts';
import { LosslessSource, PictureSource } from '../../server/live/live-source.ts';
import type { StreamRow } from '../../server/live/stream-source.ts';
import { inspectionSource } from '../../server/modules/line/inspections/inspections.service.ts';
import { eventSource } from '../../server/modules/plant/events/events.service.ts';
import { recordingPlant } from '../server/line/inspections/recording.ts';
import { createSeed } from '../support/seed.ts';
import { openTestServer, type TestServer } from '../support/server.ts';
import { type Parts, variablesFor } from './compiled/variables.ts';

const stored: Record<string, string> = JSON.parse(
  readFileSync(new URL('../../schema/operations.json', import.meta.url), 'utf8'),
);
const documents = Object.values(stored).map((text) => {
  const document = parse(text);
  const operation = getOperationAST(document);
  if (!operation?.name) throw new Error('a stored operation has a name');
  return { name: operation.name.value, document, operation };
});
const compiled = compileOperations(schema, () => true);

describe('a stored operation that is compiled', () => {
  let server: TestServer;
  let worlds: { parts: Parts; node: Caller; administrator: Caller; lineId: string }[];

  beforeAll(async () => {
    const now = new Date();
    server = await openTestServer('embedded', { now: () => now });
    const seed = createSeed(server);
    worlds = [];
    for (const _world of [1, 2]) {
      const glass = await recordingPlant(seed);
      const [node] = glass.nodes;
      const reject = {
        verdict: 'REJECT',
        partId: 'p-1',
        context: {
          jobCode: 'j-1',
          productCode: 'bottle',
          signals: [{ name: 'a', value: { b: [1] }, quality: 'GOOD' }],
        },
        defects: [{ class: 'crack', score: 0.9, box: { x: 0, y: 0, width: 1, height: 1 }, outline: [0, 0, 1, 1] }],
      };
      const item = glass.item(reject);
      await node?.client.read(
        'mutation ($input: [InspectionInput!]!) { recordInspections(input: $input) { __typename } }',
        {
          input: [item, glass.item(), glass.item()],
        },
      );
      const [line] = glass.plant.lines;
      const [station] = line?.stations ?? [];
      if (!line || !station || !node) throw new Error('the plant has a line, a station and a node');
      const id = (type: string, row: { id: string } | undefined) => encodeGlobalId(type, row?.id ?? '');
      const inspection = await server.db
        .selectFrom('inspection')
        .select(['plant_id', 'id'])
        .where('line_id', '=', line.line.id)
        .where('verdict', '=', 'reject')
        .executeTakeFirstOrThrow();
      const { token: secret } = { token: (await glass.plant.edgeToken(node.row)).secret };
      const { row: person } = await seed.person([]);
      const session = await server.db
        .selectFrom('session')
        .select(['id', 'expires_at'])
        .where('person_id', '=', person.id)
        .executeTakeFirstOrThrow();
      const cookie = await server.authenticator.signSession({ id: session.id, expiresAt: session.expires_at });
      const caller = async (from: { cookie: string | null; authorization: string | null }): Promise<Caller> => {
        const identity = await server.authenticator.identify(from);
        if (!identity) throw new Error('nobody');
        return { requestId: 'r', address: 'local', rights: identity.rights, principal: identity.principal };
      };
      const retentionRun = newId();
      await server.db
        .insertInto('retention_run')
        .values({
          ...{ id: retentionRun, plant_id: glass.plant.row.id, is_dry: true, dry_run_id: null, state: 'succeeded' },
          ...{ rules: '{}', error: null, requested_by: person.id, requested_at: now, finished_at: now },
        })
        .execute();
      worlds.push({
        lineId: line.line.id,
        node: await caller({ cookie: null, authorization: `Bearer ${secret}` }),
        administrator: await caller({ cookie, authorization: null }),
        parts: {
          code: glass.plant.row.code,
          Plant: id('Plant', glass.plant.row),
          Area: encodeGlobalId('Area', line.line.area_id),
          Line: id('Line', line.line),
          Station: id('Station', station.station),
          Camera: id('Camera', station.cameras[0]),
          EdgeNode: id('EdgeNode', station.node),
          ModelVersion: glass.version.globalId,
          RetentionRun: encodeGlobalId('RetentionRun', retentionRun),
          Inspection: encodeGlobalId('Inspection', `${inspection.plant_id}:${inspection.id}`),
        },
      });
    }
  });
  afterAll(() => server.close());

  const argsFor = (
    { document, operation, name }: (typeof documents)[number],
    world: (typeof worlds)[number],
    variableValues: Record<string, unknown>,
  ): ExecutionArgs => {
    const caller = name.startsWith('Edge') ? world.node : world.administrator;
    return {
      schema,
      document,
      operationName: operation.name?.value,
      variableValues,
      contextValue: makeContext(server.services, caller),
    };
  };
  const first = () => worlds[0] ?? fail();
  const second = () => worlds[1] ?? fail();

  it.each(documents.filter(({ operation }) => operation.operation === OperationTypeNode.QUERY))(
    'answers $name as graphql-js does',
    async (each) => {
      const values = variablesFor(schema, each.operation, first().parts);
      const answer = await compiled.execute(argsFor(each, first(), values));
      expect(answer.errors).toBeUndefined();
      expect(JSON.stringify(answer)).toBe(JSON.stringify(await execute(argsFor(each, first(), values))));
    },
  );

  it.each(documents.filter(({ operation }) => operation.operation === OperationTypeNode.MUTATION))(
    'does $name as graphql-js does it',
    async (each) => {
      const [answer, expected] = [
        await compiled.execute(argsFor(each, first(), variablesFor(schema, each.operation, first().parts))),
        await execute(argsFor(each, second(), variablesFor(schema, each.operation, second().parts))),
      ];
      expect(withoutNames(answer)).toEqual(withoutNames(expected));
    },
  );

  it.each(documents.filter(({ operation }) => operation.operation === OperationTypeNode.SUBSCRIPTION))(
    'gives the payload of $name as graphql-js does',
    async (each) => {
      const values = variablesFor(schema, each.operation, first().parts);
      const source = await createSourceEventStream(argsFor(each, first(), values));
      if (!(source instanceof LosslessSource || source instanceof PictureSource)) throw new Error('no source');
      const rootValue = await rootOf(server, source);
      const run = { ...argsFor(each, first(), values), rootValue };
      const answer = await compiled.execute(run);
      expect(answer.errors).toBeUndefined();
      const other = { ...argsFor(each, first(), values), rootValue };
      expect(JSON.stringify(answer)).toBe(JSON.stringify(await execute(other)));
    },
  );

  it.each(documents.filter(({ operation }) => (operation.variableDefinitions?.length ?? 0) > 0))(
    'refuses bad variables of $name in the words of graphql-js',
    async (each) => {
      const good = variablesFor(schema, each.operation, first().parts);
      for (const name of Object.keys(good)) {
        for (const bad of [undefined, null, { no: 'such' }, [{ no: 'such' }], true]) {
          const args = () => argsFor(each, first(), { ...good, [name]: bad });
          const [answer, expected] = [await compiled.execute(args()), await execute(args())];
          expect(withoutNames(answer)).toEqual(withoutNames(expected));
        }
      }
    },
  );
});

describe('compiled coercion of results', () => {
  const InspectionInput = schema.getType('InspectionInput') as GraphQLInputObjectType;
  const heard: unknown[] = [];
  const list = new GraphQLNonNull(new GraphQLList(new GraphQLNonNull(InspectionInput)));
  const echo = new GraphQLSchema({
    query: new GraphQLObjectType({
      name: 'Query',
      fields: {
        hear: {
          type: GraphQLBoolean,
          args: { input: { type: list } },
          resolve: (_root, { input }) => heard.push(input) > 0,
        },
      },
    }),
  });
  const document = parse('query ($input: [InspectionInput!]!) { hear(input: $input) }');
  const door = compileOperations(echo, () => true);

  const anything = fc.oneof(
    fc.jsonValue({ maxDepth: 1 }),
    fc.constantFrom('PASS', 'GOOD', '2026-11-22T03:00:00.123Z', 'ab'.repeat(32)),
  );
  const signal = fc.record(
    {
      name: anything,
      value: anything,
      unit: anything,
      quality: fc.constantFrom('GOOD', 'good', 7),
      sourceTime: anything,
    },
    { requiredKeys: [] },
  );
  const item = fc.record(
    {
      id: fc.oneof(fc.uuid(), anything),
      cameraId: fc.oneof(fc.constant('c'), fc.constant(5), anything),
      modelVersionId: fc.constantFrom('m', 7, null),
      verdict: fc.constantFrom('PASS', 'REJECT', 'pass', 1),
      score: fc.oneof(fc.double(), fc.constantFrom('1', null, true)),
      latencyMs: fc.double({ noNaN: true }),
      partId: fc.option(fc.oneof(fc.string(), fc.integer())),
      imageSha256: fc.constantFrom('ab'.repeat(32), 'AB', null),
      context: fc.record(
        { machineState: anything, signals: fc.oneof(fc.array(signal, { maxLength: 2 }), signal) },
        { requiredKeys: ['signals'] },
      ),
      defects: fc.oneof(
        fc.constant([]),
        fc.array(fc.record({ class: anything, score: anything }, { requiredKeys: [] }), { maxLength: 2 }),
      ),
      surplus: fc.constant(1),
    },
    { requiredKeys: [] },
  );
  const good = { id: 'i', cameraId: 'c', modelVersionId: 'm', verdict: 'PASS', score: 0, latencyMs: 1, defects: [] };
  /** Mostly a good item with one thing changed, so that both answers occur. */
  const near = fc.tuple(item, fc.nat(10)).map(([over, which]) => {
    const entries = Object.entries(over).filter((_entry, index) => index === which);
    return { ...good, ...Object.fromEntries(entries) };
  });

  it('takes what graphql-js takes, as the same values, and refuses the rest in its words', async () => {
    let taken = 0;
    const input = fc.oneof(fc.array(fc.oneof(near, item), { maxLength: 3 }), near, anything);
    await fc.assert(
      fc.asyncProperty(input, async (value) => {
        const variableValues = JSON.parse(JSON.stringify({ input: value }));
        heard.length = 0;
        const answer = await door.execute({ schema: echo, document, variableValues });
        const [byCompiled] = heard;
        heard.length = 0;
        const expected = await execute({ schema: echo, document, variableValues });
        expect(JSON.stringify(answer)).toBe(JSON.stringify(expected));
        expect(withPrototypes(byCompiled)).toEqual(withPrototypes(heard[0]));
        if (heard.length > 0) taken += 1;
      }),
      { numRuns: 500 },
    );
    expect(taken).toBeGreaterThan(20);
  });
});

/** graphql-js gives objects without a prototype. */
function withPrototypes(value: unknown): unknown {
  if (value === null || typeof value !== 'object' || value instanceof Date) return value;
  if (Array.isArray(value)) return value.map(withPrototypes);
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, withPrototypes(item)]));
}

/** What stays the same in two equal plants: ids, codes and secrets become the number of their first appearance. */
function withoutNames(answer: unknown): unknown {
  const seen = new Map<string, string>();
  const named =
    /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|\b(?:plant|made|viewer|installer)[- ]\d+|(?<![\w-])(?=[\w-]*[A-Z0-9])[\w-]{20,}/g;
  const text = JSON.stringify(answer).replace(named, (name) => {
    const number = seen.get(name) ?? `name ${seen.size}`;
    seen.set(name, number);
    return number;
  });
  return JSON.parse(text);
}

/** The root value that the hub gives to the first execution of a stream. */
async function rootOf(
  server: TestServer,
  source: LosslessSource<StreamRow> | PictureSource<unknown>,
): Promise<unknown> {
  if (source instanceof PictureSource)
    return { subject: source.subject, skipped: 0, sentAt: server.services.now(), skippedPaths: [] };
  const { kind, id } = source.stream;
  const sources = {
    inspection: inspectionSource(server.db, server.services.now),
    event: eventSource(server.db),
  };
  const items = await sources[kind].read(id, 0, 100);
  expect(items.length).toBeGreaterThan(0);
  return { cursor: 'MDAw', items, sentAt: server.services.now() };
}

function fail(): never {
  throw new Error('there are two worlds');
}
