/** Generated from the schema: whatever list is asked for, twenty things take no more statements than two. */
import DataLoader from 'dataloader';
import { createSourceEventStream, execute, parse } from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { schema } from '../../server/graphql/schema.ts';
import { type BatchLoad, type Context, makeContext } from '../../server/kit/context.ts';
import { encodeGlobalId } from '../../server/kit/global-id.ts';
import { newId } from '../../server/kit/ids.ts';
import { LosslessSource, PictureSource } from '../../server/live/live-source.ts';
import { inspectionSource } from '../../server/modules/line/inspections/inspections.service.ts';
import { eventSource } from '../../server/modules/plant/events/events.service.ts';
import { databases } from '../support/database.ts';
import { openTestServer, type TestServer } from '../support/server.ts';
import { type GrowingPlant, growingPlant, grownEvent } from './statements/growing-plant.ts';
import { type ListPath, listFields, listPaths } from './statements/list-paths.ts';

const [few, many] = [2, 20];

/** Lists that no operation made here reaches, or that do not grow with the plant: each with the reason. */
const exceptions: Readonly<Record<string, string>> = {
  'Query.similarImages': 'two statements whatever it finds; needs files and a process: test/server/similarity',
  'RecordInspectionsPayload.items': 'the answer of a mutation: its own case below',
  'RecordNodeEventsPayload.items': 'the answer of a mutation: its own case below',
  'RecordPartCountsPayload.items': 'the answer of a mutation: its own case below',
  'ReviseCapturesPayload.items': 'the answer of a mutation: its own case below',
  'AcknowledgeAlarmsPayload.alarms': 'the answer of a mutation: written in one statement, as alarms that are observed',
  'ReviewItemsPayload.items': 'the answer of a mutation: what the caller holds, loaded as the queue is',
  'ReviewItem.neighboursInTime': 'three before and three after, read in one statement for all items',
  'ReviewItem.similarLabelled': 'the few nearest; needs measured images, see the tests of similarity',
  'ReviewSummary.waiting': 'one for each of the six purposes',
  'PairAgreement.people': 'always two',
  'DatasetSplit.counts': 'the answer of a mutation, made of the plan of one draft',
  'DatasetSplit.problems': 'the answer of a mutation, made of the plan of one draft',
  'DatasetLeakError.leaks': 'a refusal of a mutation: of one draft, read in one statement as DatasetVersion.leaks is',
  'PoolMap.legend': 'eight values at most, read with the points; the names of all of them in one statement more',
  'Query.importUploads': 'the files of a folder: no statement reads them',
  'RetentionRun.counts': 'one for each of the four kinds, read with the run',
  'Query.retentionRules': 'one for each of the four kinds, read in one statement',
  'SetRetentionRulesPayload.rules': 'the answer of a mutation: one for each of the four kinds',
  'AlarmList.tallies': 'one for each of the four priorities',
  'Plant.alarmDefinitions': 'one for each type of alarm, read in one statement for all plants',
  'PlantModelChange.fields': 'the answer of a mutation, made of the file that was sent',
  'PlantModelImport.changes': 'the answer of a mutation, made of the file that was sent',
  'PlantModelRefusedError.problems': 'the answer of a mutation, made of the file that was sent',
};

/** The caller is no such thing, the way leads nowhere new, or the list is of one length. */
const avoided = new Set([
  'PoolMap.legend',
  'RetentionRun.counts',
  'Query.retentionRules',
  'Query.node',
  'Viewer.edgeNode',
  'Plant.alarmDefinitions',
  'AlarmList.tallies',
  'ReviewItem.neighboursInTime',
  'ReviewItem.similarLabelled',
  'ReviewSummary.waiting',
  'PairAgreement.people',
]);

const writings = {
  recordInspections: 'InspectionInput',
  recordNodeEvents: 'NodeEventInput',
  recordPartCounts: 'PartCountsInput',
  reviseCaptures: 'CaptureRevisionInput',
} as const;

interface Measured {
  rows: number;
  statements: number;
}

