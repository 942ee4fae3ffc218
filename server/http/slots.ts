/** Lets a bounded number of things run at once, and a bounded number wait. */
import { HttpRefusal } from './answers.ts';

export interface HttpSlots {
  /** Runs the work when a slot is free. Throws 503 when too many wait already. */
  run<T>(work: () => Promise<T>): Promise<T>;
}

const waitingPerSlot = 64;

export function createHttpSlots(atOnce: number): HttpSlots {
  let running = 0;
  const waiting: (() => void)[] = [];
  return {
    async run(work) {
      if (running >= atOnce) {
        if (waiting.length >= atOnce * waitingPerSlot) {
          throw new HttpRefusal(503, {
            field: 'server',
            remedy: 'too many requests of this kind at once: try again later',
          });
        }
        await new Promise<void>((resolve) => waiting.push(resolve));
      } else {
        running++;
      }
      try {
        return await work();
      } finally {
        const next = waiting.shift();
        if (next) next();
        else running--;
      }
    },
  };
}
