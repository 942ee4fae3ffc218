/**
 * The vocabulary of production context: the conditions under which a part was made and its image was taken. Edge node, server and
 * screens derive their types, input checks, columns, filters, quota cells and exports from this list. The order of the list is the
 * order of columns and of the content hash: add at the end of a group, with `isAdded`.
 */

/** What the API and a `real` column hold. */
const ANY = [-1e30, 1e30] as const;
const SHARE = [0, 1] as const;

interface Factor {
  /** id and code name a part of the plant; a word is one of a few texts; a number is measured. */
  kind: 'id' | 'code' | 'word' | 'number';
  /**
   * Where it is measured: machine is the signal of this name, image the picture, position what the locator found. What comes from the
   * batch or the calendar is found by the server when it records the result.
   */
  from: 'camera' | 'machine' | 'image' | 'position' | 'batch' | 'calendar';
  /** Of `inspection` and of the pool's tables. */
  column: string;
  /** Column of the material batch that it is taken from. */
  ofBatch?: 'supplier';
  /** What it is, for the API, without the full stop; `asked` is the same as a condition of a filter: a word without it is no filter. */
  words: string;
  asked?: string;
  /** null: it has none. */
  unit?: string | null;
  /** Lowest and highest value that is taken. */
  range?: readonly [number, number];
  /** How numbers are binned: from a multiple of the width to before the next one. Words and codes are bins of their own. */
  binWidth?: number;
  /** Decimals that people see. */
  digits?: number;
  /** A quota of wanted images can name it. */
  isCondition?: true;
  /** What the check of a dataset calls it when it looks for traps; absent: the check does not look at it. */
  trap?: string;
  /** Came after results were recorded: without a value, content hash and messages of nodes leave it out. */
  isAdded?: true;
}

