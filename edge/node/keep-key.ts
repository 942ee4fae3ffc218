/** Keeps the node's key young for as long as the node runs. */
import type { EdgeConfig } from '../config.ts';
import type { Logger } from '../log.ts';
import type { NodeIdentity } from '../uplink/node-identity.ts';
import { pause } from '../wait.ts';

/** How often the node looks whether its key is old. */
const KEY_CHECK_MS = 600_000;

/** Ends when `signal` aborts. */
export async function keepKey(
  identity: NodeIdentity,
  { retryMaxMs }: EdgeConfig['server'],
  log: Logger,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    try {
      await identity.refresh(signal);
      await pause(KEY_CHECK_MS, signal);
    } catch (error) {
      if (!signal.aborted)
        log.warn(`the key cannot be changed yet (${error instanceof Error ? error.message : String(error)})`);
      await pause(retryMaxMs, signal);
    }
  }
}
