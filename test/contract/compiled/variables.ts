/** Values for the variables of any operation: the parts of a seeded plant by the names of variables and fields, and plain values by type. */
import {
  type GraphQLInputType,
  type GraphQLSchema,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
  type OperationDefinitionNode,
  typeFromAST,
} from 'graphql';
import { newId } from '../../../server/kit/ids.ts';
import { freshCode } from '../../support/seed.ts';

/** Global ids by what they are of: `lineId` finds `Line`. */
export type Parts = Readonly<Record<string, string>>;

export function variablesFor(schema: GraphQLSchema, operation: OperationDefinitionNode, parts: Parts) {
  const values: Record<string, unknown> = {};
  // retireArea(id: …) is about an area
  const subject = /^(?:Retire|Reinstate|Update|Create)(\w+)$/.exec(operation.name?.value ?? '')?.[1] ?? 'Inspection';
  for (const { variable, type } of operation.variableDefinitions ?? []) {
    const inputType = typeFromAST(schema, type as never) as GraphQLInputType;
    if (isNonNullType(inputType))
      values[variable.name.value] = exampleOf(inputType, variable.name.value, subject, parts);
  }
  return values;
}

function exampleOf(type: GraphQLInputType, name: string, subject: string, parts: Parts): unknown {
  if (isNonNullType(type)) return exampleOf(type.ofType, name, subject, parts);
  if (isListType(type)) return [exampleOf(type.ofType, name, subject, parts)];
  if (isEnumType(type)) return type.getValues()[0]?.name;
  if (isInputObjectType(type)) {
    const fields = Object.values(type.getFields()).filter((field) => isNonNullType(field.type));
    const value = fields.map((field) => [field.name, exampleOf(field.type, field.name, subject, parts)]);
    return type.name === 'InspectionInput' ? { ...Object.fromEntries(value), id: newId() } : Object.fromEntries(value);
  }
  return scalarOf(type.name, name, subject, parts);
}

function scalarOf(type: string, name: string, subject: string, parts: Parts): unknown {
  switch (type) {
    case 'ID':
      return parts[name === 'id' ? subject : `${name.charAt(0).toUpperCase()}${name.slice(1, -2)}`] ?? 'nobody';
    case 'Int':
      return 5;
    case 'Float':
      return 0.25;
    case 'Boolean':
      return true;
    case 'DateTime':
      // from … to
      return new Date(name === 'to' ? 1000 : 0).toISOString();
    case 'UUID':
      return newId();
    case 'Sha256':
      return 'ab'.repeat(32);
    default:
      return name === 'code' ? (subject === 'Inspection' ? parts.code : freshCode('made')) : `some ${name}`;
  }
}
