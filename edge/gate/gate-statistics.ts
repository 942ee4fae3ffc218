/** What a station's gate has measured since the node began, as the node writes it down and `--report` reads it. */
import { z } from 'zod';
import { SpreadSchema } from './spread.ts';

const count = z.int().nonnegative();
const spread = SpreadSchema.nullable();

const CameraStatisticsSchema = z.object({
  images: count,
  untied: count,
  /** Parts that ended without an image of this camera. */
  partsWithout: count,
  /** From trigger to arrival of images that were asked for at a trigger. */
  askedMs: spread,
  /** From arrival to verdict. */
  verdictMs: spread,
  /** Between two images. */
  intervalMs: spread,
  /** When the last images that nobody asked for were taken, as camera and configuration say, in milliseconds since `zeroMs`. */
  takenMs: z.array(z.number()),
});

export const GateStatisticsSchema = z.object({
  mode: z.string(),
  /** ISO 8601. */
  from: z.string(),
  to: z.string(),
  parts: z.object({
    triggered: count,
    ended: count,
    /** Whose verdict was not there when the command was due. */
    late: count,
  }),
  /** When the last parts were triggered, in milliseconds since `zeroMs` of the steady clock. */
  triggersMs: z.array(z.number()),
  betweenPartsMs: spread,
  /** How long before the command was due the last verdict stood. */
  marginMs: spread,
  pitchMm: spread,
  speedMmPerS: spread,
  /** Between two samples of the moving encoder. */
  updateMs: spread,
  /** How old samples are when they come, by what their signal is to the gate. */
  ageMs: z.record(z.string(), SpreadSchema),
  confirmations: count,
  /** From command to confirmation: active gates only. */
  confirmedAfterMs: spread,
  /** Until the machine has taken a write: active gates only. */
  writeMs: spread,
  /** How exactly the machine's clock could be read: half of the quickest answer's way there and back. */
  readMs: z.number().nullable(),
  /** By signal, what the machine granted. */
  granted: z.record(z.string(), z.object({ publishingMs: z.number(), samplingMs: z.number() })),
  cameras: z.record(z.string(), CameraStatisticsSchema),
});

export type GateStatistics = z.infer<typeof GateStatisticsSchema>;
export type CameraStatistics = z.infer<typeof CameraStatisticsSchema>;
