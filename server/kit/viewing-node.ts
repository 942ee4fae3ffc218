/** The edge node that speaks through its token. */
import { forbidden } from './access-error.ts';
import type { Context } from './context.ts';

export interface ViewingNode {
  tokenId: string;
  plantId: string;
  edgeNodeId: string;
}

/** Throws FORBIDDEN for everyone but an edge node's token, and UNAUTHENTICATED for nobody. */
export function viewingNode({ viewer }: Pick<Context, 'viewer'>): ViewingNode {
  if (viewer.kind !== 'token' || viewer.role !== 'edge_node' || viewer.edgeNodeId === null)
    throw forbidden('this; it takes the token of an edge node');
  return { tokenId: viewer.tokenId, plantId: viewer.plantId, edgeNodeId: viewer.edgeNodeId };
}
