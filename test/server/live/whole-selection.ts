/** Everything that can be selected of a type: each object type once, so that the document stays finite, and less what a caller may not see. */
import { type GraphQLObjectType, getNamedType, isObjectType } from 'graphql';

/** Levels of objects below the first. */
const deepest = 5;

/** The selection of all fields without required arguments; `pruned` are response paths without indices, such as `items.camera.token`. */
export function wholeSelection(type: GraphQLObjectType, pruned: ReadonlySet<string>): string {
  const seen = new Set<string>();
  return select(type, [], deepest);

  function select(of: GraphQLObjectType, path: readonly string[], levels: number): string {
    seen.add(of.name);
    const fields: string[] = ['__typename'];
    const inner: { name: string; type: GraphQLObjectType }[] = [];
    for (const field of Object.values(of.getFields())) {
      if (pruned.has([...path, field.name].join('.'))) continue;
      if (field.args.some((argument) => String(argument.type).endsWith('!'))) continue;
      const named = getNamedType(field.type);
      if (isObjectType(named)) inner.push({ name: field.name, type: named });
      else if (!('getFields' in named) && !('getTypes' in named)) fields.push(field.name);
    }
    for (const { name, type: each } of inner) {
      const isKnown = seen.has(each.name) || levels === 0;
      fields.push(`${name} { ${isKnown ? '__typename' : select(each, [...path, name], levels - 1)} }`);
    }
    return fields.join(' ');
  }
}
