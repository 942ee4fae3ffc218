/** What happens to a machine's connection and to the clocks, as events of the node. */
import type { MachineEvent } from '../devices/opcua-machine.ts';
import type { Logger } from '../log.ts';
import { type NodeEvent, nodeEvent } from '../uplink/node-events.ts';

const MAX_REASON = 500;

/** Answers what takes a machine's events. An event that the disk does not take is in the log only. */
export function tellMachine(
  lineId: string | undefined,
  putEvents: (events: NodeEvent[]) => Promise<void>,
  log: Logger,
): (event: MachineEvent) => void {
  const where = lineId === undefined ? {} : { lineId };
  return (event) => {
    putEvents([describe(event, where)]).catch((error) => log.warn({ err: error }, `not kept: ${event.kind}`));
  };
}

function describe(event: MachineEvent, where: { lineId?: string }): NodeEvent {
  const now = Date.now();
  switch (event.kind) {
    case 'connected':
      return nodeEvent('MACHINE_CONNECTED', now, where);
    case 'disconnected':
      return nodeEvent('MACHINE_DISCONNECTED', now, { ...where, data: { reason: event.reason.slice(0, MAX_REASON) } });
    case 'clock-set':
      return nodeEvent('CLOCK_STEPPED', earlierReading(event, now), {
        ...where,
        data: { whose: event.whose, stepMs: event.stepMs },
      });
    case 'context-unsure':
      return nodeEvent('CONTEXT_UNSURE', now, { ...where, data: { signal: event.signal, byMs: event.byMs } });
  }
}

/** Of the two times that the node's clock showed at that moment: when one of them was right, the event is not from the future. */
function earlierReading({ whose, stepMs }: Extract<MachineEvent, { kind: 'clock-set' }>, nowMs: number): number {
  return whose === 'node' ? nowMs - Math.max(0, stepMs) : nowMs;
}
