/** How an edge node proves who it is: what it signs when it enrols, when it changes its key, and with every request. */

/**
 * Audience of the JSON Web Tokens (RFC 7519) that a node signs: EdDSA, with `iat` and `exp`. `kid` is the public key itself
 * (SPKI in DER, base64url), so that a node that was cut off before it heard the server's answer can go on all the same.
 */
export const nodeAudience = 'lehr-node';
/** Longest time from `iat` to `exp`, in seconds: what is overheard is good for no longer. */
export const nodeProofSeconds = 300;
/** How far the node's clock may be from the server's, in seconds. */
export const nodeClockSkewSeconds = 60;

/** What the new key signs (Ed25519, base64) beside a one-time code. Public keys are SPKI in DER as base64. */
export function enrolmentText(code: string, publicKey: string): string {
  return `lehr enrol 1\n${code}\n${publicKey}`;
}

/** What the next key signs when the node, known by its present one, asks for the change. */
export function rotationText(presentKey: string, nextKey: string): string {
  return `lehr rotate 1\n${presentKey}\n${nextKey}`;
}
