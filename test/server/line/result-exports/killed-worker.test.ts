/** A worker that is killed in the midst of an export, with little memory: the next one ends it as if nothing had happened. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { encodeGlobalId } from '../../../../server/kit/global-id.ts';
import { exportFolder } from '../../../../server/kit/paths.ts';
import { ensurePartitions } from '../../../../server/modules/line/inspections/partitions.ts';
import { databases } from '../../../support/database.ts';
import { createSeed } from '../../../support/seed.ts';
import { openTestServer, type TestServer } from '../../../support/server.ts';
import { keyInside } from './read-exports.ts';

const ROWS = 60_000;
const FROM = Date.parse('2026-06-10T00:00:00Z');
const LIMITS = { LEHR_LIMIT_EXPORT_PART_ROWS: '8000', LEHR_LIMIT_EXPORT_PAGE_ROWS: '1000' };
/** Far less than the rows of one export take as objects. */
const HEAP_MB = 96;

describe.runIf(databases().includes('postgresql'))('an export whose worker is killed', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await openTestServer('postgresql', { env: LIMITS });
  });
  afterAll(() => server.close());

  const worker = (id: string): ChildProcess =>
    spawn(
      process.execPath,
      [`--max-old-space-size=${HEAP_MB}`, fileURLToPath(new URL('export-child.ts', import.meta.url)), keyInside(id)],
      {
        env: { ...process.env, ...LIMITS, DATABASE_URL: server.database.url, LEHR_HOME: server.config.home },
        stdio: ['ignore', 'ignore', 'inherit'],
      },
    );
  const finished = async (id: string) =>
    server.db
      .selectFrom('inspection_export_file')
      .selectAll()
      .where('export_id', '=', keyInside(id))
      .orderBy('number')
      .execute();

  it('has every row once, in order, though two workers died', async () => {
    const plant = await createSeed(server).plant();
    const { version } = await plant.modelVersion();
    await writeRows(plant, version.id);
    const { id } = await plant.owner.client.act<{ id: string }>('startInspectionExport', 'id', {
      filter: { lineId: encodeGlobalId('Line', plant.lines[0]?.line.id ?? '') },
      format: 'CSV',
    });
    for (const files of [1, 3]) {
      const child = worker(id);
      const ended = once(child, 'exit');
      const isKilled = await killWhen(child, async () => (await finished(id)).length >= files);
      await ended;
      expect(isKilled).toBe(true);
    }
    const before = await finished(id);
    expect(before.length).toBeLessThan(Math.ceil(ROWS / 8000));
    const last = worker(id);
    const [code] = await once(last, 'exit');
    expect(code).toBe(0);

    const files = await finished(id);
    expect(files.slice(0, before.length)).toEqual(before);
    const ids: string[] = [];
    for (const { name } of files) {
      const text = await readFile(join(exportFolder(server.config.home, keyInside(id)), name), 'utf8');
      for (const line of text.split('\r\n').slice(1, -1)) ids.push(line.slice(0, 36));
    }
    const { rows } = await sql<{ ids: string[] }>`
      SELECT array_agg(id::text ORDER BY captured_at, id) AS ids FROM inspection WHERE plant_id = ${plant.row.id}
    `.execute(server.db);
    expect(ids).toHaveLength(ROWS);
    expect(ids).toEqual(rows[0]?.ids);
  }, 110_000);

  /** Asks the database, bounded by the child's life. */
  async function killWhen(child: ChildProcess, isTime: () => Promise<boolean>): Promise<boolean> {
    while (child.exitCode === null) {
      if (await isTime()) return child.kill('SIGKILL');
    }
    return false;
  }

  async function writeRows(plant: Awaited<ReturnType<ReturnType<typeof createSeed>['plant']>>, versionId: string) {
    const [seeded] = plant.lines;
    const [place] = seeded?.stations ?? [];
    await ensurePartitions(server.db, new Date(FROM), new Date(FROM));
    await sql`
      INSERT INTO inspection (
        plant_id, captured_at, id, position, received_at, line_id, station_id, camera_id, model_version_id, verdict, score, latency_ms, defect_count, content_hash, signals
      )
      SELECT ${plant.row.id}::uuid, lehr_uuid_time(r.id), r.id, r.i + 1, now(), ${seeded?.line.id}::uuid, ${place?.station.id}::uuid,
        ${place?.cameras[0]?.id}::uuid, ${versionId}::uuid, 'pass', 0.5, 20, 0, decode(repeat('00', 32), 'hex'),
        jsonb_build_object('oven', jsonb_build_object('value', repeat('x', 500)))
      FROM (
        SELECT i, (lpad(to_hex(${FROM}::bigint + i * 500), 12, '0') || '70008000' || lpad(to_hex(i), 12, '0'))::uuid AS id
        FROM generate_series(0, ${ROWS - 1}::integer) AS i
      ) r
    `.execute(server.db);
    await sql`UPDATE stream SET next_position = ${ROWS + 1} WHERE kind = 'inspection' AND id = ${seeded?.line.id}::uuid`.execute(
      server.db,
    );
  }
});
