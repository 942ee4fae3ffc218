/** Enrolment codes and tokens: what is shown once, and what ends it. */
import { graphql } from '#schema/graphql.ts';

const RefusalFragment = graphql(`
  fragment KeyRefusal on Error @_unmask {
    message
    ... on InvalidInputError { field remedy }
    ... on ConflictError { field remedy }
    ... on NotFoundError { field }
  }
`);

export const CreateEnrolmentCode = graphql(
  `mutation CreateEnrolmentCode($edgeNodeId: ID!) {
    createEnrolmentCode(edgeNodeId: $edgeNodeId) {
      __typename ...KeyRefusal ... on CreatedEnrolmentCode { code expiresAt }
    }
  }`,
  [RefusalFragment],
);

export const CreateToken = graphql(
  `mutation CreateToken($input: CreateTokenInput!) {
    createToken(input: $input) { __typename ...KeyRefusal ... on CreatedToken { secret token { id name } } }
  }`,
  [RefusalFragment],
);

export const RevokeToken = graphql(
  `mutation RevokeToken($tokenId: ID!) {
    revokeToken(tokenId: $tokenId) { __typename ...KeyRefusal ... on Token { id revokedAt } }
  }`,
  [RefusalFragment],
);
