/** Refusals of access. They are GraphQL errors, not members of a result: no role can act on them but by signing in differently. */
import { GraphQLError } from 'graphql';

export function unauthenticated(): GraphQLError {
  return new GraphQLError('Sign in first: this is not open to anonymous callers.', {
    extensions: { code: 'UNAUTHENTICATED', http: { status: 200 } },
  });
}

export function forbidden(what: string): GraphQLError {
  return new GraphQLError(`Your roles do not allow ${what}.`, {
    extensions: { code: 'FORBIDDEN', http: { status: 200 } },
  });
}
