/** What a node shows with every request: a secret that it was given, or a proof that it signs itself and renews. */
import { createPrivateKey, sign } from 'node:crypto';
import { nodeAudience, nodeProofSeconds } from '#schema/node-key.ts';
import type { StoredKey } from './key-files.ts';

export interface Credentials {
  /** Value of the Authorization header for a request that begins now. */
  authorization(): string;
  /** The server's clock, as an answer of any kind says it. */
  heard(date: string | null): void;
}

export function secretCredentials(token: string): Credentials {
  return { authorization: () => `Bearer ${token}`, heard: () => {} };
}

/** A proof is renewed when less than this is left of it. */
const renewBeforeSeconds = 60;
/** The header has whole seconds, and an answer is a while on its way. */
const clockMattersMs = 5_000;

export interface KeyCredentials extends Credentials {
  readonly publicKey: string;
}

/** `nowMs` is this machine's clock. One that is wrong is set right by what the server says, so that the node is known all the same. */
export function keyCredentials(key: StoredKey, nowMs: () => number = Date.now): KeyCredentials {
  const privateKey = createPrivateKey({ key: Buffer.from(key.privateKey, 'base64'), format: 'der', type: 'pkcs8' });
  const kid = Buffer.from(key.publicKey, 'base64').toString('base64url');
  const header = encode({ alg: 'EdDSA', typ: 'JWT', kid });
  let offsetMs = 0;
  let proof = '';
  let renewAtS = 0;

  return {
    publicKey: key.publicKey,
    authorization() {
      const nowS = Math.floor((nowMs() + offsetMs) / 1_000);
      if (proof === '' || nowS >= renewAtS || nowS < renewAtS - nodeProofSeconds) {
        const body = `${header}.${encode({ aud: nodeAudience, iat: nowS, exp: nowS + nodeProofSeconds })}`;
        proof = `${body}.${sign(null, Buffer.from(body, 'ascii'), privateKey).toString('base64url')}`;
        renewAtS = nowS + nodeProofSeconds - renewBeforeSeconds;
      }
      return `Bearer ${proof}`;
    },
    heard(date) {
      const serverMs = date === null ? Number.NaN : Date.parse(date);
      if (Number.isNaN(serverMs)) return;
      const difference = serverMs - nowMs();
      const next = Math.abs(difference) > clockMattersMs ? difference : 0;
      if (Math.abs(next - offsetMs) <= clockMattersMs) return;
      offsetMs = next;
      proof = '';
    },
  };
}

/** Signs a text with the key, base64. */
export function signText(key: StoredKey, text: string): string {
  const privateKey = createPrivateKey({ key: Buffer.from(key.privateKey, 'base64'), format: 'der', type: 'pkcs8' });
  return sign(null, Buffer.from(text, 'utf8'), privateKey).toString('base64');
}

function encode(value: object): string {
  return Buffer.from(JSON.stringify(value), 'utf8').toString('base64url');
}
