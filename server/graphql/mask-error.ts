/** What a client may read of an error: refusals as they are, everything else masked and logged once with the request's id. */
import { GraphQLError } from 'graphql';
import { DomainError } from '../kit/errors.ts';
import type { Log } from '../kit/log.ts';

export type MaskError = (error: GraphQLError, requestId: string) => GraphQLError;

export function createErrorMask(log: Log): MaskError {
  return (error, requestId) => {
    const cause = originOf(error);
    // Made on purpose (access, limits) or by graphql-js itself (a wrong variable): meant for the client.
    if (cause === undefined) return error;
    if (cause instanceof DomainError) return refusal(error, cause);
    if (isUnstorableText(cause)) return unstorableText(error);
    log.error({ err: cause, requestId, path: error.path?.join('.') }, `Unexpected error in request ${requestId}`);
    return new GraphQLError(`Unexpected error. Request ${requestId}`, {
      nodes: error.nodes ?? null,
      path: error.path ?? null,
      extensions: { code: 'INTERNAL_SERVER_ERROR', requestId },
    });
  };
}

/** The error that was thrown, however often it was wrapped; undefined when it was a `GraphQLError` itself. */
function originOf(error: GraphQLError): Error | undefined {
  let origin: Error | undefined = error.originalError;
  while (origin instanceof GraphQLError) origin = origin.originalError;
  return origin;
}

/** character_not_in_repertoire, untranslatable_character: PostgreSQL neither keeps nor looks for U+0000. */
function isUnstorableText(error: Error): boolean {
  return 'code' in error && (error.code === '22021' || error.code === '22P05');
}

function unstorableText(error: GraphQLError): GraphQLError {
  const remedy = 'leave it out';
  return new GraphQLError(`A text of the request holds U+0000, which cannot be stored or looked for: ${remedy}`, {
    nodes: error.nodes ?? null,
    path: error.path ?? null,
    extensions: { code: 'INVALID_INPUT', remedy },
  });
}

/** A refusal of a field whose type has no place for it, such as a query. */
function refusal(error: GraphQLError, cause: DomainError): GraphQLError {
  const { code } = cause;
  const details = Object.fromEntries(
    (['field', 'value', 'remedy'] as const).flatMap((key) => (key in cause ? [[key, Reflect.get(cause, key)]] : [])),
  );
  return new GraphQLError(cause.message, {
    nodes: error.nodes ?? null,
    path: error.path ?? null,
    extensions: { code, ...details },
  });
}
