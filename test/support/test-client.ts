/** A caller of the GraphQL API as tests need one: answers whole, or data only; results of mutations as they are. */

import { type GraphQLObjectType, getNamedType, isLeafType, isObjectType, isUnionType } from 'graphql';
import { schema } from '../../server/graphql/schema.ts';

export interface Answer<Data = Record<string, unknown>> {
  data?: Data | null;
  errors?: { message: string; path?: (string | number)[]; extensions?: Record<string, unknown> }[];
}

export interface TestClient {
  readonly headers: Readonly<Record<string, string>>;
  /** The whole answer, errors too. */
  ask<Data = Record<string, unknown>>(query: string, variables?: Record<string, unknown>): Promise<Answer<Data>>;
  /** The data; throws with all messages when there is an error. */
  read<Data = Record<string, unknown>>(query: string, variables?: Record<string, unknown>): Promise<Data>;
  /**
   * One mutation: gives the member of its result union, of the wanted type with the fields selected, of a refusal with all its scalars.
   * `values` is the `input` of a field that takes one (or has it under that name, if it is a list), its arguments otherwise. Throws when the answer has an error.
   */
  act<Result = Record<string, unknown>>(
    field: string,
    selection: string,
    values: Record<string, unknown>,
  ): Promise<Result & { __typename: string }>;
}

export function createTestClient(
  origin: string,
  fetch: (request: Request) => Promise<Response>,
  headers: Record<string, string>,
): TestClient {
  const ask = async <Data>(query: string, variables: Record<string, unknown> = {}): Promise<Answer<Data>> => {
    const request = new Request(`${origin}/graphql`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        accept: 'application/graphql-response+json',
        origin,
        host: new URL(origin).host,
        ...headers,
      },
      body: JSON.stringify({ query, variables }),
    });
    const response = await fetch(request);
    return (await response.json()) as Answer<Data>;
  };
  const read = async <Data>(query: string, variables?: Record<string, unknown>): Promise<Data> => {
    const { data, errors } = await ask<Data>(query, variables);
    if (errors || !data) throw new Error(errors?.map(({ message }) => message).join('; ') ?? 'no data');
    return data;
  };
  return {
    headers,
    ask,
    read,
    async act<Result>(field: string, selection: string, values: Record<string, unknown>) {
      const { query, takesInput } = mutationOf(field, selection);
      const { result } = await read<{ result: Result & { __typename: string } }>(
        query,
        takesInput && !('input' in values) ? { input: values } : values,
      );
      return result;
    },
  };
}

/** Asks for what is wanted and for all that any refusal of this mutation may say, as the schema has it. */
function mutationOf(field: string, selection: string): { query: string; takesInput: boolean } {
  const definition = schema.getMutationType()?.getFields()[field];
  if (!definition) throw new Error(`the schema has no mutation ${field}`);
  const type = getNamedType(definition.type);
  const members = isUnionType(type) ? type.getTypes() : [];
  const spreads = members.map((member) => {
    const isRefusal = member.getInterfaces().some(({ name }) => name === 'Error');
    const fields = isRefusal ? scalarsOf(member) : selection;
    return `... on ${member.name} { ${fields} }`;
  });
  const declared = definition.args.map(({ name, type: argument }) => `$${name}: ${argument}`).join(', ');
  const given = definition.args.map(({ name }) => `${name}: $${name}`).join(', ');
  const inner = members.length > 0 ? spreads.join(' ') : selection;
  return {
    query: `mutation (${declared}) { result: ${field}(${given}) { __typename ${inner} } }`,
    takesInput: definition.args.length === 1 && definition.args[0]?.name === 'input',
  };
}

/** All that a refusal says, and what the things that it names say of themselves. */
function scalarsOf(type: GraphQLObjectType, isNamed = false): string {
  const fields = Object.values(type.getFields()).flatMap(({ name, type: fieldType }) => {
    const inner = getNamedType(fieldType);
    if (isLeafType(inner)) return [name];
    return isObjectType(inner) && !isNamed ? [`${name} { ${scalarsOf(inner, true)} }`] : [];
  });
  return fields.join(' ');
}
