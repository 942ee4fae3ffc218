/** Edge nodes with a key of their own: a one-time code enrols them, they change keys by themselves, and nobody else ever knows a secret. */

import { enrolmentText, rotationText } from '#schema/node-key.ts';
import { ADMINISTRATORS, requireRole } from '../../../kit/access.ts';
import { forbidden, unauthenticated } from '../../../kit/access-error.ts';
import { type ActScope, act } from '../../../kit/act.ts';
import type { Context } from '../../../kit/context.ts';
import { ConflictError, NotFoundError } from '../../../kit/errors.ts';
import { encodeGlobalId, keyOf } from '../../../kit/global-id.ts';
import { newId } from '../../../kit/ids.ts';
import { viewingNode } from '../../../kit/viewing-node.ts';
import { findPart } from '../../plant/parts/plants.service.ts';
import type { EdgeNodeRow } from '../../plant/parts/plants.table.ts';
import { WrongCredentialsError } from './access.errors.ts';
import type { TokenRow } from './access.table.ts';
import { lockStandings } from './lock-standings.ts';
import { checkNodeKey } from './node-key-check.ts';
import {
  insertToken,
  lockNode,
  lockToken,
  revokeKeysOfNode,
  revokeSuccessor,
  selectTokenByKey,
  updateTokenExpiry,
} from './node-tokens.queries.ts';
import { deleteUnusedCodes, markCodeUsed, selectOpenEnrolmentCodes } from './one-time-codes.queries.ts';
import { findCode, issueCode } from './one-time-codes.service.ts';
import { enrolmentCodeFault } from './rights-behind-codes.ts';
import { usableEnrolmentCode } from './usable-codes.service.ts';

export interface CreatedEnrolmentCode {
  code: string;
  expiresAt: Date;
  edgeNode: EdgeNodeRow;
}

/** A code that enrols the node; the one before it is good no longer. For administrators of its plant. */
export async function createEnrolmentCode(context: Context, globalId: string): Promise<CreatedEnrolmentCode> {
  const field = 'edgeNodeId';
  const edgeNode = await findPart(context, 'edge_node', keyOf('EdgeNode', globalId, field));
  if (!edgeNode) throw new NotFoundError(field, globalId);
  requireRole(context, edgeNode.plant_id, ADMINISTRATORS, { field, value: globalId });
  const { viewer } = context;
  if (viewer.kind !== 'person') throw new Error('Only people enrol nodes.');

  const made = await act(context, async ({ trx, now: at, audit }) => {
    const issuer = (await lockStandings(trx, [viewer.personId])).get(viewer.personId);
    const { plant_id: plantId, retired_at } = await lockNode(trx, edgeNode.id);
    const fault = issuer
      ? enrolmentCodeFault(issuer.rights, { plantId, isRetired: retired_at !== null })
      : 'issuer_unknown';
    if (fault === 'subject_disabled') throw new ConflictError(field, globalId, 'it is retired: reinstate it first');
    if (fault !== null) throw forbidden('to enrol nodes of this plant');
    await deleteUnusedCodes(trx, { edgeNodeId: edgeNode.id });
    const wanted = { purpose: 'enrol_node', edgeNodeId: edgeNode.id, createdBy: viewer.personId, at } as const;
    const code = await issueCode(trx, { ...wanted, lifeMs: context.config.limits.enrolmentCodeMs });
    const subject = { plantId: edgeNode.plant_id, subjectType: 'EdgeNode', subjectId: edgeNode.id };
    audit('edge_node.create_enrolment_code', subject, { code: edgeNode.code, expiresAt: code.expiresAt });
    return code;
  });
  return { ...made, edgeNode };
}

/**
 * Takes the node's key for the code, and ends the keys that the node had. The same code with the same key once more gives the
 * same token: the node may have been cut off before it heard the answer. Throws `WrongCredentialsError` and `InvalidInputError`.
 */
export async function enrolEdgeNode(
  context: Context,
  input: { code: string; publicKey: string; proof: string },
): Promise<TokenRow> {
  const key = checkNodeKey(input.publicKey, input.proof, enrolmentText(input.code, input.publicKey));
  const token = await act(context, async (scope) => {
    const { trx, now: at } = scope;
    const usable = await usableEnrolmentCode(scope, input.code, at);
    const known = await selectTokenByKey(trx, key);
    if (usable && known)
      throw new ConflictError('input.publicKey', input.publicKey, 'the key is in use already: make a new one');
    if (usable) return takeKey(scope, usable, key);
    const code = await findCode(trx, 'enrol_node', input.code);
    if (code?.used_at && known?.edge_node_id === code.edge_node_id && known.revoked_at === null) return known;
    // returned, not thrown: the audit keeps why
    return undefined;
  });
  if (!token) throw new WrongCredentialsError('The code is');
  return token;
}

