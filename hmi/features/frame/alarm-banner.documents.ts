import { graphql } from '#schema/graphql.ts';

export const AcknowledgeFromBanner = graphql(`
  mutation AcknowledgeFromBanner($alarmId: ID!) {
    acknowledgeAlarm(alarmId: $alarmId) {
      __typename
      ... on Alarm { id state }
      ... on Error { message }
      ... on InvalidInputError { field remedy }
      ... on ConflictError { field remedy }
      ... on NotFoundError { field }
    }
  }
`);
