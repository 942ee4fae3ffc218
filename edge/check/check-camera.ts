/** Whether a camera's images can be had: a folder is looked into, a camera with a web server is asked for a few images. */
import { constants, existsSync } from 'node:fs';
import { access, readdir } from 'node:fs/promises';
import { pino } from 'pino';
import sharp from 'sharp';
import type { FolderSourceConfig, HttpSourceConfig, SourceConfig } from '../config/source-config.ts';
import type { ImageSource } from '../devices/device.ts';
import { createHttpCamera } from '../devices/http-camera.ts';
import { steadyNow } from '../gate/steady-clock.ts';
import type { TriggeredPart } from '../pipeline/frame.ts';
import { pause } from '../wait.ts';
import type { Finding } from './check-list.ts';

/** Enough to see that a camera gives the same image again, or images of several sizes. */
const IMAGES = 3;
/** A camera that is asked sooner than it takes images may well give one twice. */
const APART_MS = 300;

export async function checkCamera(camera: string, source: SourceConfig): Promise<Finding<void>> {
  return source.kind === 'folder' ? await checkFolder(source) : await checkHttp(camera, source);
}

/** Throws when the node could not take files away from it. */
async function checkFolder({ path }: FolderSourceConfig): Promise<Finding<void>> {
  if (!existsSync(path)) return { result: undefined, told: `${path} is made at the start` };
  await access(path, constants.R_OK | constants.W_OK | constants.X_OK).catch(() => {
    throw new Error('this user cannot read and delete in it: give it the right');
  });
  return { result: undefined, told: `${path} holds ${(await readdir(path)).length} files` };
}

/** Throws when it gives no image in its time, or none that can be judged. */
async function checkHttp(camera: string, config: HttpSourceConfig): Promise<Finding<void>> {
  let reason = '';
  const hear = (line: string) => {
    reason = `: ${JSON.parse(line).msg}`;
  };
  const parts = createPretendedParts();
  const source = createHttpCamera({
    camera,
    config,
    onTriggered: config.mode === 'snapshot' ? parts.onTriggered : undefined,
    sizeOfSetup: () => undefined,
    onRejected: (why) => hear(JSON.stringify({ msg: why })),
    log: pino({ level: 'warn' }, { write: hear }),
  });
  const ending = new AbortController();
  try {
    const first = await nextSize(source, ending, parts, config);
    if (!first && config.rhythm === 'triggered')
      return { result: undefined, told: `${config.url} answers with images when it is triggered; none came now` };
    if (!first) {
      throw new Error(`no image within ${config.timeoutMs} ms${reason}. Check address, power, cable and password`);
    }
    for (let count = 1; count < IMAGES; count++) {
      if (config.mode === 'snapshot') await pause(APART_MS, ending.signal);
      const next = await nextSize(source, ending, parts, config);
      if (next && next.size !== first.size)
        throw new Error(`it gives images of ${first.size} and of ${next.size}: set one resolution and aspect`);
    }
    return { result: undefined, told: `${config.url} gives ${first.format} of ${first.size}` };
  } finally {
    await source.stop();
  }
}

/** Undefined when none comes in time; then `ending` aborts, and no more will come. Throws when no verdict could be made of it. */
async function nextSize(
  source: ImageSource,
  ending: AbortController,
  parts: PretendedParts,
  { timeoutMs }: HttpSourceConfig,
): Promise<{ size: string; format: string } | undefined> {
  const timer = setTimeout(() => ending.abort(), timeoutMs);
  const coming = source.next(ending.signal);
  parts.come();
  const image = await coming.finally(() => clearTimeout(timer));
  if (!image) return undefined;
  if (image.unusable !== undefined) throw new Error(image.unusable);
  const { width, height, format } = await sharp(image.bytes).metadata();
  return { size: `${width} × ${height} px`, format };
}

interface PretendedParts {
  onTriggered(listener: (part: TriggeredPart) => void): () => void;
  come(): void;
}

/** As if parts had come to the trigger. */
function createPretendedParts(): PretendedParts {
  let tell: ((part: TriggeredPart) => void) | undefined;
  return {
    onTriggered(listener) {
      tell = listener;
      return () => {
        tell = undefined;
      };
    },
    come: () => tell?.({ triggeredAtMs: steadyNow() }),
  };
}
