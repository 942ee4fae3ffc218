/** A name that a machine gives: a part's, a job's. */
import type { Json } from '../pipeline/frame.ts';

/** Without the blanks and NULs that controllers fill their strings with; null when nothing is named, undefined when the value cannot be a name. */
export function nameOf(value: Json): string | null | undefined {
  if (typeof value === 'number' && Number.isFinite(value)) return String(value);
  if (value === null) return null;
  if (typeof value !== 'string') return undefined;
  const name = value.replaceAll('\0', ' ').trim();
  return name === '' ? null : name;
}
