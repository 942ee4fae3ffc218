/** What the configuration may say, but hardly means: told when somebody asks, never refused. */
import type { Mistake } from './mistake.ts';
import type { StationConfig } from './station-config.ts';

/** A camera that is so long before its trigger is tied to its part only while the belt keeps its speed. */
const LONG_BEFORE_MS = 5_000;

/** A gate that nobody has told what to do: it writes nothing. */
export function findMissingModes(stations: readonly StationConfig[]): Mistake[] {
  return stations.flatMap(({ gate }, index) => {
    if (!gate || gate.isModeWritten) return [];
    const message =
      'give active, dry-run or off: without it the gate is a dry run, nothing is ejected, and an alarm stands until a mode is written';
    return [{ path: ['stations', index, 'gate', 'mode'], message }];
  });
}

export function findDoubts(stations: readonly StationConfig[]): Mistake[] {
  return stations.flatMap(({ trigger, gate }, index) => {
    const doubts: Mistake[] = [];
    if (trigger && trigger.offsetMs < -LONG_BEFORE_MS) {
      const message = `the image is expected ${-trigger.offsetMs / 1_000} s before the trigger: that holds only while the belt keeps its speed; give the time between the two in ms`;
      doubts.push({ path: ['stations', index, 'trigger', 'offsetMs'], message });
    }
    const fitting = gate ? Math.ceil(gate.distanceMm / gate.partPitchMm) : 0;
    if (trigger && fitting > trigger.maxInTransit) {
      const message = `up to ${fitting} parts fit between trigger and gate (distanceMm / partPitchMm), more are lost tracking: give as many if the belt can be full`;
      doubts.push({ path: ['stations', index, 'trigger', 'maxInTransit'], message });
    }
    return doubts;
  });
}
