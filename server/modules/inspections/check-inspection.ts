/** Whether the values of one inspection can be kept: plain comparisons, because every result of every line passes here. */
import type { ContextInput, DefectInput, InspectionInput } from './inspection-input.ts';
import type { Refusal } from './refusal.ts';

export interface InspectionLimits {
  defects: number;
  /** Points of one outline; each is two numbers. */
  outlinePoints: number;
  signals: number;
  /** Length of the JSON text of all signals of one item. */
  signalsLength: number;
}

/** Column length of part ids, codes, classes, states and names. */
const TEXT_LENGTH = 100;
const HOUR_MS = 3_600_000;
/** Far beyond any real quantity, far inside what a `real` column holds. */
const MAGNITUDE = 1e30;
/** Shares of an image may stick out by what single precision rounds. */
const SHARE_SLACK = 1e-5;
/** JSON escapes that jsonb refuses: U+0000 and halves of surrogate pairs, not preceded by an escaped backslash. */
const UNSTORABLE_ESCAPE = /(?:^|[^\\])(?:\\\\)*\\u(?:0000|d[89a-f])/;

/** The first thing wrong, or undefined. The id and the references are looked at elsewhere. */
export function checkInspection(input: InspectionInput, limits: InspectionLimits): Refusal | undefined {
  return (
    range('score', input.score, 0, 1) ??
    range('latencyMs', input.latencyMs, 0, HOUR_MS) ??
    text('partId', input.partId) ??
    (input.imageStats ? checkStats(input.imageStats) : undefined) ??
    (input.position ? checkPosition(input.position) : undefined) ??
    checkDefects(input.defects, limits) ??
    (input.context ? checkContext(input.context, limits) : undefined)
  );
}

/** Text as it appears in an outcome: shortened, so that a refusal is never larger than what it refuses. */
export function shown(value: unknown): string {
  const told = String(value);
  return told.length <= 200 ? told : `${told.slice(0, 199)}…`;
}

function checkStats(stats: NonNullable<InspectionInput['imageStats']>): Refusal | undefined {
  return (
    range('imageStats.brightness', stats.brightness, 0, 1) ??
    range('imageStats.contrast', stats.contrast, 0, 1) ??
    range('imageStats.colourCast', stats.colourCast, 0, 1) ??
    range('imageStats.sharpness', stats.sharpness, 0, MAGNITUDE)
  );
}

function checkPosition(position: NonNullable<InspectionInput['position']>): Refusal | undefined {
  return (
    range('position.offsetXPx', position.offsetXPx, -MAGNITUDE, MAGNITUDE) ??
    range('position.offsetYPx', position.offsetYPx, -MAGNITUDE, MAGNITUDE) ??
    range('position.rotationDeg', position.rotationDeg, -360, 360)
  );
}

function checkDefects(defects: readonly DefectInput[], limits: InspectionLimits): Refusal | undefined {
  if (defects.length > limits.defects) return tooMany('defects', defects.length, limits.defects);
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
    text(`${path}.class`, name) ??
    range(`${path}.score`, score, 0, 1) ??
    share(`${path}.box.x`, box.x) ??
    share(`${path}.box.y`, box.y) ??
    share(`${path}.box.width`, box.width) ??
    share(`${path}.box.height`, box.height);
  if (refusal || !outline) return refusal;

  if (outline.length > 2 * limits.outlinePoints)
    return tooMany(`${path}.outline`, outline.length / 2, limits.outlinePoints);
  if (outline.length % 2 !== 0)
    return { field: `${path}.outline`, value: `${outline.length} numbers`, reason: 'has an x without y; send pairs' };
  for (let index = 0; index < outline.length; index++) {
    const wrong = share(`${path}.outline[${index}]`, outline[index] ?? Number.NaN);
    if (wrong) return wrong;
  }
  return undefined;
}

function checkContext(context: ContextInput, limits: InspectionLimits): Refusal | undefined {
  return (
    text('context.productCode', context.productCode) ??
    text('context.recipeCode', context.recipeCode) ??
    text('context.batchCode', context.batchCode) ??
    text('context.jobCode', context.jobCode) ??
    text('context.machineState', context.machineState) ??
    text('context.machineMode', context.machineMode) ??
    number('context.speedPerMin', context.speedPerMin) ??
    number('context.temperatureC', context.temperatureC) ??
    number('context.humidityPercent', context.humidityPercent) ??
    checkSignals(context.signals, limits)
  );
}

function checkSignals(signals: ContextInput['signals'], limits: InspectionLimits): Refusal | undefined {
  if (signals.length === 0) return undefined;
  if (signals.length > limits.signals) return tooMany('context.signals', signals.length, limits.signals);
  const names = new Set<string>();
  for (let index = 0; index < signals.length; index++) {
    const signal = signals[index];
    if (!signal) continue;
    const path = `context.signals[${index}]`;
    if (signal.name === '' || names.has(signal.name))
      return { field: `${path}.name`, value: signal.name, reason: 'is empty or used twice; name each signal once' };
    names.add(signal.name);
    const refusal = text(`${path}.name`, signal.name) ?? text(`${path}.unit`, signal.unit);
    if (refusal) return refusal;
  }
  const json = JSON.stringify(signals);
  if (json.length > limits.signalsLength)
    return {
      field: 'context.signals',
      value: `${json.length} characters`,
      reason: `is longer than ${limits.signalsLength} characters of JSON; send fewer or shorter signals`,
    };
  if (UNSTORABLE_ESCAPE.test(json))
    return {
      field: 'context.signals',
      value: null,
      reason: 'holds U+0000 or half of a surrogate pair, which cannot be stored; send well-formed text',
    };
  return undefined;
}

function range(field: string, value: number, low: number, high: number): Refusal | undefined {
  if (value >= low && value <= high) return undefined;
  return { field, value: shown(value), reason: `is not within ${low} to ${high}; send a number in that range` };
}

function share(field: string, value: number): Refusal | undefined {
  if (value >= -SHARE_SLACK && value <= 1 + SHARE_SLACK) return undefined;
  return {
    field,
    value: shown(value),
    reason: "is not a share of the image's width or height; divide pixels by the image's size to get 0 to 1",
  };
}

function number(field: string, value: number | null | undefined): Refusal | undefined {
  return value === null || value === undefined ? undefined : range(field, value, -MAGNITUDE, MAGNITUDE);
}

function text(field: string, value: string | null | undefined): Refusal | undefined {
  if (value === null || value === undefined) return undefined;
  if (value.length > TEXT_LENGTH)
    return {
      field,
      value: shown(value),
      reason: `has ${value.length} characters; at most ${TEXT_LENGTH} can be kept: shorten it`,
    };
  if (value.includes('\u0000'))
    return { field, value: null, reason: 'holds U+0000, which cannot be stored; leave it out' };
  return undefined;
}

function tooMany(field: string, count: number, limit: number): Refusal {
  return { field, value: String(count), reason: `has more than ${limit} entries; send the most important ones` };
}
