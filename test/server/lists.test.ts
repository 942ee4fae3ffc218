/** Every list of the API: all rows once, forward and backward, in pages of any size, and no more statements for more rows. */

import { randomBytes } from 'node:crypto';
import { getNamedType, isObjectType } from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { schema } from '../../server/graphql/schema.ts';
import { type ActScope, act } from '../../server/kit/act.ts';
import { encodeGlobalId } from '../../server/kit/global-id.ts';
import { newId } from '../../server/kit/ids.ts';
import { observeConditions } from '../../server/modules/line/alarms/observe-conditions.service.ts';
import { databases } from '../support/database.ts';
import { createSeed, freshCode, type SeededPlant } from '../support/seed.ts';
import { openTestServer, type TestServer } from '../support/server.ts';
import { seedExchange } from './datasets/exchange/seed-exchange.ts';

interface List {
  field: string;
  /** Deep enough that a statement per row would show. */
  selection: string;
  /** An argument that narrows the list to one parent, and the parent with its number of rows. */
  narrowed?: { argument: string; of: (plant: SeededPlant) => string; rows: number };
  /** Arguments that the list cannot do without. */
  always?: (plant: SeededPlant) => string;
}

const ROWS = 55;
const assignment =
  'assignment { id modelVersion { id model { id } artifact { url signingKey { id } } } approval { person { name } } }';
const cameras = `cameras { id ${assignment} station { id } }`;
const ofPlant = { argument: 'plantId', of: (plant: SeededPlant) => plant.globalId, rows: ROWS };
const firstLine = (plant: SeededPlant) => encodeGlobalId('Line', plant.lines[0]?.line.id ?? '');

const lists: List[] = [
  {
    field: 'plants',
    selection: 'id code areas { id lines { id } } lines { id } edgeNodes { id } products { id } models { id }',
  },
  {
    field: 'lines',
    selection: `id code plant { code } area { id plant { id } } currentJob { code } machine { state } stations { id edgeNode { id } ${cameras} }`,
    narrowed: ofPlant,
  },
  {
    field: 'stations',
    selection: `id line { id plant { id } } edgeNode { id code } ${cameras}`,
    narrowed: { argument: 'lineId', of: firstLine, rows: 1 },
  },
  {
    field: 'cameras',
    selection: `id station { id line { id area { id } } } ${assignment}`,
    narrowed: { argument: 'lineId', of: firstLine, rows: 1 },
  },
  { field: 'edgeNodes', selection: `id plant { id } stations { id ${cameras} } status { version }`, narrowed: ofPlant },
  { field: 'products', selection: 'id code name', narrowed: ofPlant },
  { field: 'recipes', selection: 'id code name', narrowed: ofPlant },
  { field: 'materialBatches', selection: 'id code name supplier', narrowed: ofPlant },
  { field: 'areas', selection: 'id plant { id } lines { id }', narrowed: { ...ofPlant, rows: ROWS } },
  { field: 'shifts', selection: 'id code plant { currentShift { id } nextShiftRuns { from } }', narrowed: ofPlant },
  {
    field: 'people',
    selection: 'id name email memberships { plant { id } roles }',
    narrowed: ofPlant,
  },
  {
    field: 'datasets',
    selection:
      'id plant { id } versions { id itemCount createdBy { name email } frozenBy { name } items(first: 2) { edges { node { image { url } decidedBy { name } } } } }',
    narrowed: ofPlant,
  },
  {
    field: 'datasetVersions',
    selection:
      'id number state contentHash itemCount dataset { id plant { id } } createdBy { name } frozenBy { name } counts { label } check { isCurrent } leaks { likeness } modelVersions { id } basedOn { id } book { id } splitPolicy { seed } issues { edges { node { kind } } }',
  },
  {
    field: 'models',
    selection:
      'id plant { id } versions { id number approvals { person { name email } } assignments { camera { id } assignedBy { name } } }',
    narrowed: ofPlant,
  },
  {
    field: 'modelVersions',
    selection:
      'id model { id } artifact { signingKey { id } } datasetVersion { id itemCount } approvals { meaning person { name } } assignments { id camera { id } } trainingRun { id requestedBy { name } model { id } modelVersion { id } }',
  },
  {
    field: 'events',
    selection: 'id kind actor { name } line { id } station { id } edgeNode { id }',
    always: (plant) => `filter: { plantId: "${plant.globalId}" }`,
  },
  {
    field: 'jobs',
    selection:
      'id code line { id plant { id } } product { code } recipe { code } batch { code } summary { total rejectsByClass { count } models { modelVersion { id } } }',
  },
  {
    field: 'alarms',
    selection:
      'id text { title } definition { changedBy { name } } history { kind actor { name } } plant { id } line { id openAlarms { id } highestAlarm { id } } station { id } acknowledgedBy { name } shelving { by { name } }',
  },
  {
    field: 'inspectionExports',
    selection: 'id state plant { id } requestedBy { name } files { url sha256 }',
    always: (plant) => `plantId: "${plant.globalId}"`,
  },
  {
    field: 'datasetImports',
    selection:
      'id state plant { id } requestedBy { name } datasetVersion { number } refused(first: 1) { edges { node { path } } }',
    always: (plant) => `plantId: "${plant.globalId}"`,
  },
  {
    field: 'datasetExports',
    selection: 'id state requestedBy { name } datasetVersion { dataset { name } } leftOut { path }',
    always: (plant) => `plantId: "${plant.globalId}"`,
  },
];

