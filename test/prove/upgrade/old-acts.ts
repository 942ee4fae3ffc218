/** Mutations of the old API by their names: one `input`, or plain ids as arguments. */
import { randomBytes } from 'node:crypto';
import type { DemoClient } from '../../plant/demo/graphql-client.ts';

export type Selected = Record<string, unknown>;

export interface Acts {
  query<T>(text: string): Promise<T>;
  /** A mutation with one input. `selection` is the payload's type with its fields. Throws what the server refuses. */
  act(field: string, input: object, selection?: string): Promise<Selected>;
  /** A mutation whose arguments are ids. */
  actOn(field: string, ids: Record<string, unknown>, selection?: string): Promise<Selected>;
}

/** Of mutations whose input is not named after them. */
const INPUT_TYPES: Record<string, string> = { addKnownAnswers: 'KnownAnswersInput' };

export function createActs(client: DemoClient): Acts {
  const mutate = async (
    field: string,
    declared: string,
    given: string,
    variables: Record<string, unknown>,
    selection: string,
  ) => {
    const payload = selection === '' ? '' : `... on ${selection}`;
    const text = `mutation (${declared}) { result: ${field}(${given}) { __typename ${payload} ... on Error { message } } }`;
    const { result } = await client.run<{ result: Selected & { __typename: string; message?: string } }>(
      text,
      variables,
    );
    if (result.__typename.endsWith('Error')) throw new Error(`${field}: ${result.message ?? result.__typename}`);
    return result;
  };
  return {
    query: (text) => client.run(text),
    act: (field, input, selection = '') => {
      const type = INPUT_TYPES[field] ?? `${field[0]?.toUpperCase()}${field.slice(1)}Input`;
      return mutate(field, `$input: ${type}!`, 'input: $input', { input }, selection);
    },
    actOn: (field, ids, selection = '') => {
      const names = Object.keys(ids);
      const declared = names.map((name) => `$${name}: ID!`).join(', ');
      return mutate(field, declared, names.map((name) => `${name}: $${name}`).join(', '), ids, selection);
    },
  };
}

/** What a machine sends with its token; gives the answers to its items. Throws what the server refuses as a whole. */
export async function postAs(
  url: string,
  secret: unknown,
  field: string,
  type: string,
  input: unknown,
): Promise<{ outcome: string }[]> {
  const query = `mutation ($input: ${type}) { result: ${field}(input: $input) {
    ... on ${field[0]?.toUpperCase()}${field.slice(1)}Payload { items { outcome reason } } ... on Error { message } } }`;
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${secret}` },
    body: JSON.stringify({ query, variables: { input } }),
  });
  const { data, errors } = (await response.json()) as {
    data?: { result: { items?: { outcome: string }[] } };
    errors?: unknown;
  };
  const items = data?.result.items;
  if (!items) throw new Error(`${field}: ${response.status} ${JSON.stringify(errors ?? data)}`);
  return items;
}

/** A UUIDv7 of that millisecond. */
export function newEventId(atMs: number): string {
  const random = randomBytes(10).toString('hex');
  const hex = `${atMs.toString(16).padStart(12, '0')}7${random.slice(1, 4)}8${random.slice(5, 20)}`;
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
