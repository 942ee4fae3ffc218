/** Setting up a plant's parts through the API, and every way it is refused. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { encodeGlobalId } from '../../../../server/kit/global-id.ts';
import { newId } from '../../../../server/kit/ids.ts';
import { databases } from '../../../support/database.ts';
import { createSeed, freshCode, type Seed, type SeededPerson, type SeededPlant } from '../../../support/seed.ts';
import { openTestServer, type TestServer } from '../../../support/server.ts';

describe.each(databases())('setting up a plant on %s', (kind) => {
  let server: TestServer;
  let seed: Seed;
  let installer: SeededPerson;
  let plant: SeededPlant;
  let other: SeededPlant;

  beforeAll(async () => {
    server = await openTestServer(kind);
    seed = createSeed(server);
    installer = await seed.installer();
    plant = await seed.plant();
    other = await seed.plant();
  });
  afterAll(() => server.close());

  const lineId = () => encodeGlobalId('Line', plant.lines[0]?.line.id ?? '');
  const stationId = () => encodeGlobalId('Station', plant.lines[0]?.stations[0]?.station.id ?? '');

  /** Each part: its type, its parent's field, the parent's id in our plant and in the other one. */
  const parts: [field: string, type: string, parent: string, ids: () => [string, string]][] = [
    ['createArea', 'Area', 'plantId', () => [plant.globalId, other.globalId]],
    [
      'createLine',
      'Line',
      'areaId',
      () => [encodeGlobalId('Area', plant.area.id), encodeGlobalId('Area', other.area.id)],
    ],
    ['createEdgeNode', 'EdgeNode', 'plantId', () => [plant.globalId, other.globalId]],
    ['createProduct', 'Product', 'plantId', () => [plant.globalId, other.globalId]],
    ['createStation', 'Station', 'lineId', () => [lineId(), encodeGlobalId('Line', other.lines[0]?.line.id ?? '')]],
    [
      'createCamera',
      'Camera',
      'stationId',
      () => [stationId(), encodeGlobalId('Station', other.lines[0]?.stations[0]?.station.id ?? '')],
    ],
  ];

  it('makes a plant that its installer sees at once, with an event stream that begins with it', async () => {
    const code = freshCode('nord');
    const made = await installer.client.act<{ id: string }>('createPlant', 'id code sector timeZone areas { id }', {
      code,
      name: 'Nord',
      sector: 'PHARMA',
      timeZone: 'europe/berlin',
    });
    expect(made).toMatchObject({ __typename: 'Plant', code, sector: 'PHARMA', timeZone: 'Europe/Berlin', areas: [] });

    const { plant: found } = await installer.client.read('query ($code: String!) { plant(code: $code) { id } }', {
      code,
    });
    expect(found).toEqual({ id: made.id });
    const { events } = await installer.client.read<{ events: { edges: { node: object }[] } }>(
      'query ($plantId: ID!) { events(filter: { plantId: $plantId }) { edges { node { kind data actor { kind name } } } } }',
      { plantId: made.id },
    );
    expect(events.edges.map(({ node }) => node)).toEqual([
      { kind: 'plant.created', data: { id: made.id, code }, actor: { kind: 'person', name: installer.row.name } },
    ]);
  });

  describe.each(parts)('%s', (field, type, parent, ids) => {
    it('makes the part, its event and its audit record', async () => {
      const code = freshCode('part');
      const [parentId] = ids();
      const made = await plant.owner.client.act<{ id: string }>(field, 'id code name', {
        [parent]: parentId,
        code,
        name: 'A part',
      });
      expect(made).toMatchObject({ __typename: type, code, name: 'A part' });

      const { node } = await plant.owner.client.read('query ($id: ID!) { node(id: $id) { __typename id } }', {
        id: made.id,
      });
      expect(node).toEqual({ __typename: type, id: made.id });
      const key = Buffer.from(made.id, 'base64url').toString().split(':')[1];
      const audit = await server.db
        .selectFrom('audit')
        .selectAll()
        .where('subject_id', '=', key ?? '')
        .execute();
      expect(audit).toMatchObject([
        {
          chain: `plant:${plant.row.id}`,
          actor_id: plant.owner.row.id,
          subject_type: type,
          action: expect.any(String),
        },
      ]);
      const event = await server.db
        .selectFrom('event')
        .selectAll()
        .where('plant_id', '=', plant.row.id)
        .orderBy('position', 'desc')
        .executeTakeFirstOrThrow();
      expect(event).toMatchObject({ data: { id: made.id, code }, kind: expect.stringMatching(/\.created$/) });
    });

    it('refuses a code that is taken, and leaves nothing of the attempt', async () => {
      const code = freshCode('part');
      const [parentId] = ids();
      const input = { [parent]: parentId, code, name: 'A part' };
      await plant.owner.client.act(field, 'id', input);
      const before = await countTraces();
      const refused = await plant.owner.client.act(field, 'id', input);
      expect(refused).toMatchObject({ __typename: 'ConflictError', field: 'input.code', value: code });
      expect(await countTraces()).toEqual(before);
    });

    it('refuses a parent that does not exist, is of another type or of a plant one may not see, all alike', async () => {
      const [parentId, foreignId] = ids();
      const [parentType = ''] = Buffer.from(parentId, 'base64url').toString().split(':');
      const missing = await plant.owner.client.act(field, 'id', {
        [parent]: encodeGlobalId(parentType, newId()),
        code: freshCode('part'),
        name: 'A part',
      });
      expect(missing).toMatchObject({ __typename: 'NotFoundError', field: `input.${parent}` });
      const foreign = await plant.owner.client.act(field, 'id', {
        [parent]: foreignId,
        code: freshCode('part'),
        name: 'A part',
      });
      expect(foreign).toMatchObject({ __typename: 'NotFoundError', field: `input.${parent}`, value: foreignId });
      const wrongType = await plant.owner.client.act(field, 'id', {
        [parent]: encodeGlobalId('Person', newId()),
        code: freshCode('part'),
        name: 'A part',
      });
      expect(wrongType).toMatchObject({ __typename: 'InvalidInputError', field: `input.${parent}` });
      const malformed = await plant.owner.client.act(field, 'id', { [parent]: '%', code: 'a', name: 'A part' });
      expect(malformed).toMatchObject({ __typename: 'InvalidInputError', field: `input.${parent}`, value: '%' });
    });

    it.each(['', ' ', ' a', 'a\0b', 'x'.repeat(201)])('refuses the name %j', async (name) => {
      const [parentId] = ids();
      const refused = await plant.owner.client.act(field, 'id', {
        [parent]: parentId,
        code: freshCode('p'),
        name,
      });
      expect(refused).toMatchObject({
        __typename: 'InvalidInputError',
        field: 'input.name',
        remedy: expect.any(String),
      });
    });

    it('refuses every role but the administrator of that very plant', async () => {
      const [parentId] = ids();
      const input = { [parent]: parentId, code: freshCode('part'), name: 'A part' };
      for (const role of ['viewer', 'operator', 'quality_engineer', 'ml_engineer', 'approver'] as const) {
        const { client } = await plant.person(role);
        await expect(client.act(field, 'id', input), role).rejects.toThrow('Your roles do not allow');
      }
      const halfway = await seed.person([
        { plantId: plant.row.id, role: 'viewer' },
        { plantId: other.row.id, role: 'administrator' },
      ]);
      await expect(halfway.client.act(field, 'id', input)).rejects.toThrow('Your roles do not allow');
      const tokens = [await plant.mesToken(), await plant.edgeToken(plant.nodes[0] ?? fail())];
      for (const { client } of tokens) {
        await expect(client.act(field, 'id', input)).rejects.toThrow('Your roles do not allow');
      }
      await expect(server.anonymous.act(field, 'id', input)).rejects.toThrow('Sign in');
    });
  });

  it.each(['', 'Ä', 'Nord', '-a', 'a b', 'a/b', '..', 'x'.repeat(64)])('refuses the code %j', async (code) => {
    const area = await plant.owner.client.act('createArea', 'id', { plantId: plant.globalId, code, name: 'A' });
    expect(area).toMatchObject({ __typename: 'InvalidInputError', field: 'input.code', value: code });
    const made = await installer.client.act('createPlant', 'id', {
      code,
      name: 'Nord',
      sector: 'GLASS',
      timeZone: 'UTC',
    });
    expect(made).toMatchObject({ __typename: 'InvalidInputError', field: 'input.code', value: code });
  });

  it('takes a product code as the machine writes it', async () => {
    const code = `BTL 500/Ä ${freshCode('x')}`;
    const made = await plant.owner.client.act('createProduct', 'code', {
      plantId: plant.globalId,
      code,
      name: 'Bottle',
    });
    expect(made).toMatchObject({ __typename: 'Product', code });
  });

  it.each(['Mars/Olympus', '', 'Europe/Berlin\0'])('refuses the time zone %j', async (timeZone) => {
    const refused = await installer.client.act('createPlant', 'id', {
      code: freshCode('nord'),
      name: 'Nord',
      sector: 'GLASS',
      timeZone,
    });
    expect(refused).toMatchObject({ __typename: 'InvalidInputError', field: 'input.timeZone', value: timeZone });
  });

  it.each([0, -1, 100_001])('refuses the rate %d', async (targetRatePerMin) => {
    const refused = await plant.owner.client.act('createLine', 'id', {
      areaId: encodeGlobalId('Area', plant.area.id),
      code: freshCode('line'),
      name: 'L',
      targetRatePerMin,
    });
    expect(refused).toMatchObject({ __typename: 'InvalidInputError', field: 'input.targetRatePerMin' });
  });

  it('lets only an administrator of the installation make a plant', async () => {
    const input = { code: freshCode('nord'), name: 'Nord', sector: 'GLASS', timeZone: 'UTC' };
    await expect(plant.owner.client.act('createPlant', 'id', input)).rejects.toThrow('Your roles do not allow');
    await expect(server.anonymous.act('createPlant', 'id', input)).rejects.toThrow('Sign in');
  });

  it('gives a station a node of its own plant only', async () => {
    const input = (edgeNodeId: string) => ({ lineId: lineId(), code: freshCode('station'), name: 'S', edgeNodeId });
    const own = encodeGlobalId('EdgeNode', plant.nodes[0]?.id ?? '');
    const made = await plant.owner.client.act('createStation', 'edgeNode { id }', input(own));
    expect(made).toMatchObject({ edgeNode: { id: own } });

    const foreign = encodeGlobalId('EdgeNode', other.nodes[0]?.id ?? '');
    for (const { client } of [plant.owner, installer]) {
      const refused = await client.act('createStation', 'id', input(foreign));
      expect(refused).toMatchObject({ __typename: 'NotFoundError', field: 'input.edgeNodeId', value: foreign });
    }
  });

  async function countTraces() {
    const count = async (table: 'event' | 'audit') =>
      (await server.db.selectFrom(table).select(server.db.fn.countAll().as('n')).executeTakeFirstOrThrow()).n;
    return { events: await count('event'), audit: await count('audit') };
  }
});

function fail(): never {
  throw new Error('the seeded plant lacks a part');
}
