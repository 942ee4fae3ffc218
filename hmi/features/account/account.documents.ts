/** One's own account. */
import { graphql, type ResultOf } from '#schema/graphql.ts';

export const OwnAccount = graphql(`
  query OwnAccount {
    viewer {
      person { id name email }
      sessions { id createdAt expiresAt isCurrent }
    }
  }
`);

export type OwnSession = NonNullable<ResultOf<typeof OwnAccount>['viewer']>['sessions'][number];

export const ChangePassword = graphql(`
  mutation ChangePassword($input: ChangePasswordInput!) {
    changePassword(input: $input) {
      __typename
      ... on Person { id }
      ... on InvalidInputError { field message remedy }
      ... on WrongCredentialsError { message }
      ... on TooManyAttemptsError { message retryAfterS }
    }
  }
`);

export const EndSession = graphql(`
  mutation EndSession($sessionId: ID!) {
    endSession(sessionId: $sessionId) {
      __typename
      ... on Session { id }
      ... on InvalidInputError { field message remedy }
      ... on NotFoundError { field message }
    }
  }
`);
