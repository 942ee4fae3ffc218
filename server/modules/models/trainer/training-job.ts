/** What crosses the process boundary between whoever wants a model and the child that trains it. */
import { z } from 'zod';
import { type ModelManifest, modelManifestSchema } from '#schema/model-manifest.ts';
import { trainingOptionsSchema } from './training-options.ts';

/** Fewer good images say nothing about how good parts differ from each other. */
export const MIN_TRAINING_IMAGES = 8;
/** Bounds a training's time: each image is computed twice. */
export const MAX_TRAINING_IMAGES = 20_000;
export const LEAST_FALSE_REJECT_TARGET = 0.0001;
export const MOST_FALSE_REJECT_TARGET = 0.5;

export const trainingJobSchema = z.strictObject({
  /** Good images only. With a `sha256` the file must still be that one. */
  images: z
    .array(
      z.strictObject({
        path: z.string().min(1),
        sha256: z
          .string()
          .regex(/^[0-9a-f]{64}$/)
          .optional(),
      }),
    )
    .min(MIN_TRAINING_IMAGES, {
      error: ({ input }) => `has ${lengthOf(input)} images; give at least ${MIN_TRAINING_IMAGES} good ones`,
    })
    .max(MAX_TRAINING_IMAGES, {
      error: ({ input }) => `has ${lengthOf(input)} images; give at most ${MAX_TRAINING_IMAGES}`,
    }),
  seed: z.int().min(0).max(4_294_967_295),
  /** Share of good parts that may be rejected. */
  falseRejectTarget: z.number().min(LEAST_FALSE_REJECT_TARGET).max(MOST_FALSE_REJECT_TARGET),
  /** How sure the promise of that share must be. */
  confidence: z.number().min(0.5).max(0.999).default(0.9),
  /** Path of the ONNX file to write. */
  output: z.string().endsWith('.onnx'),
  options: trainingOptionsSchema.prefault({}),
});

export type TrainingJob = z.infer<typeof trainingJobSchema>;
/** A job as callers write it, defaults left out. */
export type TrainingJobInput = z.input<typeof trainingJobSchema>;

export const trainingMetricsSchema = z.strictObject({
  /** Wall-clock time of the whole training. */
  seconds: z.number(),
  peakRssMb: z.number(),
  images: z.int(),
  /** Images left out because another one has the same bytes. */
  duplicates: z.int(),
  /** Distances of the good images that set the threshold. */
  medianDistance: z.number(),
  largestDistance: z.number(),
});
export type TrainingMetrics = z.infer<typeof trainingMetricsSchema>;

export const trainingResultSchema = z.strictObject({
  manifest: modelManifestSchema,
  sha256: z.string(),
  bytes: z.int(),
  metrics: trainingMetricsSchema,
});
export interface TrainingResult {
  manifest: ModelManifest;
  sha256: string;
  bytes: number;
  metrics: TrainingMetrics;
}

/** One line of the child's standard output. */
export const trainingLineSchema = z.union([
  z.strictObject({ progress: z.number().min(0).max(1), step: z.string() }),
  z.strictObject({ done: trainingResultSchema }),
  z.strictObject({ error: z.string() }),
]);

/** Checks a job; throws with every wrong field, its value's fault and the remedy. */
export function parseTrainingJob(job: unknown): TrainingJob {
  const parsed = trainingJobSchema.safeParse(job);
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map((issue) => `${issue.path.join('.') || 'job'}: ${issue.message}`);
  throw new Error(`training job: ${faults.join('; ')}`);
}

function lengthOf(input: unknown): number {
  return Array.isArray(input) ? input.length : 0;
}
