/** Sets that come in by the API and go out again: whole, in parts, cut short, hostile; and what is said of each file. */
import { createHash } from 'node:crypto';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parquetReadObjects } from 'hyparquet';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { encodeGlobalId } from '../../../../server/kit/global-id.ts';
import { incomingFolder } from '../../../../server/kit/paths.ts';
import { importJob } from '../../../../server/modules/datasets/exchange/imports.jobs.ts';
import { setExportJob } from '../../../../server/modules/datasets/exchange/set-exports.jobs.ts';
import { openZip } from '../../../../server/modules/datasets/exchange/set-source.ts';
import { databases } from '../../../support/database.ts';
import { type HttpTestServer, openHttpServer } from '../../../support/http-server.ts';
import { createSeed, type Seed, type SeededPerson, type SeededPlant } from '../../../support/seed.ts';
import { makeTemporaryFolder, type TemporaryFolder } from '../../../support/temporary-folder.ts';
import { keyInside } from '../../line/result-exports/read-exports.ts';
import { maskPicture, mvtecSet, picture, writeZip } from './make-set.ts';

const [kind = 'embedded'] = databases();
const limits = { files: 100, imageBytes: 1_000_000, labelBytes: 1_000_000, totalBytes: 10_000_000 };

interface ImportAnswer {
  __typename: string;
  id: string;
  state: string;
  format: string;
  error: string | null;
  counts: Record<string, number>;
  classes: { name: string; code: string | null }[];
  refused: { edges: { node: { path: string; reason: string } }[] };
  reportUrl: string;
  field?: string;
  remedy?: string;
}

const fields = `id state format error reportUrl classes { name code } refused { edges { node { path reason } } }
  counts { images taken added labelled pending regions refused items }`;

