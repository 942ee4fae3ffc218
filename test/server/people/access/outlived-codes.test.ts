/** One-time codes and the rights behind them: a code is good for as long as who made it might make it again, and for no change of either side. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { enrolmentText } from '../../../../schema/node-key.ts';
import { encodeGlobalId } from '../../../../server/kit/global-id.ts';
import { databases } from '../../../support/database.ts';
import { makePair, signed } from '../../../support/node-keys.ts';
import {
  createSeed,
  freshCode,
  PASSWORD,
  type Seed,
  type SeededPerson,
  type SeededPlant,
} from '../../../support/seed.ts';
import { openTestServer, type TestServer } from '../../../support/server.ts';

const newPassword = 'a new long password';

describe.each(databases())('one-time codes on %s', (kind) => {
  let server: TestServer;
  let seed: Seed;
  let installer: SeededPerson;
  let plant: SeededPlant;
  let issuer: SeededPerson;
  let subject: SeededPerson;
  let nodeId: string;

  beforeAll(async () => {
    server = await openTestServer(kind);
    seed = createSeed(server);
    installer = await seed.installer();
  });
  beforeEach(async () => {
    plant = await seed.plant({ nodes: 2 });
    issuer = await plant.person('administrator');
    subject = await plant.person('viewer');
    nodeId = plant.nodes[0]?.id ?? '';
  });
  afterAll(() => server.close());

  const resetCode = async () =>
    (await issuer.client.act<{ code: string }>('createPasswordReset', 'code', { personId: subject.globalId })).code;
  const reset = (code: string, password = newPassword) =>
    server.anonymous.act('resetPassword', 'isAdministrator', { code, password });
  const enrolmentCode = async (id = nodeId) => {
    const edgeNodeId = encodeGlobalId('EdgeNode', id);
    return (await issuer.client.act<{ code: string }>('createEnrolmentCode', 'code', { edgeNodeId })).code;
  };
  const enrol = (code: string) => {
    const pair = makePair();
    const { publicKey } = pair;
    const proof = signed(pair, enrolmentText(code, publicKey));
    return server.anonymous.act('enrolEdgeNode', 'tokenId', { code, publicKey, proof });
  };
  const openKeys = async () =>
    (
      await server.db
        .selectFrom('token')
        .select('id')
        .where('edge_node_id', '=', nodeId)
        .where('revoked_at', 'is', null)
        .execute()
    ).map(({ id }) => id);
  const hasPassword = async (password: string) =>
    (await server.anonymous.act('signIn', 'isAdministrator', { email: subject.row.email, password })).__typename ===
    'Viewer';
  const auditOf = async (action: string, subjectId: string) =>
    (
      await server.db
        .selectFrom('audit')
        .select('record')
        .where('action', '=', action)
        .where('subject_id', '=', subjectId)
        .orderBy('seq')
        .execute()
    ).map(({ record }) => JSON.parse(record).detail as Record<string, unknown>);

  const change = (id: string, values: { disabled_at?: Date | null; is_administrator?: boolean }) =>
    server.db.updateTable('person').set(values).where('id', '=', id).execute();
  const roles = (personId: string) => server.db.deleteFrom('membership').where('person_id', '=', personId).execute();
  const give = (person_id: string, plant_id: string) =>
    server.db
      .insertInto('membership')
      .values({ person_id, plant_id, role: 'viewer', granted_at: new Date() })
      .execute();
  const disabled = () => ({ disabled_at: new Date() });

  describe('is asked for its rights when it is used, however they were lost:', () => {
    it.each<[string, string, () => Promise<unknown>]>([
      ['the issuer is disabled', 'issuer_disabled', () => change(issuer.row.id, disabled())],
      ['the issuer has no roles', 'issuer_without_rights', () => roles(issuer.row.id)],
      ['the subject is disabled', 'subject_disabled', () => change(subject.row.id, disabled())],
      ['the subject has no roles', 'issuer_without_rights', () => roles(subject.row.id)],
      [
        'the subject administers the installation',
        'issuer_without_rights',
        () => change(subject.row.id, { is_administrator: true }),
      ],
      [
        'the subject has a role where the issuer has none',
        'issuer_without_rights',
        async () => give(subject.row.id, (await seed.plant()).row.id),
      ],
    ])('%s', async (_title, why, lose) => {
      const code = await resetCode();
      await lose();
      const unknown = await reset('no code at all');
      // too short a password is not said either
      expect(await reset(code, 'short')).toEqual(unknown);
      expect(await reset(code)).toEqual(unknown);
      expect(unknown.__typename).toBe('WrongCredentialsError');
      expect(await auditOf('person.refuse_password_reset', subject.row.id)).toEqual([
        { why, createdBy: issuer.row.id },
      ]);
      // rights that come back bring no code back
      await change(issuer.row.id, { disabled_at: null });
      await change(subject.row.id, { disabled_at: null, is_administrator: false });
      expect(await reset(code)).toEqual(unknown);
      expect(await hasPassword(PASSWORD)).toBe(true);
    });

    it.each<[string, string, () => Promise<unknown>]>([
      ['the issuer is disabled', 'issuer_disabled', () => change(issuer.row.id, disabled())],
      ['the issuer administers the plant no more', 'issuer_without_rights', () => roles(issuer.row.id)],
      [
        'the node is retired',
        'subject_disabled',
        () => server.db.updateTable('edge_node').set({ retired_at: new Date() }).where('id', '=', nodeId).execute(),
      ],
    ])('of a node: %s', async (_title, why, lose) => {
      expect(await enrol(await enrolmentCode())).toMatchObject({ __typename: 'NodeKey' });
      const keys = await openKeys();
      const code = await enrolmentCode();
      await lose();
      expect(await enrol(code)).toEqual(await enrol('no code at all'));
      expect(await openKeys()).toEqual(keys);
      expect(await auditOf('edge_node.refuse_enrolment', nodeId)).toEqual([{ why, createdBy: issuer.row.id }]);
    });

    it('with the rights still there it is good', async () => {
      expect(await reset(await resetCode())).toMatchObject({ __typename: 'Viewer' });
      expect(await hasPassword(newPassword)).toBe(true);
    });
  });

  describe('ends with a change of either side, also one that is taken back:', () => {
    const memberships = (person: SeededPerson, ...names: string[]) =>
      installer.client.act('setMemberships', 'id', {
        personId: person.globalId,
        memberships: [{ plantId: plant.globalId, roles: names }],
      });
    const promote = (person: SeededPerson, isAdministrator: boolean) =>
      installer.client.act('setInstallationAdministrator', 'id', { personId: person.globalId, isAdministrator });
    const flip = async (person: SeededPerson) => {
      await installer.client.act('disablePerson', 'id', { personId: person.globalId });
      await installer.client.act('enablePerson', 'id', { personId: person.globalId });
    };
    const mail = (person: SeededPerson) =>
      installer.client.act('updatePerson', 'id', {
        personId: person.globalId,
        email: `${freshCode('other')}@lehr.test`,
      });
    const password = (person: SeededPerson) =>
      person.client.act('changePassword', 'id', { oldPassword: PASSWORD, newPassword: 'another long password' });
    const acts: [string, (person: SeededPerson) => Promise<unknown>][] = [
      ['disabled', flip],
      [
        'administrator of the installation for a while',
        async (person) => {
          await promote(person, true);
          await promote(person, false);
        },
      ],
      ['email', mail],
      ['password', password],
    ];

    it.each(acts)('of the subject: %s', async (_title, act) => {
      const code = await resetCode();
      await act(subject);
      expect(await reset(code)).toMatchObject({ __typename: 'WrongCredentialsError' });
    });

    it.each(acts)('of the issuer: %s', async (_title, act) => {
      const [code, enrolment] = [await resetCode(), await enrolmentCode()];
      await act(issuer);
      expect(await reset(code)).toMatchObject({ __typename: 'WrongCredentialsError' });
      expect(await enrol(enrolment)).toMatchObject({ __typename: 'WrongCredentialsError' });
    });

    it('roles of the subject, and of the issuer', async () => {
      const first = await resetCode();
      await memberships(subject, 'OPERATOR');
      expect(await reset(first)).toMatchObject({ __typename: 'WrongCredentialsError' });
      const [second, enrolment] = [await resetCode(), await enrolmentCode()];
      await memberships(issuer, 'VIEWER');
      await memberships(issuer, 'ADMINISTRATOR');
      expect(await reset(second)).toMatchObject({ __typename: 'WrongCredentialsError' });
      expect(await enrol(enrolment)).toMatchObject({ __typename: 'WrongCredentialsError' });
      const said = await auditOf('person.set_memberships', issuer.row.id);
      expect(said[0]?.endedCodes).toEqual([
        { purpose: 'reset_password', personId: subject.row.id, edgeNodeId: null, createdBy: issuer.row.id },
        { purpose: 'enrol_node', personId: null, edgeNodeId: nodeId, createdBy: issuer.row.id },
      ]);
    });

    it('a password that a code has set ends the codes that its person has made', async () => {
      const second = await plant.person('administrator');
      const mine = await second.client.act<{ code: string }>('createPasswordReset', 'code', {
        personId: issuer.globalId,
      });
      const [code, enrolment] = [await resetCode(), await enrolmentCode()];
      expect(await reset(mine.code)).toMatchObject({ __typename: 'Viewer' });
      expect(await reset(code)).toMatchObject({ __typename: 'WrongCredentialsError' });
      expect(await enrol(enrolment)).toMatchObject({ __typename: 'WrongCredentialsError' });
    });

    it('but not with another name', async () => {
      const code = await resetCode();
      await installer.client.act('updatePerson', 'id', { personId: subject.globalId, name: 'Nora' });
      expect(await reset(code)).toMatchObject({ __typename: 'Viewer' });
    });

    it('a station that goes from one node to the other, by the API or by a file', async () => {
      const [first, second] = plant.nodes.map(({ id }) => id);
      const station = plant.lines[0]?.stations[0]?.station.id ?? '';
      const codes = async () => [await enrolmentCode(first), await enrolmentCode(second)];
      const refused = async (made: string[]) => {
        for (const code of made) expect(await enrol(code)).toMatchObject({ __typename: 'WrongCredentialsError' });
      };
      const byApi = await codes();
      const edgeNodeId = encodeGlobalId('EdgeNode', second ?? '');
      await plant.owner.client.act('updateStation', 'id', { id: encodeGlobalId('Station', station), edgeNodeId });
      await refused(byApi);

      const byFile = await codes();
      const { exportPlantModel: file } = await plant.owner.client.read<{ exportPlantModel: { yaml: string } }>(
        'query ($id: ID!) { exportPlantModel(plantId: $id) { yaml } }',
        { id: plant.globalId },
      );
      const yaml = file.yaml.replace('edgeNode: node-2', 'edgeNode: node-1');
      const asked = { yaml, dryRun: false, missing: 'KEEP' };
      expect(await plant.owner.client.act('importPlantModel', 'changes { action }', asked)).toMatchObject({
        changes: [{ action: 'CHANGED' }],
      });
      await refused(byFile);
    });
  });
});
