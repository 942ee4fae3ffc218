/** /exports/ID/NAME: the files of finished exports, of inspections and of dataset versions, for those who read what the plant produces. */
import { join } from 'node:path';
import type { Services } from '../kit/context.ts';
import { exportFolder } from '../kit/paths.ts';
import { findSetArchive, SET_ARCHIVE } from '../modules/datasets/exchange/set-exports.service.ts';
import { findExportFile } from '../modules/line/result-exports/result-exports.service.ts';
import type { Authenticator } from '../modules/people/access/authenticate.service.ts';
import { HttpRefusal, methodNotAllowed } from './answers.ts';
import { contextOf, type Route } from './route.ts';
import { sendFile } from './send-file.ts';

const path =
  /^\/exports\/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\/(inspections-\d{5,9}\.(csv|parquet)|dataset\.(zip))$/;
const types: Record<string, string> = {
  csv: 'text/csv; charset=utf-8',
  parquet: 'application/vnd.apache.parquet',
  zip: 'application/zip',
};

export function createExportRoute(services: Services, authenticator: Authenticator): Route {
  return async (visit) => {
    const { pathname } = visit.url;
    const remedy = 'name a file of an export that has succeeded and is still kept';
    const notFound = new HttpRefusal(404, { field: 'path', value: pathname.slice(0, 200), remedy });
    const [, id, name, format = 'zip'] = path.exec(pathname) ?? [];
    if (!id || !name) throw notFound;
    if (visit.request.method !== 'GET' && visit.request.method !== 'HEAD') throw methodNotAllowed('GET');
    const context = await contextOf(services, authenticator, visit);
    const file = name === SET_ARCHIVE ? await findSetArchive(context, id) : await findExportFile(context, id, name);
    if (!file?.sha256) throw notFound;
    // all archives of sets have one name here: whoever links to one gives it a better one
    const saveAs = name === SET_ARCHIVE ? 'attachment' : `attachment; filename="${name}"`;
    visit.response.setHeader('content-disposition', saveAs);
    await sendFile(visit, {
      path: join(exportFolder(services.config.home, id), name),
      type: types[format] ?? 'application/octet-stream',
      etag: `"${file.sha256.toString('hex')}"`,
    });
  };
}
