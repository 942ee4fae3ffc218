/** The stored operations parsed and checked ahead, so that no screen and no node pays for it, and no flood of other documents drives them out. */
import {
  type DocumentNode,
  GraphQLError,
  type GraphQLSchema,
  specifiedRules,
  type ValidationRule,
  validate,
} from 'graphql';
import type { Log } from '../kit/log.ts';
import { parseBounded } from './parse-bounded.ts';
import type { PersistedOperations } from './persisted-operations.ts';

export interface StoredDocumentOptions {
  schema: GraphQLSchema;
  persisted: PersistedOperations;
  queryTokens: number;
  /** Beside those of the specification. */
  rules: readonly ValidationRule[];
  log: Log;
}

/** By text. One that the schema does not know (any more) is left out and logged: whoever sends it is told what is wrong with it. */
export function readStoredDocuments(options: StoredDocumentOptions): Map<string, DocumentNode> {
  const { schema, persisted, queryTokens, log } = options;
  const rules = [...specifiedRules, ...options.rules];
  const documents = new Map<string, DocumentNode>();
  for (const text of persisted.texts()) {
    const document = parsed(text, queryTokens);
    const errors = document instanceof GraphQLError ? [document] : validate(schema, document, rules);
    if (!(document instanceof GraphQLError) && errors.length === 0) documents.set(text, document);
    else log.warn({ operation: text.trim().slice(0, 80), errors }, 'a stored operation does not fit the schema');
  }
  return documents;
}

function parsed(text: string, queryTokens: number): DocumentNode | GraphQLError {
  try {
    return parseBounded(text, queryTokens);
  } catch (error) {
    if (error instanceof GraphQLError) return error;
    throw error;
  }
}
