/** What of an image can be filtered, sorted by and shown as a column, by its name in the API. */
import { factors, imageNumbers, numberNames, positionNumbers } from '#schema/production-context.ts';
import { recordOf } from '../../../kit/record-of.ts';

/** Quality scores: from 0 (as bad as it gets) to 1 (nothing amiss). */
export const SCORES = {
  blurred: { column: 'blurred', words: 'How sharp it is' },
  dark: { column: 'dark', words: 'How far from too dark it is' },
  bright: { column: 'bright', words: 'How far from too bright it is' },
  lowInformation: { column: 'low_information', words: 'How much there is to see' },
  outlier: { column: 'outlier', words: 'How like the others it is' },
  uniqueness: { column: 'uniqueness', words: 'How unlike its nearest neighbour it is' },
  representativeness: { column: 'representativeness', words: 'How well it stands for others' },
  labelError: { column: 'label_error', words: 'How well its label fits what it shows' },
  leak: { column: 'leak', words: 'How far it is from images on the other side of a split' },
} as const;

/** Quantities of the capture. */
export const QUANTITIES = {
  score: { column: 'score', words: 'The model’s score' },
  ...recordOf(numberNames, (name) => factors[name]),
  keepProbability: { column: 'keep_probability', words: 'How likely the image was to be kept' },
} as const;

/** Of the file. */
const SIZES = {
  width: { column: 'width', words: 'Width in pixels' },
  height: { column: 'height', words: 'Height in pixels' },
  sizeBytes: { column: 'size_bytes', words: 'Size of the file' },
} as const;

export const TIMES = {
  capturedAt: { column: 'captured_at', words: 'When it was captured' },
  receivedAt: { column: 'received_at', words: 'When it arrived' },
  labelledAt: { column: 'labelled_at', words: 'When its label was decided' },
} as const;

/** Closed intervals of numbers. */
export const RANGES = { ...QUANTITIES, ...SCORES, ...SIZES } as const;
const { receivedAt, ...moments } = TIMES;
const { score, keepProbability } = QUANTITIES;
const onImage = recordOf([...imageNumbers, ...positionNumbers], (name) => factors[name]);
/** What the pool can be put in order by; each has its index. */
export const SORTS = { ...moments, score, ...onImage, keepProbability, ...SCORES } as const;

export type ScoreName = keyof typeof SCORES;
export type RangeName = keyof typeof RANGES;
export type TimeName = keyof typeof TIMES;
export type SortName = keyof typeof SORTS;

/** Whether what is sorted by is a time; it is a number otherwise. */
export function isTime(name: SortName): boolean {
  return Object.hasOwn(TIMES, name);
}

/** Names of a record in its order, typed. */
export function namesOf<Name extends string>(fields: Readonly<Record<Name, unknown>>): Name[] {
  return Object.keys(fields) as Name[];
}
