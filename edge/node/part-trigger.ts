/** The machine's word that a part is there, for cameras that take their image then. */
import type { TriggerConfig } from '../config/gate-config.ts';
import type { Machine } from '../devices/device.ts';
import { createStepReader, NOTHING_KNOWN } from '../gate/step-reader.ts';

/** Calls back at each new part; answers what ends it. A counter that jumps calls once: only the last part is still there. */
export function onPart(machine: Machine, { signal, kind }: TriggerConfig, listener: () => void): () => void {
  const reader = createStepReader(kind, NOTHING_KNOWN, { mostPerS: 100, maxCorrection: 5, debounceMs: 0 });
  return machine.onSample(signal, ({ value, quality, sourceMs }) => {
    if (quality !== 'GOOD') return;
    const steps = reader.read({ value, atMs: sourceMs, modulus: undefined });
    if ('count' in steps && steps.count > 0) listener();
  });
}
