/** The fingerprint that tells a repeated result from another one under the same id. */
import { hash } from 'node:crypto';
import { imageNumbers, isAdded, machineNumbers, machineTexts, positionNumbers } from '#schema/production-context.ts';
import type { ContextInput, InspectionInput } from './inspection-input.ts';

const machineFactors = [...machineTexts, ...machineNumbers];
const firstFactors = machineFactors.filter((name) => !isAdded(name));
const addedFactors = machineFactors.filter(isAdded);

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
    imageStats ? imageNumbers.map((name) => imageStats[name]) : null,
    position ? positionNumbers.map((name) => position[name]) : null,
    input.defects.map(({ class: name, score, box, outline }) => [
      name,
      score,
      [box.x, box.y, box.width, box.height],
      outline ?? null,
    ]),
    context ? contextForm(context) : null,
  ];
  if (capture) canonical.push([capture.isKept, capture.keepProbability, capture.reason]);
  return hash('sha256', JSON.stringify(canonical) + signals, 'hex');
}

/** A factor that was added later appears with its name, and only where it has a value: what was sent before it existed keeps its form. */
function contextForm(context: ContextInput): unknown[] {
  const form: unknown[] = firstFactors.map((name) => context[name] ?? null);
  for (const name of addedFactors) {
    const value = context[name] ?? null;
    if (value !== null) form.push([name, value]);
  }
  return form;
}
