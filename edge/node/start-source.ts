/** The image source that a camera's configuration names. */

import type { TriggerConfig } from '../config/gate-config.ts';
import type { SourceConfig } from '../config/source-config.ts';
import { needsTrigger } from '../config/station-config.ts';
import type { ImageSource, Machine } from '../devices/device.ts';
import { createFolderCamera, type SourceMemory } from '../devices/folder-camera.ts';
import { createHttpCamera } from '../devices/http-camera.ts';
import type { Logger } from '../log.ts';
import type { WhenBehind } from '../pipeline/intake.ts';
import { onPart } from './part-trigger.ts';

export interface SourceSurroundings {
  /** For the log and for the keys of images. */
  camera: string;
  machine: Machine | undefined;
  trigger: TriggerConfig | undefined;
  memory: SourceMemory;
  onRejected(reason: string): void;
  log: Logger;
}

export async function startSource(config: SourceConfig, surroundings: SourceSurroundings): Promise<ImageSource> {
  const { camera, machine, trigger, memory, onRejected, log } = surroundings;
  if (config.kind === 'folder') return await createFolderCamera({ camera, config, memory, onRejected, log });
  if (!needsTrigger(config)) return createHttpCamera({ camera, config, onTrigger: undefined, onRejected, log });
  if (!machine || !trigger) throw new Error(`camera ${camera}: its line has no machine that could trigger it`);
  const onTrigger = (listener: () => void) => onPart(machine, trigger, listener);
  return createHttpCamera({ camera, config, onTrigger, onRejected, log });
}

/** A folder keeps what waits in it; what a live camera gave is soon too old to be of use. */
export function whenBehindOf(config: SourceConfig): WhenBehind {
  return config.kind === 'folder' ? 'oldest' : 'newest';
}
