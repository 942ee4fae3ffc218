/** The form of a plant model file: what may stand where, with a remedy for everything that may not. */
import { z } from 'zod';

const codeRemedy = 'give 1 to 63 of a-z, 0-9 and -, beginning with a letter or digit';
const code = z.string(codeRemedy).regex(/^[a-z0-9][a-z0-9-]{0,62}$/, codeRemedy);
const text = (longest: number) => {
  const remedy = `give a text of 1 to ${longest} characters; write it in quotes if it looks like a number or a date`;
  return z
    .string(remedy)
    .min(1, remedy)
    .max(longest, remedy)
    .refine((value) => !value.includes('\0') && value.isWellFormed(), 'leave out what is no character');
};
const name = text(200);
/** As machine and MES write it. */
const machineCode = text(100);
const list = <Item extends z.ZodType>(item: Item, of: string) => z.array(item, `give a list of ${of}, or [] for none`);
const map = <Shape extends z.ZodRawShape>(shape: Shape, of: string) =>
  z.strictObject(shape, `give ${of} as names with values: ${Object.keys(shape).join(', ')}`);
const day = text(10);

export const sectors = ['glass', 'packaging', 'pharma', 'food', 'other'] as const;
export const fileFormat = 'plant-model/1';

const CameraSchema = map({ code, name }, 'a camera');

const StationSchema = map(
  { code, name, edgeNode: code.optional(), cameras: list(CameraSchema, 'cameras').optional() },
  'a station',
);

const rateRemedy = 'give parts a minute, above 0 and at most 100000, or leave it out';
const LineSchema = map(
  {
    code,
    name,
    targetRatePerMin: z.number(rateRemedy).positive(rateRemedy).max(100_000, rateRemedy).optional(),
    stations: list(StationSchema, 'stations').optional(),
  },
  'a line',
);

const AreaSchema = map({ code, name, lines: list(LineSchema, 'lines').optional() }, 'an area');

const ShiftSchema = map(
  {
    code,
    name,
    startsAt: text(5),
    durationMin: z.number('give whole minutes from 1 to 1440'),
    recurrence: text(500),
    validFrom: day,
    validTo: day.optional(),
    exceptDates: list(day, 'days').optional(),
    extraDates: list(day, 'days').optional(),
  },
  'a shift',
);

/** A list that is left out stays as it is; a value that is left out is none. */
export const PlantModelSchema = map(
  {
    lehr: z.literal(fileFormat, `give ${fileFormat}: another form cannot be read by this version`),
    plant: map(
      {
        code,
        name,
        sector: z.enum(sectors, `give one of ${sectors.join(', ')}`),
        timeZone: text(100).refine(isTimeZone, 'give an IANA time zone, such as Europe/Berlin'),
      },
      'the plant',
    ),
    edgeNodes: list(map({ code, name }, 'an edge node'), 'edge nodes').optional(),
    areas: list(AreaSchema, 'areas').optional(),
    products: list(map({ code: machineCode, name }, 'a product'), 'products').optional(),
    recipes: list(map({ code: machineCode, name: name.optional() }, 'a recipe'), 'recipes').optional(),
    batches: list(
      map({ code: machineCode, name: name.optional(), supplier: name.optional() }, 'a batch'),
      'batches',
    ).optional(),
    shifts: list(ShiftSchema, 'shifts').optional(),
  },
  'the file',
);

export type PlantModel = z.infer<typeof PlantModelSchema>;
export type ShiftModel = z.infer<typeof ShiftSchema>;

function isTimeZone(timeZone: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}
