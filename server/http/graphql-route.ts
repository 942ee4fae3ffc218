/** POST /graphql: bounds the body, hands it to Yoga, writes its answer. */
import type { BlockList } from 'node:net';
import type { Yoga } from '../graphql/yoga.ts';
import { clientAddress } from './client-address.ts';
import { readBody } from './request-body.ts';
import type { Route } from './route.ts';

export interface GraphQLRouteOptions {
  bodyBytes: number;
  isSecure: boolean;
  /** Whose X-Forwarded-For is believed. */
  trustedProxies: BlockList;
}

export function createGraphQLRoute(yoga: Yoga, options: GraphQLRouteOptions): Route {
  return async ({ request, response, url }) => {
    const { method = 'GET' } = request;
    const hasBody = method !== 'GET' && method !== 'HEAD';
    const body = hasBody ? await readBody(request, { bytes: options.bodyBytes, name: 'LEHR_LIMIT_BODY_BYTES' }) : null;
    const headers = new Headers();
    for (const [name, value] of Object.entries(request.headers)) {
      if (value !== undefined && !name.startsWith(':'))
        headers.set(name, Array.isArray(value) ? value.join(', ') : value);
    }
    const answer = await yoga.fetch(
      url,
      { method, headers, ...(body === null ? {} : { body: body.toString('utf8') }) },
      { address: clientAddress(request, options.trustedProxies), isSecure: options.isSecure },
    );

    const bytes = Buffer.from(await answer.arrayBuffer());
    response.statusCode = answer.status;
    answer.headers.forEach((value, name) => {
      if (name !== 'set-cookie' && name !== 'content-length') response.setHeader(name, value);
    });
    const cookies = answer.headers.getSetCookie();
    if (cookies.length > 0) response.setHeader('set-cookie', cookies);
    response.setHeader('content-length', bytes.length);
    response.end(method === 'HEAD' ? undefined : bytes);
  };
}
