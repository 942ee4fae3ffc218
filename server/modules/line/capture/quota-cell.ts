/** A cell of conditions under which images are wanted, and which inspections belong to it. */
import { modeWord } from '#schema/packml.ts';
import type { Refusal } from '../../../kit/check-values.ts';

/** Conditions that are one of many words, and conditions that are measured. */
const WORDS = ['cameraId', 'productCode', 'recipeCode', 'batchCode', 'machineMode'] as const;
const MEASURES = [
  'speedPerMin',
  'temperatureC',
  'humidityPercent',
  'brightness',
  'contrast',
  'colourCast',
  'sharpness',
  'offsetXPx',
  'offsetYPx',
  'rotationDeg',
] as const;

type Word = (typeof WORDS)[number];
type Measure = (typeof MEASURES)[number];
export interface Range {
  min?: number | null;
  max?: number | null;
}
/** What a cell is compared with: an inspection as its node reports it. */
export interface CellFacts {
  cameraId: string;
  context?: object | null | undefined;
  imageStats?: object | null | undefined;
  position?: object | null | undefined;
}

export type QuotaCell = Partial<Record<Word, string> & Record<Measure, number | Range>>;

/** Every named condition fits; a range takes its lower bound in and leaves its upper one out. What is not known fits nothing. */
export function fitsCell(input: CellFacts, cell: QuotaCell): boolean {
  const { context, imageStats, position } = input;
  for (const [name, wanted] of Object.entries(cell) as [Word | Measure, string | number | Range][]) {
    const value =
      name === 'cameraId'
        ? input.cameraId
        : ((context as Record<string, unknown> | null | undefined)?.[name] ??
          (imageStats as Record<string, unknown> | null | undefined)?.[name] ??
          (position as Record<string, unknown> | null | undefined)?.[name]);
    if (value === null || value === undefined) return false;
    if (name === 'machineMode') {
      if (modeWord(String(value)) !== modeWord(String(wanted))) return false;
    } else if (typeof wanted !== 'object') {
      if (value !== wanted) return false;
    } else if (
      typeof value !== 'number' ||
      value < (wanted.min ?? Number.NEGATIVE_INFINITY) ||
      value >= (wanted.max ?? Number.POSITIVE_INFINITY)
    )
      return false;
  }
  return true;
}

/** The cell that an arbitrary JSON value means, or why it means none. */
export function readCell(field: string, value: unknown): { cell: QuotaCell } | Refusal {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return { field, value: JSON.stringify(value), reason: 'is no object; name conditions with their values' };
  const entries = Object.entries(value);
  if (entries.length === 0)
    return { field, value: '{}', reason: 'names no condition; every image would fit: name at least one' };
  for (const [name, wanted] of entries) {
    const refused = (reason: string) => ({ field: `${field}.${name}`, value: JSON.stringify(wanted), reason });
    if (isOneOf(WORDS, name)) {
      if (typeof wanted === 'string' && wanted !== '' && wanted.length <= 100 && isStorable(wanted)) continue;
      return refused('is no well-formed text of 1 to 100 characters; give the code as the machine names it');
    }
    if (!isOneOf(MEASURES, name)) return refused(`is no condition; name one of ${[...WORDS, ...MEASURES].join(', ')}`);
    if (typeof wanted === 'number' || isRange(wanted)) continue;
    return refused('is neither a number nor { min, max } with min below max and at least one of them');
  }
  return { cell: value as QuotaCell };
}

/** U+0000 and half of a surrogate pair cannot be stored. */
function isStorable(text: string): boolean {
  return !text.includes('\0') && text.isWellFormed();
}

function isRange(value: unknown): value is Range {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const { min = null, max = null, ...rest } = value as Record<string, unknown>;
  const isEnd = (end: unknown) => end === null || typeof end === 'number';
  if (Object.keys(rest).length > 0 || !isEnd(min) || !isEnd(max) || (min === null && max === null)) return false;
  return min === null || max === null || Number(min) < Number(max);
}

function isOneOf<T extends string>(names: readonly T[], name: string): name is T {
  return names.some((each) => each === name);
}
