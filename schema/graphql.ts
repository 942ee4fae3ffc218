/** The typed graphql() tag: a document's result and variables follow from `schema.graphql`, without a build step. */
import { initGraphQLTada } from 'gql.tada';
import type { introspection } from './graphql-env.d.ts';

export const graphql = initGraphQLTada<{
  introspection: introspection;
  scalars: {
    /** ISO 8601 in UTC, as JSON carries it. */
    DateTime: string;
    JSON: unknown;
    Sha256: string;
    StreamCursor: string;
    UUID: string;
  };
}>();

export type { FragmentOf, ResultOf, TadaDocumentNode, VariablesOf } from 'gql.tada';
export { readFragment } from 'gql.tada';
