/** Rights that are taken while somebody uses them: whoever holds the person or the key first goes first, and the other sees it. */
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { enrolmentText, rotationText } from '../../../../schema/node-key.ts';
import { encodeGlobalId } from '../../../../server/kit/global-id.ts';
import { databases } from '../../../support/database.ts';
import { makePair, type NodeKeyPair, proofOf, signed } from '../../../support/node-keys.ts';
import { createSeed, PASSWORD, type Seed, type SeededPerson, type SeededPlant } from '../../../support/seed.ts';
import { openTestServer, type TestServer } from '../../../support/server.ts';

describe.runIf(databases().includes('postgresql'))('rights that end while they are used', () => {
  let server: TestServer;
  let seed: Seed;
  let installer: SeededPerson;
  let plant: SeededPlant;
  let issuer: SeededPerson;
  let subject: SeededPerson;
  let edgeNodeId: string;
  let holder: pg.Client;
  let observer: pg.Client;

  beforeAll(async () => {
    server = await openTestServer('postgresql');
    seed = createSeed(server);
    installer = await seed.installer();
    [holder, observer] = [0, 1].map(() => new pg.Client({ connectionString: server.database.url })) as [
      pg.Client,
      pg.Client,
    ];
    await Promise.all([holder.connect(), observer.connect()]);
  });
  beforeEach(async () => {
    plant = await seed.plant();
    issuer = await plant.person('administrator');
    subject = await plant.person('viewer');
    edgeNodeId = encodeGlobalId('EdgeNode', plant.nodes[0]?.id ?? '');
  });
  afterAll(async () => {
    await Promise.all([holder.end(), observer.end()]);
    await server.close();
  });

  const someWait = async (count: number) => {
    for (;;) {
      const { rows } = await observer.query(
        "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'",
      );
      if (rows.length >= count) return;
    }
  };
  /** Lets `first` come as far as its audit entry, which is written last, then `second` as far as it gets, then both go on. */
  async function oneAfterTheOther<A, B>(chain: string, first: () => Promise<A>, second: () => Promise<B>) {
    await holder.query('BEGIN');
    await holder.query('SELECT 1 FROM audit_chain WHERE chain = $1 FOR UPDATE', [chain]);
    const one = first();
    await someWait(1);
    const other = second();
    await someWait(2);
    await holder.query('COMMIT');
    return Promise.all([one, other]);
  }

  const newReset = async () =>
    (await issuer.client.act<{ code: string }>('createPasswordReset', 'code', { personId: subject.globalId })).code;
  const reset = (code: string) =>
    server.anonymous.act('resetPassword', 'isAdministrator', { code, password: 'a new long password' });
  const newEnrolment = async () =>
    (await issuer.client.act<{ code: string }>('createEnrolmentCode', 'code', { edgeNodeId })).code;
  const enrol = (code: string, pair: NodeKeyPair) => {
    const proof = signed(pair, enrolmentText(code, pair.publicKey));
    return server.anonymous.act<{ tokenId: string }>('enrolEdgeNode', 'tokenId', {
      code,
      publicKey: pair.publicKey,
      proof,
    });
  };
  const promote = () =>
    installer.client.act('setInstallationAdministrator', 'id', { personId: subject.globalId, isAdministrator: true });
  const demote = () =>
    installer.client.act('setMemberships', 'id', {
      personId: issuer.globalId,
      memberships: [{ plantId: plant.globalId, roles: ['VIEWER'] }],
    });
  const disable = () => installer.client.act('disablePerson', 'id', { personId: issuer.globalId });
  const refused = { __typename: 'WrongCredentialsError' };
  const changed = { __typename: 'Person' };

  it('refuse a reset code whose subject is being promoted, or whose issuer is being demoted or disabled', async () => {
    for (const change of [promote, demote, disable]) {
      issuer = await plant.person('administrator');
      subject = await plant.person('viewer');
      const code = await newReset();
      expect(await oneAfterTheOther('system', change, () => reset(code))).toMatchObject([changed, refused]);
    }
  });

  it('let the change wait for a reset that came first', async () => {
    const code = await newReset();
    const [used, promoted] = await oneAfterTheOther('system', () => reset(code), promote);
    expect([used, promoted]).toMatchObject([{ __typename: 'Viewer' }, changed]);
  });

  it('refuse an enrolment code whose issuer is being demoted or disabled', async () => {
    for (const change of [demote, disable]) {
      issuer = await plant.person('administrator');
      const code = await newEnrolment();
      const used = () => enrol(code, makePair());
      expect(await oneAfterTheOther('system', change, used)).toMatchObject([changed, refused]);
    }
  });

  it('open no session with a password that is being changed', async () => {
    const { client, row } = subject;
    const change = () =>
      client.act('changePassword', 'id', { oldPassword: PASSWORD, newPassword: 'another long password' });
    const signIn = () => server.anonymous.act('signIn', 'isAdministrator', { email: row.email, password: PASSWORD });
    expect(await oneAfterTheOther('system', change, signIn)).toMatchObject([changed, refused]);
  });

  it('change no password by the old one while a code sets another', async () => {
    const code = await newReset();
    const change = () =>
      subject.client.act('changePassword', 'id', { oldPassword: PASSWORD, newPassword: 'another long password' });
    const done = await oneAfterTheOther('system', () => reset(code), change);
    expect(done).toMatchObject([{ __typename: 'Viewer' }, refused]);
  });

  it('give no next key for one that is being revoked', async () => {
    const [present, next] = [makePair(), makePair()];
    const { tokenId } = await enrol(await newEnrolment(), present);
    const node = server.client({ authorization: `Bearer ${proofOf(present, Date.now())}` });
    await node.read('{ viewer { tokenName } }');
    const rotate = () =>
      node.ask('mutation ($input: RotateEdgeNodeKeyInput!) { rotateEdgeNodeKey(input: $input) { __typename } }', {
        input: { publicKey: next.publicKey, proof: signed(next, rotationText(present.publicKey, next.publicKey)) },
      });
    const revoke = () => plant.owner.client.act('revokeToken', 'id', { tokenId });
    const [revoked, rotated] = await oneAfterTheOther(`plant:${plant.row.id}`, revoke, rotate);
    expect(revoked).toMatchObject({ __typename: 'Token' });
    expect(rotated.errors?.[0]?.extensions).toMatchObject({ code: 'UNAUTHENTICATED' });
  });
});
