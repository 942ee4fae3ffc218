/** The cases of the wing people: sessions, people, passwords, tokens and nodes' keys. */
import { expect } from 'vitest';
import { enrolmentText, rotationText } from '#schema/node-key.ts';
import { makePair, proofOf, signed } from '../../support/node-keys.ts';
import { freshCode, PASSWORD } from '../../support/seed.ts';
import { type AuditCases, type AuditWorld, installer, keptOf, keyIn, owner } from './audit-case.ts';

const anybody = ({ server }: AuditWorld) => server.anonymous;
const [nodePair, nextPair] = [makePair(), makePair()];
const someTime = expect.any(String);

const person = (action: string, globalId: string, detail: Record<string, unknown>) => ({
  action,
  ...{ type: 'Person', id: keyIn(globalId), plantId: null, detail },
});

export const peopleCases: AuditCases = {
  createPerson: {
    as: owner,
    values({ plant, kept }) {
      kept.set('email', `${freshCode('audited')}@lehr.test`);
      const memberships = [{ plantId: plant.globalId, roles: ['VIEWER'] }];
      return { email: kept.get('email'), name: 'Made', password: 'a password for the audit', memberships };
    },
    selection: 'id',
    entry(world, { id }) {
      world.kept.set('person', String(id));
      const memberships = [{ plant_id: world.plant.row.id, role: 'viewer' }];
      const after = { email: keptOf(world, 'email'), name: 'Made', memberships };
      return person('person.create', String(id), { before: null, after });
    },
  },
  updatePerson: {
    as: owner,
    values: (world) => ({ personId: keptOf(world, 'person'), name: 'Renamed' }),
    entry(world) {
      const email = keptOf(world, 'email');
      const [before, after] = [
        { name: 'Made', email },
        { name: 'Renamed', email },
      ];
      return person('person.change', keptOf(world, 'person'), { before, after });
    },
  },
  setMemberships: {
    as: owner,
    values(world) {
      const memberships = [{ plantId: world.plant.globalId, roles: ['OPERATOR', 'ML_ENGINEER'] }];
      return { personId: keptOf(world, 'person'), memberships };
    },
    entry(world) {
      const plantId = world.plant.row.id;
      const before = [{ plantId, roles: ['viewer'] }];
      const after = [{ plantId, roles: ['ml_engineer', 'operator'] }];
      return person('person.set_memberships', keptOf(world, 'person'), { before, after });
    },
  },
  setInstallationAdministrator: {
    as: installer,
    values: (world) => ({ personId: world.sparePersonId, isAdministrator: true }),
    entry(world) {
      const [before, after] = [{ isAdministrator: false }, { isAdministrator: true }];
      const endedCodes = [expect.objectContaining({ purpose: 'reset_password' })];
      return person('person.set_administrator', world.sparePersonId, { before, after, endedCodes });
    },
  },
  disablePerson: {
    as: owner,
    values: (world) => ({ personId: keptOf(world, 'person') }),
    entry: (world) =>
      person('person.disable', keptOf(world, 'person'), {
        before: { disabledAt: null },
        after: { disabledAt: someTime },
      }),
  },
  enablePerson: {
    as: owner,
    values: (world) => ({ personId: keptOf(world, 'person') }),
    entry: (world) =>
      person('person.enable', keptOf(world, 'person'), {
        before: { disabledAt: someTime },
        after: { disabledAt: null },
      }),
  },
  createPasswordReset: {
    as: owner,
    values: (world) => ({ personId: keptOf(world, 'person') }),
    selection: 'code',
    entry(world, { code }) {
      world.kept.set('reset code', String(code));
      return person('person.create_password_reset', keptOf(world, 'person'), { expiresAt: someTime });
    },
  },
  resetPassword: {
    as: anybody,
    values: (world) => ({ code: keptOf(world, 'reset code'), password: 'another password for the audit' }),
    entry: (world) => session(world, 'person.reset_password', keptOf(world, 'email'), keyIn(keptOf(world, 'person'))),
  },
  signIn: {
    as: anybody,
    async values({ plant, kept }) {
      const { row } = await plant.person('viewer');
      kept.set('visitor', row.id);
      kept.set('visitor email', row.email);
      return { email: row.email, password: PASSWORD };
    },
    entry: (world) => session(world, 'session.open', keptOf(world, 'visitor email'), keptOf(world, 'visitor')),
  },
  changePassword: {
    async as({ plant, kept }) {
      const { client, globalId } = await plant.person('viewer');
      kept.set('changer', globalId);
      return client;
    },
    values: () => ({ oldPassword: PASSWORD, newPassword: 'a third password for the audit' }),
    entry: (world) => person('person.change_password', keptOf(world, 'changer'), {}),
  },
  endSession: {
    async as({ plant, kept }) {
      const { client } = await plant.person('viewer');
      const query = '{ viewer { sessions { id } } }';
      const { viewer } = await client.read<{ viewer: { sessions: { id: string }[] } }>(query);
      kept.set('session', viewer.sessions[0]?.id ?? '');
      return client;
    },
    values: (world) => ({ sessionId: keptOf(world, 'session') }),
    entry: (world) => ({
      action: 'session.close',
      ...{ type: 'Session', id: keyIn(keptOf(world, 'session')), plantId: null, detail: {} },
    }),
  },
  signOut: {
    as: async ({ plant }) => (await plant.person('viewer')).client,
    values: () => ({}),
    selection: 'signedOut',
    entry: () => ({ action: 'session.close', type: 'Session', id: expect.any(String), plantId: null, detail: {} }),
  },
  createToken: {
    as: owner,
    values: (world) => ({ plantId: world.plant.globalId, name: 'For the audit', role: 'MES' }),
    selection: 'secret token { id }',
    entry(world, { token }) {
      const { id } = token as { id: string };
      world.kept.set('token', id);
      const after = { name: 'For the audit', role: 'mes', edgeNodeId: null, expiresAt: null };
      return { action: 'token.create', type: 'Token', id: keyIn(id), detail: { before: null, after } };
    },
  },
  revokeToken: {
    as: owner,
    values: (world) => ({ tokenId: keptOf(world, 'token') }),
    entry(world) {
      const [before, after] = [{ revokedAt: null }, { revokedAt: someTime }];
      const detail = { name: 'For the audit', before, after };
      return { action: 'token.revoke', type: 'Token', id: keyIn(keptOf(world, 'token')), detail };
    },
  },
  createEnrolmentCode: {
    as: owner,
    async values(world) {
      world.kept.set('enrolled code', freshCode('enrolled'));
      const named = { code: keptOf(world, 'enrolled code'), name: 'Enrolled', plantId: world.plant.globalId };
      world.kept.set('enrolled', (await owner(world).act<{ id: string }>('createEdgeNode', 'id', named)).id);
      return { edgeNodeId: keptOf(world, 'enrolled') };
    },
    selection: 'code',
    entry(world, { code }) {
      world.kept.set('enrolment code', String(code));
      const detail = { code: keptOf(world, 'enrolled code'), expiresAt: someTime };
      return { action: 'edge_node.create_enrolment_code', ...node(world), detail };
    },
  },
  enrolEdgeNode: {
    as: anybody,
    values(world) {
      const [code, { publicKey }] = [keptOf(world, 'enrolment code'), nodePair];
      return { code, publicKey, proof: signed(nodePair, enrolmentText(code, publicKey)) };
    },
    selection: 'tokenId',
    entry(world, { tokenId }) {
      world.kept.set('node token', keyIn(tokenId));
      const told = { code: keptOf(world, 'enrolled code'), endedTokens: [], publicKey: nodePair.publicKey };
      const id = keyIn(tokenId);
      return {
        ...{ action: 'edge_node.enrol', ...node(world), detail: { ...told, tokenId: id } },
        actor: { kind: 'token', id },
      };
    },
  },
  rotateEdgeNodeKey: {
    as: ({ server }) => server.client({ authorization: `Bearer ${proofOf(nodePair, Date.now())}` }),
    values() {
      const proof = signed(nextPair, rotationText(nodePair.publicKey, nextPair.publicKey));
      return { publicKey: nextPair.publicKey, proof };
    },
    selection: 'tokenId',
    entry(world, { tokenId }) {
      const id = keyIn(tokenId);
      const told = { code: keptOf(world, 'enrolled code'), replaces: keptOf(world, 'node token'), endedTokens: [] };
      const detail = { ...told, publicKey: nextPair.publicKey, tokenId: id };
      return { action: 'edge_node.rotate_key', ...node(world), detail, actor: { kind: 'token', id } };
    },
  },
};

function session(_world: AuditWorld, action: string, email: string, personId: string) {
  const detail = { email, address: expect.any(String) };
  const actor = { kind: 'person', id: personId } as const;
  return { action, type: 'Session', id: expect.any(String), plantId: null, detail, actor };
}

function node(world: AuditWorld) {
  return { type: 'EdgeNode', id: keyIn(keptOf(world, 'enrolled')) };
}
