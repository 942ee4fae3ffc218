/** Every GraphQL operation of the edge, and what it expects back. */
import { z } from 'zod';

export const NODE_PLAN = /* GraphQL */ `
  query EdgeNodePlan {
    viewer {
      tokenName
      edgeNode {
        id
        code
        plant {
          code
        }
        stations {
          code
          line {
            id
            code
          }
          cameras {
            id
            code
            assignment {
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
          }
        }
      }
    }
  }
`;

const ArtifactSchema = z
  .object({
    sha256: z.string(),
    signature: z.string(),
    sizeBytes: z.number(),
    url: z.string(),
    signingKey: z.object({ id: z.string() }),
  })
  .transform(({ signingKey, ...artifact }) => ({ ...artifact, signingKeyId: signingKey.id }));

export const NodePlanSchema = z.object({
  viewer: z
    .object({
      tokenName: z.string().nullable(),
      edgeNode: z
        .object({
          id: z.string(),
          code: z.string(),
          plant: z.object({ code: z.string() }),
          stations: z.array(
            z.object({
              code: z.string(),
              line: z.object({ id: z.string(), code: z.string() }),
              cameras: z.array(
                z.object({
                  id: z.string(),
                  code: z.string(),
                  assignment: z
                    .object({ modelVersion: z.object({ id: z.string(), artifact: ArtifactSchema }) })
                    .nullable(),
                }),
              ),
            }),
          ),
        })
        .nullable(),
    })
    .nullable(),
});

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

export const RecordInspectionsSchema = z.object({
  recordInspections: z.discriminatedUnion('__typename', [
    z.object({
      __typename: z.literal('RecordInspectionsPayload'),
      items: z.array(
        z.object({
          id: z.string(),
          outcome: z.enum(['RECORDED', 'DUPLICATE', 'CONFLICT', 'REFUSED']),
          field: z.string().nullable(),
          value: z.string().nullable(),
          reason: z.string().nullable(),
        }),
      ),
    }),
    z.object({
      __typename: z.literal('InvalidInputError'),
      field: z.string(),
      value: z.string().nullable(),
      message: z.string(),
      remedy: z.string(),
    }),
  ]),
});

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

export const ReportStatusSchema = z.object({
  reportNodeStatus: z.object({ __typename: z.string(), skewMs: z.number().optional(), message: z.string().optional() }),
});

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

const KeyAnswerSchema = z.discriminatedUnion('__typename', [
  z.object({ __typename: z.literal('NodeKey'), tokenId: z.string() }),
  z.object({
    __typename: z.enum(['WrongCredentialsError', 'InvalidInputError', 'ConflictError']),
    message: z.string(),
  }),
]);

export const EnrolNodeSchema = z.object({ enrolEdgeNode: KeyAnswerSchema });

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

export const RotateKeySchema = z.object({ rotateEdgeNodeKey: KeyAnswerSchema });

export const WHO_AM_I = /* GraphQL */ `
  query EdgeWhoAmI {
    viewer {
      tokenName
    }
  }
`;

export const WhoAmISchema = z.object({ viewer: z.object({ tokenName: z.string().nullable() }).nullable() });
