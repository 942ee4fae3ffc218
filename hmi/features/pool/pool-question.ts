/** What the address asks of the pool, and how an address says it. Pure. */
import {
  type AskedWord,
  askedWords,
  factorDigits,
  imageFigures,
  type MachineNumber,
  machineNumbers,
} from '../../lib/factors.ts';
import type { PoolFilter, PoolSort } from './pool.documents.ts';

export type SortKey = PoolSort['by'];

/** Scores and quantities that can be a column, an order and a range, by the name of the row's member. */
export const qualities = [
  'blurred',
  'dark',
  'bright',
  'lowInformation',
  'outlier',
  'uniqueness',
  'representativeness',
  'labelError',
  'leak',
] as const;
export const quantities = ['score', ...imageFigures, 'keepProbability'] as const;
export type Quality = (typeof qualities)[number];
export type Quantity = (typeof quantities)[number];
export type Figure = Quality | Quantity;
export const figures: readonly Figure[] = [...quantities, ...qualities];
/** What a range can be asked of: the machine's numbers as well, which are no column and no order. */
export type Ranged = Figure | MachineNumber;
export const ranged: readonly Ranged[] = [...figures, ...machineNumbers];
const moments = ['capturedAt', 'labelledAt'] as const;
export type SortName = Figure | (typeof moments)[number];
export const sortNames: readonly SortName[] = [...moments, ...figures];

/** Two-valued conditions. */
export const flags = [
  'isBlurred',
  'isDark',
  'isBright',
  'isLowInformation',
  'isOutlier',
  'isLabelError',
  'isLeak',
  'hasExactDuplicates',
  'hasNearDuplicates',
  'isMeasured',
  'hasMeasureError',
] as const;
export type Flag = (typeof flags)[number];

/** Fields whose values the server counts; of tags those that an image has one of. */
export const facets = [
  'labelState',
  'label',
  'verdict',
  'defectClass',
  'line',
  'tag',
  ...askedWords,
  'captureReason',
  'origin',
] as const;
export type Facet = (typeof facets)[number];

export interface Question {
  filter: PoolFilter;
  sort: SortName;
  isDescending: boolean;
  view: 'grid' | 'table';
  columns: readonly Figure[];
  /** Hash of the image beside the list. */
  open: string | undefined;
  /** Hash of the image that others are to be like. */
  like: string | undefined;
}

/** What an address may hold; the router gives texts. */
export type QuestionSearch = Partial<
  Record<'filter' | 'sort' | 'order' | 'view' | 'columns' | 'open' | 'like', string>
>;

const standardColumns: readonly Figure[] = ['score', 'blurred', 'outlier', 'uniqueness', 'labelError'];

/** What is no question is as if it were not there; the server says what it cannot take of a filter. */
export function readQuestion(search: QuestionSearch): Question {
  const columns = search.columns?.split(',').filter((name): name is Figure => figures.some((each) => each === name));
  return {
    filter: readFilter(search.filter),
    sort: sortNames.find((name) => name === search.sort) ?? 'capturedAt',
    isDescending:
      search.order === undefined ? search.sort === undefined || search.sort === 'capturedAt' : search.order === 'down',
    view: search.view === 'table' ? 'table' : 'grid',
    columns: columns ?? standardColumns,
    open: hashOf(search.open),
    like: hashOf(search.like),
  };
}

function readFilter(text: string | undefined): PoolFilter {
  if (text === undefined) return {};
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as PoolFilter) : {};
  } catch {
    return {};
  }
}

function hashOf(text: string | undefined): string | undefined {
  return text !== undefined && /^[0-9a-f]{64}$/.test(text) ? text : undefined;
}

/** The text of a filter in an address; undefined for one that lets everything through. */
export function writeFilter(filter: PoolFilter): string | undefined {
  const given = Object.entries(filter).filter(([, value]) => value !== undefined && value !== null);
  return given.length === 0 ? undefined : JSON.stringify(Object.fromEntries(given));
}

/** `lowInformation` as LOW_INFORMATION, as the server names it. */
export function sortKey(name: SortName): SortKey {
  return name.replace(/[A-Z]+/g, (capital) => `_${capital}`).toUpperCase() as SortKey;
}

type Lists = 'labelState' | 'label' | 'verdict' | 'defectClass' | 'captureReason' | 'origin' | AskedWord;

/** Values of the facet that the filter asks for. */
export function chosenValues(filter: PoolFilter, facet: Facet): readonly string[] {
  if (facet === 'tag') return filter.tags?.any ?? [];
  if (facet === 'line') return filter.lineId ?? [];
  const given = filter[facet as Lists] as readonly string[] | null | undefined;
  return given ?? [];
}

/** The filter with the value chosen, or no longer. */
export function toggleValue(filter: PoolFilter, facet: Facet, value: string): PoolFilter {
  const before = chosenValues(filter, facet);
  const after = before.includes(value) ? before.filter((each) => each !== value) : [...before, value];
  if (facet === 'tag') {
    const { any: _, ...rest } = filter.tags ?? {};
    const tags = after.length > 0 ? { ...rest, any: [...after] } : rest;
    return without({ ...filter, tags }, Object.keys(tags).length === 0 ? 'tags' : undefined);
  }
  const name = facet === 'line' ? 'lineId' : facet;
  return without({ ...filter, [name]: after }, after.length === 0 ? name : undefined);
}

/** A flag that is asked for, then asked not to be, then not asked for. */
export function turnFlag(filter: PoolFilter, flag: Flag): PoolFilter {
  const present = filter[flag];
  if (present === false) return without(filter, flag);
  return { ...filter, [flag]: present !== true };
}

/** The filter without the member. */
export function without(filter: PoolFilter, name: string | undefined): PoolFilter {
  return name === undefined
    ? filter
    : (Object.fromEntries(Object.entries(filter).filter(([key]) => key !== name)) as PoolFilter);
}

export function isFactorWord(name: Facet): name is AskedWord {
  return askedWords.some((each) => each === name);
}

export function isMachineNumber(name: Ranged): name is MachineNumber {
  return machineNumbers.some((each) => each === name);
}

export function isFigure(name: string): name is Figure {
  return figures.some((each) => each === name);
}

export function isQuality(name: Figure): name is Quality {
  return qualities.some((each) => each === name);
}

/** A cell's number; undefined where nothing was measured. */
export function figureOf(
  row: Readonly<Record<Quantity, number | null>> & { quality: Readonly<Record<Quality, number | null>> },
  name: Figure,
): number | undefined {
  return (isQuality(name) ? row.quality[name] : row[name]) ?? undefined;
}

export function digitsOf(name: Figure): number {
  const onImage = imageFigures.find((each) => each === name);
  return onImage ? factorDigits(onImage) : 2;
}
