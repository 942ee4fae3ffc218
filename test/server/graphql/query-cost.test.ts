import { buildSchema, type OperationDefinitionNode, parse } from 'graphql';
import { describe, expect, it } from 'vitest';
import { prepareCost } from '../../../server/graphql/query-cost.ts';

const schema = buildSchema(`
  type Query { me: Thing  things(first: Int, last: Int): Things!  nodes(ids: [ID!]!): [Thing]! }
  type Mutation { add(input: [ThingInput!]!): Thing!  set(input: SetInput!): Thing! }
  type Thing { name: String!  tags: [String!]!  parts: [Thing!]!  things(first: Int): Things! }
  type Things { edges: [Edge!]!  pageInfo: PageInfo! }
  type Edge { node: Thing!  cursor: String! }
  type PageInfo { hasNextPage: Boolean! }
  input ThingInput { name: String! }
  input SetInput { name: String!  items: [ThingInput!]! }
`);

function costOf(text: string, variables: Record<string, unknown> = {}): number {
  const document = parse(text);
  const [operation] = document.definitions as OperationDefinitionNode[];
  if (!operation) throw new Error('no operation');
  return prepareCost(schema, document, operation, { pageSize: 50, queryAssumedList: 10 })(variables);
}

describe('the cost of an operation', () => {
  it('is one at least, and one for each object', () => {
    expect(costOf('{ __typename }')).toBe(1);
    expect(costOf('{ me { name tags } }')).toBe(1);
    expect(costOf('{ a: me { name } b: me { name } }')).toBe(2);
  });

  it('multiplies a page by its size, by the standard size when none is given', () => {
    expect(costOf('{ things(first: 7) { edges { node { name } } } }')).toBe(1 + 7);
    expect(costOf('{ things(last: 8) { edges { node { name } } pageInfo { hasNextPage } } }')).toBe(1 + 8);
    expect(costOf('{ things { edges { node { name } } } }')).toBe(1 + 50);
    expect(costOf('{ things(first: 7) { pageInfo { hasNextPage } } }')).toBe(1);
  });

  it('multiplies pages inside pages', () => {
    const inner = 'things(first: 5) { edges { node { name } } }';
    expect(costOf(`{ things(first: 7) { edges { node { ${inner} } } } }`)).toBe(1 + 7 * (1 + (1 + 5)));
  });

  it('reads sizes from variables, and takes the larger when both ends are asked for', () => {
    const text = 'query ($n: Int, $m: Int) { things(first: $n, last: $m) { edges { node { name } } } }';
    expect(costOf(text, { n: 3 })).toBe(4);
    expect(costOf(text, { n: 3, m: 9 })).toBe(10);
    expect(costOf(text, {})).toBe(51);
    expect(costOf(text, { n: 'many' })).toBe(51);
  });

  it('takes a list to be as long as is assumed, or as the ids that were given for it', () => {
    expect(costOf('{ me { parts { name } } }')).toBe(1 + 10);
    expect(costOf('{ nodes(ids: ["a", "b"]) { name } }')).toBe(2);
    expect(costOf('query ($ids: [ID!]!) { nodes(ids: $ids) { name } }', { ids: Array(33).fill('a') })).toBe(33);
  });

  it('counts what a mutation brings', () => {
    const add = 'mutation ($input: [ThingInput!]!) { add(input: $input) { name } }';
    expect(costOf(add, { input: Array(100).fill({ name: 'a' }) })).toBe(10 + 100 + 1);
    const set = 'mutation ($input: SetInput!) { set(input: $input) { name } }';
    expect(costOf(set, { input: { name: 'a', items: Array(20).fill({ name: 'a' }) } })).toBe(10 + 20 + 1);
    expect(costOf('mutation { set(input: { name: "a", items: [{ name: "b" }] }) { name } }')).toBe(10 + 1 + 1);
  });

  it('follows fragments', () => {
    expect(
      costOf('{ me { ...A ... on Thing { parts { name } } } } fragment A on Thing { parts { parts { name } } }'),
    ).toBe(1 + 10 * (1 + 10) + 10);
  });

  it('counts introspection by what the schema holds', () => {
    const few = costOf('{ __type(name: "Thing") { name } }');
    expect(few).toBe(1);
    const all = costOf('{ __schema { types { name fields { name } } } }');
    const types = Object.keys(schema.getTypeMap()).length;
    expect(all).toBe(1 + types * (1 + 5));
  });
});
