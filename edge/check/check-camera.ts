/** Whether a camera's images can be had: a folder is looked into, a camera with a web server is asked for one image. */
import { constants, existsSync } from 'node:fs';
import { access, readdir } from 'node:fs/promises';
import { pino } from 'pino';
import sharp from 'sharp';
import type { FolderSourceConfig, HttpSourceConfig, SourceConfig } from '../config/source-config.ts';
import { createHttpCamera } from '../devices/http-camera.ts';
import { steadyNow } from '../gate/steady-clock.ts';
import type { Finding } from './check-list.ts';

export async function checkCamera(camera: string, source: SourceConfig): Promise<Finding<void>> {
  return source.kind === 'folder' ? await checkFolder(source) : await checkHttp(camera, source);
}

/** Throws when the node could not take files away from it. */
async function checkFolder({ path }: FolderSourceConfig): Promise<Finding<void>> {
  if (!existsSync(path)) return { result: undefined, told: `${path} is made at the start` };
  await access(path, constants.R_OK | constants.W_OK | constants.X_OK).catch(() => {
    throw new Error(`path is "${path}"; this user cannot read and delete in it, give it the right`);
  });
  return { result: undefined, told: `${path} holds ${(await readdir(path)).length} files` };
}

/** Throws when it gives no image in its time. */
async function checkHttp(camera: string, config: HttpSourceConfig): Promise<Finding<void>> {
  let reason = '';
  const hear = (line: string) => {
    reason = `: ${JSON.parse(line).msg}`;
  };
  const source = createHttpCamera({
    camera,
    config,
    // As if a part had come.
    onTriggered(listener) {
      const timer = setTimeout(() => listener({ triggeredAtMs: steadyNow() }), 0);
      return () => clearTimeout(timer);
    },
    sizeOfSetup: () => undefined,
    onRejected: (why) => hear(JSON.stringify({ msg: why })),
    log: pino({ level: 'warn' }, { write: hear }),
  });
  try {
    const image = await source.next(AbortSignal.timeout(config.timeoutMs));
    if (!image)
      throw new Error(
        `url is "${config.url}"; no image within ${config.timeoutMs} ms${reason}. Check address, power, cable and password`,
      );
    if (image.unusable !== undefined) throw new Error(`url is "${config.url}"; ${image.unusable}`);
    const { width, height, format } = await sharp(image.bytes).metadata();
    return { result: undefined, told: `${config.url} gives ${format} of ${width} × ${height} px` };
  } finally {
    await source.stop();
  }
}
