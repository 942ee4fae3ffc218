/** The conveyor of one line: a trigger sensor at its beginning, a gate further on, and the parts between. Pure: every time is an argument. */
import { z } from 'zod';
import { between, seededRandom, seedFrom } from './seeded-random.ts';

/** Millimetres between two bottles on the conveyor, as the machine spaces them. */
export const PART_PITCH_MM = 150;
/** From the trigger sensor to the middle of the ejector. */
export const GATE_DISTANCE_MM = 1_200;
/** How far a bottle stands from its place in the pitch. */
const PLACE_MM = 12;

export const BeltPartSchema = z.object({
  number: z.number().int().positive(),
  /** Where the belt stood when the part passed the sensor. */
  atMm: z.number(),
  triggeredAtMs: z.number(),
  isEjected: z.boolean(),
});
export type BeltPart = z.infer<typeof BeltPartSchema>;

export interface Belt {
  /** How far it has moved since the line was new. */
  readonly mm: number;
  /** Parts that have passed the sensor; the last one's number. */
  readonly parts: number;
  /** Between sensor and the gate's far end, the foremost first. */
  readonly onBelt: readonly BeltPart[];
}

export interface BeltMotion {
  readonly belt: Belt;
  /** Passed the sensor, each at its exact time. */
  readonly triggered: readonly BeltPart[];
  /** Are out of the gate's reach for good. */
  readonly left: readonly BeltPart[];
}

/** Moves the belt at one speed. `place` tells parts of different lines apart. */
export function moveBelt(belt: Belt, place: string, mmPerS: number, fromMs: number, toMs: number): BeltMotion {
  const mm = belt.mm + (mmPerS * (toMs - fromMs)) / 1_000;
  const onBelt = [...belt.onBelt];
  const triggered: BeltPart[] = [];
  let parts = belt.parts;
  for (;;) {
    const atMm = sensorPassageMm(place, parts + 1);
    if (atMm > mm) break;
    parts++;
    const sinceMm = Math.max(0, atMm - belt.mm);
    const triggeredAtMs = mmPerS > 0 ? fromMs + (sinceMm / mmPerS) * 1_000 : toMs;
    const part = { number: parts, atMm, triggeredAtMs, isEjected: false };
    triggered.push(part);
    onBelt.push(part);
  }
  const isPast = (part: BeltPart) => mm - part.atMm > GATE_DISTANCE_MM + PART_PITCH_MM;
  return {
    belt: { mm, parts, onBelt: onBelt.filter((part) => !isPast(part)) },
    triggered,
    left: onBelt.filter(isPast),
  };
}

/** When the next part reaches the sensor if the speed stays; infinite at standstill. */
export function nextTriggerMs(belt: Belt, place: string, mmPerS: number, nowMs: number): number {
  if (mmPerS <= 0) return Number.POSITIVE_INFINITY;
  return nowMs + (Math.max(0, sensorPassageMm(place, belt.parts + 1) - belt.mm) / mmPerS) * 1_000;
}

/** The ejector pushes whatever stands within half a pitch of it: the nearest part, undefined when there is none. */
export function ejectPart(belt: Belt): { belt: Belt; ejected: BeltPart | undefined } {
  const offsetMm = (part: BeltPart) => Math.abs(belt.mm - part.atMm - GATE_DISTANCE_MM);
  const nearest = belt.onBelt
    .filter((part) => !part.isEjected && offsetMm(part) <= PART_PITCH_MM / 2)
    .sort((a, b) => offsetMm(a) - offsetMm(b))[0];
  if (!nearest) return { belt, ejected: undefined };
  const ejected = { ...nearest, isEjected: true };
  return { belt: { ...belt, onBelt: belt.onBelt.map((part) => (part === nearest ? ejected : part)) }, ejected };
}

/** Always the same for one part, so that a restart of the machine moves none. */
function sensorPassageMm(place: string, number: number): number {
  return number * PART_PITCH_MM + between(seededRandom(seedFrom(place, number)), -PLACE_MM, PLACE_MM);
}
