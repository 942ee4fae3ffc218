/** What the screen of retention asks for, and what people do on it. */
import { graphql, type ResultOf } from '#schema/graphql.ts';

export const AskRetention = graphql(`
  query AskRetention($plantId: ID!) {
    retentionRules(plantId: $plantId) { kind keepDays changedAt changedBy { name } }
    retentionRuns(plantId: $plantId, last: 20) {
      edges { node { id isDry state error requestedAt finishedAt requestedBy { name } counts { kind images bytes } } }
    }
  }
`);

export type RetentionRun = ResultOf<typeof AskRetention>['retentionRuns']['edges'][number]['node'];

export const AskRetentionList = graphql(`
  query AskRetentionList($plantId: ID!, $retentionRunId: ID!) {
    retentionImages(plantId: $plantId, runId: $retentionRunId, first: 200) {
      edges { node { imageSha256 kind sizeBytes capturedAt outcome } }
      pageInfo { hasNextPage }
    }
  }
`);

const InvalidFragment = graphql(`
  fragment RetentionInvalid on InvalidInputError @_unmask { field message remedy }
`);
const MissingFragment = graphql(`
  fragment RetentionMissing on NotFoundError @_unmask { field message }
`);
const ConflictFragment = graphql(`
  fragment RetentionConflict on ConflictError @_unmask { field message remedy }
`);

export const SetRetentionRules = graphql(
  `mutation SetRetentionRules($input: SetRetentionRulesInput!) {
    setRetentionRules(input: $input) {
      __typename
      ... on SetRetentionRulesPayload { rules { kind keepDays } }
      ...RetentionInvalid ...RetentionMissing
    }
  }`,
  [InvalidFragment, MissingFragment],
);

export const StartRetentionDryRun = graphql(
  `mutation StartRetentionDryRun($input: StartRetentionDryRunInput!) {
    startRetentionDryRun(input: $input) {
      __typename
      ... on RetentionRun { id }
      ...RetentionInvalid ...RetentionMissing ...RetentionConflict
    }
  }`,
  [InvalidFragment, MissingFragment, ConflictFragment],
);

export const StartRetentionRun = graphql(
  `mutation StartRetentionRun($input: StartRetentionRunInput!) {
    startRetentionRun(input: $input) {
      __typename
      ... on RetentionRun { id }
      ...RetentionInvalid ...RetentionMissing ...RetentionConflict
    }
  }`,
  [InvalidFragment, MissingFragment, ConflictFragment],
);
