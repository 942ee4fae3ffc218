/** The plant model's file through the API: out, in, out again; changes of an existing plant; and files that are refused whole. */
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { databases } from '../../../support/database.ts';
import { createSeed } from '../../../support/seed.ts';
import { openTestServer, type TestServer } from '../../../support/server.ts';
import type { TestClient } from '../../../support/test-client.ts';
import { record, recordingPlant } from '../../line/inspections/recording.ts';
import { anyModel } from './any-model.ts';

interface Change {
  action: string;
  type: string;
  codes: string[];
  fields: { field: string; from: unknown; to: unknown }[];
}
interface Problem {
  line: number;
  column: number;
  field: string;
  value: string | null;
  remedy: string;
}
interface Imported {
  __typename: string;
  plant: { id: string } | null;
  changes: Change[];
  problems: Problem[];
}

const importing = `mutation ($input: ImportPlantModelInput!) { result: importPlantModel(input: $input) {
  __typename
  ... on PlantModelImport { dryRun sha256 plant { id } changes { action type codes fields { field from to } } }
  ... on PlantModelRefusedError { message problems { line column field value remedy } }
} }`;

async function importModel(client: TestClient, yaml: string, rest: { dryRun?: boolean; missing?: string } = {}) {
  const input = { yaml, dryRun: false, missing: 'KEEP', ...rest };
  return (await client.read<{ result: Imported }>(importing, { input })).result;
}

async function exportModel(client: TestClient, plantId: string): Promise<string> {
  const { file } = await client.read<{ file: { yaml: string } }>(
    'query ($id: ID!) { file: exportPlantModel(plantId: $id) { fileName yaml sha256 } }',
    { id: plantId },
  );
  return file.yaml;
}

const nord = `lehr: plant-model/1
plant: { code: nord, name: Nord, sector: glass, timeZone: Europe/Berlin }
edgeNodes:
  - { code: node-1, name: Node 1 }
areas:
  - code: cold-end
    name: Cold end
    lines:
      - code: line-1
        name: Line 1
        targetRatePerMin: 180
        stations:
          - code: inspection
            name: Inspection
            edgeNode: node-1
            cameras:
              - { code: cam-1, name: Camera 1 }
              - { code: cam-2, name: Camera 2 }
products:
  - { code: "0007", name: Bottle }
recipes: []
batches:
  - { code: B 1, supplier: Quarry }
shifts:
  - { code: early, name: Early, startsAt: "06:00", durationMin: 480, recurrence: FREQ=DAILY, validFrom: 2026-01-01 }
`;

