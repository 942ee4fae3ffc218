/** Proves at start that nothing is open by accident: every field of every object type must be under a rule. */
import { type GraphQLSchema, isInputObjectType, isObjectType } from 'graphql';

/** Throws naming every field without a rule. Root fields need their own; other fields may have that of their type. */
export function assertEveryFieldHasRule(schema: GraphQLSchema): void {
  const roots = new Set([schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()]);
  const open: string[] = [];
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) || type.name.startsWith('__')) continue;
    if (!roots.has(type) && hasRule(type.extensions)) continue;
    for (const field of Object.values(type.getFields())) {
      if (!hasRule(field.extensions)) open.push(`${type.name}.${field.name}`);
    }
  }
  if (open.length > 0) throw new Error(`Fields without an access rule (add authScopes): ${open.sort().join(', ')}`);
}

/** Throws naming every type, field, argument and value that does not say what it is. */
export function assertEverythingIsDescribed(schema: GraphQLSchema): void {
  const silent: string[] = [];
  for (const type of Object.values(schema.getTypeMap())) {
    if (type.name.startsWith('__')) continue;
    if (!type.description && !['Boolean', 'Float', 'ID', 'Int', 'String'].includes(type.name)) silent.push(type.name);
    if (!isObjectType(type) && !isInputObjectType(type)) continue;
    for (const field of Object.values(type.getFields())) {
      if (!field.description) silent.push(`${type.name}.${field.name}`);
    }
  }
  if (silent.length > 0) throw new Error(`Without a description: ${silent.sort().join(', ')}`);
}

function hasRule(extensions: Readonly<Record<string, unknown>>): boolean {
  const options = extensions.pothosOptions;
  if (typeof options !== 'object' || options === null) return false;
  return 'authScopes' in options && options.authScopes !== undefined;
}
