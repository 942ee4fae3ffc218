/** All that may go wrong, and what goes on in the normal course of these lines although machines elsewhere stumble over it. */
import type { Behaviour } from './behaviour.ts';
import { BELT_BEHAVIOURS } from './belt-behaviours.ts';
import { CAMERA_BEHAVIOURS } from './camera-behaviours.ts';
import { CONTEXT_BEHAVIOURS } from './context-behaviours.ts';
import { COUNTING_BEHAVIOURS } from './counting-behaviours.ts';
import { GATE_BEHAVIOURS } from './gate-behaviours.ts';
import { NODE_BEHAVIOURS } from './node-behaviours.ts';
import { WIRE_BEHAVIOURS } from './wire-behaviours.ts';

export const BEHAVIOURS: readonly Behaviour[] = [
  ...CAMERA_BEHAVIOURS,
  ...COUNTING_BEHAVIOURS,
  ...BELT_BEHAVIOURS,
  ...WIRE_BEHAVIOURS,
  ...GATE_BEHAVIOURS,
  ...CONTEXT_BEHAVIOURS,
  ...NODE_BEHAVIOURS,
];

/** The same for the same seed: each behaviour that fits the line once in every round, in random order, now and then two at once. */
export function drawDisturbances(
  behaviours: readonly Behaviour[],
  shuffle: (items: readonly Behaviour[]) => Behaviour[],
  isPair: () => boolean,
): Behaviour[][] {
  const waiting = shuffle(behaviours);
  const drawn: Behaviour[][] = [];
  for (let first = waiting.shift(); first; first = waiting.shift()) {
    const goesWith = (other: Behaviour) =>
      first.group !== 'alone' && other.group !== 'alone' && other.group !== first.group;
    const at = isPair() ? waiting.findIndex(goesWith) : -1;
    drawn.push(at < 0 ? [first] : [first, ...waiting.splice(at, 1)]);
  }
  return drawn;
}