type Usable = NonNullable<Awaited<ReturnType<typeof usableEnrolmentCode>>>;

async function takeKey(scope: ActScope, { code, node, issuerId }: Usable, key: Buffer): Promise<TokenRow> {
  const { trx, now: at, revoke } = scope;
  const ended = await revokeKeysOfNode(trx, node.id, at);
  const token = keyToken(node, key, { created_by: issuerId, created_at: at, replaces_id: null });
  await insertToken(trx, token);
  await markCodeUsed(trx, code.id, at);
  for (const id of ended) revoke(`token:${id}`);
  tellKeyChanged(scope, token, 'node.enrolled', { code: node.code, endedTokens: ended });
  return token;
}

/**
 * Takes the next key of the node that asks. The present one ends when the next one is first used, or after a time of grace.
 * The same key once more gives the same token. Throws `InvalidInputError` and `ConflictError`.
 */
export async function rotateEdgeNodeKey(
  context: Context,
  input: { publicKey: string; proof: string },
): Promise<TokenRow> {
  const { tokenId, edgeNodeId } = viewingNode(context);
  return act(context, async (scope) => {
    const { trx, now: at } = scope;
    const node = await lockNode(trx, edgeNodeId);
    const present = await lockToken(trx, tokenId);
    // it may have ended since the request was let in
    const isOver = present?.revoked_at !== null || (present.expires_at !== null && present.expires_at <= at);
    if (isOver) throw unauthenticated();
    if (present.public_key === null)
      throw new ConflictError('input.publicKey', null, 'the node has a secret, not a key: enrol it with a code');
    const text = rotationText(present.public_key.toString('base64'), input.publicKey);
    const key = checkNodeKey(input.publicKey, input.proof, text);
    const known = await selectTokenByKey(trx, key);
    if (known?.replaces_id === tokenId && known.revoked_at === null) return known;
    if (known) throw new ConflictError('input.publicKey', input.publicKey, 'the key is in use already: make a new one');
    // a key that was announced before and never used: the node has lost it
    const endedTokens = await revokeSuccessor(trx, tokenId, at);
    const next = keyToken(node, key, { created_by: present.created_by, created_at: at, replaces_id: tokenId });
    await insertToken(trx, next);
    const graceEnds = new Date(at.getTime() + context.config.limits.nodeKeyGraceMs);
    if (present.expires_at === null || present.expires_at > graceEnds) await updateTokenExpiry(trx, tokenId, graceEnds);
    tellKeyChanged(scope, next, 'node.key_changed', { code: node.code, replaces: tokenId, endedTokens });
    return next;
  });
}

function keyToken(
  node: { id: string; plant_id: string; code: string },
  key: Buffer,
  rest: Pick<TokenRow, 'created_by' | 'created_at' | 'replaces_id'>,
): TokenRow {
  return {
    id: newId(),
    plant_id: node.plant_id,
    name: `Key of ${node.code}`,
    role: 'edge_node',
    edge_node_id: node.id,
    hash: null,
    public_key: key,
    expires_at: null,
    revoked_at: null,
    last_used_at: null,
    ...rest,
  };
}

function tellKeyChanged(
  { audit, event }: ActScope,
  token: TokenRow,
  kind: 'node.enrolled' | 'node.key_changed',
  told: { code: string; replaces?: string; endedTokens: string[] },
): void {
  const actor = { kind: 'token', id: token.id } as const;
  const edgeNodeId = token.edge_node_id ?? '';
  const tokenId = encodeGlobalId('Token', token.id);
  const data = { id: encodeGlobalId('EdgeNode', edgeNodeId), code: told.code, tokenId };
  event(token.plant_id, { kind, edgeNodeId, actor, data });
  const action = kind === 'node.enrolled' ? 'edge_node.enrol' : 'edge_node.rotate_key';
  const subject = { plantId: token.plant_id, subjectType: 'EdgeNode', subjectId: edgeNodeId };
  const publicKey = token.public_key?.toString('base64') ?? null;
  audit(action, subject, { ...told, tokenId: token.id, publicKey }, { actor });
}

/** When the code that would enrol the node now runs out; null when there is none. */
export async function enrolmentCodeExpiry(context: Context, edgeNodeId: string): Promise<Date | null> {
  const loader = context.loader<string, Date | null>('enrolment codes', async (ids) => {
    const rows = await selectOpenEnrolmentCodes(context.db, ids, context.now());
    const byNode = new Map(rows.map((row) => [row.edge_node_id, row.expires_at]));
    return ids.map((id) => byNode.get(id) ?? null);
  });
  return loader.load(edgeNodeId);
}
