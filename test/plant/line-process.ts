/** What one line of the simulated plant does over time: batches, jobs, weather and light, and what of it outlives a restart. No I/O, no clock. */
import { z } from 'zod';
import { BeltPartSchema } from './belt.ts';
import { between, normal, type Random, seededRandom, seedFrom } from './seeded-random.ts';

export type Glass = 'clear' | 'amber' | 'green';

/** Share of parts that the machine's own sensors throw out (fallen bottles); nothing to do with the inspection. */
const MACHINE_REJECT_SHARE = 0.004;
const GLASSES: readonly Glass[] = ['amber', 'green', 'clear'];

/** Everything of a line that outlives a restart of the machine. */
export const LineStateSchema = z.object({
  batchNumber: z.number().int().positive(),
  /** Seconds of production since the batch began. */
  batchSeconds: z.number().nonnegative(),
  /** That have passed the trigger sensor. */
  parts: z.number().nonnegative().transform(Math.floor),
  partsDefective: z.number().int().nonnegative(),
  /** That the drop sensor has seen. */
  partsDropped: z.number().int().nonnegative().default(0),
  /** How far the belt has moved, whatever the encoder shows. */
  encoderMm: z.number().nonnegative(),
  slipMm: z.number().nonnegative().default(0),
  onBelt: z.array(BeltPartSchema).default([]),
  speedSetpoint: z.number().positive(),
  temperature: z.number(),
  humidity: z.number(),
  lightingSetpoint: z.number(),
  lighting: z.number(),
});
export type LineState = z.infer<typeof LineStateSchema>;

export interface LineSettings {
  readonly line: string;
  /** Place among the plant's lines, from 0: keeps batch and job numbers of two lines apart. */
  readonly index: number;
  readonly seed: number;
  readonly batchMinutes: number;
  /** Parts per minute when the line is new. */
  readonly speed: number;
}

export function newLine(settings: LineSettings): LineState {
  const random = seededRandom(seedFrom(settings.seed, settings.line, 'new'));
  return {
    batchNumber: 7 + 500 * settings.index,
    batchSeconds: 0,
    parts: 0,
    partsDefective: 0,
    partsDropped: 0,
    encoderMm: 0,
    slipMm: 0,
    onBelt: [],
    speedSetpoint: settings.speed,
    temperature: between(random, 22, 25),
    humidity: between(random, 42, 50),
    lightingSetpoint: 100,
    lighting: between(random, 98, 102),
  };
}

/** The line `seconds` later. A batch goes on only while producing; weather and light always. */
export function advanceLine(
  line: LineState,
  settings: LineSettings,
  seconds: number,
  isProducing: boolean,
  random: Random,
): LineState {
  const weather = {
    temperature: wander(line.temperature, 23.5, 0.012, 1 / 600, seconds, random),
    humidity: wander(line.humidity, 46, 0.04, 1 / 600, seconds, random),
    lighting: wander(line.lighting, line.lightingSetpoint, 0.35, 1 / 20, seconds, random),
  };
  if (!isProducing) return { ...line, ...weather };

  const batchSeconds = line.batchSeconds + seconds;
  const isBatchOver = batchSeconds >= batchLengthSeconds(settings, line.batchNumber);
  return {
    ...line,
    ...weather,
    batchNumber: line.batchNumber + (isBatchOver ? 1 : 0),
    batchSeconds: isBatchOver ? 0 : batchSeconds,
  };
}

/** The line when the sensor has seen part `number`. */
export function countPart(line: LineState, number: number, random: Random): LineState {
  const isFallen = random() < MACHINE_REJECT_SHARE;
  return { ...line, parts: number, partsDefective: line.partsDefective + (isFallen ? 1 : 0) };
}

/** `L1-00000042`: the line's number, or its place among the lines when its code has none. */
export function partIdOf({ line, index }: Pick<LineSettings, 'line' | 'index'>, number: number): string {
  return `L${/(\d{1,6})$/.exec(line)?.[1] ?? index + 1}-${String(number).padStart(8, '0')}`;
}

/** What the line makes now. A new batch is a new job; the recipe follows the glass. */
export function orderOf(
  line: LineState,
  settings: LineSettings,
): { glass: Glass; product: string; recipe: string; batch: string; job: string } {
  const offset = seedFrom(settings.seed, settings.line) % GLASSES.length;
  const glass = GLASSES[(line.batchNumber + offset) % GLASSES.length] ?? 'clear';
  const GLASS = glass.toUpperCase();
  return {
    glass,
    product: 'BTL-500',
    recipe: `R-BTL-500-${GLASS}`,
    batch: `B-${String(line.batchNumber).padStart(4, '0')}-${GLASS}`,
    job: `JO-${100_000 + line.batchNumber}`,
  };
}

/** Three quarters to five quarters of the set length, always the same for one batch. */
function batchLengthSeconds(settings: LineSettings, batchNumber: number): number {
  const random = seededRandom(seedFrom(settings.seed, settings.line, 'batch', batchNumber));
  return settings.batchMinutes * 60 * between(random, 0.75, 1.25);
}

/** Ornstein-Uhlenbeck step: noise of `sigma` per √s, pulled back to `mean` with `rate` per second. */
function wander(value: number, mean: number, sigma: number, rate: number, seconds: number, random: Random): number {
  const pull = 1 - Math.exp(-rate * seconds);
  return value + (mean - value) * pull + sigma * Math.sqrt(seconds) * normal(random);
}
