/** Images that no inspection can be made of, as events: the first at once, the others together, at most one event a minute and camera. */
import type { NodeEvent } from '../uplink/node-events.ts';
import { nodeEvent } from '../uplink/node-events.ts';

export interface Refusals {
  add(reason: string): void;
  /** What was not told yet is told. */
  stop(): Promise<void>;
}

const EVERY_MS = 60_000;
const MAX_REASON = 500;

export function createRefusals(
  where: { lineId?: string; cameraId: string },
  putEvents: (events: NodeEvent[]) => Promise<void>,
): Refusals {
  let count = 0;
  let reason = '';
  let timer: NodeJS.Timeout | undefined;
  let telling = Promise.resolve();
  return {
    add(latest) {
      count++;
      reason = latest;
      if (!timer) tell();
    },
    async stop() {
      clearTimeout(timer);
      if (count > 0) tell();
      clearTimeout(timer);
      await telling;
    },
  };

  function tell(): void {
    timer = undefined;
    if (count === 0) return;
    const event = nodeEvent('IMAGES_REFUSED', Date.now(), {
      ...where,
      data: { count, reason: reason.slice(0, MAX_REASON) },
    });
    const told = count;
    count = 0;
    // A disk that is full takes it later, with what came in between.
    telling = putEvents([event]).catch(() => {
      count += told;
    });
    timer = setTimeout(tell, EVERY_MS);
    timer.unref();
  }
}