/** Shown where inspections, the pool and the queue are tested. */
const elsewhere = [
  'retentionImages',
  'retentionRuns',
  'inspections',
  'poolImages',
  'defectBooks',
  'reviewQueue',
  'goldenImages',
];

it('no list is left out', () => {
  const connections = Object.values(schema.getQueryType()?.getFields() ?? {}).filter(({ type }) => {
    const named = getNamedType(type);
    return isObjectType(named) && 'pageInfo' in named.getFields();
  });
  expect(connections.map(({ name }) => name).sort()).toEqual([...lists.map(({ field }) => field), ...elsewhere].sort());
});

interface PageAnswer {
  list: {
    edges: { cursor: string; node: { id: string } }[];
    pageInfo: { hasNextPage: boolean; hasPreviousPage: boolean; startCursor: string | null; endCursor: string | null };
  };
}

describe.each(databases())('lists on %s', (kind) => {
  let server: TestServer;
  let plant: SeededPlant;
  let reader: Awaited<ReturnType<SeededPlant['person']>>['client'];

  beforeAll(async () => {
    server = await openTestServer(kind);
    const seed = createSeed(server);
    plant = await seed.plant({ lines: ROWS, nodes: ROWS });
    await fill(server, plant);
    // What is of another plant is in no list, except that its readers would see it.
    const other = await seed.plant({ lines: 2 });
    await (await other.modelVersion()).assign(other.cameras[0] ?? lacking());
    reader = (await plant.person('viewer')).client;
  });
  afterAll(() => server.close());

  /** The plants are listed by somebody who is in all of them, people by their administrator. */
  const clientOf = async ({ field }: List) => {
    if (field === 'people') return plant.owner.client;
    return field === 'plants' ? (await createSeed(server).installer()).client : reader;
  };

  const argumentsOf = (list: List, page: string) => `(${[list.always?.(plant), page].filter(Boolean).join(', ')})`;

  async function pageOf(list: List, page: string, selection = 'id'): Promise<PageAnswer['list']> {
    const client = await clientOf(list);
    const query = `{ list: ${list.field}${argumentsOf(list, page)} {
      edges { cursor node { ${selection} } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
    } }`;
    return (await client.read<PageAnswer>(query)).list;
  }

  it.each(lists.map((list) => [list.field, list] as const))(
    '%s gives each row once, forward and backward',
    async (_field, list) => {
      const all = await pageOf(list, 'first: 500');
      const ids = all.edges.map(({ node }) => node.id);
      expect(ids.length).toBeGreaterThanOrEqual(50);
      expect(new Set(ids).size).toBe(ids.length);
      expect(all.pageInfo).toEqual({
        hasNextPage: false,
        hasPreviousPage: false,
        startCursor: all.edges[0]?.cursor,
        endCursor: all.edges.at(-1)?.cursor,
      });

      const forward: string[] = [];
      for (let after: string | null = null, more = true; more; ) {
        const page: PageAnswer['list'] = await pageOf(list, `first: 17${after ? `, after: "${after}"` : ''}`);
        expect(page.pageInfo.hasPreviousPage).toBe(after !== null);
        forward.push(...page.edges.map(({ node }) => node.id));
        ({ endCursor: after, hasNextPage: more } = page.pageInfo);
      }
      expect(forward).toEqual(ids);

      const backward: string[] = [];
      for (let before: string | null = null, more = true; more; ) {
        const page: PageAnswer['list'] = await pageOf(list, `last: 17${before ? `, before: "${before}"` : ''}`);
        expect(page.pageInfo.hasNextPage).toBe(before !== null);
        backward.unshift(...page.edges.map(({ node }) => node.id));
        ({ startCursor: before, hasPreviousPage: more } = page.pageInfo);
      }
      expect(backward).toEqual(ids);

      const between = await pageOf(
        list,
        `first: 500, after: "${all.edges[3]?.cursor}", before: "${all.edges[9]?.cursor}"`,
      );
      expect(between.edges.map(({ node }) => node.id)).toEqual(ids.slice(4, 9));
      expect((await pageOf(list, 'first: 0')).edges).toEqual([]);
    },
  );

  it.each(lists.map((list) => [list.field, list] as const))(
    '%s takes no more statements for 50 rows than for 5',
    async (_field, list) => {
      const ask = (first: number) => pageOf(list, `first: ${first}`, list.selection);
      // Who asks is remembered for a second: without this the first would pay for both.
      const client = await clientOf(list);
      const count = (first: number) =>
        server.countStatements(async () => {
          server.authenticator.forgetAll();
          const query = `{ list: ${list.field}${argumentsOf(list, `first: ${first}`)} { edges { node { ${list.selection} } } } }`;
          const { list: answer } = await client.read<{ list: { edges: unknown[] } }>(query);
          expect(answer.edges).toHaveLength(first);
        });
      await ask(1);
      const few = await count(5);
      const many = await count(50);
      expect(few).toBeGreaterThan(0);
      expect(many).toBe(few);
    },
  );

  it.each(lists.flatMap((list) => (list.narrowed ? [[list.field, list, list.narrowed] as const] : [])))(
    '%s can be narrowed to one parent, and refuses what is no such parent',
    async (_field, list, { argument, of, rows }) => {
      const page = await pageOf(list, `first: 500, ${argument}: "${of(plant)}"`);
      expect(page.edges).toHaveLength(rows);
      const unknown = encodeGlobalId(argument === 'lineId' ? 'Line' : 'Plant', newId());
      expect((await pageOf(list, `${argument}: "${unknown}"`)).edges).toEqual([]);
      const wrong = encodeGlobalId('Person', newId());
      await expect(pageOf(list, `${argument}: "${wrong}"`)).rejects.toThrow(`${argument} cannot be`);
    },
  );

  it.each(lists.map((list) => [list.field, list] as const))(
    '%s refuses pages that make no sense, naming the argument',
    async (_field, list) => {
      await expect(pageOf(list, 'first: -1')).rejects.toThrow('first cannot be "-1"');
      await expect(pageOf(list, 'last: 501')).rejects.toThrow('last cannot be "501"');
      await expect(pageOf(list, 'first: 1, last: 1')).rejects.toThrow('last cannot be');
      await expect(pageOf(list, 'after: "nonsense"')).rejects.toThrow('after cannot be');
      const foreign = Buffer.from(JSON.stringify(['x'])).toString('base64url');
      await expect(pageOf(list, `before: "${foreign}"`)).rejects.toThrow('before cannot be');
      const { errors } = await server.anonymous.ask(
        `{ list: ${list.field}${argumentsOf(list, 'first: 1')} { pageInfo { hasNextPage } } }`,
      );
      expect(errors?.[0]?.extensions).toMatchObject({ code: 'UNAUTHENTICATED' });
    },
  );

  it('shows a reader nothing of a plant that is not theirs', async () => {
    const [all, theirs] = await Promise.all([
      (await createSeed(server).installer()).client.read<PageAnswer>(
        '{ list: modelVersions(first: 500) { edges { node { id } } } }',
      ),
      pageOf(lists.find(({ field }) => field === 'modelVersions') ?? lacking(), 'first: 500'),
    ]);
    expect(all.list.edges.length).toBe(theirs.edges.length + 1);
    const foreign = all.list.edges.find(({ node }) => !theirs.edges.some((edge) => edge.node.id === node.id));
    const { node } = await reader.read('query ($id: ID!) { node(id: $id) { id } }', { id: foreign?.node.id });
    expect(node).toBeNull();
  });
});

