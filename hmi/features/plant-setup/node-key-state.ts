/** How an edge node proves who it is, as an administrator needs to know it. Pure. */

interface NodeToken {
  id: string;
  isKey: boolean;
  createdAt: string;
  lastUsedAt: string | null;
  expiresAt: string | null;
  revokedAt: string | null;
}

export interface NodeKeyState {
  /** `key`: a key of its own; `secret`: a token that people have handled; `none`: it cannot report. */
  kind: 'key' | 'secret' | 'none';
  /** The newest that is good. */
  token: NodeToken | undefined;
  /** Until when a code waits for the node; undefined when none does. */
  codeUntil: string | undefined;
}

export function isGood(token: Pick<NodeToken, 'expiresAt' | 'revokedAt'>, nowMs: number): boolean {
  return token.revokedAt === null && (token.expiresAt === null || Date.parse(token.expiresAt) > nowMs);
}

export function nodeKeyState(
  node: { tokens: readonly NodeToken[]; enrolmentCodeExpiresAt: string | null },
  nowMs: number,
): NodeKeyState {
  const good = node.tokens.filter((token) => isGood(token, nowMs));
  const token = good.findLast(({ isKey }) => isKey) ?? good.at(-1);
  const until = node.enrolmentCodeExpiresAt;
  return {
    kind: token === undefined ? 'none' : token.isKey ? 'key' : 'secret',
    token,
    codeUntil: until !== null && Date.parse(until) > nowMs ? until : undefined,
  };
}
