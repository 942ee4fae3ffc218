/** From what a node said to what is written: nothing here asks the database. */
import type { StoredSignals } from '../machines/machines.table.ts';
import type { SignalInput } from './inspection-input.ts';

/** The signals as they are stored, or null when there are none. */
export function storedSignals(signals: readonly SignalInput[] | undefined): string | null {
  if (!signals || signals.length === 0) return null;
  const stored: StoredSignals = {};
  for (const { name, value, unit, quality, sourceTime } of signals)
    stored[name] = {
      value: value ?? null,
      unit: unit ?? null,
      quality,
      sourceTime: sourceTime?.toISOString() ?? null,
    };
  return JSON.stringify(stored);
}

/** A machine that has no recipe, batch or job often says so with an empty string. */
export function told(text: string | null | undefined): string | null {
  return text === undefined || text === null || text.trim() === '' ? null : text;
}
