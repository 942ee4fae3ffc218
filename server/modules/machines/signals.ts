/** The signals of a machine as an edge node reports them. */
import { checkCount, checkText, type Refusal } from '../../kit/check-values.ts';
import type { SignalQuality, StoredSignals } from './machines.table.ts';

export interface SignalInput {
  name: string;
  value?: unknown;
  unit?: string | null | undefined;
  quality: SignalQuality;
  sourceTime?: Date | null | undefined;
}

export interface SignalLimits {
  signals: number;
  /** Length of the JSON text of all signals together. */
  signalsLength: number;
}

/** JSON escapes that jsonb refuses: U+0000 and halves of surrogate pairs, not preceded by an escaped backslash. */
const UNSTORABLE_ESCAPE = /(?:^|[^\\])(?:\\\\)*\\u(?:0000|d[89a-f])/;

/** The first thing wrong, or undefined; `path` is where the signals stand in the input. */
export function checkSignals(path: string, signals: readonly SignalInput[], limits: SignalLimits): Refusal | undefined {
  if (signals.length === 0) return undefined;
  const surplus = checkCount(path, signals.length, limits.signals);
  if (surplus) return surplus;
  const names = new Set<string>();
  for (const [index, signal] of signals.entries()) {
    const field = `${path}[${index}]`;
    if (signal.name === '' || names.has(signal.name))
      return { field: `${field}.name`, value: signal.name, reason: 'is empty or used twice; name each signal once' };
    names.add(signal.name);
    const refusal = checkText(`${field}.name`, signal.name) ?? checkText(`${field}.unit`, signal.unit);
    if (refusal) return refusal;
  }

  const json = JSON.stringify(signals);
  if (json.length > limits.signalsLength) {
    const reason = `is longer than ${limits.signalsLength} characters of JSON; send fewer or shorter signals`;
    return { field: path, value: `${json.length} characters`, reason };
  }
  if (UNSTORABLE_ESCAPE.test(json)) {
    const reason = 'holds U+0000 or half of a surrogate pair, which cannot be stored; send well-formed text';
    return { field: path, value: null, reason };
  }
  return undefined;
}

/** As they are stored. A prototype-less object, because a signal may be called `__proto__`. */
export function storedSignals(signals: readonly SignalInput[]): StoredSignals {
  const stored: StoredSignals = Object.create(null);
  for (const { name, value, unit, quality, sourceTime } of signals)
    stored[name] = {
      value: value ?? null,
      unit: unit ?? null,
      quality,
      sourceTime: sourceTime?.toISOString() ?? null,
    };
  return stored;
}

/** A machine that has no recipe, batch or job often says so with an empty string. */
export function told(text: string | null | undefined): string | null {
  return text === undefined || text === null || text.trim() === '' ? null : text;
}
