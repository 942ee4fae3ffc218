/** How a node becomes known to the real server and changes its key: cut off at every point, it is known afterwards. */
import { cp, mkdtemp, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { WhoAmISchema } from '../../edge/uplink/answers.ts';
import { keyCredentials } from '../../edge/uplink/credentials.ts';
import { WHO_AM_I } from '../../edge/uplink/documents.ts';
import { makeNextKey, readKeys, type StoredKey } from '../../edge/uplink/key-files.ts';
import { type NodeIdentity, openIdentity } from '../../edge/uplink/node-identity.ts';
import { createServerClient } from '../../edge/uplink/server-client.ts';
import { encodeGlobalId } from '../../server/kit/global-id.ts';
import { type HttpTestServer, openHttpServer } from '../support/http-server.ts';
import { createSeed, freshCode, type SeededPlant } from '../support/seed.ts';
import { makeTemporaryFolder, type TemporaryFolder } from '../support/temporary-folder.ts';

const quiet = { info: () => {}, warn: () => {}, error: () => {} } as never;
const never = new AbortController().signal;

describe('a node with a key of its own', () => {
  let http: HttpTestServer;
  let plant: SeededPlant;
  let folder: TemporaryFolder;

  beforeAll(async () => {
    http = await openHttpServer('embedded', { env: { LEHR_LIMIT_NODE_KEY_GRACE_MIN: '1' } });
    plant = await createSeed(http.server).plant();
    folder = await makeTemporaryFolder('keys');
  });
  afterAll(async () => {
    await http.close();
    await folder.remove();
  });

  const settings = (home: string, enrolmentCode?: string, url = http.url) =>
    ({
      home,
      server: {
        url,
        token: undefined,
        enrolmentCode,
        rotateKeyDays: 30,
        timeoutMs: 5_000,
        pollMs: 100,
        statusMs: 100,
        retryMinMs: 1,
        retryMaxMs: 5,
      },
    }) as const;
  const newHome = () => mkdtemp(join(folder.path, 'home-'));

  async function newNode() {
    const { id } = await plant.owner.client.act<{ id: string }>('createEdgeNode', 'id', {
      plantId: plant.globalId,
      code: freshCode('node'),
      name: 'Node',
    });
    return { id, code: await newCode(id) };
  }
  const newCode = async (edgeNodeId: string) =>
    (await plant.owner.client.act<{ code: string }>('createEnrolmentCode', 'code', { edgeNodeId })).code;

  async function isKnown(identity: NodeIdentity): Promise<boolean> {
    http.server.authenticator.forgetAll();
    const client = createServerClient({ url: http.url, timeoutMs: 5_000 }, identity);
    return client.graphql(WHO_AM_I, '{}', WhoAmISchema, never).then(
      ({ viewer }) => viewer !== null,
      () => false,
    );
  }

  const tokensOf = async (nodeId: string) => {
    const { node } = await plant.owner.client.read<{
      node: {
        tokens: { isKey: boolean; revokedAt: string | null; expiresAt: string | null; lastUsedAt: string | null }[];
      };
    }>('query ($id: ID!) { node(id: $id) { ... on EdgeNode { tokens { isKey revokedAt expiresAt lastUsedAt } } } }', {
      id: nodeId,
    });
    return node.tokens;
  };

  /** As if it had been made long ago. */
  async function age(home: string): Promise<void> {
    const file = join(home, 'keys', 'present.json');
    const key = JSON.parse(await readFile(file, 'utf8')) as StoredKey;
    await writeFile(file, JSON.stringify({ ...key, madeAt: '2020-01-01T00:00:00.000Z' }));
  }

  it('enrols once and is known from then on, with a key that only its owner can read', async () => {
    const { id, code } = await newNode();
    const home = await newHome();
    const first = await openIdentity(settings(home, code), quiet, never);
    expect(await isKnown(first)).toBe(true);
    expect((await stat(join(home, 'keys', 'present.json'))).mode & 0o777).toBe(0o600);
    expect((await stat(join(home, 'keys'))).mode & 0o777).toBe(0o700);
    // the code stays in the configuration, and is not tried again
    expect(await isKnown(await openIdentity(settings(home, code), quiet, never))).toBe(true);
    expect(await isKnown(await openIdentity(settings(home), quiet, never))).toBe(true);
    expect(await tokensOf(id)).toEqual([
      { isKey: true, revokedAt: null, expiresAt: null, lastUsedAt: expect.any(String) },
    ]);
    // in the hands of another one it is good no longer
    await expect(openIdentity(settings(await newHome(), code), quiet, never)).rejects.toThrow(
      'server.enrolmentCode is refused',
    );
  });

  it('says what to do without a code, and with one that was never given', async () => {
    await expect(openIdentity(settings(await newHome()), quiet, never)).rejects.toThrow(
      'server.enrolmentCode is missing',
    );
    await expect(openIdentity(settings(await newHome(), 'nonsense'), quiet, never)).rejects.toThrow(
      'make another code',
    );
  });

  it('takes a new code for the same node, which ends the key before', async () => {
    const { id, code } = await newNode();
    const home = await newHome();
    const before = await openIdentity(settings(home, code), quiet, never);
    const other = await openIdentity(settings(await newHome(), await newCode(id)), quiet, never);
    expect([await isKnown(before), await isKnown(other)]).toEqual([false, true]);
    const again = await openIdentity(settings(home, await newCode(id)), quiet, never);
    expect([await isKnown(again), await isKnown(other)]).toEqual([true, false]);
  });

  it('changes its key when that is old; the one before ends with the first use of the next', async () => {
    const { id, code } = await newNode();
    const home = await newHome();
    const identity = await openIdentity(settings(home, code), quiet, never);
    await identity.refresh(never);
    expect(await tokensOf(id)).toHaveLength(1);
    const before = (await readKeys(home)).present;
    await age(home);
    const aged = await openIdentity(settings(home), quiet, never);
    await aged.refresh(never);
    expect(await isKnown(aged)).toBe(true);
    expect((await readKeys(home)).present?.publicKey).not.toBe(before?.publicKey);
    expect((await tokensOf(id)).map(({ revokedAt }) => revokedAt !== null)).toEqual([true, false]);
    expect(await isKnown(identity)).toBe(false);
  });

  it('is known again wherever it was cut off while enrolling or changing its key', async () => {
    for (const act of ['enrol', 'rotate'] as const) {
      const { code } = await newNode();
      const home = await newHome();
      if (act === 'rotate') {
        await openIdentity(settings(home, code), quiet, never);
        await age(home);
      }
      const snapshots: string[] = [];
      const snapshot = async () => {
        const copy = await newHome();
        await cp(home, copy, { recursive: true });
        snapshots.push(copy);
      };
      const real = globalThis.fetch;
      const fetching = vi.spyOn(globalThis, 'fetch').mockImplementation(async (...args) => {
        await snapshot();
        const response = await real(...args);
        await snapshot();
        return response;
      });
      const identity = await openIdentity(settings(home, code), quiet, never);
      await identity.refresh(never);
      fetching.mockRestore();
      await snapshot();
      expect(snapshots.length).toBeGreaterThanOrEqual(act === 'enrol' ? 3 : 5);
      // what is on the disk at each of these points is all that the next process has; the server has taken everything
      const known: boolean[] = [];
      for (const left of snapshots) {
        const next = await openIdentity(settings(left, code), quiet, never);
        await next.refresh(never);
        known.push(await isKnown(next));
      }
      expect(known, act).toEqual(snapshots.map(() => true));
    }
  });

  it('goes on with the present key when the next one never reached the server', async () => {
    const { id, code } = await newNode();
    const home = await newHome();
    await openIdentity(settings(home, code), quiet, never);
    const codeHash = (await readKeys(home)).present?.codeHash ?? '';
    await makeNextKey(home, { codeHash, by: 'rotation' }, new Date());
    const dead = await openIdentity(settings(home, code, 'http://127.0.0.1:9'), quiet, never);
    await expect(dead.refresh(never)).rejects.toThrow();
    const alive = await openIdentity(settings(home, code), quiet, never);
    expect(await isKnown(alive)).toBe(true);
    await alive.refresh(never);
    expect(await isKnown(alive)).toBe(true);
    expect((await readKeys(home)).next).toBeUndefined();
    expect((await tokensOf(id)).filter(({ revokedAt }) => revokedAt === null)).toHaveLength(1);
  });

  it('is known although its clock is wrong, and ends when its token is revoked', async () => {
    const { id, code } = await newNode();
    const home = await newHome();
    await openIdentity(settings(home, code), quiet, never);
    const { present } = await readKeys(home);
    if (!present) throw new Error('no key');
    const slow = keyCredentials(present, () => Date.now() - 86_400_000);
    const identity = { ...slow, refresh: async () => {} };
    expect(await isKnown(identity)).toBe(false);
    expect(await isKnown(identity)).toBe(true);

    const { node } = await plant.owner.client.read<{ node: { tokens: { id: string }[] } }>(
      'query ($id: ID!) { node(id: $id) { ... on EdgeNode { tokens { id } } } }',
      { id },
    );
    await plant.owner.client.act('revokeToken', 'id', { tokenId: node.tokens[0]?.id ?? encodeGlobalId('Token', id) });
    expect(await isKnown(identity)).toBe(false);
  });
});
