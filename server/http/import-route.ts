/**
 * /imports/PLANT/NAME.zip takes an archive, whole or in parts (Content-Range) that follow each other; HEAD says how much is there.
 * /imports/ID/report.csv gives the files that an import refused.
 */
import { mkdir, open, readdir, rename, rm, stat, truncate } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { CURATORS } from '../kit/access.ts';
import type { Context, Services } from '../kit/context.ts';
import { importUploadFolder, importUploadPath } from '../kit/paths.ts';
import { findReport, reportLines, uploadName } from '../modules/datasets/exchange/imports.service.ts';
import type { Authenticator } from '../modules/people/access/authenticate.service.ts';
import { findPlantByCode } from '../modules/plant/parts/plants.service.ts';
import { HttpRefusal, methodNotAllowed, sendJson } from './answers.ts';
import { bodyParts } from './request-body.ts';
import { contextOf, type Route, type Visit } from './route.ts';

const report = /^\/imports\/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\/report\.csv$/;
const upload = /^\/imports\/([a-z0-9][a-z0-9-]{0,62})\/([^/]{1,104})$/;

export function createImportRoute(services: Services, authenticator: Authenticator): Route {
  const busy = new Set<string>();
  return async (visit) => {
    const { pathname } = visit.url;
    const context = await contextOf(services, authenticator, visit);
    const [, importId] = report.exec(pathname) ?? [];
    if (importId) return sendReport(context, visit, importId);
    const [, code = '', name = ''] = upload.exec(pathname) ?? [];
    const plant = uploadName.test(name) ? await findPlantByCode(context, code) : null;
    if (!plant) throw notFound(pathname);
    const roles = context.rights.rolesIn(plant.id);
    if (!CURATORS.some((role) => roles.has(role))) {
      throw new HttpRefusal(403, { field: 'role', remedy: `this takes one of: ${CURATORS.join(', ')}` });
    }
    const { method } = visit.request;
    if (method === 'HEAD') return sayLength(context, visit, plant.id, name);
    if (method !== 'PUT') throw methodNotAllowed('PUT or HEAD');
    const path = importUploadPath(context.config.home, plant.id, name);
    if (busy.has(path)) {
      throw new HttpRefusal(409, {
        field: 'path',
        value: name,
        remedy: 'it is being sent: wait, or give another name',
      });
    }
    busy.add(path);
    try {
      await takePart(context, visit, plant.id, name);
    } finally {
      busy.delete(path);
    }
  };
}

/** `Upload-Offset` is how many bytes are there, `Upload-Complete` whether that is all of them. */
function say(visit: Visit, status: number, offset: number, isComplete: boolean): void {
  visit.response.setHeader('upload-offset', String(offset));
  visit.response.setHeader('upload-complete', isComplete ? '?1' : '?0');
  if (visit.request.method === 'HEAD') visit.response.writeHead(status, { 'cache-control': 'no-store' }).end();
  else sendJson(visit.response, status, { offset, isComplete });
}

async function sayLength({ config }: Context, visit: Visit, plantId: string, name: string): Promise<void> {
  const path = importUploadPath(config.home, plantId, name);
  const whole = await lengthOf(path);
  const part = await lengthOf(`${path}.part`);
  if (part === null && whole === null) throw notFound(visit.url.pathname);
  say(visit, 200, part ?? whole ?? 0, part === null);
}

async function takePart(context: Context, visit: Visit, plantId: string, name: string): Promise<void> {
  const { config } = context;
  const { importBytes, importUploads } = config.limits;
  const folder = importUploadFolder(config.home, plantId);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const path = importUploadPath(config.home, plantId, name);
  const { start, total } = rangeOf(visit);
  if (total !== null && total > importBytes) {
    throw new HttpRefusal(413, {
      field: 'body',
      remedy: `send at most ${importBytes} bytes (LEHR_LIMIT_IMPORT_BYTES)`,
    });
  }
  const there = await lengthOf(`${path}.part`);
  if (start === 0 && there === null) {
    const names = new Set((await readdir(folder)).map((each) => each.replace(/\.part$/, '')));
    if (!names.has(name) && names.size >= importUploads) {
      const remedy = `${importUploads} archives lie here already (LEHR_LIMIT_IMPORT_UPLOADS): import one of them, or send it under its name`;
      throw new HttpRefusal(409, { field: 'path', value: name, remedy });
    }
  }
  if (start > (there ?? 0)) {
    const remedy = `go on at byte ${there ?? 0}, which is how many are there`;
    throw new HttpRefusal(409, { field: 'Content-Range', value: String(start), remedy });
  }
  if (there !== null && there > start) await truncate(`${path}.part`, start);
  const length = await append(visit, `${path}.part`, start, importBytes - start);
  if (total !== null && length > total) {
    await rm(`${path}.part`, { force: true });
    throw new HttpRefusal(422, {
      field: 'Content-Range',
      value: String(total),
      remedy: 'the parts are longer than the whole: send it again',
    });
  }
  const isComplete = total === null || length === total;
  if (isComplete) await rename(`${path}.part`, path);
  say(visit, isComplete ? 201 : 202, length, isComplete);
}

/** Durable before it is answered, so that what was said to be there is there after a fall. What came before a break stays, too. */
async function append(visit: Visit, path: string, start: number, mostBytes: number): Promise<number> {
  const file = await open(path, start === 0 ? 'w' : 'a', 0o600);
  let at = start;
  try {
    for await (const part of bodyParts(visit.request, { bytes: mostBytes, name: 'LEHR_LIMIT_IMPORT_BYTES' })) {
      await file.writeFile(part);
      at += part.length;
    }
    await file.sync();
  } finally {
    await file.close();
  }
  return at;
}

/** Without Content-Range the body is the whole archive. */
function rangeOf({ request }: Visit): { start: number; total: number | null } {
  const header = request.headers['content-range'];
  if (header === undefined) return { start: 0, total: null };
  const [, start, end, total] = /^bytes (\d{1,15})-(\d{1,15})\/(\d{1,15})$/.exec(header) ?? [];
  const isWhole = Number(start) <= Number(end) && Number(end) < Number(total);
  if (start === undefined || !isWhole) {
    throw new HttpRefusal(400, {
      field: 'Content-Range',
      value: header,
      remedy: 'give it as "bytes FIRST-LAST/TOTAL"',
    });
  }
  return { start: Number(start), total: Number(total) };
}

async function sendReport(context: Context, visit: Visit, id: string): Promise<void> {
  if (visit.request.method !== 'GET' && visit.request.method !== 'HEAD') throw methodNotAllowed('GET');
  const row = await findReport(context, id);
  if (!row) throw notFound(visit.url.pathname);
  visit.response.writeHead(200, {
    'content-type': 'text/csv; charset=utf-8',
    'content-disposition': `attachment; filename="import-${id}.csv"`,
    'cache-control': 'no-store',
  });
  if (visit.request.method === 'HEAD') visit.response.end();
  else await pipeline(Readable.from(reportLines(context, row)), visit.response);
}

function lengthOf(path: string): Promise<number | null> {
  return stat(path).then(
    (found) => found.size,
    () => null,
  );
}

function notFound(pathname: string): HttpRefusal {
  const remedy =
    'name a plant and an archive (/imports/PLANT/NAME.zip, letters, digits, . _ -), or the report of an import';
  return new HttpRefusal(404, { field: 'path', value: pathname.slice(0, 200), remedy });
}
