/** /artifacts/SHA256: signed model artifacts, for those who see a plant that has them. */
import { READERS_AND_NODES } from '../kit/access.ts';
import type { Services } from '../kit/context.ts';
import { artifactPath } from '../kit/paths.ts';
import { mayFetchArtifact } from '../modules/models/registry/models.service.ts';
import type { Authenticator } from '../modules/people/access/authenticate.service.ts';
import { HttpRefusal, methodNotAllowed } from './answers.ts';
import { contextOf, type Route } from './route.ts';
import { sendFile } from './send-file.ts';

const path = /^\/artifacts\/([0-9a-f]{64})$/;

export function createArtifactRoute(services: Services, authenticator: Authenticator): Route {
  return async (visit) => {
    const { pathname } = visit.url;
    const notFound = new HttpRefusal(404, { field: 'path', value: pathname.slice(0, 200), remedy: 'name an artifact' });
    const [, sha256] = path.exec(pathname) ?? [];
    if (!sha256) throw notFound;
    if (visit.request.method !== 'GET' && visit.request.method !== 'HEAD') throw methodNotAllowed('GET');
    const context = await contextOf(services, authenticator, visit);
    const isAllowed = context.rights.hasAny(READERS_AND_NODES);
    if (!isAllowed || !(await mayFetchArtifact(context, sha256))) throw notFound;
    const file = {
      path: artifactPath(services.config.home, sha256),
      type: 'application/octet-stream',
      etag: `"${sha256}"`,
    };
    await sendFile(visit, file);
  };
}
