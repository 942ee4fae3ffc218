/** Parses and validates each document once. */
import {
  type DocumentNode,
  GraphQLError,
  type GraphQLSchema,
  specifiedRules,
  type ValidationRule,
  validate,
} from 'graphql';
import { parseBounded } from './parse-bounded.ts';

export interface DocumentLimits {
  queryTokens: number;
  documentsCached: number;
}

export type PreparedDocument = { document: DocumentNode } | { errors: readonly GraphQLError[] };

/** `rules` are checked beside those of the specification. The least recently used documents are forgotten first. */
export function createDocumentCache(
  schema: GraphQLSchema,
  limits: DocumentLimits,
  rules: readonly ValidationRule[] = [],
) {
  const known = new Map<string, PreparedDocument>();
  const allRules = [...specifiedRules, ...rules];

  return (query: string): PreparedDocument => {
    const cached = known.get(query);
    known.delete(query);
    const prepared = cached ?? prepare(query);
    known.set(query, prepared);
    if (known.size > limits.documentsCached) {
      const [oldest] = known.keys();
      if (oldest !== undefined) known.delete(oldest);
    }
    return prepared;
  };

  function prepare(query: string): PreparedDocument {
    try {
      const document = parseBounded(query, limits.queryTokens);
      const errors = validate(schema, document, allRules);
      return errors.length > 0 ? { errors } : { document };
    } catch (error) {
      if (error instanceof GraphQLError) return { errors: [error] };
      throw error;
    }
  }
}
