/** Where seeds are sown. */
import type { TestServer } from './server.ts';

/** What seeding needs of a test server; a benchmark that starts the real one gives only this. */
export interface SeedHost extends Pick<TestServer, 'db' | 'client'> {
  services: Pick<TestServer['services'], 'now'>;
  authenticator: Pick<TestServer['authenticator'], 'forgetAll' | 'signSession'>;
}