describe.each(databases())('the statements of an operation on %s', (kind) => {
  let server: TestServer;
  let grown: GrowingPlant;
  const measured = new Map<string, Measured[]>();
  let writing: Record<string, number>[];

  beforeAll(async () => {
    server = await openTestServer(kind, { env: { LEHR_LIMIT_RATE_PER_PRINCIPAL: '1000000000' } });
    grown = await growingPlant(server);
    writing = [];
    for (const count of [few, many]) {
      await grown.growTo(count);
      for (const path of pathsOf(grown)) {
        measured.set(path.name, [...(measured.get(path.name) ?? []), await measure(path)]);
      }
      writing.push(await measureWriting(count));
    }
  }, 120_000);
  afterAll(() => server.close());

  it('is counted for every list of the schema', () => {
    const lacking = listFields(schema).filter((name) => !measured.has(name) && !(name in exceptions));
    expect(lacking, 'give its arguments, or a reason').toEqual([]);
    const idle = Object.keys(exceptions).filter((name) => measured.has(name) || !listFields(schema).includes(name));
    expect(idle, 'no exception any more').toEqual([]);
  });

  it('is counted for lists that have grown', () => {
    const short = [...measured].filter(([, [small, large]]) => (small?.rows ?? 0) < few || (large?.rows ?? 0) < many);
    expect(Object.fromEntries(short), 'make more of it in growing-plant.ts or grow-datasets.ts').toEqual({});
  });

  it('is the same for two things as for twenty', () => {
    const more = [...measured].filter(([, [small, large]]) => small?.statements !== large?.statements);
    expect(Object.fromEntries(more)).toEqual({});
  });

  it('is the same for two results, events and counts that are recorded as for twenty', () => {
    expect(Object.values(writing[0] ?? {}).every((statements) => statements > 0)).toBe(true);
    expect(writing[1]).toEqual(writing[0]);
  });

  it('would be more if each row were loaded by itself', async () => {
    const path = pathsOf(grown).find(({ name }) => name === 'QueryStationsConnection.edges');
    if (!path) throw new Error('stations are listed no more');
    const loader = (_key: unknown, batch: BatchLoad<unknown, unknown>) =>
      new DataLoader(batch, { batch: false, cache: false });
    const alone = await measure(path, Object.create(await contextOf(), { loader: { value: loader } }));
    expect(alone.statements).toBeGreaterThan((measured.get(path.name)?.[1]?.statements ?? 0) + many);
  });

  async function measure(path: ListPath, given?: Context): Promise<Measured> {
    const context = await contextOf();
    const document = parse(path.text);
    const rootValue = path.root === 'subscription' ? await payloadOf(path.text, context) : undefined;
    // of its own, because loaders remember; made before counting, because who asks is read anew every second
    const contextValue = given ?? (await contextOf());
    let data: unknown;
    const statements = await server.countStatements(async () => {
      const answer = await execute({ schema, document, rootValue, contextValue });
      if (answer.errors) throw new Error(`${path.name}: ${answer.errors[0]?.message} in ${path.text}`);
      data = answer.data;
    });
    return { rows: longest(data, path.fields), statements };
  }

  async function contextOf(): Promise<Context> {
    const { cookie = '' } = grown.reader.client.headers;
    const identity = await server.authenticator.identify({
      cookie: cookie.replace('lehr_session=', ''),
      authorization: null,
    });
    if (!identity?.principal) throw new Error('the reader is not known');
    const { principal, rights } = identity;
    return makeContext(server.services, { requestId: newId(), address: 'local', rights, principal });
  }

  /** What the hub hands to the executions of this subscription, without the hub, whose own statements come when they like. */
  async function payloadOf(text: string, contextValue: Context): Promise<unknown> {
    const source: unknown = await createSourceEventStream({ schema, document: parse(text), contextValue });
    const sentAt = new Date();
    if (source instanceof PictureSource) return { subject: source.subject, skipped: 0, sentAt, skippedPaths: [] };
    if (!(source instanceof LosslessSource)) throw new Error(`not a live source: ${JSON.stringify(source)}`);
    const { db, services } = server;
    const { kind: stream, id } = source.stream;
    const rows = stream === 'event' ? eventSource(db) : inspectionSource(db, services.now);
    return { cursor: '', items: (await rows.read(id, 0, 500)).filter((row) => source.accepts(row)), sentAt };
  }

  /** Of each mutation by which a node sends many things. */
  async function measureWriting(count: number): Promise<Record<string, number>> {
    const statements: Record<string, number> = {};
    for (const [field, type] of Object.entries(writings)) {
      const text = `mutation ($input: [${type}!]!) { ${field}(input: $input) { __typename } }`;
      const send = (many: number) =>
        grown.node.read(text, { input: grown.items(field as keyof typeof writings, many) });
      await send(1);
      statements[field] = await server.countStatements(() => send(count));
    }
    return statements;
  }
});

