/** Enrolment codes, keys and proofs of edge nodes at the API: what is taken, for how long, and what is refused. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { enrolmentText, nodeClockSkewSeconds, nodeProofSeconds, rotationText } from '../../../../schema/node-key.ts';
import { encodeGlobalId } from '../../../../server/kit/global-id.ts';
import { databases } from '../../../support/database.ts';
import { makePair, proofOf as makeProof, type NodeKeyPair, signed } from '../../../support/node-keys.ts';
import { createSeed, type SeededPlant } from '../../../support/seed.ts';
import { openTestServer, type TestServer } from '../../../support/server.ts';

const hourMs = 3_600_000;

describe.each(databases())('keys of edge nodes on %s', (kind) => {
  let server: TestServer;
  let plant: SeededPlant;
  let nodeId: string;
  let clock = Date.now();

  beforeAll(async () => {
    server = await openTestServer(kind, {
      now: () => new Date(clock),
      env: { LEHR_LIMIT_ENROLMENT_CODE_HOURS: '3', LEHR_LIMIT_NODE_KEY_GRACE_MIN: '30' },
    });
    plant = await createSeed(server).plant();
    nodeId = encodeGlobalId('EdgeNode', plant.nodes[0]?.id ?? '');
  });
  afterAll(() => server.close());

  const newCode = () =>
    plant.owner.client.act<{ code: string; expiresAt: string }>('createEnrolmentCode', 'code expiresAt', {
      edgeNodeId: nodeId,
    });
  const enrol = (code: string, pair: NodeKeyPair, proof = signed(pair, enrolmentText(code, pair.publicKey))) =>
    server.anonymous.act<{ tokenId: string }>('enrolEdgeNode', 'tokenId', { code, publicKey: pair.publicKey, proof });

  const proofOf = (pair: NodeKeyPair, change: Parameters<typeof makeProof>[2] = {}) => makeProof(pair, clock, change);
  async function isKnown(jwt: string): Promise<boolean> {
    server.authenticator.forgetAll();
    const client = server.client({ authorization: `Bearer ${jwt}` });
    const { data } = await client.ask<{ viewer: { edgeNode: { id: string } } | null }>(
      '{ viewer { edgeNode { id } } }',
    );
    return data?.viewer?.edgeNode.id === nodeId;
  }
  async function enrolled(): Promise<NodeKeyPair> {
    const pair = makePair();
    await enrol((await newCode()).code, pair);
    return pair;
  }

  it('takes one key for a code, the same again, and no other; the code before is good no longer', async () => {
    const old = await newCode();
    const { code, expiresAt } = await newCode();
    expect(expiresAt).toBe(new Date(clock + 3 * hourMs).toISOString());
    const pair = makePair();
    expect(await enrol(old.code, pair)).toMatchObject({ __typename: 'WrongCredentialsError' });
    const first = await enrol(code, pair);
    expect(first.__typename).toBe('NodeKey');
    expect(await enrol(code, pair)).toEqual(first);
    expect(await enrol(code, makePair())).toMatchObject({ __typename: 'WrongCredentialsError' });
    expect(await isKnown(proofOf(pair))).toBe(true);
    expect(await enrol((await newCode()).code, pair)).toMatchObject({ __typename: 'ConflictError' });
    const { events } = await plant.owner.client.read<{ events: { edges: { node: { kind: string } }[] } }>(
      'query ($id: ID!) { events(first: 1, filter: { plantId: $id }) { edges { node { kind edgeNode { id } actor { name } } } } }',
      { id: plant.globalId },
    );
    expect(events.edges[0]?.node).toMatchObject({ kind: 'node.enrolled', edgeNode: { id: nodeId } });
  });

  it('refuses a code whose time has run out', async () => {
    const { code } = await newCode();
    clock += 3 * hourMs;
    expect(await enrol(code, makePair())).toMatchObject({ __typename: 'WrongCredentialsError' });
    clock -= 1;
    expect(await enrol(code, makePair())).toMatchObject({ __typename: 'NodeKey' });
    clock -= 3 * hourMs;
  });

  it('wants an Ed25519 key and the proof that the node holds its private half', async () => {
    const { code } = await newCode();
    const pair = makePair();
    const other = makePair();
    const invalid = { __typename: 'InvalidInputError' };
    expect(await enrol(code, { ...pair, publicKey: 'x' })).toMatchObject({ ...invalid, field: 'input.publicKey' });
    const text = enrolmentText(code, pair.publicKey);
    expect(await enrol(code, pair, signed(other, text))).toMatchObject({ ...invalid, field: 'input.proof' });
    expect(await enrol(code, pair, '')).toMatchObject({ ...invalid, field: 'input.proof' });
    expect(await enrol(code, pair)).toMatchObject({ __typename: 'NodeKey' });
  });

  it('believes a proof that is fresh, short, for us and by the key, and no other', async () => {
    const pair = await enrolled();
    const nowS = Math.floor(clock / 1000);
    const skew = nodeClockSkewSeconds;
    const known = async (claims: object) => isKnown(proofOf(pair, { claims }));
    expect(await known({})).toBe(true);
    expect(await known({ iat: nowS, exp: nowS + nodeProofSeconds + 1 })).toBe(false);
    expect(await known({ iat: nowS + skew, exp: nowS + skew + 60 })).toBe(true);
    expect(await known({ iat: nowS + skew + 2, exp: nowS + skew + 60 })).toBe(false);
    expect(await known({ iat: nowS - 300, exp: nowS - skew + 1 })).toBe(true);
    expect(await known({ iat: nowS - 300, exp: nowS - skew - 1 })).toBe(false);
    expect(await known({ iat: undefined })).toBe(false);
    expect(await known({ exp: undefined })).toBe(false);
    expect(await known({ aud: 'somebody else' })).toBe(false);
    expect(await isKnown(proofOf(pair, { by: makePair() }))).toBe(false);
    expect(await isKnown(proofOf(pair, { header: { alg: 'none' } }))).toBe(false);
    expect(await isKnown(proofOf(pair, { header: { alg: 'HS256' } }))).toBe(false);
    expect(await isKnown(proofOf(makePair()))).toBe(false);
    expect(await isKnown('eyJx.eyJ.x')).toBe(false);
  });

  it('changes keys: the present one ends with the first use of the next, or after its grace', async () => {
    const present = await enrolled();
    const rotate = (pair: NodeKeyPair, by = present) => {
      const client = server.client({ authorization: `Bearer ${proofOf(by)}` });
      const proof = signed(pair, rotationText(by.publicKey, pair.publicKey));
      return client.act('rotateEdgeNodeKey', 'tokenId', { publicKey: pair.publicKey, proof });
    };
    const lost = makePair();
    const next = makePair();
    const announced = await rotate(lost);
    expect(announced.__typename).toBe('NodeKey');
    expect(await rotate(lost)).toEqual(announced);
    expect(await isKnown(proofOf(present))).toBe(true);
    // another next one: the first was lost
    expect(await rotate(next)).toMatchObject({ __typename: 'NodeKey' });
    expect(await isKnown(proofOf(lost))).toBe(false);
    expect(await isKnown(proofOf(next))).toBe(true);
    expect(await isKnown(proofOf(present))).toBe(false);

    const third = makePair();
    await rotate(third, next);
    clock += 30 * 60_000 - 1;
    expect(await isKnown(proofOf(next))).toBe(true);
    clock += 1;
    expect(await isKnown(proofOf(next))).toBe(false);
    expect(await isKnown(proofOf(third))).toBe(true);
  });

  it('ends the key that was to follow with the one that is revoked, and not one that has followed', async () => {
    const revoke = (tokenId: string) => plant.owner.client.act('revokeToken', 'id', { tokenId });
    const rotate = (pair: NodeKeyPair, by: NodeKeyPair) =>
      server
        .client({ authorization: `Bearer ${proofOf(by)}` })
        .act<{ tokenId: string }>('rotateEdgeNodeKey', 'tokenId', {
          publicKey: pair.publicKey,
          proof: signed(pair, rotationText(by.publicKey, pair.publicKey)),
        });
    const [present, next] = [makePair(), makePair()];
    const { tokenId } = await enrol((await newCode()).code, present);
    const followed = await rotate(next, present);
    await revoke(tokenId);
    expect([await isKnown(proofOf(present)), await isKnown(proofOf(next))]).toEqual([false, false]);
    expect(followed.__typename).toBe('NodeKey');

    const [second, third] = [makePair(), makePair()];
    const again = await enrol((await newCode()).code, second);
    await rotate(third, second);
    expect(await isKnown(proofOf(third))).toBe(true);
    await revoke(again.tokenId);
    expect(await isKnown(proofOf(third))).toBe(true);
  });

  it('says nothing of keys to people of other roles, and never gives out a secret', async () => {
    const reader = (await plant.person('viewer')).client;
    const { errors } = await reader.ask('query ($id: ID!) { node(id: $id) { ... on EdgeNode { tokens { id } } } }', {
      id: nodeId,
    });
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'FORBIDDEN' });
    const { node } = await plant.owner.client.read<{ node: { enrolmentCodeExpiresAt: string | null } }>(
      'query ($id: ID!) { node(id: $id) { ... on EdgeNode { enrolmentCodeExpiresAt } } }',
      { id: nodeId },
    );
    expect(node.enrolmentCodeExpiresAt).toBeNull();
    const { code, expiresAt } = await newCode();
    const again = await plant.owner.client.read<{ node: object }>(
      'query ($id: ID!) { node(id: $id) { ... on EdgeNode { enrolmentCodeExpiresAt } } }',
      { id: nodeId },
    );
    expect(again.node).toEqual({ enrolmentCodeExpiresAt: expiresAt });
    const audit = await server.db.selectFrom('audit').select('record').execute();
    expect(audit.some(({ record }) => record.includes(code))).toBe(false);
  });
});
