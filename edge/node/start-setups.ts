/** The setups of the node's cameras, with their reference images kept in the node's home. */
import { join } from 'node:path';
import type { EdgeConfig } from '../config.ts';
import type { Logger } from '../log.ts';
import { createReferenceStore } from '../models/reference-store.ts';
import type { ServerClient } from '../uplink/server-client.ts';
import { type CameraSetups, createCameraSetups } from './camera-setups.ts';

/** An image as a camera takes it. */
const MAX_REFERENCE_BYTES = 64_000_000;

export function startSetups({ home, server }: EdgeConfig, client: ServerClient, log: Logger): CameraSetups {
  const store = createReferenceStore({
    folder: join(home, 'references'),
    maxBytes: MAX_REFERENCE_BYTES,
    timeoutMs: server.timeoutMs,
    download: client.download,
  });
  return createCameraSetups({ store, retryMs: server.retryMaxMs, log });
}