function pathsOf(grown: GrowingPlant): ListPath[] {
  const { plant, lineIds } = grown;
  const [line = ''] = lineIds;
  const lineId = encodeGlobalId('Line', line);
  const ids = lineIds.map((id) => `"${encodeGlobalId('Line', id)}"`).join(', ');
  const from = new Date(Date.now() - 7_200_000).toISOString();
  const to = new Date(Date.now() + 60_000).toISOString();
  const paths = listPaths(schema, {
    avoided,
    // what stands in its rows depends on how they are grouped
    ends: new Set(['DatasetItem.decision', 'Query.inspectionStats']),
    argumentsOf: {
      'Query.plant': `(code: "${plant.row.code}")`,
      'Query.nodes': `(ids: [${ids}])`,
      'Query.datasetExports': `(plantId: "${plant.globalId}")`,
      'Query.datasetImports': `(plantId: "${plant.globalId}")`,
      'Query.goldenImages': `(plantId: "${plant.globalId}")`,
      'Query.defectBooks': `(plantId: "${plant.globalId}")`,
      'Query.reviewQueue': `(plantId: "${plant.globalId}")`,
      'Query.reviewSettings': `(plantId: "${plant.globalId}")`,
      'Query.reviewSummary': `(plantId: "${plant.globalId}")`,
      'Query.agreement': `(plantId: "${plant.globalId}", from: "${from}", to: "${to}")`,
      'Query.inspectionExports': `(plantId: "${plant.globalId}")`,
      'Query.poolFacets': `(plantId: "${plant.globalId}")`,
      'Query.poolViews': `(plantId: "${plant.globalId}")`,
      'Query.retentionImages': `(plantId: "${plant.globalId}")`,
      'Query.retentionRuns': `(plantId: "${plant.globalId}")`,
      'Query.poolImages': `(plantId: "${plant.globalId}", first: 500)`,
      'Query.poolMap': `(plantId: "${plant.globalId}")`,
      'Query.tokens': `(plantId: "${plant.globalId}")`,
      'Query.events': `(filter: { plantId: "${plant.globalId}", kinds: ["${grownEvent}"] })`,
      'Query.inspectionStats': `(bucket: MINUTE, filter: { lineId: "${lineId}", from: "${from}", to: "${to}" })`,
      'Plant.nextShiftRuns': '(days: 2)',
      'Subscription.alarmList': `(plantId: "${plant.globalId}")`,
      'Subscription.lineStatus': `(lineId: "${lineId}")`,
      'Subscription.inspections': `(lineId: "${lineId}")`,
      'Subscription.events': `(plantId: "${plant.globalId}", kinds: ["${grownEvent}"])`,
    },
  });
  return [...paths, ...pathsOfDifference(grown)];
}

/** One version against one other: asked of each of many versions it is many comparisons. */
function pathsOfDifference({ versionIds }: GrowingPlant): ListPath[] {
  const [draft, frozen] = versionIds.map((id) => encodeGlobalId('DatasetVersion', id));
  const within = (asked: string) =>
    `query { node(id: "${draft}") { ... on DatasetVersion { difference(otherId: "${frozen}") { ${asked} } } } }`;
  const way = ['node', 'difference'];
  const changes = 'changes { edges { node { kind imageSha256 label split otherLabel otherSplit image { url } } } }';
  return [
    {
      name: 'DatasetDifference.mix',
      root: 'query',
      text: within('mix { factor value images otherImages }'),
      fields: [...way, 'mix'],
    },
    {
      name: 'DatasetDifferenceChangesConnection.edges',
      root: 'query',
      text: within(changes),
      fields: [...way, 'changes', 'edges'],
    },
  ];
}

/** The length of the longest of the lists at the end of this way. */
function longest(data: unknown, fields: readonly string[]): number {
  const [field, ...rest] = fields;
  if (field === undefined) return Array.isArray(data) ? data.length : 0;
  const places = Array.isArray(data) ? data : [data];
  const found = places.map((place) => {
    const value = typeof place === 'object' && place !== null ? Reflect.get(place, field) : undefined;
    return longest(value, rest);
  });
  return Math.max(0, ...found);
}
