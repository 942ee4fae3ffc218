/** What a caller may do where, apart from who the caller is: equal rights give an equal key, so that live results can be shared. */

export const personRoles = [
  'viewer',
  'operator',
  'quality_engineer',
  'ml_engineer',
  'approver',
  'administrator',
] as const;
export const tokenRoles = ['edge_node', 'mes'] as const;
export type Role = (typeof personRoles)[number] | (typeof tokenRoles)[number];

export type Principal =
  | { kind: 'person'; personId: string; name: string; email: string; sessionId: string }
  | {
      kind: 'token';
      tokenId: string;
      name: string;
      role: 'edge_node' | 'mes';
      plantId: string;
      edgeNodeId: string | null;
    };

export interface Rights {
  /** Canonical: sorted plants with their sorted roles, edge node, administrator. */
  readonly key: string;
  readonly isAnonymous: boolean;
  /** A person, not a machine. */
  readonly isPerson: boolean;
  /** Plants that the caller may see. */
  readonly plantIds: readonly string[];
  /** May create plants and people, and is administrator of every plant. */
  readonly isAdministrator: boolean;
  /** The node that the caller is; it sees only its own stations and cameras. */
  readonly edgeNodeId: string | null;
  rolesIn(plantId: string): ReadonlySet<Role>;
  /** Whether the caller has one of the roles in any plant. */
  hasAny(roles: readonly Role[]): boolean;
}

const noRoles: ReadonlySet<Role> = new Set();

export const anonymousRights: Rights = {
  key: 'anonymous',
  isAnonymous: true,
  isPerson: false,
  plantIds: [],
  isAdministrator: false,
  edgeNodeId: null,
  rolesIn: () => noRoles,
  hasAny: () => false,
};

/** Rights from memberships. For an administrator, list every plant (with or without roles), because all are visible. */
export function makeRights(from: {
  kind: Principal['kind'];
  rolesByPlant: ReadonlyMap<string, readonly Role[]>;
  isAdministrator?: boolean;
  edgeNodeId?: string | null;
}): Rights {
  const isAdministrator = from.isAdministrator ?? false;
  const edgeNodeId = from.edgeNodeId ?? null;
  const plantIds = [...from.rolesByPlant.keys()].sort();
  const everywhere: readonly Role[] = isAdministrator ? ['administrator'] : [];
  const byPlant = new Map(
    plantIds.map((id) => [id, new Set<Role>([...(from.rolesByPlant.get(id) ?? []), ...everywhere])]),
  );
  const all = new Set<Role>([...everywhere, ...[...byPlant.values()].flatMap((roles) => [...roles])]);
  const elsewhere: ReadonlySet<Role> = isAdministrator ? new Set(everywhere) : noRoles;
  const plantsKey = plantIds.map((id) => `${id}=${[...(byPlant.get(id) ?? [])].sort().join('+')}`).join(',');

  return {
    key: `${from.kind};${isAdministrator ? 'administrator;' : ''}${edgeNodeId ? `node=${edgeNodeId};` : ''}${plantsKey}`,
    isAnonymous: false,
    isPerson: from.kind === 'person',
    plantIds,
    isAdministrator,
    edgeNodeId,
    rolesIn: (plantId) => byPlant.get(plantId) ?? elsewhere,
    hasAny: (roles) => roles.some((role) => all.has(role)),
  };
}

/** Names by which the principal's rights can be revoked, the narrowest first. */
export function principalKeys(principal: Principal): string[] {
  return principal.kind === 'person'
    ? [`session:${principal.sessionId}`, `person:${principal.personId}`]
    : [`token:${principal.tokenId}`];
}
