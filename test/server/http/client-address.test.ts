import type { IncomingMessage } from 'node:http';
import { describe, expect, it } from 'vitest';
import { readConfig } from '../../../server/config.ts';
import { clientAddress } from '../../../server/http/client-address.ts';
import { openHttpServer } from '../../support/http-server.ts';

function addressOf(
  from: string,
  forwarded: string | undefined,
  proxies = '10.0.0.0/8, 2001:db8::/32, 127.0.0.1',
): string {
  const request = { socket: { remoteAddress: from }, headers: { 'x-forwarded-for': forwarded } };
  const { trustedProxies } = readConfig({ LEHR_TRUSTED_PROXIES: proxies });
  return clientAddress(request as unknown as IncomingMessage, trustedProxies);
}

describe('the address of a client', () => {
  it('is that of the connection when no proxy is trusted, whatever the header says', () => {
    expect(addressOf('192.0.2.1', '198.51.100.7', '')).toBe('192.0.2.1');
    expect(addressOf('192.0.2.1', '198.51.100.7')).toBe('192.0.2.1');
    expect(addressOf('10.1.1.1', undefined)).toBe('10.1.1.1');
  });

  it('is the last that no trusted proxy has: what a client writes before it counts for nothing', () => {
    expect(addressOf('10.1.1.1', '198.51.100.7')).toBe('198.51.100.7');
    expect(addressOf('10.1.1.1', '1.1.1.1, 198.51.100.7, 10.2.2.2')).toBe('198.51.100.7');
    expect(addressOf('2001:db8::1', '2001:db9::5, 2001:db8::2')).toBe('2001:db9::5');
    expect(addressOf('10.1.1.1', '10.3.3.3, 10.2.2.2')).toBe('10.3.3.3');
  });

  it('reads mapped addresses and ports, and stops at what is no address', () => {
    expect(addressOf('::ffff:10.1.1.1', '::ffff:198.51.100.7')).toBe('198.51.100.7');
    expect(addressOf('10.1.1.1', '198.51.100.7:4711')).toBe('198.51.100.7');
    expect(addressOf('10.1.1.1', '[2001:db9::5]:4711')).toBe('2001:db9::5');
    expect(addressOf('10.1.1.1', '198.51.100.7, unknown')).toBe('10.1.1.1');
  });

  it('is refused in the configuration when a proxy is no network', () => {
    for (const wrong of ['proxy.example', '10.0.0.0/33', '10.0.0.0/x', '::1/129']) {
      expect(() => readConfig({ LEHR_TRUSTED_PROXIES: wrong })).toThrow(`LEHR_TRUSTED_PROXIES="${wrong}"`);
    }
  });
});

describe('the rate of anonymous callers', () => {
  const ask = (url: string, from: string) =>
    fetch(`${url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-forwarded-for': from },
      body: JSON.stringify({ query: '{ rateLimit { remaining } }' }),
    });

  it.each([
    ['each address has its own behind a trusted proxy', '127.0.0.0/8', 200],
    ['all share that of the connection otherwise', '', 429],
  ])('%s', async (_name, LEHR_TRUSTED_PROXIES, status) => {
    // no points come back
    const at = new Date();
    const env = { LEHR_TRUSTED_PROXIES, LEHR_LIMIT_RATE_PER_ADDRESS: '100', LEHR_LIMIT_QUERY_COST: '100' };
    await using http = await openHttpServer('embedded', { env, now: () => at });
    for (let asked = 0; asked < 100; asked++) await (await ask(http.url, '198.51.100.7')).text();
    expect((await ask(http.url, '198.51.100.7')).status).toBe(429);
    expect((await ask(http.url, '198.51.100.8')).status).toBe(status);
  });
});
