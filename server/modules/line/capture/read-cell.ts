/** Reads a cell of conditions under which images are wanted. */
import { conditionNames, factors } from '#schema/production-context.ts';
import { isCondition, type QuotaCell } from '#schema/quota-cell.ts';
import type { Refusal } from '../../../kit/check-values.ts';

/** The cell that an arbitrary JSON value means, or why it means none. */
export function readCell(field: string, value: unknown): { cell: QuotaCell } | Refusal {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return { field, value: JSON.stringify(value), reason: 'is no object; name conditions with their values' };
  const entries = Object.entries(value);
  if (entries.length === 0)
    return { field, value: '{}', reason: 'names no condition; every image would fit: name at least one' };
  for (const [name, wanted] of entries) {
    const refused = (reason: string) => ({ field: `${field}.${name}`, value: JSON.stringify(wanted), reason });
    if (!isCondition(name)) return refused(`is no condition; name one of ${conditionNames.join(', ')}`);
    if (factors[name].kind !== 'number') {
      if (typeof wanted === 'string' && wanted !== '' && wanted.length <= 100 && isStorable(wanted)) continue;
      return refused('is no well-formed text of 1 to 100 characters; give the code as the machine names it');
    }
    if (typeof wanted === 'number' || isRange(wanted)) continue;
    return refused('is neither a number nor { min, max } with min below max and at least one of them');
  }
  return { cell: value as QuotaCell };
}

/** U+0000 and half of a surrogate pair cannot be stored. */
function isStorable(text: string): boolean {
  return !text.includes('\0') && text.isWellFormed();
}

function isRange(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const { min = null, max = null, ...rest } = value as Record<string, unknown>;
  const isEnd = (end: unknown) => end === null || typeof end === 'number';
  if (Object.keys(rest).length > 0 || !isEnd(min) || !isEnd(max) || (min === null && max === null)) return false;
  return min === null || max === null || Number(min) < Number(max);
}
