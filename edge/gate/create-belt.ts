/** The belt that the station's configuration describes. */
import type { GateConfig } from '../config/gate-config.ts';
import type { Belt } from './belt.ts';
import { createEncoderBelt } from './encoder-belt.ts';
import { createSpeedBelt } from './speed-belt.ts';

export function createBelt(gate: GateConfig & { encoderModulus?: number | undefined }, settleMs: number): Belt {
  if (gate.encoderSignal === undefined) return createSpeedBelt(gate);
  const { encoderUpdateMs, encoderGapMs, encoderModulus } = gate;
  return createEncoderBelt({
    ...gate,
    updateMs: encoderUpdateMs,
    gapMs: encoderGapMs,
    settleMs,
    modulus: encoderModulus,
  });
}
