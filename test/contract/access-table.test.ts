/** Every field of the schema, executed for every role: allowed where the table says so, refused everywhere else. */
import { execute, type GraphQLField, isInterfaceType, isObjectType, parse } from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { schema } from '../../server/graphql/schema.ts';
import { openTestServer, type TestServer } from '../support/server.ts';
import { accessTable, callers } from './access/access-table.ts';
import {
  type AccessWorld,
  argumentsOf,
  buildAccessWorld,
  marker,
  objectTypes,
  selectionOf,
} from './access/access-world.ts';
import { askAll, globalIds } from './access/ask-all.ts';

let server: TestServer;
let world: AccessWorld;
let ids: string[];
beforeAll(async () => {
  server = await openTestServer('embedded');
  world = await buildAccessWorld(server);
  // before the table is gone through: its last act signs everybody out
  ids = await globalIds(world);
});
afterAll(() => server.close());

/** `Type.field` of everything in the schema. */
function allFields(): string[] {
  const types = Object.values(schema.getTypeMap()).filter((type) => isObjectType(type) && !type.name.startsWith('__'));
  return types.flatMap((type) =>
    isObjectType(type) ? Object.keys(type.getFields()).map((field) => `${type.name}.${field}`) : [],
  );
}

function tableFields(): string[] {
  return accessTable.flatMap(({ fields }) =>
    Object.entries(fields).flatMap(([type, names]) => names.split(' ').map((field) => `${type}.${field}`)),
  );
}

describe('the access table', () => {
  it('has every field of the schema once, and no other', () => {
    expect(tableFields().toSorted()).toEqual(allFields().toSorted());
  });

  it('has a real object behind every type', () => {
    const missing = objectTypes().filter(({ name }) => !world.samples.has(name));
    expect(missing.map(({ name }) => name)).toEqual([]);
  });

  it.each(callers)('holds for %s', { timeout: 120_000 }, async (caller) => {
    const allowed = new Set(
      accessTable.flatMap((entry) =>
        entry.allowed.includes(caller)
          ? Object.entries(entry.fields).flatMap(([type, names]) => names.split(' ').map((field) => `${type}.${field}`))
          : [],
      ),
    );
    const verdicts = await askAll(world, world.callers[caller]);
    const expected = allFields().map((name) => [name, allowed.has(name) ? 'allow' : 'deny']);
    expect(Object.fromEntries(verdicts)).toEqual(Object.fromEntries(expected));
  });
});

describe('callers of another plant', () => {
  const strangers = ['administrator', 'mes', 'edge_node'] as const;

  it.each(strangers)('%s reads nothing of this plant', async (stranger) => {
    const client = world.strangers[stranger];
    const contextValue = await world.contextOf(client);
    for (const field of Object.values(schema.getQueryType()?.getFields() ?? {}) as GraphQLField<unknown, unknown>[]) {
      if (field.name === 'node' || field.name === 'nodes') continue;
      const text = `{ ${field.name}${argumentsOf(field.name, world.plant)} ${selectionOf(field, new Set())} }`;
      const answer = await execute({ schema, document: parse(text), contextValue });
      expect(JSON.stringify(answer.data ?? null), field.name).not.toContain(marker);
    }
    const nodeTypes = objectTypes().filter((type) =>
      type.getInterfaces().some((each) => isInterfaceType(each) && each.name === 'Node'),
    );
    expect(ids).toHaveLength(nodeTypes.length);
    const { data } = await client.ask('query ($ids: [ID!]!) { nodes(ids: $ids) { __typename } }', { ids });
    expect(data).toEqual({ nodes: ids.map(() => null) });
  });

  it.each(strangers)('%s changes nothing of this plant', async (stranger) => {
    const before = await server.db
      .selectFrom('audit')
      .select('seq')
      .where('plant_id', '=', world.plant.row.id)
      .execute();
    const verdicts = await askAll(world, world.strangers[stranger]);
    const passed = [...verdicts].filter(
      ([name, verdict]) => /^(Mutation|Subscription)\./.test(name) && verdict === 'allow',
    );
    // open to all, about oneself, or answered item by item
    const harmless = [
      'Mutation.signIn',
      'Mutation.createFirstAdministrator',
      'Mutation.signOut',
      'Mutation.enrolEdgeNode',
      'Mutation.importPlantModel',
      'Mutation.rotateEdgeNodeKey',
      'Mutation.resetPassword',
      'Mutation.changePassword',
      'Mutation.endSession',
      'Mutation.endSession',
      'Mutation.recordInspections',
      'Mutation.recordNodeEvents',
      'Mutation.recordPartCounts',
      'Mutation.reviseCaptures',
    ];
    expect(passed.map(([name]) => name).filter((name) => !harmless.includes(name))).toEqual([]);
    const after = await server.db
      .selectFrom('audit')
      .select('seq')
      .where('plant_id', '=', world.plant.row.id)
      .execute();
    expect(after).toHaveLength(before.length);
  });

  it('has every item of a node of another plant refused', async () => {
    const { item } = world.recording;
    const sent = await world.strangers.edge_node.read<{ recordInspections: { items: { outcome: string }[] } }>(
      `mutation ($input: [InspectionInput!]!) {
        recordInspections(input: $input) { ... on RecordInspectionsPayload { items { outcome } } }
      }`,
      { input: [item()] },
    );
    expect(sent.recordInspections.items).toEqual([{ outcome: 'REFUSED' }]);
  });
});
