import { generateKeyPairSync } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { artifactSha256, signArtifact, verifyArtifact } from '#schema/artifact-signature.ts';
import { makeTemporaryFolder } from '../../../support/temporary-folder.ts';

const { privateKey, publicKey } = generateKeyPairSync('ed25519');
const spki = publicKey.export({ type: 'spki', format: 'der' }).toString('base64');

describe('signing an artifact', () => {
  it('verifies the file as it was, and refuses it with one byte flipped', async () => {
    await using folder = await makeTemporaryFolder('signature');
    const path = join(folder.path, 'model.onnx');
    const bytes = Buffer.from('weights '.repeat(20_000));
    await writeFile(path, bytes);
    const signature = signArtifact(await artifactSha256(path), privateKey);
    expect(verifyArtifact(await artifactSha256(path), signature, spki)).toBe(true);

    bytes[70_000] = (bytes[70_000] ?? 0) ^ 1;
    await writeFile(path, bytes);
    expect(verifyArtifact(await artifactSha256(path), signature, spki)).toBe(false);
  });

  it('refuses a foreign key, and what is no hash, signature or key, without throwing', () => {
    const sha256 = 'ab'.repeat(32);
    const signature = signArtifact(sha256, privateKey);
    const foreign = generateKeyPairSync('ed25519').publicKey.export({ type: 'spki', format: 'der' }).toString('base64');
    expect(verifyArtifact(sha256, signature, spki)).toBe(true);
    expect(verifyArtifact(sha256, signature, foreign)).toBe(false);
    expect(verifyArtifact('short', signature, spki)).toBe(false);
    expect(verifyArtifact(sha256, 'no signature', spki)).toBe(false);
    expect(verifyArtifact(sha256, signature, 'no key')).toBe(false);
  });

  it('does not sign with another kind of key, or what is no hash', () => {
    const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
    expect(() => signArtifact('ab'.repeat(32), rsa)).toThrow(/Ed25519/);
    expect(() => signArtifact('AB', privateKey)).toThrow(/64 lower-case hex/);
  });
});
