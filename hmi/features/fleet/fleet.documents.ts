/** What the nodes last said of themselves. */
import { graphql, type ResultOf } from '#schema/graphql.ts';

const NodeFragment = graphql(`
  fragment FleetNode on EdgeNode @_unmask {
    id
    code
    name
    lastSeenAt
    skewMs
    deadLetterRetryAt
    stations {
      id
      name
      line { id code name }
      cameras {
        id
        name
        assignment { id modelVersion { id number model { id name } } }
        shadowAssignment { id modelVersion { id number model { id name } } }
      }
    }
    status {
      startedAt version machineConnected problem
      hardware { hostname system processor cores memoryBytes }
      disk { freeBytes totalBytes }
      outboxResults outboxImages outboxImageBytes outboxLimitShare oldestResultAt sacrificedImages sacrificedResults
      deadLetters
      deadLetterSamples { id kind key reason field value at }
      certificateExpiresAt
      droppedFrames
      machines { lineId isConnected clockOffsetMs clockUncertaintyMs security problem }
      cameras {
        cameraId framesTaken droppedFrames lastFrameAt modelVersionId shadowModelVersionId p50LatencyMs p99LatencyMs problem
      }
      gates { stationId mode isEnabled isTracking confirmed notConfirmed unexpected late lastCommandAt problem }
    }
  }
`);

/** As much of every node as its row shows: all of all would cost more than the server gives for one question. */
export const AskFleet = graphql(`
  query AskFleet {
    plants(first: 100) {
      edges {
        node {
          id
          name
          edgeNodes {
            id
            name
            lastSeenAt
            skewMs
            stations { id line { id name } }
            status {
              machineConnected deadLetters problem outboxLimitShare outboxResults
              gates { stationId problem }
              cameras { cameraId problem }
            }
          }
        }
      }
    }
  }
`);

export type FleetRow = ResultOf<typeof AskFleet>['plants']['edges'][number]['node']['edgeNodes'][number];

/** All that one node says of itself. */
export const AskNode = graphql(
  `query AskNode($id: ID!) {
    node(id: $id) { __typename ... on EdgeNode { ...FleetNode plant { id code name timeZone } } }
  }`,
  [NodeFragment],
);

type ChosenNode = Extract<NonNullable<ResultOf<typeof AskNode>['node']>, { __typename: 'EdgeNode' }>;
export type FleetPlant = ChosenNode['plant'];
export type FleetNode = ResultOf<typeof NodeFragment>;
export type NodeStatus = NonNullable<FleetNode['status']>;

export const RetryDeadLetters = graphql(`
  mutation RetryDeadLetters($edgeNodeId: ID!) {
    retryDeadLetters(edgeNodeId: $edgeNodeId) {
      __typename
      ... on EdgeNode { id deadLetterRetryAt }
      ... on Error { message }
      ... on InvalidInputError { field remedy }
      ... on NotFoundError { field }
    }
  }
`);
