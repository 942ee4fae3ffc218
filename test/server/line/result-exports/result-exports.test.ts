/** Exports of inspections: every row as it was recorded, once, whatever cuts the work short; for those who may have them. */
import { createHash } from 'node:crypto';
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parquetReadObjects } from 'hyparquet';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { factors, numberNames } from '../../../../schema/production-context.ts';
import { newId } from '../../../../server/kit/ids.ts';
import { exportFolder } from '../../../../server/kit/paths.ts';
import { csvCell } from '../../../../server/modules/line/result-exports/csv.ts';
import { exportJob, removeOldExports } from '../../../../server/modules/line/result-exports/result-exports.jobs.ts';
import { databases } from '../../../support/database.ts';
import { type HttpTestServer, openHttpServer } from '../../../support/http-server.ts';
import { createSeed, type Seed, type SeededPerson } from '../../../support/seed.ts';
import { idAt, only, type RecordingPlant, record, recordingPlant } from '../inspections/recording.ts';
import { type ExportAnswer, keyInside, parseCsv, rawRows, readExport } from './read-exports.ts';

const NOW = Date.parse('2026-06-10T12:00:00Z');
const DAY_MS = 86_400_000;
const ROWS = 90;
const JSON_COLUMNS = ['defects', 'signals'];
const TIME_COLUMNS = ['captured_at', 'received_at'];
const NUMBER_COLUMNS = new Set([
  ...['position', 'score', 'latency_ms', 'defect_count', 'image_kept', 'keep_probability'],
  ...numberNames.map((name): string => factors[name].column),
]);

