/** Whether the encoder's samples come in time: older ones than the gate counts on never let a part be due. */
import type { GateConfig } from '../config/gate-config.ts';
import type { GateProblems } from './gate-problems.ts';

export interface EncoderLag {
  /** A sample of the encoder has come, so old. */
  sampled(ageMs: number): void;
  /** The next sample may be as old as it likes: it is the value of a fresh subscription. */
  begin(): void;
}

/** Fewer are those of a process that stood still. */
const LOOKED_AT = 10;
/** Values to enter are given in steps of this. */
const STEP_MS = 10;

export function createEncoderLag(gate: GateConfig, settleMs: number, problems: GateProblems): EncoderLag {
  const limitMs = gate.encoderUpdateMs + settleMs;
  let ages: number[] = [];
  let isFresh = true;

  return {
    sampled(ageMs) {
      if (!isFresh) ages = [...ages, ageMs].slice(-LOOKED_AT);
      isFresh = false;
      if (ages.length < LOOKED_AT) return;
      const leastMs = Math.min(...ages);
      const wantedMs = Math.ceil((Math.max(...ages) - gate.encoderUpdateMs) / STEP_MS + 1) * STEP_MS;
      const what = `${gate.encoderSignal}: its samples are ${Math.round(leastMs)} ms old when they come`;
      const remedy = `the gate counts on ${limitMs} ms: give trigger.settleMs: ${wantedMs}, or make them quicker`;
      problems.set('lag', leastMs > limitMs ? `${what}, ${remedy}` : undefined);
    },
    begin() {
      ages = [];
      isFresh = true;
    },
  };
}
