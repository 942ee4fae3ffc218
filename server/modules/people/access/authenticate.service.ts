/** Says who a request comes from and what they may do. Loaded in one statement, remembered for a second at most. */
import { createHash } from 'node:crypto';
import { jwtVerify, SignJWT } from 'jose';
import type { Db } from '../../../database/database.ts';
import { isUuid } from '../../../kit/ids.ts';
import { anonymousRights, makeRights, type Principal, type Rights, type Role } from '../../../kit/rights.ts';
import {
  type SessionIdentityRow,
  selectSessionIdentities,
  selectTokenByHash,
  selectValidTokenByKey,
  selectValidTokensById,
} from './access.queries.ts';
import type { TokenRow } from './access.table.ts';
import { claimedKey, verifyNodeProof } from './node-key-check.ts';
import { noteTokenUse } from './node-tokens.queries.ts';

export interface Identity {
  principal: Principal | null;
  rights: Rights;
  expiresAt: Date | null;
}

export interface Authenticator {
  /**
   * The one behind the session cookie's value or the Authorization header. A cookie that is no longer good is nobody;
   * a header that is not good gives null, because who sends one means to be somebody.
   */
  identify(from: { cookie: string | null; authorization: string | null }): Promise<Identity | null>;
  /** The value of the cookie for a session. */
  signSession(session: { id: string; expiresAt: Date }): Promise<string>;
  /** Of these, the principal keys whose rights have ended or are others now. */
  findChanged(callers: readonly { principalKeys: readonly string[]; rightsKey: string }[]): Promise<string[]>;
  /** Rights may have changed: what is remembered is read anew. */
  forgetAll(): void;
}

const anonymous: Identity = { principal: null, rights: anonymousRights, expiresAt: null };
const rememberMs = 1000;
const mostRemembered = 10_000;
/** How exactly the last use of a token is known. */
const useNotedMs = 60_000;
const bearer = /^Bearer (lehr_[A-Za-z0-9_-]{20,100})$/i;

export function createAuthenticator(options: { db: Db; now(): Date; sessionKey: Uint8Array }): Authenticator {
  const { db, now, sessionKey } = options;
  const remembered = new Map<string, { untilMs: number; identity: Promise<Identity | null> }>();

  const bySession = async (cookie: string): Promise<Identity> => {
    const sessionId = await readCookie(cookie, sessionKey, now());
    if (!sessionId) return anonymous;
    const [row] = await selectSessionIdentities(db, [sessionId], now());
    return row ? personIdentity(row) : anonymous;
  };
  const byToken = async (authorization: string): Promise<Identity | null> => {
    const claimed = claimedKey(authorization);
    if (claimed) return byKey(claimed.key, claimed.jwt);
    const [, secret] = bearer.exec(authorization) ?? [];
    const row = secret ? await selectTokenByHash(db, hashSecret(secret), now()) : undefined;
    if (!row) return null;
    await noteUse(row);
    return tokenIdentity(row);
  };
  /** The connection of a node that signs is good for as long as its proof, however long its key is. */
  const byKey = async (key: Buffer, jwt: string): Promise<Identity | null> => {
    // the signature first: it costs less than a question to the database
    const until = await verifyNodeProof(jwt, key, now());
    const row = until && (await selectValidTokenByKey(db, key, now()));
    if (!row || !until) return null;
    await noteUse(row);
    const identity = tokenIdentity(row);
    return { ...identity, expiresAt: row.expires_at !== null && row.expires_at < until ? row.expires_at : until };
  };
  const noteUse = async ({ id, replaces_id, last_used_at: last }: TokenRow): Promise<void> => {
    if (last !== null && now().getTime() - last.getTime() <= useNotedMs) return;
    await noteTokenUse(db, { id, replaces_id: last === null ? replaces_id : null }, now());
  };

  return {
    identify({ cookie, authorization }) {
      const key = authorization ?? cookie;
      if (key === null || key.length > 4096) return Promise.resolve(authorization === null ? anonymous : null);
      const nowMs = now().getTime();
      const known = remembered.get(key);
      if (known && nowMs < known.untilMs) return known.identity;

      const identity = authorization === null ? bySession(key) : byToken(key);
      remembered.set(key, { untilMs: nowMs + rememberMs, identity });
      identity.catch(() => remembered.delete(key));
      if (remembered.size > mostRemembered) dropOldest(remembered);
      return identity;
    },
    signSession: ({ id, expiresAt }) =>
      new SignJWT({ sid: id })
        .setProtectedHeader({ alg: 'HS256' })
        .setExpirationTime(expiresAt)
        .setAudience('lehr_session')
        .sign(sessionKey),
    async findChanged(callers) {
      const sessions = await selectSessionIdentities(db, idsOf(callers, 'session:'), now());
      const tokens = await selectValidTokensById(db, idsOf(callers, 'token:'), now());
      const current = new Map<string, string>([
        ...sessions.map((row) => [`session:${row.session_id}`, personIdentity(row).rights.key] as const),
        ...tokens.map((row) => [`token:${row.id}`, tokenIdentity(row).rights.key] as const),
      ]);
      return callers.flatMap(({ principalKeys: [key], rightsKey }) =>
        key !== undefined && current.get(key) !== rightsKey ? [key] : [],
      );
    },
    forgetAll: () => remembered.clear(),
  };
}

export function personIdentity(row: SessionIdentityRow): Identity {
  const rolesByPlant = new Map<string, Role[]>(row.plant_ids.map((id) => [id, []]));
  for (const [plantId, role] of row.memberships)
    rolesByPlant.set(plantId, [...(rolesByPlant.get(plantId) ?? []), role]);
  const { person_id: personId, name, email, session_id: sessionId } = row;
  return {
    principal: { kind: 'person', personId, name, email, sessionId },
    rights: makeRights({ kind: 'person', rolesByPlant, isAdministrator: row.is_administrator }),
    expiresAt: row.expires_at,
  };
}

function tokenIdentity(row: TokenRow): Identity {
  const { id: tokenId, name, role, plant_id: plantId, edge_node_id: edgeNodeId } = row;
  return {
    principal: { kind: 'token', tokenId, name, role, plantId, edgeNodeId },
    rights: makeRights({ kind: 'token', rolesByPlant: new Map([[plantId, [role]]]), edgeNodeId }),
    expiresAt: row.expires_at,
  };
}

/** Tokens are 256 random bits, so that one round of SHA-256 is enough. */
export function hashSecret(secret: string): Buffer {
  return createHash('sha256').update(secret, 'utf8').digest();
}

/** The session's id, or undefined when the cookie is not ours or too old. */
async function readCookie(cookie: string, sessionKey: Uint8Array, currentDate: Date): Promise<string | undefined> {
  const verified = await jwtVerify(cookie, sessionKey, {
    algorithms: ['HS256'],
    audience: 'lehr_session',
    currentDate,
  }).catch(() => undefined);
  const sid = verified?.payload.sid;
  return typeof sid === 'string' && isUuid(sid) ? sid : undefined;
}

function idsOf(callers: readonly { principalKeys: readonly string[] }[], prefix: string): string[] {
  const keys = callers.flatMap(({ principalKeys: [key] }) =>
    key?.startsWith(prefix) ? [key.slice(prefix.length)] : [],
  );
  return [...new Set(keys)];
}

function dropOldest(map: Map<string, unknown>): void {
  const [oldest] = map.keys();
  if (oldest !== undefined) map.delete(oldest);
}
