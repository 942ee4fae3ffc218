/** /images/PLANT/SHA256: content-addressed per plant. */
import { mkdir, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import sharp from 'sharp';
import { READERS, READERS_AND_NODES } from '../kit/access.ts';
import type { Context, Services } from '../kit/context.ts';
import { newId } from '../kit/ids.ts';
import { imagePath, thumbnailPath, thumbnailWidths } from '../kit/paths.ts';
import type { Role } from '../kit/rights.ts';
import { loadImage } from '../modules/images/store/images.service.ts';
import { mayFetchReference } from '../modules/line/camera-setups/camera-setups.service.ts';
import type { Authenticator } from '../modules/people/access/authenticate.service.ts';
import { findPlantByCode } from '../modules/plant/parts/plants.service.ts';
import { HttpRefusal, methodNotAllowed, sendJson } from './answers.ts';
import { storeImage } from './image-upload.ts';
import { contextOf, type Route, type Visit } from './route.ts';
import { sendFile } from './send-file.ts';
import { createHttpSlots, type HttpSlots } from './slots.ts';

const senders: readonly Role[] = ['edge_node', 'quality_engineer', 'ml_engineer', 'administrator'];
const path = /^\/images\/([a-z0-9][a-z0-9-]{0,62})\/([0-9a-f]{64})$/;

export function createImageRoute(services: Services, authenticator: Authenticator): Route {
  const { limits } = services.config;
  const uploads = createHttpSlots(limits.uploadsAtOnce);
  const thumbnails = createHttpSlots(limits.thumbnailsAtOnce);

  return async (visit) => {
    const [, plantCode, sha256] = path.exec(visit.url.pathname) ?? [];
    if (!plantCode || !sha256) throw notFound(visit);
    const context = await contextOf(services, authenticator, visit);
    const { method } = visit.request;
    if (method === 'PUT') {
      const plantId = await plantOf(context, visit, plantCode, senders);
      const isNew = await uploads.run(() => storeImage(context, visit.request, plantId, sha256));
      sendJson(visit.response, isNew ? 201 : 200, { plant: plantCode, sha256 });
      return;
    }
    if (method !== 'GET' && method !== 'HEAD') throw methodNotAllowed('GET or PUT');
    const plantId = await plantOf(context, visit, plantCode, READERS_AND_NODES);
    if (context.rights.edgeNodeId !== null && !(await mayFetchReference(context, sha256)))
      throw new HttpRefusal(403, { field: 'role', remedy: `this takes one of: ${READERS.join(', ')}` });
    await sendImage(context, visit, plantId, sha256, thumbnails);
  };
}

/** The plant's id. Throws 404 for a plant that the caller may not see, as for one that does not exist. */
async function plantOf(context: Context, visit: Visit, code: string, roles: readonly Role[]): Promise<string> {
  const plant = await findPlantByCode(context, code);
  if (!plant) throw notFound(visit);
  const own = context.rights.rolesIn(plant.id);
  if (roles.some((role) => own.has(role))) return plant.id;
  throw new HttpRefusal(403, { field: 'role', remedy: `this takes one of: ${roles.join(', ')}` });
}

async function sendImage(
  context: Context,
  visit: Visit,
  plantId: string,
  sha256: string,
  thumbnails: HttpSlots,
): Promise<void> {
  const image = await loadImage(context, plantId, Buffer.from(sha256, 'hex'));
  if (!image) throw notFound(visit);
  if (image.deleted_at !== null)
    throw new HttpRefusal(410, {
      field: 'path',
      value: visit.url.pathname.slice(0, 200),
      remedy: `the plant’s rules of retention took the image away at ${image.deleted_at.toISOString()}`,
    });
  const { home } = context.config;
  const source = imagePath(home, plantId, sha256);
  const width = thumbnailWidth(visit.url.searchParams.get('w'));
  if (width === null || width >= image.width) {
    return sendFile(visit, { path: source, type: `image/${image.format}`, etag: `"${sha256}"` });
  }
  const target = thumbnailPath(home, plantId, sha256, width);
  if (!(await isFile(target))) {
    await thumbnails.run(() => makeThumbnail(source, target, width, context.config.limits.imagePixels));
  }
  return sendFile(visit, { path: target, type: 'image/webp', etag: `"${sha256}-${width}"` });
}

/** The next width that thumbnails come in; null for the image itself. */
function thumbnailWidth(asked: string | null): number | null {
  if (asked === null) return null;
  const width = Number(asked);
  if (!/^\d{1,5}$/.test(asked) || width < 1) {
    throw new HttpRefusal(400, { field: 'w', value: asked, remedy: 'give a width in pixels, such as 320' });
  }
  return thumbnailWidths.find((each) => each >= width) ?? null;
}

/** Written beside and renamed, so that a half-made one is never sent. */
async function makeThumbnail(source: string, target: string, width: number, maxPixels: number): Promise<void> {
  if (await isFile(target)) return;
  await mkdir(dirname(target), { recursive: true, mode: 0o700 });
  const temporary = `${target}.${newId()}`;
  try {
    await sharp(source, { limitInputPixels: maxPixels }).resize({ width }).webp({ quality: 80 }).toFile(temporary);
    await rename(temporary, target);
  } catch (cause) {
    await rm(temporary, { force: true });
    throw new Error(`No thumbnail of ${source}`, { cause });
  }
}

function isFile(file: string): Promise<boolean> {
  return stat(file).then(
    (found) => found.isFile(),
    () => false,
  );
}

function notFound(visit: Visit): HttpRefusal {
  return new HttpRefusal(404, {
    field: 'path',
    value: visit.url.pathname.slice(0, 200),
    remedy: 'name a plant and the 64 lower-case hexadecimal digits of an image it has: /images/PLANT/SHA256',
  });
}
