/** Why an act did not happen, in a sentence for the person who asked for it. */
import type { OperationResult } from '@urql/core';

/** The message of a failed request; undefined when the server answered. A refusal inside the answer is the caller's to read. */
export function failureOf(result: Pick<OperationResult, 'error'>, noAnswer: string): string | undefined {
  if (!result.error) return undefined;
  return result.error.graphQLErrors[0]?.message ?? noAnswer;
}