describe('sets that come in and go out', () => {
  let http: HttpTestServer;
  let seed: Seed;
  let plant: SeededPlant;
  let engineer: SeededPerson;
  let temporary: TemporaryFolder;
  let folder: string;
  beforeAll(async () => {
    temporary = await makeTemporaryFolder();
    folder = temporary.path;
    http = await openHttpServer(kind, {
      env: {
        LEHR_LIMIT_IMPORT_UPLOADS: '2',
        LEHR_LIMIT_IMPORTS_OPEN: '2',
        LEHR_LIMIT_IMPORT_CLASSES: '2',
        LEHR_IMPORT_DIR: folder,
      },
    });
    seed = createSeed(http.server);
    plant = await seed.plant();
    engineer = await plant.person('quality_engineer');
  });
  afterAll(async () => {
    await http.close();
    await temporary.remove();
  });

  const send = async (
    name: string,
    body: Buffer,
    options: { range?: string; to?: SeededPlant; by?: SeededPerson } = {},
  ) => {
    const { to = plant, by = engineer, range } = options;
    const answer = await fetch(`${http.url}/imports/${to.row.code}/${name}`, {
      method: 'PUT',
      headers: { ...by.client.headers, origin: http.url, ...(range ? { 'content-range': range } : {}) },
      body: new Uint8Array(body),
    });
    return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
  };
  const pack = async (files: Record<string, Buffer | string>) => {
    const path = join(
      folder,
      `${createHash('sha256').update(Object.keys(files).join()).digest('hex').slice(0, 12)}.zip`,
    );
    await writeZip(path, files);
    return readFile(path);
  };
  const readImport = async (id: string, by = engineer) =>
    (
      await by.client.read<{ node: ImportAnswer }>(
        `query($id: ID!) { node(id: $id) { ... on DatasetImport { ${fields} } } }`,
        { id },
      )
    ).node;
  const start = (values: Record<string, unknown>, by = engineer, to = plant) =>
    by.client.act<ImportAnswer>('startDatasetImport', 'id state', { plantId: to.globalId, ...values });
  const importSet = async (
    files: Record<string, Buffer | string>,
    values: Record<string, unknown> = {},
    to = plant,
    by = engineer,
  ) => {
    await send('set.zip', await pack(files), { to, by });
    const { id } = await start({ source: 'set.zip', ...values }, by, to);
    await importJob.perform(http.server.services, { importId: keyInside(id) }, AbortSignal.timeout(60_000));
    return readImport(id, by);
  };
  const draft = async (of: SeededPlant, by: SeededPerson) => {
    const dataset = await by.client.act<{ id: string }>('createDataset', 'id', {
      plantId: of.globalId,
      code: 'rims',
      name: 'Rims',
    });
    return by.client.act<{ id: string }>('createDatasetVersion', 'id', { datasetId: dataset.id });
  };

  it('says what lies in a set before anything is written', async () => {
    const looked = await importSet(await mvtecSet(), { isDryRun: true });
    expect(looked).toMatchObject({
      state: 'SUCCEEDED',
      format: 'MVTEC',
      classes: [
        { name: 'Crack', code: 'crack' },
        { name: 'good', code: 'good' },
      ],
      counts: { images: 5, taken: 5, added: 5, labelled: 5, regions: 2, refused: 0 },
    });
    expect(await http.server.db.selectFrom('image').selectAll().where('plant_id', '=', plant.row.id).execute()).toEqual(
      [],
    );
    expect(await readdir(incomingFolder(http.server.config.home))).toEqual([]);
  });

  it('brings images, masks and splits in as the person’s word, out in any layout, and in again the same', async () => {
    const version = await draft(plant, engineer);
    const first = await importSet(await mvtecSet(), { datasetVersionId: version.id, testIs: 'VALIDATION' });
    expect(first).toMatchObject({
      state: 'SUCCEEDED',
      error: null,
      counts: { added: 5, labelled: 5, regions: 2, items: 5 },
    });
    const said = await http.server.db
      .selectFrom('annotation')
      .selectAll()
      .where('plant_id', '=', plant.row.id)
      .execute();
    expect(said.map(({ origin, person_id: who }) => [origin, who])).toEqual(
      said.map(() => ['import', engineer.row.id]),
    );

    expect(await importSet(await mvtecSet(), {})).toMatchObject({ counts: { added: 0, labelled: 5, pending: 0 } });
    const again = await http.server.db
      .selectFrom('annotation')
      .select('id')
      .where('plant_id', '=', plant.row.id)
      .execute();
    expect(again).toHaveLength(said.length);

    for (const format of ['COCO', 'YOLO', 'MVTEC']) {
      const asked = await engineer.client.act<{ id: string }>('startDatasetExport', 'id', {
        datasetVersionId: version.id,
        format,
      });
      await setExportJob.perform(http.server.services, { exportId: keyInside(asked.id) }, AbortSignal.timeout(60_000));
      const { node } = await engineer.client.read<{
        node: { state: string; url: string; images: number; sha256: string };
      }>(`query($id: ID!) { node(id: $id) { ... on DatasetExport { state url images sha256 } } }`, { id: asked.id });
      expect(node).toMatchObject({ state: 'SUCCEEDED', images: 5 });
      const answer = await fetch(`${http.url}${node.url}`, { headers: engineer.client.headers });
      const archive = Buffer.from(await answer.arrayBuffer());
      expect(createHash('sha256').update(archive).digest('hex')).toBe(node.sha256);

      const other = await seed.plant();
      const owner = await other.person('quality_engineer');
      const again = await draft(other, owner);
      await send('again.zip', archive, { to: other, by: owner });
      const { id } = await start(
        { source: 'again.zip', datasetVersionId: again.id, testIs: 'VALIDATION' },
        owner,
        other,
      );
      await importJob.perform(http.server.services, { importId: keyInside(id) }, AbortSignal.timeout(60_000));
      expect(await readImport(id, owner)).toMatchObject({
        format,
        counts: { added: 5, labelled: 5, regions: 2, refused: 0, items: 5 },
      });
      expect(await labelsOf(other)).toEqual(await labelsOf(plant));
    }
  });

  /** Image → label and split, by hash. */
  async function labelsOf(of: SeededPlant) {
    const rows = await http.server.db
      .selectFrom('dataset_item')
      .select(['image_sha256', 'label', 'split'])
      .where('plant_id', '=', of.row.id)
      .orderBy('image_sha256')
      .execute();
    return rows.map(({ image_sha256: hash, ...rest }) => ({ ...rest, hash: hash.toString('hex') }));
  }

  it('writes a manifest with a row an image', async () => {
    const archives = await http.server.db
      .selectFrom('dataset_export')
      .selectAll()
      .where('plant_id', '=', plant.row.id)
      .execute();
    const path = join(http.server.config.home, 'exports', archives[0]?.id ?? '', 'dataset.zip');
    const source = await openZip(path, limits);
    const bytes = await source.read('manifest.parquet');
    source.close();
    const rows = await parquetReadObjects({ file: new Uint8Array(bytes).buffer });
    expect(rows).toHaveLength(5);
    expect(new Set(rows.map(({ label }) => label))).toEqual(new Set(['crack', 'good']));
    expect(rows[0]).toMatchObject({
      width: 40,
      height: 30,
      rule: 'one',
      decided_by: JSON.stringify([engineer.row.name]),
    });
  });

  it('names classes that the defect book does not offer, and takes them mapped', async () => {
    const of = await seed.plant();
    const person = await of.person('quality_engineer');
    const at = new Date();
    const book = { id: crypto.randomUUID(), plant_id: of.row.id, number: 1, created_by: person.row.id, created_at: at };
    await http.server.db
      .insertInto('defect_book')
      .values({ ...book, state: 'draft', signed_by: null, signed_at: null, meaning: null, content_hash: null })
      .execute();
    await http.server.db
      .insertInto('defect_class')
      .values({
        book_id: book.id,
        plant_id: of.row.id,
        code: 'check',
        revision: 1,
        name: 'Check',
        definition: 'A fine crack.',
        severity: 'major',
        limits: '[]',
        translations: '{}',
        ordinal: 0,
      })
      .execute();
    const signed = {
      state: 'signed' as const,
      signed_by: person.row.id,
      signed_at: at,
      meaning: 'In force.',
      content_hash: Buffer.alloc(32),
    };
    await http.server.db.updateTable('defect_book').set(signed).where('id', '=', book.id).execute();

    const refused = await importSet(await mvtecSet(), {}, of, person);
    expect(refused).toMatchObject({ state: 'FAILED', error: expect.stringContaining('Crack'), counts: { taken: 0 } });
    const { id } = await start({ source: 'set.zip', classes: [{ name: 'Crack', code: 'check' }] }, person, of);
    await importJob.perform(http.server.services, { importId: keyInside(id) }, AbortSignal.timeout(60_000));
    expect(await readImport(id, person)).toMatchObject({ state: 'SUCCEEDED', counts: { labelled: 5 } });
  });

  it('asks people about the images where labels only suggest', async () => {
    const of = await seed.plant();
    const person = await of.person('quality_engineer');
    const result = await importSet(await mvtecSet(), { labels: 'SUGGEST' }, of, person);
    expect(result).toMatchObject({ state: 'SUCCEEDED', counts: { taken: 5, labelled: 0 } });
    const { db } = http.server;
    const said = await db.selectFrom('annotation').select('id').where('plant_id', '=', of.row.id).execute();
    const asked = await db.selectFrom('review_item').select('id').where('plant_id', '=', of.row.id).execute();
    expect([said.length, asked.length]).toEqual([0, 5]);
  });

  it('goes on after the files that a run before has dealt with', async () => {
    const of = await seed.plant();
    const person = await of.person('quality_engineer');
    const files: Record<string, Buffer> = {};
    for (let at = 0; at < 40; at += 1) files[`good/${String(at).padStart(3, '0')}.png`] = await picture(100 + at);
    await send('many.zip', await pack(files), { to: of, by: person });
    const { id } = await start({ source: 'many.zip' }, person, of);
    const stopped = new AbortController();
    const update = http.server.services.now;
    const services = {
      ...http.server.services,
      now: () => {
        // the second batch is never begun
        if (stopped.signal.aborted === false) setTimeout(() => stopped.abort(new Error('the server stops')), 0);
        return update();
      },
    };
    await importJob.perform(services, { importId: keyInside(id) }, stopped.signal).catch(() => {});
    await importJob.perform(http.server.services, { importId: keyInside(id) }, AbortSignal.timeout(60_000));
    expect(await readImport(id, person)).toMatchObject({
      state: 'SUCCEEDED',
      counts: { images: 40, added: 40, labelled: 40 },
    });
    const said = await http.server.db.selectFrom('annotation').select('id').where('plant_id', '=', of.row.id).execute();
    expect(said).toHaveLength(40);
  });

  it('refuses what is hostile or broken file by file, and takes the rest', async () => {
    const of = await seed.plant();
    const person = await of.person('quality_engineer');
    const good = await picture(7);
    const result = await importSet(
      {
        'train/good/fine.png': good,
        'train/good/ünïcode 🫙.png': await picture(8),
        'train/good/cut.png': (await picture(9)).subarray(0, 300),
        'train/good/text.png': 'no image',
        'test/crack/same.png': good,
        'test/crack/a.png': await picture(10),
        'ground_truth/crack/a_mask.png': await maskPicture(() => true, { width: 10, height: 10 }),
        'readme.png': await picture(11),
      },
      { format: 'MVTEC' },
      of,
      person,
    );
    expect(result).toMatchObject({ state: 'SUCCEEDED', counts: { taken: 2, refused: 5 } });
    const reasons = Object.fromEntries(result.refused.edges.map(({ node }) => [node.path, node.reason]));
    expect(reasons).toEqual({
      'readme.png': expect.stringContaining('lies neither'),
      'test/crack/a.png': expect.stringContaining('10 × 10'),
      'train/good/cut.png': expect.stringContaining('damaged'),
      'train/good/fine.png': expect.stringContaining('same picture'),
      'train/good/text.png': expect.stringContaining('PNG, JPEG or WebP'),
    });
    const csv = await fetch(`${http.url}${result.reportUrl}`, { headers: person.client.headers });
    expect((await csv.text()).trim().split('\r\n')).toHaveLength(6);
    const stranger = await (await seed.plant()).person('quality_engineer');
    expect((await fetch(`${http.url}${result.reportUrl}`, { headers: stranger.client.headers })).status).toBe(404);
    expect(await readdir(incomingFolder(http.server.config.home))).toEqual([]);
  });

  it('keeps what the database could not hold out of it, and names it', async () => {
    const of = await seed.plant();
    const person = await of.person('quality_engineer');
    const images = ['a.png', 'b.png', 'c\0.png'].map((name, at) => ({ id: at, file_name: name }));
    const annotations = [
      { image_id: 0, category_id: 1, bbox: [1, 1, 5, 5] },
      { image_id: 1, category_id: 2, bbox: [1, 1, 5, 5] },
    ];
    const categories = [
      { id: 1, name: 'crack' },
      { id: 2, name: 'half \ud800' },
    ];
    const files = { 'a.png': await picture(21), 'b.png': await picture(22) };
    const set = { ...files, 'a.json': JSON.stringify({ images, annotations, categories }) };
    expect(await importSet(set, {}, of, person)).toMatchObject({
      state: 'SUCCEEDED',
      counts: { labelled: 2, refused: 1 },
      refused: { edges: [{ node: { path: 'c\uFFFD.png' } }] },
    });
    const broken = { ...set, 'a.json': JSON.stringify({ images, annotations, categories: [{ id: 1, name: 'x\0' }] }) };
    expect(await importSet(broken, {}, of, person)).toMatchObject({
      state: 'SUCCEEDED',
      counts: { taken: 0, refused: 1 },
    });
  });

  it('takes archives in parts, says what is there, and refuses gaps, names and strangers', async () => {
    const of = await seed.plant();
    const person = await of.person('ml_engineer');
    const by = { to: of, by: person };
    const body = await pack({ 'good/a.png': await picture(1) });
    const half = Math.floor(body.length / 2);
    expect(
      (await send('a.zip', body.subarray(0, half), { ...by, range: `bytes 0-${half - 1}/${body.length}` })).status,
    ).toBe(202);
    const head = await fetch(`${http.url}/imports/${of.row.code}/a.zip`, {
      method: 'HEAD',
      headers: person.client.headers,
    });
    expect([head.headers.get('upload-offset'), head.headers.get('upload-complete')]).toEqual([String(half), '?0']);
    expect((await start({ source: 'a.zip' }, person, of)).field).toBe('input.source');
    const gap = await send('a.zip', body.subarray(half + 1), {
      ...by,
      range: `bytes ${half + 1}-${body.length - 1}/${body.length}`,
    });
    expect(gap).toMatchObject({
      status: 409,
      body: { field: 'Content-Range', remedy: expect.stringContaining(String(half)) },
    });
    const rest = await send('a.zip', body.subarray(half), {
      ...by,
      range: `bytes ${half}-${body.length - 1}/${body.length}`,
    });
    expect(rest).toMatchObject({ status: 201, body: { isComplete: true } });
    expect((await send('..%2Fa.zip', body, by)).status).toBe(404);
    expect((await send('b.zip', body, by)).status).toBe(201);
    expect((await send('c.zip', body, by)).status).toBe(409);
    expect((await send('b.zip', body, { to: of, by: await of.person('operator') })).status).toBe(403);
    expect((await send('b.zip', body, { to: of, by: engineer })).status).toBe(404);
  });

  it('takes folders below the import folder only', async () => {
    expect(await start({ source: '../..', sourceKind: 'FOLDER' })).toMatchObject({ field: 'input.source' });
    const { id } = await start({ source: 'not-there', sourceKind: 'FOLDER' });
    await importJob.perform(http.server.services, { importId: keyInside(id) }, AbortSignal.timeout(60_000));
    expect(await readImport(id)).toMatchObject({ state: 'FAILED', error: expect.stringContaining('no folder') });
  });

  it('lets a plant have a few imports at once, and map a few classes', async () => {
    const of = await seed.plant();
    const person = await of.person('quality_engineer');
    await send('set.zip', await pack(await mvtecSet()), { to: of, by: person });
    const classes = (count: number) => Array.from({ length: count }, (_, at) => ({ name: `c${at}`, code: 'crack' }));
    const values = { source: 'set.zip', classes: classes(3) };
    expect(await start(values, person, of)).toMatchObject({ field: 'input.classes' });
    for (let open = 0; open < 2; open += 1) {
      expect(await start({ ...values, classes: classes(2) }, person, of)).toMatchObject({ state: 'QUEUED' });
    }
    expect(await start({ source: 'set.zip' }, person, of)).toMatchObject({ __typename: 'ConflictError' });
  });

  it('goes no further when whoever asked for it is disabled meanwhile', async () => {
    const leaver = await plant.person('quality_engineer');
    // as soon as it has looked into the archive
    await sql`
      CREATE FUNCTION disable_requester() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN UPDATE person SET disabled_at = now() WHERE id = NEW.requested_by; RETURN NEW; END $$;
      CREATE TRIGGER disable_requester AFTER UPDATE ON dataset_import FOR EACH ROW
        WHEN (OLD.found IS NULL AND NEW.found IS NOT NULL) EXECUTE FUNCTION disable_requester();
    `.execute(http.server.db);
    await send('set.zip', await pack(await mvtecSet()));
    const { id } = await start({ source: 'set.zip' }, leaver);
    await importJob.perform(http.server.services, { importId: keyInside(id) }, AbortSignal.timeout(60_000));
    await sql`DROP TRIGGER disable_requester ON dataset_import; DROP FUNCTION disable_requester()`.execute(
      http.server.db,
    );
    expect(await readImport(id)).toMatchObject({ state: 'FAILED', counts: { images: 0, taken: 0 } });
  });

  it('ends when somebody cancels it, once', async () => {
    await send('set.zip', await pack(await mvtecSet()));
    const { id } = await start({ source: 'set.zip' });
    expect(await engineer.client.act('cancelDatasetImport', 'state', { id })).toMatchObject({ state: 'CANCELLED' });
    await importJob.perform(http.server.services, { importId: keyInside(id) }, AbortSignal.timeout(60_000));
    expect(await readImport(id)).toMatchObject({ state: 'CANCELLED', counts: { images: 0 } });
    expect(await engineer.client.act('cancelDatasetImport', 'state', { id })).toMatchObject({
      __typename: 'ConflictError',
    });
    expect(encodeGlobalId('DatasetImport', keyInside(id))).toBe(id);
  });
});

