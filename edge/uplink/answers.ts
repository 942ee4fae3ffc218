/** What the server's answers to `documents.ts` have to look like. */
import { z } from 'zod';
import { CapturePolicySchema } from '../capture/capture-policy.ts';

const ArtifactSchema = z
  .object({
    sha256: z.string(),
    signature: z.string(),
    sizeBytes: z.number(),
    url: z.string(),
    signingKey: z.object({ id: z.string() }),
  })
  .transform(({ signingKey, ...artifact }) => ({ ...artifact, signingKeyId: signingKey.id }));

const AssignmentSchema = z
  .object({ modelVersion: z.object({ id: z.string(), artifact: ArtifactSchema }) })
  .transform(({ modelVersion: { id, artifact } }) => ({ modelVersionId: id, artifact }));

/** How images of one recipe are cut and aligned. */
export const SetupSchema = z.object({
  /** Null: for every recipe that has no setup of its own. */
  recipeCode: z.string().nullable(),
  /** Shares of the image's sides; null: the whole image. */
  roi: z.object({ x: z.number(), y: z.number(), width: z.number(), height: z.number() }).nullable(),
  /** Null: parts are not located. */
  reference: z.object({ sha256: z.string(), url: z.string() }).nullable(),
  maxOffsetPx: z.number(),
  maxRotationDeg: z.number(),
});

export const NodePlanSchema = z.object({
  viewer: z
    .object({
      tokenName: z.string().nullable(),
      edgeNode: z
        .object({
          id: z.string(),
          code: z.string(),
          deadLetterRetryAt: z.string().nullable(),
          capturePolicy: CapturePolicySchema.nullable(),
          plant: z.object({ code: z.string() }),
          stations: z.array(
            z.object({
              id: z.string(),
              code: z.string(),
              line: z.object({ id: z.string(), code: z.string() }),
              cameras: z.array(
                z.object({
                  id: z.string(),
                  code: z.string(),
                  assignment: AssignmentSchema.nullable(),
                  shadowAssignment: AssignmentSchema.nullable(),
                  setups: z.array(SetupSchema),
                }),
              ),
            }),
          ),
        })
        .nullable(),
    })
    .nullable(),
});

/** What a call that carries many items answers: one outcome for each, or a refusal of the call. */
const ItemsAnswerSchema = z.union([
  z.object({
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
  z.object({ field: z.string(), value: z.string().nullable(), message: z.string(), remedy: z.string() }),
]);

export type ItemsAnswer = z.infer<typeof ItemsAnswerSchema>;

export const RecordInspectionsSchema = z
  .object({ recordInspections: ItemsAnswerSchema })
  .transform(({ recordInspections }) => recordInspections);

export const RecordNodeEventsSchema = z
  .object({ recordNodeEvents: ItemsAnswerSchema })
  .transform(({ recordNodeEvents }) => recordNodeEvents);

export const RecordPartCountsSchema = z
  .object({ recordPartCounts: ItemsAnswerSchema })
  .transform(({ recordPartCounts }) => recordPartCounts);

export const ReviseCapturesSchema = z
  .object({ reviseCaptures: ItemsAnswerSchema })
  .transform(({ reviseCaptures }) => reviseCaptures);

export const ReportStatusSchema = z.object({
  reportNodeStatus: z.object({ __typename: z.string(), skewMs: z.number().optional(), message: z.string().optional() }),
});

const KeyAnswerSchema = z.discriminatedUnion('__typename', [
  z.object({ __typename: z.literal('NodeKey'), tokenId: z.string() }),
  z.object({
    __typename: z.enum(['WrongCredentialsError', 'InvalidInputError', 'ConflictError']),
    message: z.string(),
  }),
]);

export const EnrolNodeSchema = z.object({ enrolEdgeNode: KeyAnswerSchema });

export const RotateKeySchema = z.object({ rotateEdgeNodeKey: KeyAnswerSchema });

export const WhoAmISchema = z.object({ viewer: z.object({ tokenName: z.string().nullable() }).nullable() });
