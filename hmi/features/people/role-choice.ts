/** Roles by plant, as the matrix of a form holds them. Pure. */

export const personRoles = [
  'VIEWER',
  'OPERATOR',
  'QUALITY_ENGINEER',
  'ML_ENGINEER',
  'APPROVER',
  'ADMINISTRATOR',
] as const;
export type PersonRole = (typeof personRoles)[number];

/** By the plant's id. */
export type RoleChoice = Readonly<Record<string, readonly PersonRole[]>>;

export function roleChoice(memberships: readonly { plant: { id: string }; roles: readonly string[] }[]): RoleChoice {
  return Object.fromEntries(
    memberships.map(({ plant, roles }) => [plant.id, personRoles.filter((role) => roles.includes(role))]),
  );
}

export function toggleRole(choice: RoleChoice, plantId: string, role: PersonRole): RoleChoice {
  const present = choice[plantId] ?? [];
  const isHeld = present.includes(role);
  const next = personRoles.filter((each) => (each === role ? !isHeld : present.includes(each)));
  return { ...choice, [plantId]: next };
}

/** The plants whose roles are others than before, each with all its roles: an empty list takes them away. */
export function changedMemberships(before: RoleChoice, after: RoleChoice): { plantId: string; roles: PersonRole[] }[] {
  return [...new Set([...Object.keys(before), ...Object.keys(after)])]
    .map((plantId) => ({ plantId, roles: [...(after[plantId] ?? [])], former: before[plantId] ?? [] }))
    .filter(({ roles, former }) => roles.join() !== former.join())
    .map(({ plantId, roles }) => ({ plantId, roles }));
}
