/**
 * Model artifacts are signed from the first one: a detached Ed25519 signature over the 32 bytes of the file's SHA-256.
 * The server signs, every edge node verifies before it loads.
 */
import { createHash, createPublicKey, type KeyObject, sign, verify } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';

/** SHA-256 of a file as lower-case hex, read in pieces so that size does not matter. Rejects when the file cannot be read. */
export async function artifactSha256(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}

/** Base64 signature. Throws when `sha256Hex` is not 64 hex digits or the key is not Ed25519. */
export function signArtifact(sha256Hex: string, privateKey: KeyObject): string {
  if (privateKey.asymmetricKeyType !== 'ed25519') {
    throw new Error(
      `privateKey: is ${privateKey.asymmetricKeyType ?? 'no asymmetric key'}; give an Ed25519 private key`,
    );
  }
  return sign(null, digestBytes(sha256Hex), privateKey).toString('base64');
}

/**
 * Whether the signature is that of the key's owner over this hash. `publicKeySpkiBase64` is the DER SubjectPublicKeyInfo.
 * A malformed hash, signature or key is simply not verified: false, never an exception.
 */
export function verifyArtifact(sha256Hex: string, signatureBase64: string, publicKeySpkiBase64: string): boolean {
  try {
    const key = createPublicKey({ key: Buffer.from(publicKeySpkiBase64, 'base64'), format: 'der', type: 'spki' });
    if (key.asymmetricKeyType !== 'ed25519') return false;
    return verify(null, digestBytes(sha256Hex), key, Buffer.from(signatureBase64, 'base64'));
  } catch {
    return false;
  }
}

function digestBytes(sha256Hex: string): Buffer {
  if (!/^[0-9a-f]{64}$/.test(sha256Hex)) throw new Error(`sha256Hex: "${sha256Hex}" is not 64 lower-case hex digits`);
  return Buffer.from(sha256Hex, 'hex');
}
