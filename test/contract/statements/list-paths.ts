/** Every field of the schema that gives a list of objects, and an operation that reaches it, made from the schema. */
import {
  type GraphQLField,
  type GraphQLObjectType,
  type GraphQLSchema,
  getNamedType,
  getNullableType,
  isInterfaceType,
  isLeafType,
  isListType,
  isObjectType,
  isRequiredArgument,
  isUnionType,
} from 'graphql';

export interface ListPath {
  /** `Type.field`. */
  name: string;
  root: 'query' | 'subscription';
  text: string;
  /** Names of the fields on the way, the list's last. */
  fields: readonly string[];
}

export interface PathOptions {
  /** By `Type.field`: arguments as text, for those that cannot do without. */
  argumentsOf: Readonly<Record<string, string>>;
  /** `Type.field` that the caller may not read, or that must not be gone through. */
  avoided: ReadonlySet<string>;
  /** `Type.field` that no way leads through: what is below is reached elsewhere. */
  ends: ReadonlySet<string>;
}

interface Step {
  type: GraphQLObjectType;
  field: GraphQLField<unknown, unknown>;
}

/** Lists of objects; of scalars there is nothing to load for each. */
export function listFields(schema: GraphQLSchema): string[] {
  return objectTypes(schema).flatMap((type) =>
    Object.values(type.getFields())
      .filter((field) => isObjectList(field))
      .map((field) => `${type.name}.${field.name}`),
  );
}

/** The shortest way to each list that can be reached from a query or a subscription. */
export function listPaths(schema: GraphQLSchema, options: PathOptions): ListPath[] {
  const ways = new Map<string, { root: ListPath['root']; steps: readonly Step[] }>();
  for (const root of ['query', 'subscription'] as const) {
    const type = root === 'query' ? schema.getQueryType() : schema.getSubscriptionType();
    let level: { type: GraphQLObjectType; steps: readonly Step[] }[] = type ? [{ type, steps: [] }] : [];
    const opened = new Set<GraphQLObjectType>();
    while (level.length > 0) {
      const next: typeof level = [];
      for (const { type: parent, steps } of level) {
        if (opened.has(parent)) continue;
        opened.add(parent);
        for (const field of Object.values(parent.getFields())) {
          if (!isOpen(parent, field)) continue;
          const way = [...steps, { type: parent, field }];
          const name = `${parent.name}.${field.name}`;
          if (isObjectList(field) && !ways.has(name)) ways.set(name, { root, steps: way });
          if (options.ends.has(name)) continue;
          for (const member of membersOf(field)) next.push({ type: member, steps: way });
        }
      }
      level = next;
    }
  }
  return [...ways].map(([name, { root, steps }]) => ({
    name,
    root,
    text: `${root} { ${write(steps)} }`,
    fields: steps.map(({ field }) => field.name),
  }));

  function isOpen(type: GraphQLObjectType, field: GraphQLField<unknown, unknown>): boolean {
    const name = `${type.name}.${field.name}`;
    if (options.avoided.has(name)) return false;
    return name in options.argumentsOf || !field.args.some(isRequiredArgument);
  }

  function call(type: GraphQLObjectType, field: GraphQLField<unknown, unknown>): string {
    return `${field.name}${options.argumentsOf[`${type.name}.${field.name}`] ?? ''}`;
  }

  function write(steps: readonly Step[]): string {
    const [step, ...rest] = steps;
    if (!step) return '';
    const { type, field } = step;
    const inner = rest[0] ? within(field, rest[0].type, write(rest)) : selectionOf(field);
    return `${call(type, field)} { ${inner} }`;
  }

  /** What stands in the list, with the objects one level down; of an edge, those of its node. */
  function selectionOf(field: GraphQLField<unknown, unknown>): string {
    const members = membersOf(field);
    if (members.length === 0) return '__typename';
    return members.map((type) => within(field, type, fieldsOf(type, isEdge(type) ? 2 : 1))).join(' ');
  }

  function fieldsOf(type: GraphQLObjectType, levels: number): string {
    const parts = Object.values(type.getFields()).flatMap((field) => {
      if (!isOpen(type, field)) return [];
      if (isLeafType(getNamedType(field.type))) return [call(type, field)];
      if (levels === 0 || isObjectList(field)) return [];
      const inner = membersOf(field).map((member) => within(field, member, fieldsOf(member, levels - 1)));
      return [`${call(type, field)} { ${inner.join(' ')} }`];
    });
    return ['__typename', ...parts].join(' ');
  }
}

/** An inline fragment where the field's type does not say which member it is. */
function within(field: GraphQLField<unknown, unknown>, type: GraphQLObjectType, selection: string): string {
  return isObjectType(getNamedType(field.type)) ? selection : `... on ${type.name} { ${selection} }`;
}

function membersOf(field: GraphQLField<unknown, unknown>): readonly GraphQLObjectType[] {
  const type = getNamedType(field.type);
  if (isObjectType(type)) return [type];
  return isUnionType(type) ? type.getTypes() : [];
}

function isEdge(type: GraphQLObjectType): boolean {
  return 'node' in type.getFields() && 'cursor' in type.getFields();
}

function isObjectList(field: GraphQLField<unknown, unknown>): boolean {
  const type = getNamedType(field.type);
  return isListType(getNullableType(field.type)) && (isObjectType(type) || isUnionType(type) || isInterfaceType(type));
}

function objectTypes(schema: GraphQLSchema): GraphQLObjectType[] {
  return Object.values(schema.getTypeMap()).filter(
    (type): type is GraphQLObjectType => isObjectType(type) && !type.name.startsWith('__'),
  );
}
