/** The fingerprint that tells a repeated result from another one under the same id. */
import { hash } from 'node:crypto';
import type { InspectionInput } from './inspection-input.ts';

/**
 * SHA-256 in hexadecimal over the canonical form: a JSON array with the fields in this file's order, absent as null, and
 * behind it the `signalsJson` of the context.
 * The order of keys in the request does not count; the order of defects and signals does. Changing this form makes every retry across the change a conflict.
 */
export function contentHash(input: InspectionInput, signals: string): string {
  const { capture, context, imageStats, position } = input;
  const canonical: unknown[] = [
    // what came before there were captures keeps its form: a repetition of it is a duplicate still
    capture ? 3 : 2,
    input.id.toLowerCase(),
    input.cameraId,
    input.modelVersionId,
    input.verdict,
    input.score,
    input.latencyMs,
    input.partId ?? null,
    input.imageSha256 ?? null,
    imageStats ? [imageStats.brightness, imageStats.contrast, imageStats.colourCast, imageStats.sharpness] : null,
    position ? [position.offsetXPx, position.offsetYPx, position.rotationDeg] : null,
    input.defects.map(({ class: name, score, box, outline }) => [
      name,
      score,
      [box.x, box.y, box.width, box.height],
      outline ?? null,
    ]),
    context
      ? [
          context.productCode ?? null,
          context.recipeCode ?? null,
          context.batchCode ?? null,
          context.jobCode ?? null,
          context.machineState ?? null,
          context.machineMode ?? null,
          context.speedPerMin ?? null,
          context.temperatureC ?? null,
          context.humidityPercent ?? null,
        ]
      : null,
  ];
  if (capture) canonical.push([capture.isKept, capture.keepProbability, capture.reason]);
  return hash('sha256', JSON.stringify(canonical) + signals, 'hex');
}