export const factors = {
  cameraId: { kind: 'id', from: 'camera', column: 'camera_id', words: 'What took the image', isCondition: true },

  productCode: { kind: 'code', from: 'machine', column: 'product_id', words: 'What is made', isCondition: true },
  recipeCode: {
    kind: 'code',
    from: 'machine',
    column: 'recipe_id',
    words: 'What the machine runs with',
    isCondition: true,
  },
  batchCode: { kind: 'code', from: 'machine', column: 'batch_id', words: 'What it is made from', isCondition: true },
  jobCode: { kind: 'code', from: 'machine', column: 'job_id', words: 'The run it belongs to' },

  machineState: {
    kind: 'word',
    from: 'machine',
    column: 'machine_state',
    words: 'PackML state',
    asked: 'Captured in this PackML state',
    trap: 'machineState',
  },
  machineMode: {
    kind: 'word',
    from: 'machine',
    column: 'machine_mode',
    words: 'PackML mode',
    asked: 'Captured in this PackML mode',
    isCondition: true,
  },
  materialSupplier: {
    kind: 'word',
    from: 'batch',
    column: 'material_supplier',
    ofBatch: 'supplier',
    words: 'Who delivered what it was made from, as its batch said when it was recorded',
    asked: 'Made from what this supplier delivered',
    trap: 'supplier',
    isAdded: true,
  },
  shift: {
    kind: 'word',
    from: 'calendar',
    column: 'shift',
    words: 'Code of the shift that ran at the capture, by the calendar as it stood when the result was recorded',
    asked: 'Captured in one of these shifts, by their codes',
    trap: 'shift',
    isAdded: true,
  },
  shiftCalendar: {
    kind: 'word',
    from: 'calendar',
    column: 'shift_calendar',
    words: 'Version of the calendar by which the shift was found, null without shifts; equal calendars have the same',
    isAdded: true,
  },

  speedPerMin: {
    kind: 'number',
    from: 'machine',
    column: 'speed_per_min',
    words: 'Parts a minute',
    unit: '1/min',
    range: ANY,
    binWidth: 20,
    digits: 0,
    isCondition: true,
    trap: 'speed',
  },
  temperatureC: {
    kind: 'number',
    from: 'machine',
    column: 'temperature_c',
    words: 'Ambient temperature',
    unit: '°C',
    range: ANY,
    binWidth: 5,
    digits: 1,
    isCondition: true,
    trap: 'temperature',
  },
  humidityPercent: {
    kind: 'number',
    from: 'machine',
    column: 'humidity_percent',
    words: 'Relative humidity',
    unit: '%',
    range: ANY,
    binWidth: 10,
    digits: 1,
    isCondition: true,
    trap: 'humidity',
  },
  lampHours: {
    kind: 'number',
    from: 'machine',
    column: 'lamp_hours',
    words: 'Hours that the lamp has burnt',
    unit: 'h',
    range: [0, 1e6],
    binWidth: 500,
    digits: 0,
    isCondition: true,
    trap: 'lampHours',
    isAdded: true,
  },

  brightness: {
    kind: 'number',
    from: 'image',
    column: 'brightness',
    words: 'Mean of luma, 0 to 1',
    unit: null,
    range: SHARE,
    binWidth: 0.1,
    digits: 2,
    isCondition: true,
  },
  contrast: {
    kind: 'number',
    from: 'image',
    column: 'contrast',
    words: 'Standard deviation of luma, 0 to 1',
    unit: null,
    range: SHARE,
    binWidth: 0.05,
    digits: 2,
    isCondition: true,
  },
  colourCast: {
    kind: 'number',
    from: 'image',
    column: 'colour_cast',
    words: 'Distance of the mean chroma from grey, 0 to 1',
    unit: null,
    range: SHARE,
    binWidth: 0.05,
    digits: 2,
    isCondition: true,
  },
  sharpness: {
    kind: 'number',
    from: 'image',
    column: 'sharpness',
    words: 'Variance of the Laplacian of luma (0 to 255)',
    unit: null,
    range: [0, 1e30],
    binWidth: 100,
    digits: 1,
    isCondition: true,
  },

  offsetXPx: {
    kind: 'number',
    from: 'position',
    column: 'offset_x_px',
    words: 'Offset to the right against the recipe’s reference, in pixels',
    unit: 'px',
    range: ANY,
    binWidth: 10,
    digits: 1,
    isCondition: true,
  },
  offsetYPx: {
    kind: 'number',
    from: 'position',
    column: 'offset_y_px',
    words: 'Offset downwards against the recipe’s reference, in pixels',
    unit: 'px',
    range: ANY,
    binWidth: 10,
    digits: 1,
    isCondition: true,
  },
  rotationDeg: {
    kind: 'number',
    from: 'position',
    column: 'rotation_deg',
    words: 'Rotation against the recipe’s reference, clockwise in degrees',
    unit: '°',
    range: [-360, 360],
    binWidth: 5,
    digits: 2,
    isCondition: true,
  },
} as const satisfies Record<string, Factor>;

type Factors = typeof factors;
export type FactorName = keyof Factors;
/** Names of the factors that have all these properties. */
type NamesOf<Wanted> = { [Name in FactorName]: Factors[Name] extends Wanted ? Name : never }[FactorName];

export type WordName = NamesOf<{ kind: 'word' }>;
export type AskedWord = NamesOf<{ kind: 'word'; asked: string }>;
type BatchName = NamesOf<{ from: 'batch' }>;
export type NumberName = NamesOf<{ kind: 'number' }>;
export type MachineText = NamesOf<{ kind: 'code' | 'word'; from: 'machine' }>;
export type MachineCode = NamesOf<{ kind: 'code'; from: 'machine' }>;
export type MachineNumber = NamesOf<{ kind: 'number'; from: 'machine' }>;
export type ImageNumber = NamesOf<{ from: 'image' }>;
export type PositionNumber = NamesOf<{ from: 'position' }>;
export type ConditionName = NamesOf<{ isCondition: true }>;
export type TrapName = NamesOf<{ trap: string }>;
export type TrapWord = Factors[TrapName & WordName]['trap'];
export type TrapNumber = Factors[TrapName & NumberName]['trap'];
type AddedName = NamesOf<{ isAdded: true }>;

