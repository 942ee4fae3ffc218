/** Administering people: who may change whom, what ends at once, and that the installation never loses its last administrator. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { issueFirstAdministratorCode } from '../../../../server/modules/people/access/sessions.service.ts';
import { databases } from '../../../support/database.ts';
import {
  createSeed,
  freshCode,
  PASSWORD,
  type Seed,
  type SeededPerson,
  type SeededPlant,
} from '../../../support/seed.ts';
import { openTestServer, type TestServer } from '../../../support/server.ts';
import type { TestClient } from '../../../support/test-client.ts';

const hourMs = 3_600_000;

describe.each(databases())('people on %s', (kind) => {
  let server: TestServer;
  let seed: Seed;
  let plant: SeededPlant;
  let installer: SeededPerson;
  let owner: TestClient;
  let clock = Date.now();

  beforeAll(async () => {
    server = await openTestServer(kind, { now: () => new Date(clock), env: { LEHR_LIMIT_PASSWORD_RESET_HOURS: '2' } });
    seed = createSeed(server);
    installer = await seed.installer();
  });
  beforeEach(async () => {
    plant = await seed.plant();
    owner = plant.owner.client;
  });
  afterAll(() => server.close());

  /** Whether the caller is still somebody; what is remembered for a second is read anew. */
  const isIn = async (client: TestClient) => {
    server.authenticator.forgetAll();
    return (await client.read<{ viewer: object | null }>('{ viewer { isAdministrator } }')).viewer !== null;
  };
  const signIn = (email: string, password: string) =>
    server.anonymous.act('signIn', 'isAdministrator', { email, password });
  const people = async (client: TestClient, args = '') => {
    const { people: page } = await client.read<{ people: { edges: { node: { id: string; name: string } }[] } }>(
      `{ people${args} { edges { node { id name } } } }`,
    );
    return page.edges.map(({ node }) => node.id);
  };
  const forbiddenCode = async (client: TestClient, query: string, variables: object) =>
    (await client.ask(query, variables as Record<string, unknown>)).errors?.[0]?.extensions?.code;

  it('lists those of the own plants, all for the installation, the disabled only when asked', async () => {
    const operator = await plant.person('operator');
    const stranger = await (await seed.plant()).person('viewer');
    expect(await people(owner)).toEqual([plant.owner.globalId, operator.globalId]);
    const everybody = await people(installer.client, '(first: 500)');
    expect(everybody).toEqual(expect.arrayContaining([operator.globalId, stranger.globalId, installer.globalId]));
    await owner.act('disablePerson', 'disabledAt', { personId: operator.globalId });
    expect(await people(owner)).toEqual([plant.owner.globalId]);
    expect(await people(owner, '(includeDisabled: true)')).toHaveLength(2);
    expect(await people(installer.client, `(plantId: "${plant.globalId}")`)).toEqual([plant.owner.globalId]);
  });

  it('gives and takes roles in the plants named, and shows them', async () => {
    const person = await plant.person('operator');
    const second = await seed.plant();
    const wish = (roles: string[]) => ({
      personId: person.globalId,
      memberships: [{ plantId: plant.globalId, roles }],
    });
    const selection = 'memberships { plant { id } roles }';
    expect(await owner.act('setMemberships', selection, wish(['VIEWER', 'APPROVER']))).toMatchObject({
      memberships: [{ plant: { id: plant.globalId }, roles: ['APPROVER', 'VIEWER'] }],
    });
    expect(await owner.act('setMemberships', selection, wish([]))).toMatchObject({ memberships: [] });
    const foreign = { personId: plant.owner.globalId, memberships: [{ plantId: second.globalId, roles: ['VIEWER'] }] };
    expect(await owner.act('setMemberships', 'id', foreign)).toMatchObject({ __typename: 'NotFoundError' });
    const entries = await server.db.selectFrom('audit').select('action').where('chain', '=', 'system').execute();
    expect(entries.map(({ action }) => action)).toContain('person.set_memberships');
  });

  it('shuts a person out at once, and lets them in again without what they had open', async () => {
    const person = await plant.person('operator');
    expect(await isIn(person.client)).toBe(true);
    expect(await owner.act('disablePerson', 'disabledAt', { personId: person.globalId })).toMatchObject({
      disabledAt: expect.any(String),
    });
    expect(await isIn(person.client)).toBe(false);
    expect(await signIn(person.row.email, PASSWORD)).toMatchObject({ __typename: 'WrongCredentialsError' });
    await owner.act('enablePerson', 'disabledAt', { personId: person.globalId });
    expect(await isIn(person.client)).toBe(false);
    expect(await signIn(person.row.email, PASSWORD)).toMatchObject({ __typename: 'Viewer' });
  });

  it('keeps the hands of a plant’s administrator off people who have roles elsewhere', async () => {
    const other = await seed.plant();
    const both = await seed.person([
      { plantId: plant.row.id, role: 'viewer' },
      { plantId: other.row.id, role: 'administrator' },
    ]);
    const mutations = [
      'mutation ($id: ID!) { disablePerson(personId: $id) { __typename } }',
      'mutation ($id: ID!) { createPasswordReset(personId: $id) { __typename } }',
      'mutation ($id: ID!) { updatePerson(input: { personId: $id, email: "mine@lehr.test" }) { __typename } }',
    ];
    for (const mutation of mutations) {
      expect(await forbiddenCode(owner, mutation, { id: both.globalId })).toBe('FORBIDDEN');
      const { data } = await owner.ask(mutation, { id: installer.globalId });
      expect(JSON.stringify(data)).toContain('NotFoundError');
    }
    expect(await installer.client.act('disablePerson', 'id', { personId: both.globalId })).toMatchObject({
      __typename: 'Person',
    });
  });

  it('changes name and email, and refuses an email that somebody has', async () => {
    const person = await plant.person('operator');
    const email = `${freshCode('new')}@lehr.test`;
    const values = { personId: person.globalId, name: ' Nora ', email: email.toUpperCase() };
    expect(await owner.act('updatePerson', 'name email', values)).toMatchObject({ name: 'Nora', email });
    expect(
      await owner.act('updatePerson', 'id', { personId: person.globalId, email: plant.owner.row.email }),
    ).toMatchObject({ __typename: 'ConflictError', field: 'input.email' });
    expect(await owner.act('updatePerson', 'id', { personId: person.globalId, name: ' ' })).toMatchObject({
      __typename: 'InvalidInputError',
      field: 'input.name',
    });
  });

  it('never loses the last administrator of the installation', async () => {
    await server.db
      .updateTable('person')
      .set({ is_administrator: false })
      .where('id', '!=', installer.row.id)
      .execute();
    const own = { personId: installer.globalId };
    const demote = { ...own, isAdministrator: false };
    expect(await installer.client.act('disablePerson', 'id', own)).toMatchObject({ __typename: 'ConflictError' });
    expect(await installer.client.act('setInstallationAdministrator', 'id', demote)).toMatchObject({
      __typename: 'ConflictError',
    });
    const second = await plant.person('viewer');
    const promote = { personId: second.globalId, isAdministrator: true };
    expect(await installer.client.act('setInstallationAdministrator', 'isAdministrator', promote)).toMatchObject({
      isAdministrator: true,
    });
    server.authenticator.forgetAll();
    // each takes the other's place away at the same time: one of them stays
    const both = await Promise.all([
      installer.client.act('setInstallationAdministrator', 'id', { ...promote, isAdministrator: false }),
      second.client.act('setInstallationAdministrator', 'id', demote),
    ]).then(
      (results) => results.map(({ __typename }) => __typename),
      () => ['Person', 'FORBIDDEN'],
    );
    expect(both.filter((name) => name === 'Person')).toHaveLength(1);
    const left = await server.db.selectFrom('person').select('id').where('is_administrator', '=', true).execute();
    expect(left).toHaveLength(1);
    await server.db.updateTable('person').set({ is_administrator: true }).where('id', '=', installer.row.id).execute();
  });

  it('sets a forgotten password by a code that is good once, for a while, and ends what was open', async () => {
    const person = await plant.person('operator');
    const make = () =>
      owner.act<{ code: string; expiresAt: string }>('createPasswordReset', 'code expiresAt', {
        personId: person.globalId,
      });
    const first = await make();
    expect(first.expiresAt).toBe(new Date(clock + 2 * hourMs).toISOString());
    const second = await make();
    const reset = (code: string, password = 'a new long password') =>
      server.anonymous.act('resetPassword', 'person { name }', { code, password });
    expect(await reset(first.code)).toMatchObject({ __typename: 'WrongCredentialsError' });
    expect(await reset(second.code, 'short')).toMatchObject({ __typename: 'InvalidInputError', value: null });
    expect(await signIn(person.row.email, PASSWORD)).toMatchObject({ __typename: 'Viewer' });
    expect(await reset(second.code)).toMatchObject({ __typename: 'Viewer', person: { name: person.row.name } });
    expect(await isIn(person.client)).toBe(false);
    expect(await reset(second.code)).toMatchObject({ __typename: 'WrongCredentialsError' });
    expect(await signIn(person.row.email, PASSWORD)).toMatchObject({ __typename: 'WrongCredentialsError' });
    expect(await signIn(person.row.email, 'a new long password')).toMatchObject({ __typename: 'Viewer' });

    const late = await make();
    clock += 2 * hourMs;
    expect(await reset(late.code)).toMatchObject({ __typename: 'WrongCredentialsError' });
    clock -= 2 * hourMs;
  });

  it('changes the own password with the old one, and ends the other sessions', async () => {
    const person = await plant.person('operator');
    const change = (oldPassword: string, newPassword = 'another long password') =>
      person.client.act('changePassword', 'name', { oldPassword, newPassword });
    expect(await signIn(person.row.email, PASSWORD)).toMatchObject({ __typename: 'Viewer' });
    const sessions = async () =>
      (
        await person.client.read<{ viewer: { sessions: { id: string; isCurrent: boolean }[] } }>(
          '{ viewer { sessions { id isCurrent createdAt expiresAt } } }',
        )
      ).viewer.sessions;
    expect((await sessions()).map(({ isCurrent }) => isCurrent).sort()).toEqual([false, true]);
    expect(await change('not the password')).toMatchObject({ __typename: 'WrongCredentialsError' });
    expect(await change(PASSWORD, 'short')).toMatchObject({ __typename: 'InvalidInputError', value: null });
    expect(await change(PASSWORD)).toMatchObject({ __typename: 'Person' });
    expect((await sessions()).map(({ isCurrent }) => isCurrent)).toEqual([true]);
    expect(await isIn(person.client)).toBe(true);
  });

  it('ends one of the own sessions, and none of anybody else', async () => {
    const person = await plant.person('operator');
    const other = await plant.person('viewer');
    const own = async (client: TestClient) =>
      (await client.read<{ viewer: { sessions: { id: string }[] } }>('{ viewer { sessions { id } } }')).viewer.sessions;
    const [theirs] = await own(other.client);
    expect(await person.client.act('endSession', 'id', { sessionId: theirs?.id })).toMatchObject({
      __typename: 'NotFoundError',
    });
    const [mine] = await own(person.client);
    expect(await person.client.act('endSession', 'id isCurrent', { sessionId: mine?.id })).toMatchObject({
      isCurrent: true,
    });
    expect([await isIn(person.client), await isIn(other.client)]).toEqual([false, true]);
  });
});

describe.each(databases())('the first administrator on %s', (kind) => {
  it('is made by the code of any server process, until its time has run out', async () => {
    let clock = Date.now();
    await using server = await openTestServer(kind, { now: () => new Date(clock) });
    const issue = () => issueFirstAdministratorCode(server.db, new Date(clock), hourMs);
    const make = (code: string | undefined) =>
      server.anonymous.act('createFirstAdministrator', 'isAdministrator', {
        code,
        email: 'first@lehr.test',
        name: 'First',
        password: 'long enough one',
      });
    const first = await issue();
    clock += hourMs;
    expect(await make(first)).toMatchObject({ __typename: 'WrongCredentialsError' });
    const [second, third] = [await issue(), await issue()];
    expect(await make(second)).toMatchObject({ __typename: 'Viewer', isAdministrator: true });
    expect(await make(third)).toMatchObject({ __typename: 'ConflictError' });
    expect(await issue()).toBeUndefined();
  });
});
