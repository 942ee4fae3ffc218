/** What the alarm screen asks for, and what people do on it. */
import { graphql, type ResultOf } from '#schema/graphql.ts';

const RowFragment = graphql(`
  fragment AlarmRow on Alarm @_unmask {
    id
    type
    priority
    state
    condition
    raisedAt
    lastRaisedAt
    raiseCount
    en: text(language: EN) { title }
    de: text(language: DE) { title }
    shelving { until }
    plant { id code name timeZone }
    line { id code name }
    station { id name }
    camera { id name }
    edgeNode { id code name }
  }
`);

export const ListAlarms = graphql(
  `query ListAlarms($filter: AlarmFilter!, $first: Int!) {
    alarms(filter: $filter, first: $first) {
      edges { node { ...AlarmRow } }
      pageInfo { hasNextPage }
    }
  }`,
  [RowFragment],
);

export type AlarmInList = ResultOf<typeof RowFragment>;

export const AlarmDetails = graphql(
  `query AlarmDetails($id: ID!) {
    node(id: $id) {
      __typename
      ... on Alarm {
        ...AlarmRow
        data
        returnedAt
        acknowledgedAt
        acknowledgedBy { id name }
        textEn: text(language: EN) { cause consequence action }
        textDe: text(language: DE) { cause consequence action }
        shelving { kind until reason by { id name } }
        outOfService { since reason by { id name } }
        history { kind at from to condition reason actor { kind name } }
      }
    }
  }`,
  [RowFragment],
);

export type ChosenAlarm = Extract<NonNullable<ResultOf<typeof AlarmDetails>['node']>, { __typename: 'Alarm' }>;

const RefusalFragment = graphql(`
  fragment AlarmRefusal on Error @_unmask {
    message
    ... on InvalidInputError { field remedy }
    ... on ConflictError { field remedy }
    ... on NotFoundError { field }
  }
`);

export const AcknowledgeAlarm = graphql(
  `mutation AcknowledgeAlarm($alarmId: ID!) {
    acknowledgeAlarm(alarmId: $alarmId) { __typename ...AlarmRefusal ... on Alarm { id state } }
  }`,
  [RefusalFragment],
);

export const ShelveAlarm = graphql(
  `mutation ShelveAlarm($input: ShelveAlarmInput!) {
    shelveAlarm(input: $input) { __typename ...AlarmRefusal ... on Alarm { id state } }
  }`,
  [RefusalFragment],
);

export const UnshelveAlarm = graphql(
  `mutation UnshelveAlarm($alarmId: ID!) {
    unshelveAlarm(alarmId: $alarmId) { __typename ...AlarmRefusal ... on Alarm { id state } }
  }`,
  [RefusalFragment],
);

export const ResetAlarm = graphql(
  `mutation ResetAlarm($alarmId: ID!) {
    resetAlarm(alarmId: $alarmId) { __typename ...AlarmRefusal ... on Alarm { id state } }
  }`,
  [RefusalFragment],
);

export const SetAlarmOutOfService = graphql(
  `mutation SetAlarmOutOfService($alarmId: ID!, $reason: String!) {
    setAlarmOutOfService(alarmId: $alarmId, reason: $reason) { __typename ...AlarmRefusal ... on Alarm { id state } }
  }`,
  [RefusalFragment],
);

export const ReturnAlarmToService = graphql(
  `mutation ReturnAlarmToService($alarmId: ID!) {
    returnAlarmToService(alarmId: $alarmId) { __typename ...AlarmRefusal ... on Alarm { id state } }
  }`,
  [RefusalFragment],
);
