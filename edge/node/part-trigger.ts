/** The machine's word that a part is there, for cameras that take their image then. */
import type { TriggerConfig } from '../config/gate-config.ts';
import type { Machine } from '../devices/device.ts';
import { createStepReader } from '../gate/step-reader.ts';

/** Calls back at each new part; answers what ends it. A counter that jumps calls once: only the last part is still there. */
export function onPart(machine: Machine, { signal, kind }: TriggerConfig, listener: () => void): () => void {
  const steps = createStepReader(kind, null);
  return machine.onSample(signal, ({ value, quality }) => {
    if (quality === 'GOOD' && steps.read(value).count > 0) listener();
  });
}
