/** Whether the server tells its signals as often as a gate needs them. Pure. */
import type { GateConfig, TriggerConfig } from '../config/gate-config.ts';
import type { FieldPath, Mistake } from '../config/mistake.ts';
import { leastWayMs } from '../config/timing-mistakes.ts';
import type { GrantedIntervals } from '../devices/device.ts';

interface StationTimes {
  trigger: TriggerConfig;
  gate?: GateConfig | undefined;
}

/** `path` leads to the station. */
export function checkIntervals(
  { trigger, gate }: StationTimes,
  path: FieldPath,
  granted: (signal: string) => GrantedIntervals | undefined,
): Mistake[] {
  const mistakes: Mistake[] = [];
  const ofTrigger = granted(trigger.signal);
  const add = (field: FieldPath, message: string) => mistakes.push({ path: [...path, ...field], message });
  if (ofTrigger && ofTrigger.publishingMs > trigger.settleMs) {
    const message = `the server publishes every ${ofTrigger.publishingMs} ms, so that a part may be told later than settleMs (${trigger.settleMs}): lower the server's least publishing interval, or give more than ${ofTrigger.publishingMs}`;
    add(['trigger', 'settleMs'], message);
  }
  if (!gate) return mistakes;
  const leftMs = leastWayMs(gate) - gate.leadMs - Math.max(0, trigger.offsetMs);
  if (ofTrigger && ofTrigger.publishingMs >= leftMs) {
    const message = `the server publishes it every ${ofTrigger.publishingMs} ms, a part is at the gate ${Math.floor(leftMs)} ms after it at top speed, leadMs and offsetMs taken off: lower the server's least publishing interval`;
    add(['trigger', 'signal'], message);
  }
  const ofEncoder = gate.encoderSignal === undefined ? undefined : granted(gate.encoderSignal);
  if (ofEncoder && ofEncoder.samplingMs > gate.encoderUpdateMs) {
    const message = `the server samples the encoder every ${ofEncoder.samplingMs} ms, encoderUpdateMs is ${gate.encoderUpdateMs}: give at least ${ofEncoder.samplingMs}, or lower the server's least sampling interval`;
    add(['gate', 'encoderUpdateMs'], message);
  }
  return mistakes;
}
