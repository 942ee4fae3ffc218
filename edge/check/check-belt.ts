/** Whether encoder and speed say something that the gate's belt can do. Pure. */
import type { GateConfig } from '../config/gate-config.ts';
import type { GateRole } from '../config/gate-roles.ts';
import { counterModulus } from '../gate/step-reader.ts';
import type { SeenSignal } from './seen-signal.ts';

/** Two readings that are nearer tell no speed. */
const LEAST_MS = 200;
/** Times of arrival are rough. */
const SLACK = 1.2;

/** What to do about it; undefined when all is well, and for signals that are not of the belt. */
export function beltTrouble({ path }: GateRole, gate: GateConfig, seen: SeenSignal): string | undefined {
  const field = path.at(-1);
  if (field === 'encoderSignal') return encoderTrouble(gate, seen);
  return field === 'speedSignal' ? speedTrouble(gate, seen) : undefined;
}

function encoderTrouble(gate: GateConfig, { type, samples }: SeenSignal): string | undefined {
  const { maxSpeedMmPerS, maxReverseMmPerS, encoderGapMs, mmPerUnit } = gate;
  const modulus = gate.encoderModulus ?? counterModulus(type);
  const roundMm = modulus === undefined ? Number.POSITIVE_INFINITY : modulus * mmPerUnit;
  const leastMm = ((maxSpeedMmPerS + maxReverseMmPerS) * encoderGapMs) / 1_000;
  if (roundMm <= leastMm) {
    return `it begins again after ${Math.round(roundMm)} mm, which the belt can go in encoderGapMs (${encoderGapMs}): map one that goes further, more than ${Math.round(leastMm)} mm, or lower encoderGapMs`;
  }
  const [first, last] = [samples[0], samples.at(-1)];
  if (!first || !last || typeof first.value !== 'number' || typeof last.value !== 'number') return undefined;
  const ms = last.atMs - first.atMs;
  const wayMm = (last.value - first.value) * mmPerUnit;
  if (ms < LEAST_MS || Math.abs(wayMm) > roundMm / 2) return undefined;
  const mmPerS = Math.round((1_000 * wayMm) / ms);
  if (mmPerS > SLACK * maxSpeedMmPerS) {
    return `it moves at ${mmPerS} mm/s now, maxSpeedMmPerS is ${maxSpeedMmPerS}: correct maxSpeedMmPerS (mm/s, not m/s) or mmPerUnit`;
  }
  if (-mmPerS > SLACK * maxReverseMmPerS) {
    return `it goes back at ${-mmPerS} mm/s now, faster than maxReverseMmPerS (${maxReverseMmPerS}): turn its direction at the machine`;
  }
  return undefined;
}

function speedTrouble({ partPitchMm, maxSpeedMmPerS }: GateConfig, { value }: SeenSignal): string | undefined {
  if (typeof value !== 'number') return undefined;
  if (value < 0) return `it says ${value}: a speed is 0 or more, turn its sign at the machine`;
  const mmPerS = Math.round((value * partPitchMm) / 60);
  if (mmPerS <= SLACK * maxSpeedMmPerS) return undefined;
  return `it says ${value} now; as parts per minute, partPitchMm (${partPitchMm}) apart, that is ${mmPerS} mm/s, and maxSpeedMmPerS is ${maxSpeedMmPerS}: map parts per minute (not per hour), or correct maxSpeedMmPerS`;
}
