/** The test server behind its real HTTP door, on a free port of this machine. */

import { mkdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { createArtifactRoute } from '../../server/http/artifact-route.ts';
import { createExportRoute } from '../../server/http/export-route.ts';
import { createGraphQLRoute } from '../../server/http/graphql-route.ts';
import { createHttpDoor } from '../../server/http/http-door.ts';
import { createImageRoute } from '../../server/http/image-route.ts';
import { createImportRoute } from '../../server/http/import-route.ts';
import { createServerMetrics } from '../../server/http/metrics.ts';
import { createProbes } from '../../server/http/probes.ts';
import { createReadiness } from '../../server/http/readiness.ts';
import { createStaticRoute } from '../../server/http/static-files.ts';
import { incomingFolder } from '../../server/kit/paths.ts';
import type { DatabaseKind } from './database.ts';
import { openTestServer, type TestServer, type TestServerOptions } from './server.ts';

export interface HttpTestServer extends AsyncDisposable {
  server: TestServer;
  url: string;
  close(): Promise<void>;
}

export interface HttpTestServerOptions extends TestServerOptions {
  /** Of the HMI's build. */
  hmi?: string;
}

export async function openHttpServer(kind: DatabaseKind, options: HttpTestServerOptions = {}): Promise<HttpTestServer> {
  const server = await openTestServer(kind, options);
  const { services, authenticator, config, yoga } = server;
  await mkdir(incomingFolder(config.home), { recursive: true });
  const metrics = createServerMetrics();
  const readiness = createReadiness();
  readiness.ready();
  const door = createHttpDoor({
    routes: {
      '/': createStaticRoute(options.hmi ?? fileURLToPath(new URL('../../hmi/dist', import.meta.url))),
      '/graphql': createGraphQLRoute(yoga, {
        bodyBytes: config.limits.bodyBytes,
        isSecure: false,
        trustedProxies: config.trustedProxies,
      }),
      '/images/': createImageRoute(services, authenticator),
      '/artifacts/': createArtifactRoute(services, authenticator),
      '/exports/': createExportRoute(services, authenticator),
      '/imports/': createImportRoute(services, authenticator),
      ...createProbes(metrics.registry, () => readiness.find(services.db)),
    },
    requestMs: config.limits.requestMs,
    log: services.log,
    onRequest: metrics.onRequest,
  });
  const port = await door.listen('127.0.0.1', 0);
  const close = async () => {
    await door.close(0);
    await server.close();
  };
  return { server, url: `http://127.0.0.1:${port}`, close, [Symbol.asyncDispose]: close };
}
