/** Who may do what. Field rules say which roles may ask at all; `requireRole` says it again for the plant at hand. */
import { forbidden, unauthenticated } from './access-error.ts';
import type { Context } from './context.ts';
import { NotFoundError } from './errors.ts';
import { personRoles, type Role } from './rights.ts';

/** Everyone who may read what a plant produces. */
export const READERS: readonly Role[] = [...personRoles, 'mes'];
/** Readers, and the edge nodes for what they need to know of themselves. */
export const READERS_AND_NODES: readonly Role[] = [...READERS, 'edge_node'];
/** Who says what images show, and decides what belongs to a dataset. */
export const CURATORS: readonly Role[] = ['quality_engineer', 'ml_engineer', 'administrator'];
/** Who says how a camera looks and which images are kept. */
export const SETTERS: readonly Role[] = ['quality_engineer', 'administrator'];
export const ADMINISTRATORS: readonly Role[] = ['administrator'];

/**
 * Passes when the caller has one of the roles in the plant. Throws UNAUTHENTICATED for anonymous callers, the same
 * `NotFoundError` as for a plant that does not exist when the caller may not see it, and FORBIDDEN otherwise.
 * `field` and `value` are what the caller named, such as `input.lineId` and its global id.
 */
export function requireRole(
  context: Pick<Context, 'rights'>,
  plantId: string,
  roles: readonly Role[],
  named: { field: string; value: unknown } = { field: 'plantId', value: plantId },
): void {
  const { rights } = context;
  if (rights.isAnonymous) throw unauthenticated();
  const own = rights.rolesIn(plantId);
  if (own.size === 0) throw new NotFoundError(named.field, named.value);
  if (!roles.some((role) => own.has(role))) throw forbidden(`this; it takes one of: ${roles.join(', ')}`);
}

/** Whether the caller may see anything of the plant. */
export function canSee(context: Pick<Context, 'rights'>, plantId: string): boolean {
  return context.rights.rolesIn(plantId).size > 0;
}
