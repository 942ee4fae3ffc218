/** What hands out the test databases cleans up after runs and files that did not. */
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { connect } from 'node:net';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { type DatabaseHost, startDatabaseHost } from '../support/database-host.ts';

const server = inject('services').postgresql;
const nameMadeAt = (seconds: number) => `lehr_test_${Math.floor(seconds)}_${randomBytes(6).toString('hex')}`;

describe.skipIf(!server)('handing out databases on PostgreSQL', () => {
  const hourAgo = Date.now() / 1000 - 3600;
  const leftover = nameMadeAt(hourAgo - 60);
  const recent = nameMadeAt(hourAgo + 60);
  const foreign = `lehr_testing_${randomBytes(6).toString('hex')}`;
  let admin: pg.Client;
  let host: DatabaseHost;

  beforeAll(async () => {
    admin = new pg.Client({ connectionString: server?.url });
    await admin.connect();
    for (const name of [leftover, recent, foreign]) await admin.query(`CREATE DATABASE ${name}`);
    host = await startDatabaseHost(server?.url ?? null);
  });
  afterAll(async () => {
    await host.close();
    for (const name of [leftover, recent, foreign]) await admin.query(`DROP DATABASE IF EXISTS ${name}`);
    await admin.end();
  });

  async function exists(name: string): Promise<boolean> {
    const { rowCount } = await admin.query('SELECT 1 FROM pg_database WHERE datname = $1', [name]);
    return rowCount === 1;
  }

  async function borrow(): Promise<{ name: string; vanish: () => void }> {
    const socket = connect(host.address);
    socket.write('{"kind":"postgresql","worker":"1"}\n');
    const [answer] = await once(socket, 'data');
    const { url }: { url: string } = JSON.parse(String(answer));
    return { name: new URL(url).pathname.slice(1), vanish: () => socket.destroy() };
  }

  it('drops what killed runs left an hour ago, and nothing else', async () => {
    (await borrow()).vanish();
    expect(await exists(leftover)).toBe(false);
    expect(await exists(recent)).toBe(true);
    expect(await exists(foreign)).toBe(true);
  });

  it('drops the copy of a borrower that vanished', async () => {
    const { name, vanish } = await borrow();
    expect(await exists(name)).toBe(true);
    vanish();
    await expect.poll(() => exists(name), { timeout: 10_000 }).toBe(false);
  });

  it('leaves nothing behind when it closes', async () => {
    const { name, vanish } = await borrow();
    vanish();
    await host.close();
    expect(await exists(name)).toBe(false);
    host = await startDatabaseHost(server?.url ?? null);
  });
});
