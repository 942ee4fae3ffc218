/** Tells people when the disk of the outbox has no more room, and when it has again. */
import type { Logger } from '../log.ts';
import type { Outbox } from '../uplink/outbox.ts';

/** Until `signal` aborts. What is given up meanwhile is told to the server as events. */
export async function watchDisk(
  outbox: Pick<Outbox, 'counts' | 'changed'>,
  { home, minFreeBytes }: { home: string; minFreeBytes: number },
  log: Logger,
  signal: AbortSignal,
): Promise<void> {
  let wasShort = false;
  while (!signal.aborted) {
    // Asked for before looking: what comes in between is not missed.
    const changed = outbox.changed(signal);
    const { isDiskShort, freeBytes } = outbox.counts;
    if (isDiskShort && !wasShort) {
      const remedy = `make room there, it wants ${minFreeBytes} (outbox.minFreeBytes)`;
      log.warn(`the disk of ${home} is full: ${freeBytes} bytes are free, images are given up; ${remedy}`);
    }
    if (!isDiskShort && wasShort) log.info(`the disk of ${home} has room again: ${freeBytes} bytes are free`);
    wasShort = isDiskShort;
    await changed;
  }
}
