/** /health: the process answers. /ready: it can do its work, or why not. /metrics: Prometheus text. */
import type { Registry } from 'prom-client';
import { sendJson, sendText } from './answers.ts';
import type { Route } from './route.ts';

/** undefined when ready, otherwise the reason in words. */
export type FindUnready = () => Promise<string | undefined>;

export function createProbes(registry: Registry, findUnready: FindUnready): Record<string, Route> {
  return {
    '/health': async ({ response }) => sendJson(response, 200, { status: 'ok' }),
    '/ready': async ({ response }) => {
      const reason = await findUnready();
      if (reason === undefined) sendJson(response, 200, { status: 'ready' });
      else sendJson(response, 503, { status: 'not ready', reason });
    },
    '/metrics': async ({ response }) => {
      sendText(response, 200, registry.contentType, await registry.metrics());
    },
  };
}