export const factorNames = Object.keys(factors) as FactorName[];
export const machineCodes = named<MachineCode>({ kind: 'code', from: 'machine' });
export const wordNames = named<WordName>({ kind: 'word' });
export const askedWords = wordNames.filter((name): name is AskedWord => 'asked' in factors[name]);
/** Words that are written with a result; the others are read from its batch. */
export const writtenWords = wordNames.filter(isWritten);
export const machineWords = named<WordName & MachineText>({ kind: 'word', from: 'machine' });
export const machineTexts: readonly MachineText[] = [...machineCodes, ...machineWords];
export const numberNames = named<NumberName>({ kind: 'number' });
export const machineNumbers = named<MachineNumber>({ kind: 'number', from: 'machine' });
export const imageNumbers = named<ImageNumber>({ from: 'image' });
export const positionNumbers = named<PositionNumber>({ from: 'position' });
export const conditionNames = named<ConditionName>({ isCondition: true });

/** Factors that the check of a dataset looks at. */
export const trapWords = wordNames.filter(isTrap);
export const trapNumbers = numberNames.filter(isTrap);

/** In the order of the list. */
function named<Name extends FactorName>(wanted: Partial<Factor>): readonly Name[] {
  const entries = Object.entries(wanted);
  const has = (factor: Factor) => entries.every(([key, value]) => factor[key as keyof Factor] === value);
  return factorNames.filter((name): name is Name => has(factors[name]));
}

function isWritten(name: WordName): name is Exclude<WordName, BatchName> {
  return !('ofBatch' in factors[name]);
}

function isTrap<Name extends FactorName>(name: Name): name is Name & TrapName {
  return 'trap' in factors[name];
}

export function isAdded(name: FactorName): name is AddedName {
  const factor: Factor = factors[name];
  return factor.isAdded === true;
}

/** What a machine is known to say. Null: not known. */
export type MachineValues = { [Name in Exclude<MachineText, AddedName>]: string | null } & {
  [Name in Exclude<MachineNumber, AddedName>]: number | null;
} & { [Name in MachineNumber & AddedName]?: number };
/** The same in a message, in which anything may be left out. */
export type MachineInput = { [Name in MachineText]?: string | null | undefined } & {
  [Name in MachineNumber]?: number | null | undefined;
};
/** Columns of words and numbers in the tables. */
export type FactorColumns = { [Name in WordName as Factors[Name]['column']]: string | null } & {
  [Name in NumberName as Factors[Name]['column']]: number | null;
};
/** Columns of the numbers of a machine. */
export type MachineColumns = { [Name in MachineNumber as Factors[Name]['column']]: number | null };

/** What a result is written with. */
export type FactorValues = { [Name in Exclude<WordName, BatchName>]: string | null } & {
  [Name in NumberName]: number | null;
};
/** Columns that follow from the material batch, each with the batch's own. */
export const batchColumns = factorNames.flatMap((name) => {
  const { column, ofBatch }: Factor = factors[name];
  return ofBatch ? [{ column, ofBatch }] : [];
});
export const factorColumns = [...wordNames, ...numberNames].map((name) => factors[name].column);

/** An inspection, as far as it tells its conditions. */
export interface Seen {
  cameraId: string;
  context?: object | null | undefined;
  imageStats?: object | null | undefined;
  position?: object | null | undefined;
}

/** The value of the factor at the inspection; null when it is not known. */
export function seenValue(seen: Seen, name: FactorName): string | number | null {
  const values = partOf(seen, name) as Readonly<Partial<Record<FactorName, string | number | null>>> | null | undefined;
  return values?.[name] ?? null;
}

function partOf(seen: Seen, name: FactorName): object | null | undefined {
  switch (factors[name].from) {
    case 'camera':
      return seen;
    case 'machine':
      return seen.context;
    case 'image':
      return seen.imageStats;
    case 'position':
      return seen.position;
    default:
      return undefined;
  }
}

/** Of every word and number that the node tells; null for the others. */
export function seenValues(seen: Seen): FactorValues {
  const values: Record<string, string | number | null> = {};
  for (const name of writtenWords) values[name] = seenValue(seen, name);
  for (const name of numberNames) values[name] = seenValue(seen, name);
  return values as FactorValues;
}
