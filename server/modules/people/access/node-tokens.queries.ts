/** The SQL of edge nodes' tokens: rows in, rows out, no rules. */
import type { Db, Trx } from '../../../database/database.ts';
import type { EdgeNodeRow } from '../../plant/parts/plants.table.ts';
import type { TokenRow } from './access.table.ts';

export async function insertToken(trx: Trx, token: TokenRow): Promise<void> {
  await trx.insertInto('token').values(token).execute();
}

export function selectTokenByKey(db: Db, key: Buffer): Promise<TokenRow | undefined> {
  return db.selectFrom('token').selectAll().where('public_key', '=', key).executeTakeFirst();
}

/** Holds the token until the transaction ends, so that it has one successor. */
export function lockToken(trx: Trx, id: string): Promise<TokenRow | undefined> {
  return trx.selectFrom('token').selectAll().where('id', '=', id).forUpdate().executeTakeFirst();
}

/** Holds the node, so that it is not retired while it gets a token. */
export function lockNode(trx: Trx, id: string): Promise<Pick<EdgeNodeRow, 'id' | 'plant_id' | 'code' | 'retired_at'>> {
  return trx
    .selectFrom('edge_node')
    .select(['id', 'plant_id', 'code', 'retired_at'])
    .where('id', '=', id)
    .forShare()
    .executeTakeFirstOrThrow();
}

export async function updateTokenExpiry(trx: Trx, id: string, expiresAt: Date): Promise<void> {
  await trx.updateTable('token').set({ expires_at: expiresAt }).where('id', '=', id).execute();
}

/** Ends the token that was to follow this one; another one may then follow. Its id, when there was one. */
export async function revokeSuccessor(trx: Trx, tokenId: string, at: Date): Promise<string[]> {
  const rows = await trx
    .updateTable('token')
    .set({ revoked_at: at, replaces_id: null })
    .where('replaces_id', '=', tokenId)
    .returning('id')
    .execute();
  return rows.map(({ id }) => id);
}

/** Ends every key of the node; ids of those that it ended. */
export async function revokeKeysOfNode(trx: Trx, edgeNodeId: string, at: Date): Promise<string[]> {
  const rows = await trx
    .updateTable('token')
    .set({ revoked_at: at })
    .where('edge_node_id', '=', edgeNodeId)
    .where('public_key', 'is not', null)
    .where('revoked_at', 'is', null)
    .returning('id')
    .execute();
  return rows.map(({ id }) => id);
}

/** Ends every key and secret of the node; ids of those that it ended. */
export async function revokeTokensOfNode(trx: Trx, edgeNodeId: string, at: Date): Promise<string[]> {
  const rows = await trx
    .updateTable('token')
    .set({ revoked_at: at })
    .where('edge_node_id', '=', edgeNodeId)
    .where('revoked_at', 'is', null)
    .returning('id')
    .execute();
  return rows.map(({ id }) => id);
}

/** Notes the use; with the first one the token that this one replaces ends. */
export async function noteTokenUse(db: Db, token: Pick<TokenRow, 'id' | 'replaces_id'>, at: Date): Promise<void> {
  await db.transaction().execute(async (trx) => {
    // the present one before the one that follows it, as all who hold both
    if (token.replaces_id !== null)
      await trx
        .updateTable('token')
        .set({ revoked_at: at })
        .where('id', '=', token.replaces_id)
        .where('revoked_at', 'is', null)
        .execute();
    await trx.updateTable('token').set({ last_used_at: at }).where('id', '=', token.id).execute();
  });
}

/** All of the nodes' tokens, oldest first. */
export function selectTokensOfNodes(db: Db, edgeNodeIds: readonly string[]): Promise<TokenRow[]> {
  return db
    .selectFrom('token')
    .selectAll()
    .where('edge_node_id', 'in', [...edgeNodeIds])
    .orderBy('created_at')
    .orderBy('id')
    .execute();
}
