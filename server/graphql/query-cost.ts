/**
 * What an operation may cost at most, from its document and variables alone: one point for each object that it may answer with. A page
 * counts `first` or `last` times, a list that ids were given for as often as those, any other list as often as the configuration assumes.
 * A mutation costs ten more, and one for each item it brings. Leaves cost nothing, `@skip` and `@include` are not looked at.
 */
import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLField,
  type GraphQLObjectType,
  type GraphQLSchema,
  getNamedType,
  getNullableType,
  isCompositeType,
  isInterfaceType,
  isListType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  SchemaMetaFieldDef,
  type SelectionSetNode,
  TypeMetaFieldDef,
  type ValueNode,
} from 'graphql';

export interface CostLimits {
  pageSize: number;
  queryAssumedList: number;
}

type Variables = Readonly<Record<string, unknown>>;
/** `page` is how many edges the connection around has. */
type Cost = (variables: Variables, page: number) => number;
export type CostOfOperation = (variables: Variables) => number;

const mutationCost = 10;
/** Of types: arguments, fields and members are few for each. */
const introspectionList = 5;

/** Prepared once for an operation of a valid document; then one call for each request. */
export function prepareCost(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
  limits: CostLimits,
): CostOfOperation {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const definition of document.definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition);
  }
  const root = schema.getRootType(operation.operation);
  if (!root) return () => 0;
  const cost = costOfSet(root, operation.selectionSet);
  const isMutation = operation.operation === 'mutation';
  const extra = isMutation ? costOfInputs(operation.selectionSet) : () => 0;
  // a document without an answer of objects, such as `{ __typename }`, is not free either
  return (variables) => Math.max(1, Math.ceil(cost(variables, limits.pageSize) + extra(variables, 0)));

  function costOfSet(parent: GraphQLObjectType | { name: string }, set: SelectionSetNode): Cost {
    const parts: Cost[] = [];
    for (const selection of set.selections) {
      if (selection.kind === Kind.FIELD) {
        const part = costOfField(parent, selection);
        if (part) parts.push(part);
      } else {
        const fragment = selection.kind === Kind.INLINE_FRAGMENT ? selection : fragments.get(selection.name.value);
        const condition = fragment?.typeCondition && schema.getType(fragment.typeCondition.name.value);
        if (fragment) parts.push(costOfSet(condition ?? parent, fragment.selectionSet));
      }
    }
    return sum(parts);
  }

  function costOfField(parent: { name: string }, node: FieldNode): Cost | undefined {
    const field = fieldOf(schema, parent, node.name.value);
    const named = field && getNamedType(field.type);
    if (!field || !node.selectionSet || !isCompositeType(named)) return undefined;
    const inner = costOfSet(named, node.selectionSet);
    if (isObjectType(named) && 'pageInfo' in named.getFields()) {
      const size = pageSize(node, limits.pageSize);
      return (variables) => 1 + inner(variables, size(variables));
    }
    // edges and pageInfo come with the connection
    if (isObjectType(parent) && 'pageInfo' in parent.getFields()) {
      return field.name === 'edges' ? (variables, page) => page * inner(variables, page) : undefined;
    }
    if (!isListType(getNullableType(field.type))) return (variables, page) => 1 + inner(variables, page);
    const size = listSize(field, node);
    return (variables, page) => size(variables) * (1 + inner(variables, page));
  }

  function listSize(field: GraphQLField<unknown, unknown>, node: FieldNode): (variables: Variables) => number {
    if (field.name === 'types') return () => Object.keys(schema.getTypeMap()).length;
    const named = getNamedType(field.type);
    if (named.name.startsWith('__')) return () => introspectionList;
    const lists = (node.arguments ?? []).filter(({ name }) =>
      field.args.some((argument) => argument.name === name.value && isListType(getNullableType(argument.type))),
    );
    const [ids] = lists;
    if (ids && lists.length === 1) return (variables) => lengthOf(ids.value, variables) ?? limits.queryAssumedList;
    return () => limits.queryAssumedList;
  }
}

/** Items that the root fields are given: in lists that are arguments, or members of their inputs. */
function costOfInputs(set: SelectionSetNode): Cost {
  return sum(
    set.selections.flatMap((selection) =>
      selection.kind === Kind.FIELD && !selection.name.value.startsWith('__')
        ? [
            (variables: Variables) =>
              (selection.arguments ?? []).reduce(
                (items, { value }) => items + (lengthOf(value, variables) ?? itemsInside(value, variables)),
                mutationCost,
              ),
          ]
        : [],
    ),
  );
}

function itemsInside(value: ValueNode, variables: Variables): number {
  if (value.kind === Kind.OBJECT)
    return value.fields.reduce((items, field) => items + (lengthOf(field.value, variables) ?? 0), 0);
  const given = value.kind === Kind.VARIABLE ? variables[value.name.value] : undefined;
  if (typeof given !== 'object' || given === null) return 0;
  let items = 0;
  for (const member of Object.values(given)) if (Array.isArray(member)) items += member.length;
  return items;
}

function lengthOf(value: ValueNode, variables: Variables): number | undefined {
  if (value.kind === Kind.LIST) return value.values.length;
  const given = value.kind === Kind.VARIABLE ? variables[value.name.value] : undefined;
  return Array.isArray(given) ? given.length : undefined;
}

/** As asked for, even when it is more than the field allows: that is refused where the page is read. */
function pageSize(node: FieldNode, standard: number): (variables: Variables) => number {
  const given = node.arguments?.filter(({ name }) => name.value === 'first' || name.value === 'last') ?? [];
  return (variables) => {
    let size: number | undefined;
    for (const { value } of given) {
      const number =
        value.kind === Kind.VARIABLE
          ? variables[value.name.value]
          : value.kind === Kind.INT
            ? Number(value.value)
            : undefined;
      if (typeof number === 'number' && Number.isFinite(number)) size = Math.max(size ?? 0, number);
    }
    return size ?? standard;
  };
}

function fieldOf(schema: GraphQLSchema, parent: { name: string }, name: string) {
  if (parent === schema.getQueryType()) {
    if (name === SchemaMetaFieldDef.name) return SchemaMetaFieldDef;
    if (name === TypeMetaFieldDef.name) return TypeMetaFieldDef;
  }
  const type = schema.getType(parent.name);
  return isObjectType(type) || isInterfaceType(type) ? type.getFields()[name] : undefined;
}

function sum(parts: readonly Cost[]): Cost {
  if (parts.length === 0) return () => 0;
  const [only] = parts;
  if (only && parts.length === 1) return only;
  return (variables, page) => {
    let total = 0;
    for (const part of parts) total += part(variables, page);
    return total;
  };
}
