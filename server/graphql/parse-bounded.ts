/** Parses a document of at most so many tokens. */
import { type DocumentNode, GraphQLError, type ParseOptions, parse, type Source } from 'graphql';
import { limitExceeded } from '../kit/limit-error.ts';

/** Throws the syntax error, or the refusal that names the limit. */
export function parseBounded(source: string | Source, maxTokens: number, options: ParseOptions = {}): DocumentNode {
  try {
    return parse(source, { ...options, maxTokens });
  } catch (error) {
    // the parser goes down into each bracket, and the limit of tokens may allow more of them than the stack does
    if (error instanceof RangeError)
      throw new GraphQLError('Syntax Error: the document nests too many brackets. Send values as variables.');
    // graphql-js stops at the first token too many and tells it as a syntax error
    if (!(error instanceof GraphQLError) || !error.message.includes(`more that ${maxTokens} tokens`)) throw error;
    throw limitExceeded({
      code: 'QUERY_TOO_LARGE',
      limit: 'LEHR_LIMIT_QUERY_TOKENS',
      message: `The document has more than ${maxTokens} tokens`,
      value: maxTokens + 1,
      most: maxTokens,
      remedy: 'Ask in several operations, and send values as variables.',
      http: { status: 400 },
    });
  }
}
