/** The trainer's dials. Defaults were measured on the open sets. */
import { z } from 'zod';

export const trainingOptionsSchema = z.strictObject({
  /** Images are scaled by one factor so that the median √(width · height) becomes this, aspect and relative size kept. */
  sidePx: z.int().min(64).max(1024).default(256),
  /** Mirrored border in pixels; keeps the convolutions' own zero padding out of the picture. */
  padPx: z.union([z.literal(0), z.literal(16), z.literal(32)]).default(16),
  /** Backbone taps by stride. */
  strides: z
    .array(z.union([z.literal(4), z.literal(8), z.literal(16)]))
    .min(1)
    .default([4, 8, 16]),
  /** Dimensions of a whitened patch. */
  dimensions: z.int().min(8).max(512).default(128),
  /** Patches in the memory. */
  memory: z.int().min(16).max(8192).default(1000),
  /** Patches that the memory is chosen from; the greedy choice costs candidates × memory × dimensions. */
  candidates: z.int().min(16).max(50_000).default(10_000),
  /** Patches held for whitening: bounds the trainer's memory (336 floats each). */
  pooledPatches: z.int().min(1000).max(200_000).default(50_000),
  /** Share of the cells, the highest, whose mean is the distance of the image. */
  topFraction: z.number().gt(0).max(1).default(0.02),
  /** Parts of the cross-fit when there are too few images to hold some out. */
  folds: z.int().min(2).max(20).default(5),
  threads: z.int().min(1).max(64).default(2),
});

export type TrainingOptions = z.infer<typeof trainingOptionsSchema>;
