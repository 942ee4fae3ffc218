/** Tokens of machines: the secret is shown once, only its hash is kept, and revoking ends what is connected with it. */

import { randomBytes } from 'node:crypto';
import type { Trx } from '../../../database/database.ts';
import { ADMINISTRATORS, requireRole } from '../../../kit/access.ts';
import { type ActScope, act } from '../../../kit/act.ts';
import type { Context } from '../../../kit/context.ts';
import { ConflictError, InvalidInputError, NotFoundError } from '../../../kit/errors.ts';
import { keyOf, optionalKeyOf } from '../../../kit/global-id.ts';
import { newId } from '../../../kit/ids.ts';
import { loadByParent } from '../../../kit/load-rows.ts';
import { loadOptionalPart } from '../../plant/parts/plants.service.ts';
import { revokeToken as revokeTokenRow, selectTokens, selectTokensOfPlant } from './access.queries.ts';
import type { TokenRoleName, TokenRow } from './access.table.ts';
import { administeredPlant } from './administered-plant.service.ts';
import { hashSecret } from './authenticate.service.ts';
import {
  insertToken,
  lockNode,
  lockToken,
  revokeSuccessor,
  revokeTokensOfNode,
  selectTokensOfNodes,
} from './node-tokens.queries.ts';
import { deleteUnusedCodes } from './one-time-codes.queries.ts';

export interface NewToken {
  plantId: string;
  name: string;
  role: TokenRoleName;
  edgeNodeId?: string | null | undefined;
  expiresAt?: Date | null | undefined;
}

/** Makes a token. For administrators of the plant. Throws `InvalidInputError` and `NotFoundError`. */
export async function createToken(context: Context, input: NewToken): Promise<{ secret: string; token: TokenRow }> {
  const plantId = await administeredPlant(context, input.plantId, 'input.plantId');
  const at = context.now();
  const secret = `lehr_${randomBytes(32).toString('base64url')}`;
  const viewer = context.viewer;
  if (viewer.kind !== 'person') throw new Error('Only people make tokens.');
  const token: TokenRow = {
    id: newId(),
    plant_id: plantId,
    name: checkName(input.name),
    role: input.role,
    edge_node_id: await checkEdgeNode(context, plantId, input),
    hash: hashSecret(secret),
    public_key: null,
    replaces_id: null,
    last_used_at: null,
    created_by: viewer.personId,
    created_at: at,
    expires_at: checkExpiry(input.expiresAt ?? null, at),
    revoked_at: null,
  };
  await act(context, async ({ trx, audit }) => {
    if (token.edge_node_id !== null && (await lockNode(trx, token.edge_node_id)).retired_at !== null)
      throw new ConflictError('input.edgeNodeId', input.edgeNodeId, 'it is retired: reinstate it first');
    await insertToken(trx, token);
    audit('token.create', subjectOf(token), { before: null, after: tokenFacts(token) });
  });
  return { secret, token };
}

/** Revokes a token now; once more changes nothing. For administrators of its plant. Throws `NotFoundError`. */
export async function revokeToken(context: Context, globalId: string): Promise<TokenRow> {
  const named = { field: 'tokenId', value: globalId };
  const id = keyOf('Token', globalId, named.field);
  const [known] = await selectTokens(context.db, [id]);
  if (!known) throw new NotFoundError(named.field, named.value);
  requireRole(context, known.plant_id, ADMINISTRATORS, named);
  return act(context, async ({ trx, now, audit, revoke }) => {
    const present = await lockToken(trx, id);
    // the key that was to follow stands on this one; one that has followed has ended it, and stands by itself
    const ended = present?.revoked_at === null ? await revokeSuccessor(trx, id, now) : [];
    const row = await revokeTokenRow(trx, id, now);
    audit('token.revoke', subjectOf(row), {
      name: row.name,
      ...(ended.length > 0 ? { successor: ended[0] } : {}),
      before: { revokedAt: present?.revoked_at ?? null },
      after: { revokedAt: row.revoked_at },
    });
    for (const endedId of [id, ...ended]) revoke(`token:${endedId}`);
    return row;
  });
}

function subjectOf(token: TokenRow) {
  return { plantId: token.plant_id, subjectType: 'Token', subjectId: token.id };
}

function tokenFacts({ name, role, edge_node_id: edgeNodeId, expires_at: expiresAt }: TokenRow) {
  return { name, role, edgeNodeId, expiresAt };
}

/** All tokens of the plant, oldest first. For its administrators. */
export async function listTokens(context: Context, plantGlobalId: string): Promise<TokenRow[]> {
  const plantId = keyOf('Plant', plantGlobalId, 'plantId');
  requireRole(context, plantId, ADMINISTRATORS, { field: 'plantId', value: plantGlobalId });
  return selectTokensOfPlant(context.db, plantId);
}

/** The tokens with these ids in plants where the caller is administrator. */
export async function findTokens(context: Context, ids: readonly string[]): Promise<(TokenRow | null)[]> {
  const rows = new Map((await selectTokens(context.db, ids)).map((row) => [row.id, row]));
  return ids.map((id) => {
    const row = rows.get(id);
    return row && context.rights.rolesIn(row.plant_id).has('administrator') ? row : null;
  });
}

/** Of an edge node, oldest first. Its administrators only are asked to. */
export async function loadTokensOfNode(context: Context, node: { id: string; plant_id: string }): Promise<TokenRow[]> {
  if (!context.rights.rolesIn(node.plant_id).has('administrator')) return [];
  const select = (ids: readonly string[]) => selectTokensOfNodes(context.db, ids);
  return loadByParent(context, 'tokens by node', node.id, select, (row) => row.edge_node_id ?? '');
}

/** A node was retired: its keys, secrets and codes end. */
export async function endNodeTokens({ trx, now, revoke }: ActScope, edgeNodeId: string): Promise<void> {
  await deleteUnusedCodes(trx, { edgeNodeId });
  for (const id of await revokeTokensOfNode(trx, edgeNodeId, now)) revoke(`token:${id}`);
}

/** A station went from one node to another: codes for either were made for other work. A node's first station ends none. */
export async function endCodesOfMove(trx: Trx, from: string | null, to: string | null): Promise<void> {
  if (from === null || from === to) return;
  const nodeIds = [from, to].filter((id) => id !== null).sort();
  for (const edgeNodeId of nodeIds) await deleteUnusedCodes(trx, { edgeNodeId });
}

async function checkEdgeNode(context: Context, plantId: string, input: NewToken): Promise<string | null> {
  const field = 'input.edgeNodeId';
  const id = optionalKeyOf('EdgeNode', input.edgeNodeId, field);
  if (input.role === 'mes' && id !== null) {
    throw new InvalidInputError(field, input.edgeNodeId, 'leave it out: a token for MES belongs to no node');
  }
  if (input.role !== 'edge_node') return null;
  if (id === null) throw new InvalidInputError(field, null, 'name the edge node that the token is for');
  const node = await loadOptionalPart(context, 'edge_node', id);
  if (node?.plant_id !== plantId) throw new NotFoundError(field, input.edgeNodeId);
  return id;
}

function checkName(name: string): string {
  const trimmed = name.trim();
  if (trimmed.length >= 1 && trimmed.length <= 200) return trimmed;
  throw new InvalidInputError('input.name', name, 'give a name of 1 to 200 characters');
}

function checkExpiry(expiresAt: Date | null, now: Date): Date | null {
  if (expiresAt === null || expiresAt > now) return expiresAt;
  throw new InvalidInputError('input.expiresAt', expiresAt.toISOString(), 'give a time to come, or leave it out');
}
