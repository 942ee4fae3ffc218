/** The endpoint passes every audit of graphql-http, the reference suite of the GraphQL over HTTP specification. */
import { serverAudits } from 'graphql-http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type HttpTestServer, openHttpServer } from '../support/http-server.ts';
import { createSeed } from '../support/seed.ts';

let http: HttpTestServer;
let authorization: string;
beforeAll(async () => {
  http = await openHttpServer('embedded');
  const plant = await createSeed(http.server).plant();
  authorization = `Bearer ${(await plant.mesToken()).secret}`;
});
afterAll(() => http.close());

describe('GraphQL over HTTP', () => {
  // some audits introspect, which is open to signed-in callers only
  const fetchFn = (url: string, init: RequestInit = {}) => {
    const headers = new Headers(init.headers);
    headers.set('authorization', authorization);
    return fetch(url, { ...init, headers });
  };
  const audits = serverAudits({ url: () => `${http.url}/graphql`, fetchFn });

  it('is audited whole', () => {
    expect(audits.length).toBeGreaterThan(50);
  });

  for (const audit of audits) {
    it(`${audit.id} ${audit.name}`, async () => {
      const result = await audit.fn();
      const reason = result.status === 'ok' ? '' : result.reason;
      expect({ status: result.status, reason }).toEqual({ status: 'ok', reason: '' });
    });
  }
});