describe('archives', () => {
  it('are read without leaving their folder, entry by entry', async () => {
    await using folder = await makeTemporaryFolder();
    const path = join(folder.path, 'hostile.zip');
    await writeZip(path, {
      'good/a.png': 'a',
      'aa/evil.txt': 'b',
      'a.json': '{}',
      'good/b.png': 'x'.repeat(2_000_000),
    });
    // a name that the packer would not write
    const bytes = await readFile(path);
    for (let at = bytes.indexOf('aa/evil'); at >= 0; at = bytes.indexOf('aa/evil', at + 1)) bytes.write('../evil', at);
    await writeFile(path, bytes);
    const source = await openZip(path, limits);
    expect(source.paths).toEqual(['good/a.png', 'a.json']);
    expect(source.refused.map(({ path: name }) => name)).toEqual(['../evil.txt', 'good/b.png']);
    source.close();
    const labels = await openZip(path, { ...limits, imageBytes: 3e6, labelBytes: 1 });
    expect(labels.refused.map(({ path: name }) => name)).toEqual(['../evil.txt', 'a.json']);
    expect(labels.refused[1]?.reason).toContain('LEHR_LIMIT_IMPORT_LABEL_BYTES');
    labels.close();
    await expect(openZip(path, { ...limits, files: 2 })).rejects.toThrow('LEHR_LIMIT_IMPORT_FILES');
    await expect(openZip(path, { ...limits, imageBytes: 1e9, totalBytes: 1e6 })).rejects.toThrow(
      'LEHR_LIMIT_IMPORT_BYTES',
    );
    await writeFile(path, 'no zip');
    await expect(openZip(path, limits)).rejects.toThrow('not a zip');
  });
});
