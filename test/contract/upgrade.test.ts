/** What the last commit before the wings has left behind, opened by the present code. `npm run prove -- upgrade` does it with the old programs. */
import { createHash } from 'node:crypto';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { verifyAudit } from '../../server/modules/people/audit/audit.service.ts';
import { checkHoldings } from '../prove/upgrade/check-holdings.ts';
import {
  type Manifest,
  type RecordedRequest,
  readManifest,
  type Upgraded,
  upgradeFixture,
} from '../prove/upgrade/fixture.ts';
import { findDifferences, NO_CHANGES, readTables } from '../prove/upgrade/table-rows.ts';
import { timeMigrations } from '../prove/upgrade/time-migrations.ts';
import { databases, dropAll } from '../support/database.ts';
import { type HttpTestServer, openHttpServer } from '../support/http-server.ts';

describe.each(databases())('an upgrade on %s', (kind) => {
  let manifest: Manifest;
  let door: HttpTestServer;
  let upgraded: Upgraded;
  let now: Date;

  beforeAll(async () => {
    manifest = await readManifest();
    now = new Date(manifest.stoppedAt);
    door = await openHttpServer(kind, { now: () => now });
    await dropAll(door.server.db);
    upgraded = await upgradeFixture(door.server.db, manifest);
  }, 120_000);
  afterAll(() => door?.close());

  const count = async (table: string, column: string, values: readonly unknown[]) => {
    const { rows } = await sql<{ found: number }>`
      SELECT count(*)::int AS found FROM ${sql.table(table)} WHERE ${sql.ref(column)} = ANY (${sql.val(values)})
    `.execute(door.server.db);
    return rows[0]?.found;
  };
  /** As the old edge sent it, at the time at which it did. */
  const send = async ({ at, method, path, headers, body, isBase64 }: RecordedRequest) => {
    now = new Date(at);
    const bytes = Buffer.from(body, isBase64 ? 'base64' : 'utf8');
    const response = await fetch(door.url + path, {
      method,
      headers,
      ...(bytes.length > 0 ? { body: new Uint8Array(bytes) } : {}),
    });
    return { status: response.status, answer: await response.text() };
  };
  const outcomes = (answer: string) => [...answer.matchAll(/"outcome":"([A-Z]+)"/g)].map(([, outcome]) => outcome);

  it('leaves every row of every table as it was', () => {
    expect(upgraded.faults).toEqual([]);
    expect(upgraded.tables).toBe(manifest.tables.length);
    expect(upgraded.rows).toBeGreaterThan(1_000);
  });

  it('keeps the chains of the audit whole', async () => {
    const { entries, faults } = await verifyAudit(door.server.db);
    expect(faults).toEqual([]);
    expect(entries).toBe(manifest.tables.find(({ table }) => table === 'audit')?.count);
  });

  it('knows the old sessions, passwords and tokens, and none that was ended', async () => {
    const { tried, faults } = await checkHoldings(door.url, manifest);
    expect(faults).toEqual([]);
    expect(tried).toBe(2 * manifest.people.length + 4);
  });

  it('takes what the old edge delivers as the old server did', async () => {
    for (const request of manifest.requests) {
      const { status, answer } = await send(request);
      expect(status, answer).toBe(request.status);
      expect(outcomes(answer), answer).toEqual(outcomes(request.answer));
      expect(answer).not.toContain('"errors"');
    }
    const { results, events, images } = manifest.waiting;
    expect(await count('inspection', 'id', results)).toBe(results.length);
    expect(await count('node_event', 'id', events)).toBe(events.length);
    expect(
      await count(
        'image',
        'sha256',
        images.map((hex) => Buffer.from(hex, 'hex')),
      ),
    ).toBe(images.length);
  });

  it('gives each old image back as it came', async () => {
    const cookie = manifest.sessions.ADMINISTRATOR ?? '';
    for (const { path, body } of manifest.requests.filter(({ method }) => method === 'PUT')) {
      const response = await fetch(door.url + path, { headers: { cookie } });
      const bytes = Buffer.from(await response.arrayBuffer());
      expect(hash(bytes), `${path} ${response.status}`).toBe(hash(Buffer.from(body, 'base64')));
    }
  });

  it('takes nothing twice when the old edge sends it again', async () => {
    const kept = ['inspection', 'inspection_defect', 'inspection_minute', 'node_event', 'part_count', 'image', 'event'];
    const before = (await readTables(door.server.db)).filter(({ table }) => kept.includes(table));
    const again = manifest.requests.filter(({ answer }) => !answer.includes('reportNodeStatus'));
    for (const request of again) {
      const { answer } = await send(request);
      expect(outcomes(answer).filter((outcome) => outcome !== 'DUPLICATE')).toEqual([]);
    }
    expect(await findDifferences(door.server.db, before, NO_CHANGES)).toEqual([]);
  });
});

describe.runIf(databases().includes('postgresql'))('migrations of a plant that has made parts', () => {
  it('change none of its results, and end in time', async () => {
    const { faults, seconds } = await timeMigrations(await readManifest(), 2_000, () => {});
    expect(faults).toEqual([]);
    expect(seconds).toBeLessThan(60);
  });
});

function hash(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}
