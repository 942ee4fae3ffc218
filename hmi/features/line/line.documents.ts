import { graphql, type ResultOf } from '#schema/graphql.ts';
import { MachineFactors, PartFactors } from '../../lib/factors.documents.ts';

/** One inspected part, as the strip and the large picture show it. */
export const PartFragment = graphql(`
  fragment Part on Inspection @_unmask {
    id
    inspectionId
    capturedAt
    verdict
    score
    partId
    imageUrl
    camera { id code name }
    defects { class score outline }
  }
`);

/** The picture of a line: conflated, at most four a second. */
export const WatchLine = graphql(
  `subscription WatchLine($lineId: ID!) {
    lineStatus(lineId: $lineId) {
      sentAt
      ratePerMin
      line {
        id
        targetRatePerMin
        stations {
          id
          code
          name
          partCounts { triggered accepted rejected bypassed unseen inTransit unknown }
          cameras {
            id
            code
            name
            assignment { id modelVersion { id number createdAt model { id name } } }
          }
        }
      }
      currentJob { id code startedAt product { id code name } recipe { id code } batch { id code } }
      machine {
        quality receivedAt sourceTime state mode
        ...MachineFactors
        batchCode productCode recipeCode jobCode
        signals { name value unit quality sourceTime isAmbiguous }
      }
      edgeNodes {
        id code name lastSeenAt skewMs
        status {
          version startedAt machineConnected deadLetters droppedFrames outboxResults outboxImages problem
          gates { stationId mode isEnabled isTracking confirmed notConfirmed unexpected late problem }
          cameras { cameraId framesTaken lastFrameAt p50LatencyMs problem }
        }
      }
      lastHour { bucket total reject rejectRate rejectRateLow rejectRateHigh }
      total { bucket total reject rejectRate rejectRateLow rejectRateHigh }
      lastReject { ...Part }
    }
  }`,
  [PartFragment, MachineFactors],
);

/** The newest parts, before the lossless stream takes over at the newest one's cursor. */
export const RecentParts = graphql(
  `query RecentParts($lineId: ID!, $first: Int!) {
    inspections(first: $first, filter: { lineId: $lineId }) { edges { node { cursor ...Part } } }
  }`,
  [PartFragment],
);

/** Every part, without a gap. */
export const FollowParts = graphql(
  `subscription FollowParts($lineId: ID!, $after: StreamCursor) {
    inspections(lineId: $lineId, after: $after) { cursor sentAt items { ...Part } }
  }`,
  [PartFragment],
);

/** One part with the machine as it was at the moment of capture. */
export const PartDetail = graphql(
  `query PartDetail($id: ID!) {
    node(id: $id) {
      __typename
      ... on Inspection {
        ...Part
        line { id }
        receivedAt
        latencyMs
        modelVersion { id number model { id name } }
        job { id code }
        product { id code name }
        recipe { id code }
        batch { id code }
        position { offsetXPx offsetYPx rotationDeg }
        context {
          ...PartFactors
          signals { name value unit quality isAmbiguous }
        }
      }
    }
  }`,
  [PartFragment, PartFactors],
);

export type PartDetails = Extract<NonNullable<ResultOf<typeof PartDetail>['node']>, { __typename: 'Inspection' }>;

const GateEventFragment = graphql(`
  fragment GateEvent on Event @_unmask { kind data line { id } }
`);

/** What the gate did lately, newest first. */
export const RecentGateEvents = graphql(
  `query RecentGateEvents($filter: EventFilter!, $first: Int!) {
    events(filter: $filter, first: $first) { edges { node { ...GateEvent } } }
  }`,
  [GateEventFragment],
);

/** What the gates of the plant do. */
export const FollowGateEvents = graphql(
  `subscription FollowGateEvents($plantId: ID!, $kinds: [String!], $after: StreamCursor) {
    events(plantId: $plantId, kinds: $kinds, after: $after) { cursor sentAt items { ...GateEvent } }
  }`,
  [GateEventFragment],
);
