/** Checks of an edge node's key: its form, that the node holds its private half, and what it has signed. */
import { createPublicKey, type KeyObject, verify } from 'node:crypto';
import { decodeJwt, decodeProtectedHeader, jwtVerify } from 'jose';
import { nodeAudience, nodeClockSkewSeconds, nodeProofSeconds } from '#schema/node-key.ts';
import { InvalidInputError } from '../../../kit/errors.ts';

/** An Ed25519 key as SPKI in DER is this prefix and 32 bytes (RFC 8410). */
const spkiPrefix = Buffer.from('302a300506032b6570032100', 'hex');
const spkiBytes = spkiPrefix.length + 32;
const longestKeyText = 100;

/** The key's bytes. Throws `InvalidInputError` when it is none, or when the proof was not signed with it. */
export function checkNodeKey(publicKey: string, proof: string, text: string): Buffer {
  const key = Buffer.from(publicKey.length <= longestKeyText ? publicKey : '', 'base64');
  if (!isNodeKey(key))
    throw new InvalidInputError('input.publicKey', publicKey, 'give an Ed25519 key, SPKI in DER, as base64');
  const signature = proof.length <= 200 ? Buffer.from(proof, 'base64') : Buffer.alloc(0);
  if (!verify(null, Buffer.from(text, 'utf8'), publicKeyOf(key), signature))
    throw new InvalidInputError('input.proof', null, 'sign the stated text with the private half of the key');
  return key;
}

/** The key that a header claims to be signed with, when it looks like one of a node's. Nothing is verified yet. */
export function claimedKey(authorization: string): { key: Buffer; jwt: string } | undefined {
  const [, jwt] = /^Bearer (eyJ[\w-]+\.[\w-]+\.[\w-]+)$/i.exec(authorization) ?? [];
  if (jwt === undefined) return undefined;
  try {
    const { kid, alg } = decodeProtectedHeader(jwt);
    if (typeof kid !== 'string' || alg !== 'EdDSA' || kid.length > longestKeyText) return undefined;
    const key = Buffer.from(kid, 'base64url');
    return isNodeKey(key) ? { key, jwt } : undefined;
  } catch {
    return undefined;
  }
}

/** When the proof ends; undefined when the key has not signed it, for us, for a short time that has not passed. */
export async function verifyNodeProof(jwt: string, key: Buffer, now: Date): Promise<Date | undefined> {
  try {
    await jwtVerify(jwt, publicKeyOf(key), {
      algorithms: ['EdDSA'],
      audience: nodeAudience,
      currentDate: now,
      clockTolerance: nodeClockSkewSeconds,
      requiredClaims: ['iat', 'exp'],
    });
  } catch {
    return undefined;
  }
  const { iat = 0, exp = 0 } = decodeJwt(jwt);
  const issuedAhead = iat - now.getTime() / 1000 > nodeClockSkewSeconds;
  if (issuedAhead || exp <= iat || exp - iat > nodeProofSeconds) return undefined;
  return new Date((exp + nodeClockSkewSeconds) * 1000);
}

function publicKeyOf(key: Buffer): KeyObject {
  return createPublicKey({ key, format: 'der', type: 'spki' });
}

function isNodeKey(key: Buffer): boolean {
  return key.length === spkiBytes && key.subarray(0, spkiPrefix.length).equals(spkiPrefix);
}
