/** Changing, retiring and reinstating a plant's parts through the API: what it does, what it says, and every way it is refused. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { encodeGlobalId } from '../../../../server/kit/global-id.ts';
import { databases } from '../../../support/database.ts';
import { createSeed, freshCode, type Seed, type SeededPerson, type SeededPlant } from '../../../support/seed.ts';
import { openTestServer, type TestServer } from '../../../support/server.ts';
import type { TestClient } from '../../../support/test-client.ts';
import { type RecordingPlant, record, recordingPlant } from '../../line/inspections/recording.ts';

interface Part {
  id: string;
  code: string;
  retiredAt: string | null;
}

describe.each(databases())('changing a plant on %s', (kind) => {
  let server: TestServer;
  let seed: Seed;
  let installer: SeededPerson;
  let recording: RecordingPlant;
  let plant: SeededPlant;
  let owner: TestClient;

  beforeAll(async () => {
    server = await openTestServer(kind);
    seed = createSeed(server);
    installer = await seed.installer();
    recording = await recordingPlant(seed, {});
    plant = recording.plant;
    owner = plant.owner.client;
  });
  afterAll(() => server.close());

  const make = (type: string, values: Record<string, unknown>) =>
    owner.act<Part>(`create${type}`, 'id code retiredAt', { code: freshCode('part'), name: 'A part', ...values });
  const act = (field: string, id: string) => owner.act<Part>(field, 'id code retiredAt', { id });

  /** A chain of its own, from the area down to the camera. */
  async function chain() {
    const area = await make('Area', { plantId: plant.globalId });
    const line = await make('Line', { areaId: area.id });
    const node = await make('EdgeNode', { plantId: plant.globalId });
    const station = await make('Station', { lineId: line.id, edgeNodeId: node.id });
    const camera = await make('Camera', { stationId: station.id });
    return { area, line, node, station, camera };
  }

  const lastEvent = async (plantId: string) => {
    const { events } = await owner.read<{ events: { edges: { node: { kind: string; data: unknown } }[] } }>(
      'query ($plantId: ID!) { events(first: 1, filter: { plantId: $plantId }) { edges { node { kind data } } } }',
      { plantId },
    );
    return events.edges[0]?.node;
  };
  const entries = () =>
    server.db
      .selectFrom('audit')
      .select(['action', 'record'])
      .where('plant_id', '=', plant.row.id)
      .orderBy('seq', 'desc')
      .execute();

  it('changes what is given, leaves the rest, and says from what to what', async () => {
    const { area, line, node } = await chain();
    const changed = await owner.act('updateLine', 'name targetRatePerMin', { id: line.id, targetRatePerMin: 90 });
    expect(changed).toMatchObject({ name: 'A part', targetRatePerMin: 90 });
    const changes = [{ field: 'targetRatePerMin', from: null, to: 90 }];
    expect(await lastEvent(plant.globalId)).toEqual({
      kind: 'line.changed',
      data: { id: line.id, code: line.code, changes },
    });
    const [entry] = await entries();
    expect(entry?.action).toBe('line.change');
    expect(JSON.parse(entry?.record ?? '').detail).toEqual({
      code: line.code,
      before: { targetRatePerMin: null },
      after: { targetRatePerMin: 90 },
    });

    expect(await owner.act('updateLine', 'targetRatePerMin', { id: line.id, targetRatePerMin: null })).toMatchObject({
      targetRatePerMin: null,
    });
    expect(await owner.act('updateArea', 'name', { id: area.id, name: 'Hot end' })).toMatchObject({ name: 'Hot end' });
    const before = (await entries()).length;
    await owner.act('updateArea', 'name', { id: area.id, name: 'Hot end' });
    expect((await entries()).length).toBe(before);
    expect(await owner.act('updateEdgeNode', 'name', { id: node.id, name: null })).toMatchObject({
      __typename: 'InvalidInputError',
      field: 'input.name',
    });
  });

  it('gives names to what machines know only by codes', async () => {
    const batch = await make('MaterialBatch', { plantId: plant.globalId, name: null });
    const selection = 'name supplier';
    const named = { id: batch.id, name: 'Sand 7', supplier: 'Quarry' };
    expect(await owner.act('updateMaterialBatch', selection, named)).toMatchObject({
      name: 'Sand 7',
      supplier: 'Quarry',
    });
    expect(await owner.act('updateMaterialBatch', selection, { id: batch.id, name: null })).toMatchObject({
      name: null,
      supplier: 'Quarry',
    });
    const recipe = await make('Recipe', { plantId: plant.globalId });
    expect(await owner.act('updateRecipe', 'name', { id: recipe.id, name: 'Hot' })).toMatchObject({ name: 'Hot' });
  });

  it('gives a station to another node of the plant only', async () => {
    const { station } = await chain();
    const other = await seed.plant();
    const foreign = encodeGlobalId('EdgeNode', other.nodes[0]?.id ?? '');
    const mine = await make('EdgeNode', { plantId: plant.globalId });
    expect(await owner.act('updateStation', 'edgeNode { id }', { id: station.id, edgeNodeId: mine.id })).toMatchObject({
      edgeNode: { id: mine.id },
    });
    expect(await owner.act('updateStation', 'id', { id: station.id, edgeNodeId: foreign })).toMatchObject({
      __typename: 'NotFoundError',
      field: 'input.edgeNodeId',
    });
    expect(await owner.act('updateStation', 'edgeNode { id }', { id: station.id, edgeNodeId: null })).toMatchObject({
      edgeNode: null,
    });
  });

  it('retires from below only, naming what still stands, and reinstates from above only', async () => {
    const { area, line, node, station, camera } = await chain();
    expect(await act('retireStation', station.id)).toMatchObject({
      __typename: 'ConflictError',
      field: 'id',
      remedy: expect.stringContaining(camera.code),
    });
    expect(await act('retireEdgeNode', node.id)).toMatchObject({ remedy: expect.stringContaining(station.code) });
    for (const [type, part] of [
      ['Camera', camera],
      ['Station', station],
      ['Line', line],
      ['Area', area],
      ['EdgeNode', node],
    ] as const) {
      const retired = await act(`retire${type}`, part.id);
      expect(retired).toMatchObject({ __typename: type, retiredAt: expect.any(String) });
      expect(await act(`retire${type}`, part.id)).toEqual(retired);
    }
    expect(await act('reinstateStation', station.id)).toMatchObject({
      __typename: 'ConflictError',
      field: 'id',
      value: line.id,
    });
    expect(await act('reinstateArea', area.id)).toMatchObject({ retiredAt: null });
    expect(await act('reinstateLine', line.id)).toMatchObject({ retiredAt: null });
    expect(await act('reinstateStation', station.id)).toMatchObject({ __typename: 'ConflictError', value: node.id });
    expect(await act('reinstateEdgeNode', node.id)).toMatchObject({ retiredAt: null });
    expect(await act('reinstateStation', station.id)).toMatchObject({ retiredAt: null });
    expect(await lastEvent(plant.globalId)).toMatchObject({ kind: 'station.reinstated' });
  });

  it('puts nothing below what is retired, and changes nothing of it', async () => {
    const { station, camera } = await chain();
    await act('retireCamera', camera.id);
    await act('retireStation', station.id);
    expect(await make('Camera', { stationId: station.id })).toMatchObject({
      __typename: 'ConflictError',
      field: 'input.stationId',
      value: station.id,
    });
    expect(await owner.act('updateStation', 'id', { id: station.id, name: 'New' })).toMatchObject({
      __typename: 'ConflictError',
      remedy: expect.stringContaining('reinstate'),
    });
  });

  it('leaves the retired out of every list unless they are asked for; what was recorded still finds them', async () => {
    const { line, station, camera } = await chain();
    await act('retireCamera', camera.id);
    const query = `query ($line: ID!, $station: ID!, $all: Boolean) {
      cameras(lineId: $line, includeRetired: $all) { edges { node { id } } }
      node(id: $station) { ... on Station { cameras(includeRetired: $all) { id } } }
    }`;
    interface Found {
      cameras: { edges: { node: Part }[] };
      node: { cameras: Part[] };
    }
    const variables = { line: line.id, station: station.id };
    const inUse = await owner.read<Found>(query, variables);
    expect([inUse.cameras.edges, inUse.node.cameras]).toEqual([[], []]);
    const all = await owner.read<Found>(query, { ...variables, all: true });
    expect([all.cameras.edges.map((edge) => edge.node), all.node.cameras]).toEqual([
      [{ id: camera.id }],
      [{ id: camera.id }],
    ]);
    const { node } = await owner.read('query ($id: ID!) { node(id: $id) { ... on Camera { code } } }', {
      id: camera.id,
    });
    expect(node).toEqual({ code: camera.code });
  });

  it('refuses each result of a retired camera, at once', async () => {
    const own = await recordingPlant(seed, {});
    const client = own.plant.owner.client;
    const [node] = own.nodes;
    if (!node) throw new Error('no node');
    const first = await record(node.client, [own.item()]);
    expect(first.items).toMatchObject([{ outcome: 'RECORDED' }]);
    const cameraId = encodeGlobalId('Camera', own.plant.cameras[0]?.id ?? '');
    await client.act('retireCamera', 'id', { id: cameraId });
    const second = await record(node.client, [own.item()]);
    expect(second.items).toMatchObject([{ outcome: 'REFUSED' }]);
    await client.act('reinstateCamera', 'id', { id: cameraId });
    expect((await record(node.client, [own.item()])).items).toMatchObject([{ outcome: 'RECORDED' }]);
  });

  it('ends the tokens of a retired node', async () => {
    const node = await make('EdgeNode', { plantId: plant.globalId });
    const values = { plantId: plant.globalId, name: 'n', role: 'EDGE_NODE', edgeNodeId: node.id };
    const { secret } = await owner.act<{ secret: string }>('createToken', 'secret', values);
    const client = server.client({ authorization: `Bearer ${secret}` });
    expect(await client.ask('{ viewer { tokenName } }')).toMatchObject({ data: { viewer: { tokenName: 'n' } } });
    await act('retireEdgeNode', node.id);
    server.authenticator.forgetAll();
    expect((await client.ask('{ viewer { tokenName } }')).errors).toBeDefined();
    await act('reinstateEdgeNode', node.id);
    server.authenticator.forgetAll();
    expect((await client.ask('{ viewer { tokenName } }')).errors).toBeDefined();
    await act('retireEdgeNode', node.id);
    expect(await owner.act('createToken', 'secret', values)).toMatchObject({ __typename: 'ConflictError' });
    expect(await owner.act('createEnrolmentCode', 'code', { edgeNodeId: node.id })).toMatchObject({
      __typename: 'ConflictError',
    });
  });

  it('keeps the time zone of a plant that has results, and changes that of one that has none', async () => {
    await record(recording.nodes[0]?.client ?? owner, [recording.item()]);
    expect(await owner.act('updatePlant', 'id', { id: plant.globalId, timeZone: 'Asia/Tokyo' })).toMatchObject({
      __typename: 'ConflictError',
      field: 'input.timeZone',
      value: 'Asia/Tokyo',
    });
    const fresh = await seed.plant();
    const values = { id: fresh.globalId, timeZone: 'asia/tokyo', sector: 'FOOD' };
    expect(await fresh.owner.client.act('updatePlant', 'timeZone sector', values)).toMatchObject({
      timeZone: 'Asia/Tokyo',
      sector: 'FOOD',
    });
  });

  it('lets administrators of the installation only retire a plant, and only an empty one', async () => {
    const { id } = await installer.client.act<Part>('createPlant', 'id', {
      code: freshCode('site'),
      name: 'Site',
      sector: 'GLASS',
      timeZone: 'UTC',
    });
    const area = await installer.client.act<Part>('createArea', 'id code', { plantId: id, code: 'a', name: 'A' });
    expect(await installer.client.act('retirePlant', 'id', { id })).toMatchObject({ __typename: 'ConflictError' });
    await installer.client.act('retireArea', 'id', { id: area.id });
    expect(await installer.client.act('retirePlant', 'retiredAt', { id })).toMatchObject({
      retiredAt: expect.any(String),
    });
    const { errors } = await owner.ask('mutation ($id: ID!) { retirePlant(id: $id) { __typename } }', {
      id: plant.globalId,
    });
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'FORBIDDEN' });
  });

  it('does not let a station be retired while a camera is put there', async () => {
    const { station, camera } = await chain();
    await act('retireCamera', camera.id);
    const [made, retired] = await Promise.all([
      make('Camera', { stationId: station.id }),
      act('retireStation', station.id),
    ]);
    const names = [made.__typename, retired.__typename].sort();
    expect([
      ['Camera', 'ConflictError'],
      ['ConflictError', 'Station'],
    ]).toContainEqual(names);
  });

  it('says nothing about parts of other plants', async () => {
    const other = await seed.plant();
    for (const [type, id] of [
      ['Area', encodeGlobalId('Area', other.area.id)],
      ['Camera', encodeGlobalId('Camera', other.cameras[0]?.id ?? '')],
    ] as const) {
      const notFound = { __typename: 'NotFoundError', value: id };
      expect(await act(`retire${type}`, id)).toMatchObject(notFound);
      expect(await owner.act(`update${type}`, 'id', { id, name: 'Mine' })).toMatchObject(notFound);
    }
  });
});
