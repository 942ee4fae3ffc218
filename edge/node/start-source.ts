/** The image source that a camera's configuration names. */

import type { SourceConfig } from '../config/source-config.ts';
import { needsTrigger } from '../config/station-config.ts';
import type { ImageSource } from '../devices/device.ts';
import { createFolderCamera, type SourceMemory } from '../devices/folder-camera.ts';
import { createHttpCamera } from '../devices/http-camera.ts';
import type { Size } from '../devices/read-picture.ts';
import type { Logger } from '../log.ts';
import type { WhenBehind } from '../pipeline/intake.ts';
import type { PartTracker } from '../pipeline/part-tracker.ts';

export interface SourceSurroundings {
  /** For the log and for the keys of images. */
  camera: string;
  /** Undefined at a station without a trigger, or on a line without a machine. */
  parts: PartTracker | undefined;
  memory: SourceMemory;
  sizeOfSetup(): Size | undefined;
  onRejected(reason: string): void;
  log: Logger;
}

export async function startSource(config: SourceConfig, surroundings: SourceSurroundings): Promise<ImageSource> {
  const { camera, parts, memory, sizeOfSetup, onRejected, log } = surroundings;
  if (config.kind === 'folder') return await createFolderCamera({ camera, config, memory, onRejected, log });
  const isTriggered = needsTrigger(config);
  if (isTriggered && !parts) throw new Error(`camera ${camera}: its line has no machine that could trigger it`);
  const onTriggered = isTriggered ? parts?.onTriggered : undefined;
  return createHttpCamera({ camera, config, onTriggered, sizeOfSetup, onRejected, log });
}

/** A folder keeps what waits in it; what a live camera gave is soon too old to be of use. */
export function whenBehindOf(config: SourceConfig): WhenBehind {
  return config.kind === 'folder' ? 'oldest' : 'newest';
}
