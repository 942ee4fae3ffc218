/** The key that signs artifacts: made once, for the owner's eyes only, and the same at every start. */
import { generateKeyPairSync } from 'node:crypto';
import { chmod, mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { signArtifact, verifyArtifact } from '../../../../schema/artifact-signature.ts';
import { openSigningKey, registerSigningKey } from '../../../../server/modules/models/registry/signing-key.ts';
import { databases } from '../../../support/database.ts';
import { createSeed } from '../../../support/seed.ts';
import { openTestServer, type TestServer } from '../../../support/server.ts';
import { makeTemporaryFolder } from '../../../support/temporary-folder.ts';

const sha256 = 'ab'.repeat(32);

describe('the signing key', () => {
  it('is made at the first start, readable for the owner only, and stays', async () => {
    await using home = await makeTemporaryFolder('key');
    const made = openSigningKey(home.path);
    const { mode } = await stat(join(home.path, 'keys', 'model-signing.pem'));
    expect(mode & 0o777).toBe(0o600);
    const again = openSigningKey(home.path);
    expect(again.id).toBe(made.id);
    expect(verifyArtifact(sha256, signArtifact(sha256, made.privateKey), again.publicKey)).toBe(true);
  });

  it('is another one in another home, and does not vouch for what that one signed', async () => {
    await using one = await makeTemporaryFolder('key');
    await using two = await makeTemporaryFolder('key');
    const [mine, theirs] = [openSigningKey(one.path), openSigningKey(two.path)];
    expect(theirs.id).not.toBe(mine.id);
    expect(verifyArtifact(sha256, signArtifact(sha256, theirs.privateKey), mine.publicKey)).toBe(false);
  });

  it('is refused when the file holds another kind of key or none: nothing is overwritten', async () => {
    await using home = await makeTemporaryFolder('key');
    const file = join(home.path, 'keys', 'model-signing.pem');
    await mkdir(join(home.path, 'keys'));
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    for (const text of [privateKey.export({ format: 'pem', type: 'pkcs8' }).toString(), 'no key']) {
      await writeFile(file, text);
      await chmod(file, 0o600);
      expect(() => openSigningKey(home.path)).toThrow(file);
      expect(await readFile(file, 'utf8')).toBe(text);
    }
  });
});

describe.each(databases())('known signing keys on %s', (kind) => {
  let server: TestServer;
  beforeAll(async () => {
    server = await openTestServer(kind);
  });
  afterAll(() => server.close());

  it('show the public half once, however often the server starts', async () => {
    const { home } = server.config;
    for (let start = 0; start < 2; start++) await registerSigningKey(server.db, home, new Date());
    const plant = await createSeed(server).plant();
    const { signingKeys } = await plant.owner.client.read('{ signingKeys { id publicKey } }');
    const { id, publicKey } = openSigningKey(home);
    expect(signingKeys).toEqual([{ id, publicKey }]);
  });
});
