/** Whether the values of one inspection can be kept: plain comparisons, because every result of every line passes here. */
import { imageNumbers, machineNumbers, machineTexts, positionNumbers } from '#schema/production-context.ts';
import { checkNumbers, checkTexts } from '../../../kit/check-factors.ts';
import { checkCount, checkRange, checkText, type Refusal, shown } from '../../../kit/check-values.ts';
import { checkSignals, type SignalLimits } from '../signals/signals.ts';
import type { ContextInput, DefectInput, InspectionInput } from './inspection-input.ts';

export interface InspectionLimits extends SignalLimits {
  /** How old a result may be when it arrives: a verdict takes no longer. */
  lateMs: number;
  defects: number;
  /** Points of one outline; each is two numbers. */
  outlinePoints: number;
}

/** A probability below this would weigh a single image as the whole production. */
export const LEAST_PROBABILITY = 1e-9;
/** Shares of an image may stick out by what single precision rounds. */
const SHARE_SLACK = 1e-5;

/** The first thing wrong, or undefined; `signals` is the `signalsJson` of the context. The id and the references are looked at elsewhere. */
export function checkInspection(
  input: InspectionInput,
  limits: InspectionLimits,
  signals: string,
): Refusal | undefined {
  return (
    checkRange('score', input.score, 0, 1) ??
    checkRange('latencyMs', input.latencyMs, 0, limits.lateMs) ??
    checkText('partId', input.partId) ??
    (input.imageStats ? checkNumbers('imageStats.', input.imageStats, imageNumbers) : undefined) ??
    (input.position ? checkNumbers('position.', input.position, positionNumbers) : undefined) ??
    (input.capture
      ? checkRange('capture.keepProbability', input.capture.keepProbability, LEAST_PROBABILITY, 1)
      : undefined) ??
    checkDefects(input.defects, limits) ??
    (input.context ? checkContext(input.context, limits, signals) : undefined)
  );
}

function checkDefects(defects: readonly DefectInput[], limits: InspectionLimits): Refusal | undefined {
  const surplus = checkCount('defects', defects.length, limits.defects);
  if (surplus) return surplus;
  for (let index = 0; index < defects.length; index++) {
    const defect = defects[index];
    const refusal = defect && checkDefect(`defects[${index}]`, defect, limits);
    if (refusal) return refusal;
  }
  return undefined;
}

function checkDefect(path: string, { class: name, score, box, outline }: DefectInput, limits: InspectionLimits) {
  if (name === '') return { field: `${path}.class`, value: name, reason: 'is empty; name the kind of defect' };
  const refusal =
    checkText(`${path}.class`, name) ??
    checkRange(`${path}.score`, score, 0, 1) ??
    share(`${path}.box.x`, box.x) ??
    share(`${path}.box.y`, box.y) ??
    share(`${path}.box.width`, box.width) ??
    share(`${path}.box.height`, box.height);
  if (refusal || !outline) return refusal;

  const surplus = checkCount(`${path}.outline`, outline.length / 2, limits.outlinePoints);
  if (surplus) return surplus;
  if (outline.length % 2 !== 0)
    return { field: `${path}.outline`, value: `${outline.length} numbers`, reason: 'has an x without y; send pairs' };
  for (let index = 0; index < outline.length; index++) {
    const wrong = share(`${path}.outline[${index}]`, outline[index] ?? Number.NaN);
    if (wrong) return wrong;
  }
  return undefined;
}

function checkContext(context: ContextInput, limits: InspectionLimits, signals: string): Refusal | undefined {
  return (
    checkTexts('context.', context, machineTexts) ??
    checkNumbers('context.', context, machineNumbers) ??
    checkSignals('context.signals', context.signals, limits, signals)
  );
}

function share(field: string, value: number): Refusal | undefined {
  if (value >= -SHARE_SLACK && value <= 1 + SHARE_SLACK) return undefined;
  return {
    field,
    value: shown(value),
    reason: "is not a share of the image's width or height; divide pixels by the image's size to get 0 to 1",
  };
}