/** 55 of each: plants that only administrators of the installation see, products, models with versions that run, jobs, events. */
async function fill(server: TestServer, plant: SeededPlant): Promise<void> {
  const { db } = server;
  const at = new Date();
  const part = (prefix: string) => ({ id: newId(), plant_id: plant.row.id, code: freshCode(prefix), created_at: at });
  const many = <T>(make: (index: number) => T) => Array.from({ length: ROWS }, (_, index) => make(index));
  const plants = many(() => ({ ...plant.row, id: newId(), code: freshCode('more') }));
  await db.insertInto('plant').values(plants).execute();
  const inPlants = plants.map(({ id }) => ({ id: newId(), plant_id: id, code: 'a', name: 'A', created_at: at }));
  const areas = [...inPlants, ...many(() => ({ ...part('area'), name: 'A' })).slice(1)];
  // one row of each kind that is there no more
  await db
    .insertInto('area')
    .values({ ...part('gone'), name: 'Gone', retired_at: at })
    .execute();
  const shifts = many((index) => ({
    ...part('shift'),
    name: 'S',
    starts_at: `${String(Math.floor(index / 4)).padStart(2, '0')}:${(index % 4) * 15 || '00'}`,
    duration_min: 15,
    recurrence: 'FREQ=DAILY',
    valid_from: '2020-01-01',
    valid_to: null,
    except_dates: [],
    extra_dates: [],
  }));
  await db.insertInto('shift').values(shifts).execute();
  const members = many(() => ({
    id: newId(),
    email: `${freshCode('member')}@lehr.test`,
    name: 'M',
    password_hash: 'x',
    created_at: at,
    disabled_at: null,
  })).slice(3);
  await db.insertInto('person').values(members).execute();
  await db
    .insertInto('membership')
    .values(
      members.map(({ id }) => ({ person_id: id, plant_id: plant.row.id, role: 'viewer' as const, granted_at: at })),
    )
    .execute();
  await db.insertInto('area').values(areas).execute();
  const products = many(() => ({ ...part('product'), name: 'P' }));
  const recipes = many(() => part('recipe'));
  const batches = many(() => part('batch'));
  await db.insertInto('product').values(products).execute();
  await db.insertInto('recipe').values(recipes).execute();
  await db.insertInto('material_batch').values(batches).execute();
  const jobs = many((index) => ({
    id: newId(),
    plant_id: plant.row.id,
    line_id: plant.lines[index]?.line.id ?? '',
    code: freshCode('JO'),
    product_id: products[index]?.id ?? null,
    recipe_id: recipes[index]?.id ?? null,
    batch_id: batches[index]?.id ?? null,
    started_at: new Date(at.getTime() + index),
    ended_at: null,
  }));
  await db.insertInto('job').values(jobs).execute();
  for (const camera of plant.cameras) await (await plant.modelVersion()).assign(camera);

  const people = [plant.owner, await plant.person('operator')];
  const exports = many((index) => ({
    id: newId(),
    plant_id: plant.row.id,
    format: 'csv' as const,
    state: 'succeeded' as const,
    selection: '{}',
    heads: '{}',
    first_at: null,
    last_at: null,
    error: null,
    requested_by: people[index % 2]?.row.id ?? '',
    requested_at: at,
    started_at: at,
    finished_at: at,
  }));
  await db.insertInto('inspection_export').values(exports).execute();
  const file = {
    number: 1,
    name: 'inspections-00001.csv',
    size_bytes: 1,
    row_count: 1,
    last_captured_at: at,
    last_id: newId(),
  };
  const files = exports.map(({ id }) => ({ export_id: id, ...file, sha256: randomBytes(32) }));
  await db.insertInto('inspection_export_file').values(files).execute();
  const { id: versionId } = await db
    .selectFrom('dataset_version')
    .select('id')
    .where('plant_id', '=', plant.row.id)
    .limit(1)
    .executeTakeFirstOrThrow();
  for (let index = 0; index < ROWS; index += 1) {
    await seedExchange(db, { plantId: plant.row.id, versionId, personId: people[index % 2]?.row.id ?? '' });
  }
  await act(server.services, (scope) => raiseAlarms(scope, plant));
  const { next_position: next } = await db
    .selectFrom('stream')
    .select('next_position')
    .where('kind', '=', 'event')
    .where('id', '=', plant.row.id)
    .executeTakeFirstOrThrow();
  const events = many((index) => ({
    plant_id: plant.row.id,
    position: next + index,
    id: newId(),
    kind: 'machine.state',
    occurred_at: at,
    recorded_at: at,
    line_id: plant.lines[index]?.line.id ?? null,
    station_id: plant.lines[index]?.stations[0]?.station.id ?? null,
    edge_node_id: plant.nodes[index]?.id ?? null,
    actor_kind: 'person' as const,
    actor_id: people[index % 2]?.row.id ?? null,
    data: JSON.stringify({ random: randomBytes(2).toString('hex') }),
  }));
  await db.insertInto('event').values(events).execute();
  await db
    .updateTable('stream')
    .set({ next_position: next + ROWS })
    .where('kind', '=', 'event')
    .where('id', '=', plant.row.id)
    .execute();
}

/** An alarm of every line and station. */
async function raiseAlarms(scope: ActScope, plant: SeededPlant): Promise<void> {
  const at = new Date();
  const observed = plant.lines.map(({ line, stations }, index) => ({
    ...(index % 2 === 0
      ? { type: 'MACHINE_CONNECTION_LOST' as const, source: { kind: 'line' as const, id: line.id } }
      : { type: 'TRACKING_LOST' as const, source: { kind: 'station' as const, id: stations[0]?.station.id ?? '' } }),
    state: 'active' as const,
    at: new Date(at.getTime() - (index % 7) * 1000),
    data: {},
  }));
  await observeConditions(scope, plant.row.id, observed);
  // past the delay that some of them have
  await observeConditions(
    scope,
    plant.row.id,
    observed.map((each) => ({ ...each, at: new Date(at.getTime() + 60_000) })),
  );
}

function lacking(): never {
  throw new Error('the seeded plant lacks a part');
}
