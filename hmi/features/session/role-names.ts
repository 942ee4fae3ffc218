import type { Words } from '../../lib/words-en.ts';
import type { Person } from './create-session.ts';

/** The viewer's roles in words, each once, over all plants. */
export function roleNames(viewer: Person, names: Words['roles']): string[] {
  const roles = new Set(viewer.memberships.flatMap((membership) => membership.roles.map((role) => role.toLowerCase())));
  if (viewer.isAdministrator) roles.add('administrator');
  return [...roles].sort().map((role) => (Object.hasOwn(names, role) ? names[role as keyof Words['roles']] : role));
}
