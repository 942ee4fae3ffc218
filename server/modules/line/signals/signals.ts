/** The signals of a machine as an edge node reports them. */
import { checkCount, checkJson, checkText, type Refusal } from '../../../kit/check-values.ts';
import type { SignalQuality, StoredSignals } from './stored-signal.ts';

export interface SignalInput {
  name: string;
  value?: unknown;
  unit?: string | null | undefined;
  quality: SignalQuality;
  sourceTime?: Date | null | undefined;
  /** The capture lies so near a change that nobody can tell on which side. */
  isAmbiguous?: boolean | null | undefined;
}

export interface SignalLimits {
  signals: number;
  /** Length of the JSON text of all signals together. */
  signalsLength: number;
}

/** The first thing wrong, or undefined; `path` is where the signals stand in the input, `json` their `signalsJson`. */
export function checkSignals(
  path: string,
  signals: readonly SignalInput[],
  limits: SignalLimits,
  json = signalsJson(signals),
): Refusal | undefined {
  if (signals.length === 0) return undefined;
  const surplus = checkCount(path, signals.length, limits.signals);
  if (surplus) return surplus;
  const names = new Set<string>();
  for (let index = 0; index < signals.length; index++) {
    const signal = signals[index];
    const refusal = signal && checkNames(`${path}[${index}]`, signal, names);
    if (refusal) return refusal;
  }

  return checkJson(path, json, limits.signalsLength, 'fewer or shorter signals');
}

function checkNames(field: string, { name, unit }: SignalInput, names: Set<string>): Refusal | undefined {
  if (name === '' || names.has(name))
    return { field: `${field}.name`, value: name, reason: 'is empty or used twice; name each signal once' };
  names.add(name);
  return checkText(`${field}.name`, name) ?? checkText(`${field}.unit`, unit);
}

/** As they are stored. A prototype-less object, because a signal may be called `__proto__`. */
export function storedSignals(signals: readonly SignalInput[]): StoredSignals {
  const stored: StoredSignals = Object.create(null);
  for (const { name, value, unit, quality, sourceTime, isAmbiguous } of signals)
    stored[name] = {
      value: value ?? null,
      unit: unit ?? null,
      quality,
      sourceTime: sourceTime?.toISOString() ?? null,
      ...(isAmbiguous ? { isAmbiguous } : {}),
    };
  return stored;
}

/** The JSON text of `storedSignals`, written at once; the keys of objects among the values are in order. */
export function signalsJson(signals: readonly SignalInput[]): string {
  let text = '{';
  for (let index = 0; index < signals.length; index++) {
    const signal = signals[index];
    if (!signal) continue;
    const { name, value, unit, quality, sourceTime, isAmbiguous } = signal;
    if (index > 0) text += ',';
    text += `${jsonText(name)}:{"value":${jsonValue(value)},"unit":${unit === null || unit === undefined ? 'null' : jsonText(unit)}`;
    text += `,"quality":"${quality}","sourceTime":${sourceTime ? `"${sourceTime.toISOString()}"` : 'null'}${isAmbiguous ? ',"isAmbiguous":true' : ''}}`;
  }
  return `${text}}`;
}

/** Nothing in it needs an escape. */
const PLAIN = /^[\w .:/%°-]*$/;

function jsonText(text: string): string {
  return PLAIN.test(text) ? `"${text}"` : JSON.stringify(text);
}

function jsonValue(value: unknown): string {
  if (typeof value === 'number') return Number.isFinite(value) ? String(value) : 'null';
  if (typeof value === 'string') return jsonText(value);
  if (value === null || value === undefined) return 'null';
  return JSON.stringify(sorted(value));
}

/** The same value with the keys of every object in order. */
function sorted(value: unknown): unknown {
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) return value.map(sorted);
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, item]) => [key, sorted(item)]));
}

/** A machine that has no recipe, batch or job often says so with an empty string. */
export function told(text: string | null | undefined): string | null {
  return text === undefined || text === null || text.trim() === '' ? null : text;
}
