/** Distances, speeds and times of a station that cannot all be true: with them no part would be ejected in time, or the wrong one. */
import { type GateConfig, leastTimeBetweenParts, type TriggerConfig } from './gate-config.ts';
import type { Mistake } from './mistake.ts';
import type { StationConfig } from './station-config.ts';

/** It is the highest speed: a belt that is slower may be given this one, which costs it nothing. */
const LEAST_MM_PER_S = 5;

/** With paths from the file on. */
export function findTimingMistakes(stations: readonly StationConfig[]): Mistake[] {
  return stations.flatMap(({ trigger, gate, cameras }, index) => {
    if (!trigger) return [];
    const latencies = cameras.map(({ source }) => (source.kind === 'http' ? source.latencyMs : 0));
    const mistakes = gate ? gateMistakes(trigger, gate, latencies) : waitMistakes(trigger, latencies);
    return mistakes.map(({ path, message }) => ({ path: ['stations', index, ...path], message }));
  });
}

/** From the trigger to the gate at the highest speed. */
export function leastWayMs({ distanceMm, maxSpeedMmPerS }: GateConfig): number {
  return (1_000 * distanceMm) / maxSpeedMmPerS;
}

/** Times are compared only where the belt can be as it is described. */
function gateMistakes(trigger: TriggerConfig, gate: GateConfig, latencies: readonly number[]): Mistake[] {
  const ofBelt = beltMistakes(gate);
  if (ofBelt.length > 0) return ofBelt;
  return [...windowMistakes(trigger, gate), ...wayMistakes(trigger, gate, latencies)];
}

function beltMistakes(gate: GateConfig): Mistake[] {
  const { distanceMm, toleranceMm, maxSpeedMmPerS, encoderUpdateMs, encoderGapMs } = gate;
  const mistakes: Mistake[] = [];
  if (maxSpeedMmPerS < LEAST_MM_PER_S) {
    const message = `give millimetres per second, at least ${LEAST_MM_PER_S}: this looks like metres per second (${1_000 * maxSpeedMmPerS} mm/s), and a belt that is slower may have ${LEAST_MM_PER_S}`;
    mistakes.push({ path: ['gate', 'maxSpeedMmPerS'], message });
  }
  if (distanceMm <= toleranceMm) {
    const message = `give millimetres, more than toleranceMm (${toleranceMm}): as metres it would be ${1_000 * distanceMm}`;
    mistakes.push({ path: ['gate', 'distanceMm'], message });
  }
  if (gate.encoderSignal !== undefined && encoderGapMs < encoderUpdateMs) {
    const message = `give at least encoderUpdateMs (${encoderUpdateMs}), else each sample of the encoder counts as a gap`;
    mistakes.push({ path: ['gate', 'encoderGapMs'], message });
  }
  return mistakes;
}

function windowMistakes(trigger: TriggerConfig, gate: GateConfig): Mistake[] {
  const betweenMs = leastTimeBetweenParts(gate);
  const apart = `${round(betweenMs)} ms between two parts (partPitchMm / maxSpeedMmPerS)`;
  const mistakes: Mistake[] = [];
  const add = (field: string, message: string) => mistakes.push({ path: ['trigger', field], message });
  if (trigger.windowMs > betweenMs / 2) {
    add('windowMs', `give at most half the time between two parts, ${round(betweenMs / 2)} of the ${apart}`);
  }
  if (trigger.debounceMs >= betweenMs) add('debounceMs', `give less than the ${apart}, else parts count as bounces`);
  if (trigger.maxPartsPerS !== undefined && trigger.maxPartsPerS < 1_000 / betweenMs) {
    add('maxPartsPerS', `give at least ${round(1_000 / betweenMs)}, or leave it out: there are ${apart}`);
  }
  if (trigger.silentAfterMm !== undefined && trigger.silentAfterMm <= gate.partPitchMm) {
    add('silentAfterMm', `give more than partPitchMm (${gate.partPitchMm}), else each gap between parts is silence`);
  }
  return mistakes;
}

/** Of the reasons why no command could be in time the first: the later ones contain it. */
function wayMistakes({ offsetMs }: TriggerConfig, gate: GateConfig, latencies: readonly number[]): Mistake[] {
  const wayMs = leastWayMs(gate);
  const { leadMs, distanceMm } = gate;
  const way = `a part takes ${round(wayMs)} ms from trigger to gate (distanceMm ${distanceMm} / maxSpeedMmPerS ${gate.maxSpeedMmPerS})`;
  if (leadMs >= wayMs) {
    return [{ path: ['gate', 'leadMs'], message: `give less: ${way}; is distanceMm in millimetres?` }];
  }
  const leftMs = round(wayMs - leadMs);
  if (offsetMs >= wayMs - leadMs) {
    const message = `give less than ${leftMs}: ${way}, leadMs (${leadMs}) of it is the command's; no image would be in time`;
    return [{ path: ['trigger', 'offsetMs'], message }];
  }
  return latencies.flatMap((latencyMs, at) => {
    if (offsetMs + latencyMs < wayMs - leadMs) return [];
    const message = `give less than ${round(wayMs - leadMs - offsetMs)}: ${way}, trigger.offsetMs (${offsetMs}) and gate.leadMs (${leadMs}) go off it; no image would be in time`;
    return [{ path: ['cameras', at, 'source', 'latencyMs'], message }];
  });
}

/** Without a gate a part waits for its verdict until `deadlineMs`. */
function waitMistakes({ offsetMs, deadlineMs }: TriggerConfig, latencies: readonly number[]): Mistake[] {
  const most = `trigger.deadlineMs (${deadlineMs}), after which a part waits no longer`;
  if (offsetMs >= deadlineMs) return [{ path: ['trigger', 'offsetMs'], message: `give less than ${most}` }];
  return latencies.flatMap((latencyMs, at) => {
    if (offsetMs + latencyMs < deadlineMs) return [];
    const message = `give less: with trigger.offsetMs (${offsetMs}) it must be below ${most}`;
    return [{ path: ['cameras', at, 'source', 'latencyMs'], message }];
  });
}

function round(value: number): number {
  return value < 10 ? Math.floor(10 * value) / 10 : Math.floor(value);
}