describe.each(databases())('exports on %s', (kind) => {
  let http: HttpTestServer;
  let seed: Seed;
  let glass: RecordingPlant;
  let engineer: SeededPerson;
  let nowMs = NOW;
  beforeAll(async () => {
    const env = {
      LEHR_LIMIT_EXPORT_PART_ROWS: '40',
      LEHR_LIMIT_EXPORT_PAGE_ROWS: '7',
      LEHR_LIMIT_EXPORT_ROWS: '200',
      LEHR_LIMIT_EXPORTS_OPEN: '2',
    };
    http = await openHttpServer(kind, { now: () => new Date(nowMs), env });
    seed = createSeed(http.server);
    glass = await recordingPlant(seed, { lines: 2, camerasPerStation: 2 });
    engineer = await glass.plant.person('quality_engineer');
    await recordRows(ROWS);
  });
  afterAll(() => http.close());
  beforeEach(() => {
    nowMs = NOW;
  });
  afterEach(async () => {
    await http.server.db.deleteFrom('inspection_export_file').execute();
    await http.server.db.deleteFrom('inspection_export').execute();
  });

  async function recordRows(count: number): Promise<void> {
    const box = { x: 0.125, y: 0.25, width: 0.5, height: 0.5 };
    const items = Array.from({ length: count }, (_, index) => {
      const codes = { jobCode: '=cmd|calc', productCode: 'p, "q"', recipeCode: 'r', batchCode: `b${index % 3}` };
      const signals = [
        { name: 'oven', value: index, unit: 'mm', quality: 'GOOD', sourceTime: new Date(NOW).toISOString() },
      ];
      const context = { ...codes, machineState: 'Execute', speedPerMin: 61.5, temperatureC: -3.25, signals };
      const outline = [0.1, 0.2, 0.3, 0.4].map(Math.fround);
      const full = {
        verdict: 'REJECT',
        score: 0.9,
        partId: ['-1+1', 'two\r\nlines', ' blank ', 'ümläut 🫙'][index % 4],
        imageSha256: createHash('sha256').update(String(index)).digest('hex'),
        imageStats: { brightness: 0.5, contrast: 0.25, colourCast: 0.125, sharpness: 300 },
        position: { offsetXPx: 1.5, offsetYPx: -0.5, rotationDeg: 0.25 },
        capture: { isKept: index % 3 > 0, keepProbability: 0.3, reason: 'AUDIT' },
        context,
        defects: [
          { class: 'crack "a", b', score: 0.7, box, outline },
          { class: 'stone', score: 0.9, box },
        ],
      };
      const id = idAt(NOW - ((index * 37) % 5) * DAY_MS - index * 1000);
      return glass.item({ id, ...(index % 3 === 0 ? full : {}) }, glass.plant.cameras[index % 4]);
    });
    await record(only(glass.nodes).client, items);
  }

  const start = (format: string, filter: Record<string, unknown> = {}, client = engineer.client) =>
    client.act<{ id: string; field: string }>('startInspectionExport', 'id state progress rows', {
      filter: { plantId: glass.plant.globalId, ...filter },
      format,
    });
  const perform = (id: string, signal: AbortSignal = new AbortController().signal) =>
    exportJob.perform(http.server.services, { exportId: keyInside(id) }, signal);
  const folderOf = (id: string) => exportFolder(http.server.config.home, keyInside(id));
  const fetchFile = async (url: string, headers: Record<string, string> = {}, client = engineer.client) => {
    const answer = await fetch(`${http.url}${url}`, { headers: { ...client.headers, ...headers } });
    return { status: answer.status, headers: answer.headers, body: Buffer.from(await answer.arrayBuffer()) };
  };
  const fetchAll = async ({ files }: ExportAnswer) => {
    const bodies: Buffer[] = [];
    for (const { url, sha256, sizeBytes } of files) {
      const { status, body } = await fetchFile(url);
      expect(status).toBe(200);
      expect(body.length).toBe(sizeBytes);
      expect(createHash('sha256').update(body).digest('hex')).toBe(sha256);
      bodies.push(body);
    }
    return bodies;
  };
  /** A signal that ends the work after so many looks at it, as a server that stops does. */
  const stopsAfter = (looks: number): AbortSignal => {
    let looked = 0;
    const signal = {
      get aborted() {
        return looked > looks;
      },
      throwIfAborted() {
        looked += 1;
        if (looked > looks) throw new Error('The server stops.');
      },
    };
    return signal as unknown as AbortSignal;
  };

  function csvRows(bodies: readonly Buffer[]): Record<string, unknown>[] {
    return bodies.flatMap((body) => {
      const [header = [], ...records] = parseCsv(body.toString('utf8'));
      return records.map((cells) => {
        expect(cells).toHaveLength(header.length);
        return Object.fromEntries(header.map((name, index) => [name, cellValue(name, cells[index] ?? '')]));
      });
    });
  }
  function cellValue(name: string, cell: string): unknown {
    if (cell === '') return null;
    if (TIME_COLUMNS.includes(name)) return Date.parse(cell);
    if (JSON_COLUMNS.includes(name)) return JSON.parse(cell);
    if (NUMBER_COLUMNS.has(name)) return Number(cell);
    return /^'[=+\-@\t\r]/.test(cell) ? cell.slice(1) : cell;
  }
  async function parquetRows(bodies: readonly Buffer[]): Promise<Record<string, unknown>[]> {
    const rows: Record<string, unknown>[] = [];
    for (const body of bodies) {
      const file = new Uint8Array(body).buffer;
      for (const row of await parquetReadObjects({ file })) {
        for (const name of TIME_COLUMNS) expect(row[name]).toBeInstanceOf(Date);
        rows.push(
          Object.fromEntries(
            Object.entries(row).map(([name, value]) => [
              name,
              value instanceof Date ? value.getTime() : typeof value === 'bigint' ? Number(value) : (value ?? null),
            ]),
          ),
        );
      }
    }
    return rows;
  }
  /** Single precision on its way through formats: equal to the seventh digit. */
  function rounded(rows: readonly Record<string, unknown>[]): unknown {
    return JSON.parse(JSON.stringify(rows), (_key, value) =>
      typeof value === 'number' && !Number.isInteger(value) ? Number(value.toPrecision(6)) : value,
    );
  }

  it.each(['CSV', 'PARQUET'])('writes as %s every row that was recorded when it was asked for', async (format) => {
    const expected = await rawRows(http.server, glass.plant.row.id);
    const { id } = await start(format);
    await recordRows(5);
    await perform(id);
    const done = await readExport(engineer.client, id);
    expect(done).toMatchObject({ state: 'SUCCEEDED', progress: 1, rows: expected.length, error: null });
    expect(done.files.map(({ rows }) => rows)).toEqual(partSizes(expected.length));
    const bodies = await fetchAll(done);
    const rows = format === 'CSV' ? csvRows(bodies) : await parquetRows(bodies);
    expect(rounded(rows)).toEqual(rounded(expected));
  });

  function partSizes(rows: number): number[] {
    return Array.from({ length: Math.ceil(rows / 40) }, (_, index) => Math.min(40, rows - index * 40));
  }

  it.each(['CSV', 'PARQUET'])(
    'goes on as %s after a stop with what was not finished, and ends the same',
    async (format) => {
      const whole = await start(format);
      const { id } = await start(format);
      await perform(whole.id);
      await expect(perform(id, stopsAfter(9))).rejects.toThrow('The server stops.');
      const cut = await readExport(engineer.client, id);
      expect(cut).toMatchObject({ state: 'RUNNING', files: [{ rows: 40 }] });
      expect(cut.progress).toBeGreaterThan(0);
      // Named, but killed before its row was written.
      await writeFile(join(folderOf(id), `inspections-00002.${format.toLowerCase()}`), 'half');
      await recordRows(3);
      await perform(id);
      const [a, b] = [await readExport(engineer.client, whole.id), await readExport(engineer.client, id)];
      expect(b.state).toBe('SUCCEEDED');
      expect(b.files.map(({ sha256 }) => sha256)).toEqual(a.files.map(({ sha256 }) => sha256));
      expect((await readdir(folderOf(id))).sort()).toEqual(b.files.map(({ name }) => name));
    },
  );

  it('filters as the list does, and gives one empty file for nothing', async () => {
    const expected = (await rawRows(http.server, glass.plant.row.id)).filter(
      (row) => row.verdict === 'reject' && Number(row.captured_at) >= NOW - 2 * DAY_MS,
    );
    const { id } = await start('CSV', { verdicts: ['REJECT'], from: new Date(NOW - 2 * DAY_MS) });
    await perform(id);
    expect(csvRows(await fetchAll(await readExport(engineer.client, id))).map((row) => row.id)).toEqual(
      expected.map((row) => row.id),
    );
    const none = await start('PARQUET', { partId: 'nobody' });
    await perform(none.id);
    const empty = await readExport(engineer.client, none.id);
    expect(empty).toMatchObject({ state: 'SUCCEEDED', rows: 0, files: [{ rows: 0 }] });
    expect(await parquetRows(await fetchAll(empty))).toEqual([]);
  });

  it('sends a part of a file, and the whole only to who reads the plant', async () => {
    const { id } = await start('CSV');
    const early = `/exports/${keyInside(id)}/inspections-00001.csv`;
    expect((await fetchFile(early)).status).toBe(404);
    await perform(id);
    const { files } = await readExport(engineer.client, id);
    const { url, sizeBytes } = only(files);
    const part = await fetchFile(url, { range: 'bytes=2-9' });
    expect(part.status).toBe(206);
    expect(part.headers.get('content-range')).toBe(`bytes 2-9/${sizeBytes}`);
    const whole = await fetchFile(url);
    expect(whole.headers.get('content-disposition')).toBe('attachment; filename="inspections-00001.csv"');
    expect(part.body.equals(whole.body.subarray(2, 10))).toBe(true);
    const stranger = await (await seed.plant()).person('quality_engineer');
    expect((await fetchFile(url, {}, stranger.client)).status).toBe(404);
    expect((await fetchFile(url, {}, http.server.anonymous)).status).toBe(401);
    const node = await glass.plant.edgeToken(only(glass.nodes).row);
    expect((await fetchFile(url, {}, node.client)).status).toBe(404);
    expect((await fetchFile(`/exports/${newId()}/inspections-00001.csv`)).status).toBe(404);
    expect((await fetchFile(`/exports/${keyInside(id)}/..%2f..%2fsession-key`)).status).toBe(404);
    expect(await readExport(stranger.client, id)).toBeNull();
  });

  it('ends when it is cancelled, and leaves nothing behind', async () => {
    const { id } = await start('CSV');
    await expect(perform(id, stopsAfter(9))).rejects.toThrow();
    expect(await engineer.client.act('cancelInspectionExport', 'state', { id })).toMatchObject({ state: 'CANCELLED' });
    await perform(id);
    expect(await readdir(folderOf(id)).catch(() => 'gone')).toBe('gone');
    expect(await readExport(engineer.client, id)).toMatchObject({ state: 'CANCELLED' });
    expect(await engineer.client.act('cancelInspectionExport', 'state', { id })).toMatchObject({
      __typename: 'ConflictError',
    });
  });

  it('keeps files as long as the limit says', async () => {
    const { id } = await start('CSV');
    await perform(id);
    nowMs = NOW + 7 * DAY_MS;
    expect(await removeOldExports(http.server.services)).toBe(0);
    nowMs += 1;
    expect(await removeOldExports(http.server.services)).toBe(1);
    expect(await readdir(folderOf(id)).catch(() => 'gone')).toBe('gone');
    const row = await http.server.db
      .selectFrom('inspection_export')
      .selectAll()
      .where('id', '=', keyInside(id))
      .executeTakeFirst();
    expect(row).toMatchObject({ state: 'expired' });
  });

  it('refuses too many at once, too many rows, no plant, other roles and other plants', async () => {
    const first = await start('CSV');
    await start('CSV');
    expect(await start('CSV')).toMatchObject({ __typename: 'ConflictError' });
    await engineer.client.act('cancelInspectionExport', 'state', { id: first.id });
    expect(await start('CSV', { plantId: null })).toMatchObject({
      __typename: 'InvalidInputError',
      field: 'input.filter.plantId',
    });
    const stranger = await (await seed.plant()).person('quality_engineer');
    expect(await start('CSV', {}, stranger.client)).toMatchObject({ __typename: 'NotFoundError' });
    const viewer = await glass.plant.person('viewer');
    await expect(start('CSV', {}, viewer.client)).rejects.toThrow();

    const { id } = await start('CSV');
    await recordRows(1);
    await http.server.db
      .updateTable('inspection_export')
      .set({ heads: JSON.stringify({}) })
      .where('id', '=', keyInside(id))
      .execute();
    await perform(id);
    expect(await readExport(engineer.client, id)).toMatchObject({ state: 'SUCCEEDED', rows: 0 });
    while ((await rawRows(http.server, glass.plant.row.id)).length <= 200) await recordRows(60);
    const long = await start('CSV');
    await perform(long.id);
    expect(await readExport(engineer.client, long.id)).toMatchObject({
      state: 'FAILED',
      files: [],
      error: expect.stringContaining('200'),
    });
    expect(await readdir(folderOf(long.id)).catch(() => 'gone')).toBe('gone');
  });
});

describe('a cell of CSV', () => {
  it('is quoted where it must be, and never a formula', () => {
    expect(csvCell(null)).toBe('');
    expect(csvCell('')).toBe('""');
    expect(csvCell('a"b,c')).toBe('"a""b,c"');
    expect(csvCell('two\nlines')).toBe('"two\nlines"');
    expect(csvCell('=1+1')).toBe("'=1+1");
    expect(csvCell('@x,y')).toBe('"\'@x,y"');
    expect(csvCell(-1.5)).toBe('-1.5');
    expect(csvCell(new Date(0))).toBe('1970-01-01T00:00:00.000Z');
    expect(csvCell({ a: '"' })).toBe('"{""a"":""\\""""}"');
  });
});
