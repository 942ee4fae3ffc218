/** Keys of edge nodes as a node makes and proves them. */
import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { nodeAudience, nodeProofSeconds } from '../../schema/node-key.ts';

export interface NodeKeyPair {
  publicKey: string;
  privateKey: KeyObject;
}

export function makePair(): NodeKeyPair {
  const pair = generateKeyPairSync('ed25519');
  return {
    publicKey: pair.publicKey.export({ format: 'der', type: 'spki' }).toString('base64'),
    privateKey: pair.privateKey,
  };
}

export const signed = (pair: NodeKeyPair, text: string) =>
  sign(null, Buffer.from(text), pair.privateKey).toString('base64');

const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');

/** What a node sends as its bearer token; `change` makes it a bad one. */
export function proofOf(
  pair: NodeKeyPair,
  nowMs: number,
  change: { header?: object; claims?: object; by?: NodeKeyPair } = {},
): string {
  const nowS = Math.floor(nowMs / 1000);
  const kid = Buffer.from(pair.publicKey, 'base64').toString('base64url');
  const header = encode({ alg: 'EdDSA', kid, ...change.header });
  const claims = encode({ aud: nodeAudience, iat: nowS, exp: nowS + nodeProofSeconds, ...change.claims });
  const by = change.by ?? pair;
  return `${header}.${claims}.${sign(null, Buffer.from(`${header}.${claims}`), by.privateKey).toString('base64url')}`;
}
