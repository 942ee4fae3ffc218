/** What of an image can be filtered, sorted by and shown as a column, by its name in the API. */

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
  speedPerMin: { column: 'speed_per_min', words: 'Parts a minute' },
  temperatureC: { column: 'temperature_c', words: 'Ambient temperature' },
  humidityPercent: { column: 'humidity_percent', words: 'Relative humidity' },
  brightness: { column: 'brightness', words: 'Mean of luma, 0 to 1' },
  contrast: { column: 'contrast', words: 'Standard deviation of luma, 0 to 1' },
  colourCast: { column: 'colour_cast', words: 'Distance of the mean chroma from grey, 0 to 1' },
  sharpness: { column: 'sharpness', words: 'Variance of the Laplacian of luma (0 to 255)' },
  offsetXPx: { column: 'offset_x_px', words: 'Offset to the right against the recipe’s reference, in pixels' },
  offsetYPx: { column: 'offset_y_px', words: 'Offset downwards against the recipe’s reference, in pixels' },
  rotationDeg: { column: 'rotation_deg', words: 'Rotation against the recipe’s reference, clockwise in degrees' },
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
const { speedPerMin, temperatureC, humidityPercent, ...measured } = QUANTITIES;
const { receivedAt, ...moments } = TIMES;
/** What the pool can be put in order by; each has its index. */
export const SORTS = { ...moments, ...measured, ...SCORES } as const;

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
