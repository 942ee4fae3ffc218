/** Tokens of machines and people's accounts, through the API, on every database. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { encodeGlobalId } from '../../../../server/kit/global-id.ts';
import { newId } from '../../../../server/kit/ids.ts';
import { databases } from '../../../support/database.ts';
import { loudLog } from '../../../support/loud-log.ts';
import { createSeed, type Seed } from '../../../support/seed.ts';
import { openTestServer, type TestServer } from '../../../support/server.ts';

describe.each(databases())('tokens and people on %s', (kind) => {
  let server: TestServer;
  let seed: Seed;
  beforeAll(async () => {
    server = await openTestServer(kind, { log: loudLog });
    seed = createSeed(server);
  });
  afterAll(() => server.close());

  it('shows a secret once, keeps its hash, and refuses it from the moment it is revoked', async () => {
    const plant = await seed.plant();
    const [node] = plant.nodes;
    if (!node) throw new Error('no node');
    const made = await plant.owner.client.act<{ secret: string; token: { id: string } }>(
      'createToken',
      'secret token { id }',
      {
        plantId: plant.globalId,
        name: 'line 1',
        role: 'EDGE_NODE',
        edgeNodeId: encodeGlobalId('EdgeNode', node.id),
      },
    );
    expect(made.secret).toMatch(/^lehr_[A-Za-z0-9_-]{43}$/);
    const rows = await server.db.selectFrom('token').selectAll().where('plant_id', '=', plant.row.id).execute();
    expect(JSON.stringify(rows)).not.toContain(made.secret);

    const machine = server.client({ authorization: `Bearer ${made.secret}` });
    expect(await machine.read('{ viewer { tokenName edgeNode { code } memberships { roles } } }')).toEqual({
      viewer: { tokenName: 'line 1', edgeNode: { code: node.code }, memberships: [{ roles: ['EDGE_NODE'] }] },
    });
    const revoked = await plant.owner.client.act<{ revokedAt: string }>('revokeToken', 'revokedAt', {
      tokenId: made.token.id,
    });
    expect(revoked.revokedAt).not.toBeNull();
    expect((await machine.ask('{ __typename }')).errors?.[0]?.extensions).toEqual({ code: 'UNAUTHENTICATED' });

    const again = await plant.owner.client.act<{ revokedAt: string }>('revokeToken', 'revokedAt', {
      tokenId: made.token.id,
    });
    expect(again.revokedAt).toBe(revoked.revokedAt);
  });

  it('refuses values that make no sense, naming field and remedy', async () => {
    const plant = await seed.plant();
    const create = (values: object) =>
      plant.owner.client.act('createToken', 'secret', { plantId: plant.globalId, name: 'x', role: 'MES', ...values });
    expect(await create({ role: 'EDGE_NODE' })).toMatchObject({
      __typename: 'InvalidInputError',
      field: 'input.edgeNodeId',
    });
    expect(await create({ name: ' ' })).toMatchObject({ __typename: 'InvalidInputError', field: 'input.name' });
    expect(await create({ expiresAt: '2001-01-01T00:00:00Z' })).toMatchObject({
      __typename: 'InvalidInputError',
      field: 'input.expiresAt',
    });
    expect(await create({ plantId: 'nonsense' })).toMatchObject({ __typename: 'InvalidInputError', value: 'nonsense' });
    expect(await create({ plantId: encodeGlobalId('Line', plant.row.id) })).toMatchObject({ field: 'input.plantId' });
  });

  it('hides other plants: their tokens and nodes do not exist', async () => {
    const [own, other] = [await seed.plant(), await seed.plant()];
    const [foreignNode] = other.nodes;
    const foreignToken = await other.mesToken();
    const values = {
      plantId: own.globalId,
      name: 'x',
      role: 'EDGE_NODE',
      edgeNodeId: encodeGlobalId('EdgeNode', foreignNode?.id ?? ''),
    };
    const { client } = own.owner;
    expect(await client.act('createToken', 'secret', values)).toMatchObject({ __typename: 'NotFoundError' });
    expect(await client.act('createToken', 'secret', { ...values, plantId: other.globalId })).toMatchObject({
      __typename: 'NotFoundError',
      field: 'input.plantId',
    });
    const tokenId = encodeGlobalId('Token', foreignToken.id);
    expect(await client.act('revokeToken', 'id', { tokenId })).toMatchObject({ __typename: 'NotFoundError' });
    const answer = await client.ask('query ($id: ID!) { node(id: $id) { id } }', { id: tokenId });
    expect(answer).toEqual({ data: { node: null } });
  });

  it('makes people only where the caller is administrator, and tells emails to few', async () => {
    const [own, other] = [await seed.plant(), await seed.plant()];
    const person = (plantId: string, email: string) => ({
      email,
      name: 'New',
      password: 'a long password',
      memberships: [{ plantId, roles: ['OPERATOR', 'OPERATOR'] }],
    });
    const { client } = own.owner;
    const made = await client.act<{ id: string; email: string }>(
      'createPerson',
      'id email',
      person(own.globalId, 'New@X.test'),
    );
    expect(made).toMatchObject({ __typename: 'Person', email: 'new@x.test' });
    expect(await client.act('createPerson', 'id', person(own.globalId, 'new@x.test'))).toMatchObject({
      __typename: 'ConflictError',
      field: 'input.email',
    });
    expect(await client.act('createPerson', 'id', person(other.globalId, 'b@x.test'))).toMatchObject({
      __typename: 'NotFoundError',
    });
    const short = { ...person(own.globalId, 'c@x.test'), password: 'short' };
    const refused = await client.act('createPerson', 'id', short);
    expect(refused).toMatchObject({ __typename: 'InvalidInputError', field: 'input.password', value: null });
    expect(JSON.stringify(refused)).not.toContain('short"');

    const colleague = await own.person('viewer');
    const ask = `query ($id: ID!) { node(id: $id) { ... on Person { name email } } }`;
    expect(await colleague.client.read(ask, { id: made.id })).toEqual({ node: { name: 'New', email: null } });
    expect(await other.owner.client.read(ask, { id: made.id })).toEqual({ node: null });
  });

  it('refuses plants that do not exist, even to an administrator of the installation', async () => {
    const { client } = await seed.installer();
    const plantId = encodeGlobalId('Plant', newId());
    const memberships = [{ plantId, roles: ['VIEWER'] }];
    const person = { email: 'd@x.test', name: 'New', password: 'a long password', memberships };
    const personId = (await seed.installer()).globalId;
    const refusal = { __typename: 'NotFoundError', value: plantId };
    expect(await client.act('createPerson', 'id', person)).toMatchObject(refusal);
    expect(await client.act('setMemberships', 'id', { personId, memberships })).toMatchObject(refusal);
    expect(await client.act('createToken', 'secret', { plantId, name: 'mes', role: 'MES' })).toMatchObject(refusal);
  });

  it('writes every act into the audit, without secrets', async () => {
    const plant = await seed.plant();
    const made = await plant.owner.client.act<{ secret: string }>('createToken', 'secret', {
      plantId: plant.globalId,
      name: 'mes',
      role: 'MES',
    });
    const rows = await server.db.selectFrom('audit').selectAll().where('plant_id', '=', plant.row.id).execute();
    expect(rows.map((row) => row.action)).toContain('token.create');
    expect(JSON.stringify(rows)).not.toContain(made.secret);
  });
});
