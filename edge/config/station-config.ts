/** One inspection point on a line: its cameras and, at most, one gate. */
import { z } from 'zod';
import { code } from './fields.ts';
import { GateSchema, TriggerSchema } from './gate-config.ts';
import { type SourceConfig, SourceSchema } from './source-config.ts';

export const StationSchema = z
  .strictObject({
    station: code,
    line: code,
    cameras: z
      .array(z.strictObject({ camera: code, source: SourceSchema }), 'give the list of cameras')
      .min(1, 'give at least one camera')
      .max(32, 'give at most 32 cameras'),
    /** How the machine tells that a part is there; ties image and part. */
    trigger: TriggerSchema.optional(),
    gate: GateSchema.optional(),
  })
  .superRefine(({ cameras, trigger }, context) => {
    for (const [index, { source }] of cameras.entries()) {
      if (trigger || !needsTrigger(source)) continue;
      context.addIssue({
        code: 'custom',
        path: ['cameras', index, 'source', 'ratePerS'],
        message: 'give the rate at which snapshots are taken, or give the station a trigger',
      });
    }
  });

/** Whether an image is taken because the machine says that a part is there. */
export function needsTrigger(source: SourceConfig): boolean {
  return source.kind === 'http' && source.mode === 'snapshot' && source.ratePerS === undefined;
}

export type StationConfig = z.infer<typeof StationSchema>;
