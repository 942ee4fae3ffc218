/** Every GraphQL operation of the edge. `answers.ts` says what each is answered. */

export const NODE_PLAN = /* GraphQL */ `
  query EdgeNodePlan {
    viewer {
      tokenName
      edgeNode {
        id
        code
        deadLetterRetryAt
        capturePolicy {
          auditFraction
          uncertainProbability
          rejectProbability
          bytesPerDay
          quotas {
            id
            cell
            remaining
            probability
          }
        }
        plant {
          code
        }
        stations {
          id
          code
          line {
            id
            code
          }
          cameras {
            id
            code
            assignment {
              ...EdgeModel
            }
            shadowAssignment {
              ...EdgeModel
            }
            setups {
              recipeCode
              roi {
                x
                y
                width
                height
              }
              reference {
                sha256
                url
              }
              maxOffsetPx
              maxRotationDeg
            }
          }
        }
      }
    }
  }

  fragment EdgeModel on ModelAssignment {
    modelVersion {
      id
      artifact {
        sha256
        signature
        sizeBytes
        url
        signingKey {
          id
        }
      }
    }
  }
`;

export const RECORD_INSPECTIONS = /* GraphQL */ `
  mutation EdgeRecordInspections($input: [InspectionInput!]!) {
    recordInspections(input: $input) {
      __typename
      ... on RecordInspectionsPayload {
        items {
          id
          outcome
          field
          value
          reason
        }
      }
      ... on InvalidInputError {
        field
        value
        message
        remedy
      }
    }
  }
`;

export const RECORD_NODE_EVENTS = /* GraphQL */ `
  mutation EdgeRecordNodeEvents($input: [NodeEventInput!]!) {
    recordNodeEvents(input: $input) {
      __typename
      ... on RecordNodeEventsPayload {
        items {
          id
          outcome
          field
          value
          reason
        }
      }
      ... on InvalidInputError {
        field
        value
        message
        remedy
      }
    }
  }
`;

export const RECORD_PART_COUNTS = /* GraphQL */ `
  mutation EdgeRecordPartCounts($input: [PartCountsInput!]!) {
    recordPartCounts(input: $input) {
      __typename
      ... on RecordPartCountsPayload {
        items {
          id
          outcome
          field
          value
          reason
        }
      }
      ... on InvalidInputError {
        field
        value
        message
        remedy
      }
    }
  }
`;

export const REVISE_CAPTURES = /* GraphQL */ `
  mutation EdgeReviseCaptures($input: [CaptureRevisionInput!]!) {
    reviseCaptures(input: $input) {
      __typename
      ... on ReviseCapturesPayload {
        items {
          id
          outcome
          field
          value
          reason
        }
      }
      ... on InvalidInputError {
        field
        value
        message
        remedy
      }
    }
  }
`;

export const REPORT_STATUS = /* GraphQL */ `
  mutation EdgeReportStatus($input: ReportNodeStatusInput!) {
    reportNodeStatus(input: $input) {
      __typename
      ... on ReportNodeStatusPayload {
        skewMs
      }
      ... on Error {
        message
      }
    }
  }
`;

export const ENROL_NODE = /* GraphQL */ `
  mutation EdgeEnrol($input: EnrolEdgeNodeInput!) {
    enrolEdgeNode(input: $input) {
      __typename
      ... on NodeKey {
        tokenId
      }
      ... on Error {
        message
      }
    }
  }
`;

export const ROTATE_KEY = /* GraphQL */ `
  mutation EdgeRotateKey($input: RotateEdgeNodeKeyInput!) {
    rotateEdgeNodeKey(input: $input) {
      __typename
      ... on NodeKey {
        tokenId
      }
      ... on Error {
        message
      }
    }
  }
`;

export const WHO_AM_I = /* GraphQL */ `
  query EdgeWhoAmI {
    viewer {
      tokenName
    }
  }
`;