describe.each(databases())('the plant model’s file on %s', (kind) => {
  let server: TestServer;
  afterEach(() => server?.close());
  const open = async (env: Record<string, string> = {}) => {
    server = await openTestServer(kind, { env });
    return (await createSeed(server).installer()).client;
  };

  it('goes out, into an empty server and out again unchanged', async () => {
    const first = await open();
    const made = await importModel(first, nord);
    const yaml = await exportModel(first, made.plant?.id ?? '');
    expect(yaml.startsWith('#')).toBe(true);
    expect(parse(yaml)).toMatchObject({ plant: { code: 'nord' }, products: [{ code: '0007' }], recipes: [] });
    await server.close();

    const second = await open();
    const again = await importModel(second, yaml);
    expect(again.changes).toHaveLength(10);
    expect(again.changes.every(({ action }) => action === 'CREATED')).toBe(true);
    expect(await exportModel(second, again.plant?.id ?? '')).toBe(yaml);
    expect((await importModel(second, yaml)).changes).toEqual([]);
  });

  it('does so for any model', async () => {
    const client = await open();
    let count = 0;
    await fc.assert(
      fc.asyncProperty(anyModel, async (model) => {
        count += 1;
        const coded = (code: string) => ({ ...model, plant: { ...model.plant, code } });
        const given = stringify(coded(`a-${count}`), { lineWidth: 0 });
        const dry = await importModel(client, given, { dryRun: true });
        const done = await importModel(client, given);
        expect(done, JSON.stringify(done.problems)).toMatchObject({ __typename: 'PlantModelImport' });
        expect(dry.changes).toEqual(done.changes);
        const out = await exportModel(client, done.plant?.id ?? '');
        expect((await importModel(client, out, { missing: 'RETIRE' })).changes).toEqual([]);
        // as on another server: nothing of the first plant is known to the second
        const moved = out.replace(`code: a-${count}\n`, `code: b-${count}\n`);
        const second = await importModel(client, moved);
        expect(await exportModel(client, second.plant?.id ?? '')).toBe(moved);
      }),
      // a model costs half a second: to shrink it would outlast the test and hide what failed
      { numRuns: 4, endOnFailure: true },
    );
  }, 60_000);

  it('changes and adds by code, and says the same before as after', async () => {
    const client = await open();
    const { plant } = await importModel(client, nord);
    const changed = nord
      .replace('name: Line 1', 'name: Line One')
      .replace(/ *targetRatePerMin: 180\n/, '')
      .replace('        stations:', '        stations:\n          - { code: second, name: Second, edgeNode: node-1 }')
      .replace('supplier: Quarry', 'name: Sand');
    const dry = await importModel(client, changed, { dryRun: true });
    expect(dry.changes).toEqual([
      {
        action: 'CHANGED',
        type: 'Line',
        codes: ['line-1'],
        fields: [
          { field: 'name', from: 'Line 1', to: 'Line One' },
          { field: 'targetRatePerMin', from: 180, to: null },
        ],
      },
      {
        action: 'CREATED',
        type: 'Station',
        codes: ['line-1', 'second'],
        fields: [
          { field: 'name', from: null, to: 'Second' },
          { field: 'line', from: null, to: 'line-1' },
          { field: 'edgeNode', from: null, to: 'node-1' },
        ],
      },
      {
        action: 'CHANGED',
        type: 'MaterialBatch',
        codes: ['B 1'],
        fields: [
          { field: 'name', from: null, to: 'Sand' },
          { field: 'supplier', from: 'Quarry', to: null },
        ],
      },
    ]);
    expect((await importModel(client, changed, { dryRun: true })).changes).toEqual(dry.changes);
    expect((await importModel(client, changed)).changes).toEqual(dry.changes);
    expect((await importModel(client, changed)).changes).toEqual([]);
    const { events } = await client.read<{ events: { edges: { node: object }[] } }>(
      'query ($id: ID!) { events(first: 1, filter: { plantId: $id }) { edges { node { kind data } } } }',
      { id: plant?.id },
    );
    expect(events.edges[0]?.node).toMatchObject({
      kind: 'plant.imported',
      data: { created: 1, changed: 2, retired: 0, reinstated: 0 },
    });
  });

  it('keeps or retires what a list does not name, leaves alone a list that is left out, and takes back what returns', async () => {
    const client = await open();
    await importModel(client, nord);
    const less = nord.replace('              - { code: cam-2, name: Camera 2 }\n', '').replace(/products:\n.*\n/, '');
    expect((await importModel(client, less)).changes).toEqual([]);
    const retired = await importModel(client, less, { missing: 'RETIRE' });
    expect(retired.changes).toEqual([
      { action: 'RETIRED', type: 'Camera', codes: ['line-1', 'inspection', 'cam-2'], fields: [] },
    ]);
    expect((await importModel(client, nord)).changes).toEqual([
      { action: 'REINSTATED', type: 'Camera', codes: ['line-1', 'inspection', 'cam-2'], fields: [] },
    ]);
    const bare = `${nord.split('edgeNodes')[0]}edgeNodes: []\nareas: []\n`;
    const all = await importModel(client, bare, { missing: 'RETIRE' });
    expect(all.changes.map(({ type }) => type)).toEqual(['Camera', 'Camera', 'Station', 'Line', 'Area', 'EdgeNode']);
    // the node goes, the station that it serves would stay
    await importModel(client, nord);
    const stranded = await importModel(client, `${nord.split('edgeNodes')[0]}edgeNodes: []\n`, { missing: 'RETIRE' });
    expect(stranded.problems).toMatchObject([{ line: 3, field: 'edgeNodes', value: 'node-1' }]);
  });

  const bad: [what: string, yaml: string, problem: Partial<Problem>][] = [
    ['no YAML', 'lehr: [', { line: 1, field: 'the file' }],
    ['another form', nord.replace('plant-model/1', 'plant-model/9'), { line: 1, column: 7, field: 'lehr' }],
    [
      'an unknown key',
      nord.replace('name: Line 1', 'nane: Line 1'),
      { line: 9, column: 9, field: 'areas[0].lines[0].name' },
    ],
    [
      'a wrong type',
      nord.replace('180', 'fast'),
      { line: 11, column: 27, field: 'areas[0].lines[0].targetRatePerMin', value: 'fast' },
    ],
    ['a number as a code', nord.replace('"0007"', '0007'), { line: 20, field: 'products[0].code', value: '7' }],
    ['a code in capitals', nord.replace('code: line-1', 'code: LINE'), { line: 9, column: 15, value: 'LINE' }],
    [
      'a code twice',
      nord.replace('code: cam-2', 'code: cam-1'),
      { line: 18, column: 25, field: 'areas[0].lines[0].stations[0].cameras[1].code', value: 'cam-1' },
    ],
    ['a key twice', nord.replace('recipes: []', 'recipes: []\nrecipes: []'), { line: 22, column: 1 }],
    [
      'a node that is not there',
      nord.replace('edgeNode: node-1', 'edgeNode: node-9'),
      { line: 15, column: 23, field: 'areas[0].lines[0].stations[0].edgeNode', value: 'node-9' },
    ],
    ['a sector', nord.replace('glass', 'steel'), { line: 2, field: 'plant.sector', value: 'steel' }],
    ['a time zone', nord.replace('Europe/Berlin', 'Europe/Nowhere'), { line: 2, field: 'plant.timeZone' }],
    ['a shift', nord.replace('"06:00"', '"25:00"'), { line: 25, field: 'shifts[0].startsAt', value: '25:00' }],
    ['a recurrence', nord.replace('FREQ=DAILY', 'FREQ=SOMETIMES'), { line: 25, field: 'shifts[0].recurrence' }],
    [
      'shifts that overlap',
      `${nord}  - { code: late, name: Late, startsAt: "13:00", durationMin: 60, recurrence: FREQ=DAILY, validFrom: 2026-01-01 }\n`,
      { line: 26, field: 'shifts[1].startsAt' },
    ],
    ['an alias', nord.replace('name: Nord', 'name: &n Nord').replace('name: Bottle', 'name: *n'), { line: 2 }],
    ['a bomb', `a: &a [x,x,x,x]\nb: &b [*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b]\n`, { line: 1 }],
    ['a tag', nord.replace('name: Nord', 'name: !!binary Nord'), { line: 2 }],
    ['depth', `lehr: ${'['.repeat(100_000 / 8)}`, { line: 1 }],
    ['a list instead of a map', '- 1\n', { line: 1, field: 'the file' }],
    ['nothing', '', { line: 1, field: 'the file' }],
    ['two documents', `${nord}---\n${nord}`, { line: 26 }],
    ['a name that inherits', nord.replace('recipes: []', '__proto__: []'), { line: 21, field: '__proto__' }],
    [
      'too many bytes',
      `${nord}#${'x'.repeat(20_000)}`,
      { line: 1, value: expect.stringMatching(/bytes$/) as unknown as string },
    ],
  ];

  it('refuses bad files whole, each with line, column, field, value and remedy', async () => {
    const client = await open({ LEHR_LIMIT_PLANT_MODEL_PARTS: '40', LEHR_LIMIT_PLANT_MODEL_BYTES: '20000' });
    for (const [what, yaml, problem] of bad) {
      const refused = await importModel(client, yaml);
      expect(refused.__typename, what).toBe('PlantModelRefusedError');
      expect(refused.problems[0]?.remedy.length, what).toBeGreaterThan(5);
      expect(refused.problems, what).toContainEqual(expect.objectContaining(problem));
    }
    const { plants } = await client.read<{ plants: { edges: object[] } }>('{ plants { edges { node { id } } } }');
    expect(plants.edges).toEqual([]);
  });

  it('names every problem at once, in the order of the file', async () => {
    const client = await open();
    const { problems } = await importModel(
      client,
      nord.replace('code: cam-1', 'code: CAM').replace('180', '-1').replace('name: Bottle', 'nome: Bottle'),
    );
    expect(problems.map(({ line, field }) => [line, field])).toEqual([
      [11, 'areas[0].lines[0].targetRatePerMin'],
      [17, 'areas[0].lines[0].stations[0].cameras[0].code'],
      [20, 'products[0].name'],
      [20, 'products[0].nome'],
    ]);
  });

  it('takes as many bytes as the limit and not one more', async () => {
    const client = await open({ LEHR_LIMIT_PLANT_MODEL_BYTES: '20000' });
    const padded = (bytes: number) => `${nord}#${'x'.repeat(bytes - Buffer.byteLength(nord) - 1)}`;
    expect(await importModel(client, padded(20_001))).toMatchObject({ problems: [{ value: '20001 bytes' }] });
    expect(await importModel(client, padded(20_000))).toMatchObject({ __typename: 'PlantModelImport' });
  });

  it('takes as many parts as the limit and not one more', async () => {
    const client = await open({ LEHR_LIMIT_PLANT_MODEL_PARTS: '40' });
    const products = (count: number) =>
      `${nord.split('products')[0]}products:\n${Array.from({ length: count }, (_, at) => `  - { code: p${at}, name: P }\n`).join('')}`;
    // seven parts stand above the products
    const refused = await importModel(client, products(34));
    expect(refused.problems).toMatchObject([{ value: '41 parts' }]);
    const taken = await importModel(client, products(33));
    expect(taken.changes).toHaveLength(40);
    await client.act('createProduct', 'id', { plantId: taken.plant?.id, code: 'one more', name: 'P' });
    await expect(exportModel(client, taken.plant?.id ?? '')).rejects.toThrow('41 parts');
  });

  it('keeps the time zone of a plant with results, and asks for an administrator', async () => {
    await open();
    const recording = await recordingPlant(createSeed(server), {});
    await record(recording.nodes[0]?.client ?? server.anonymous, [recording.item()]);
    const { plant } = recording;
    const yaml = await exportModel(plant.owner.client, plant.globalId);
    const moved = await importModel(plant.owner.client, yaml.replace('Europe/Berlin', 'Asia/Tokyo'));
    expect(moved.problems).toMatchObject([{ field: 'plant.timeZone', value: 'Asia/Tokyo' }]);
    const strange = (await createSeed(server).plant()).owner.client;
    const { errors } = await strange.ask(importing, { input: { yaml, dryRun: true, missing: 'KEEP' } });
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'FORBIDDEN' });
    const other = await strange.ask(importing, { input: { yaml: nord, dryRun: true, missing: 'KEEP' } });
    expect(other.errors?.[0]?.extensions).toMatchObject({ code: 'FORBIDDEN' });
  });
});
