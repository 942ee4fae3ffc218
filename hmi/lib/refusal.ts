/** Why an act did not happen, in a sentence for the person who asked for it. */
import type { OperationResult } from '@urql/core';

export interface Refusal {
  /** The field that was refused, as the form names it; undefined when it is about the act as a whole. */
  field: string | undefined;
  /** What to do instead, in the server's words. */
  text: string;
}

/** The message of a failed request; undefined when the server answered. A refusal inside the answer is the caller's to read. */
export function failureOf(result: Pick<OperationResult, 'error'>, noAnswer: string): string | undefined {
  if (!result.error) return undefined;
  return result.error.graphQLErrors[0]?.message ?? noAnswer;
}

/** The refusal that stands in the answer's place; undefined when the act was done. */
export function refusalIn(answer: unknown): Refusal | undefined {
  if (!isRecord(answer) || typeof answer.__typename !== 'string' || !answer.__typename.endsWith('Error')) return;
  const field = typeof answer.field === 'string' ? fieldOf(answer.field) : undefined;
  const remedy = typeof answer.remedy === 'string' ? answer.remedy : undefined;
  const message = typeof answer.message === 'string' ? answer.message : answer.__typename;
  return { field, text: sentence(remedy ?? message) };
}

/** `input.memberships[2].roles` is about the field `memberships`; `input` and `id` are about no field of a form. */
export function fieldOf(path: string): string | undefined {
  const [first] = path.replace(/^input\.?/, '').split(/[.[]/);
  return first === undefined || first === '' || first === 'id' ? undefined : first;
}

/** The server's remedies are parts of sentences. */
function sentence(text: string): string {
  const begun = text.charAt(0).toUpperCase() + text.slice(1);
  return /[.!?…]$/.test(begun) ? begun : `${begun}.`;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
