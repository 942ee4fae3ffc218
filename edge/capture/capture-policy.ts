/** Which images are worth keeping, as the server says. */
import { z } from 'zod';

const ConditionSchema = z.union([
  z.string(),
  z.number(),
  z.object({ min: z.number().nullish(), max: z.number().nullish() }),
]);

/** The shape in which the server publishes it. */
export const CapturePolicySchema = z.object({
  /** Every part is kept with at least this probability, whatever else holds. */
  auditFraction: z.number(),
  uncertainProbability: z.number(),
  rejectProbability: z.number(),
  /** Of kept images. Null: as many as the outbox holds. */
  bytesPerDay: z.number().nullable(),
  quotas: z.array(
    z.object({
      id: z.string(),
      /** Condition → its value, or the range of it: an image belongs to the cell when all of them fit. */
      cell: z.record(z.string(), ConditionSchema),
      /** Images that are still missing. */
      remaining: z.number(),
      probability: z.number(),
    }),
  ),
});

export type CapturePolicy = z.infer<typeof CapturePolicySchema>;
export type Quota = CapturePolicy['quotas'][number];
