/** For `JSON.stringify`: half of a surrogate pair, which jsonb refuses, becomes U+FFFD, as it does in every text column. */
export function wellFormed(_key: string, value: unknown): unknown {
  return typeof value === 'string' ? value.toWellFormed() : value;
}
