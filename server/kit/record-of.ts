/** A member for each name, all of one kind: fields of a type that a list of names decides. */
export function recordOf<Name extends string, Member>(
  names: readonly Name[],
  make: (name: Name) => Member,
): Record<Name, Member> {
  return Object.fromEntries(names.map((name) => [name, make(name)])) as Record<Name, Member>;
}
