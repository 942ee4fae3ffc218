/** Tags and saved views through the API. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fillPool } from '../../../support/fill-pool.ts';
import { createSeed, type SeededPlant } from '../../../support/seed.ts';
import { openTestServer, type TestServer } from '../../../support/server.ts';
import type { TestClient } from '../../../support/test-client.ts';

describe('tags and views of the pool', () => {
  let server: TestServer;
  let plant: SeededPlant;
  let engineer: TestClient;
  let viewer: TestClient;
  const tag = (input: Record<string, unknown>) =>
    engineer.act<{ __typename: string; changed: number; field: string; remedy: string }>('tagPoolImages', 'changed', {
      plantId: plant.globalId,
      ...input,
    });
  const view = (client: TestClient, input: Record<string, unknown>) =>
    client.act<{ __typename: string; name: string; field: string }>('savePoolView', 'name', {
      plantId: plant.globalId,
      question: { sort: 'dark' },
      ...input,
    });

  beforeAll(async () => {
    const env = { LEHR_LIMIT_POOL_TAGS: '3', LEHR_LIMIT_POOL_TAGGED: '40', LEHR_LIMIT_POOL_VIEWS: '2' };
    server = await openTestServer('embedded', { env });
    plant = await createSeed(server).plant({ lines: 2 });
    await fillPool(server.db, plant, 60);
    engineer = (await plant.person('quality_engineer')).client;
    viewer = (await plant.person('viewer')).client;
  });
  afterAll(() => server.close());

  it('puts tags on what a filter names and takes them off, once each, and tells the audit', async () => {
    const filter = { labelState: ['LABELLED'] };
    expect(await tag({ filter, add: ['Bad light', 'b'] })).toMatchObject({ changed: 12 });
    expect(await tag({ filter, add: ['b'] })).toMatchObject({ changed: 0 });
    expect(await tag({ filter, remove: ['b', 'never there'] })).toMatchObject({ changed: 12 });
    const { poolImages } = await viewer.read<{ poolImages: { totalCount: number } }>(
      'query ($plantId: ID!, $filter: PoolFilter) { poolImages(plantId: $plantId, filter: $filter) { totalCount } }',
      { plantId: plant.globalId, filter: { tags: { all: ['Bad light'], none: ['b'] } } },
    );
    expect(poolImages.totalCount).toBe(12);
    const acts = await server.db.selectFrom('audit').select('action').where('action', '=', 'pool.tag').execute();
    expect(acts).toHaveLength(2);
  });

  it('takes so many tags and images as the limits say, and no more', async () => {
    const filter = { labelState: ['CONFLICT'] };
    expect(await tag({ filter, add: ['1', '2', '3'] })).toMatchObject({ changed: 1 });
    expect(await tag({ filter, add: ['4'] })).toMatchObject({ field: 'input.add' });
    expect(await tag({ filter, add: [' blank'] })).toMatchObject({ field: 'input.add[0]' });
    expect(await tag({ filter: {}, add: ['x'] })).toMatchObject({ field: 'input.filter' });
    expect(await tag({ add: ['x'] })).toMatchObject({ field: 'input.imageSha256s' });
  });

  it('keeps views of each person, shares those of curators, and keeps no more than the limit', async () => {
    expect(await view(engineer, { name: 'Dark ones', isShared: true })).toMatchObject({ name: 'Dark ones' });
    expect(await view(viewer, { name: 'Mine' })).toMatchObject({ name: 'Mine' });
    expect(await view(engineer, { name: 'Second' })).toMatchObject({ name: 'Second' });
    expect(await view(engineer, { name: 'Second', question: { sort: 'bright' } })).toMatchObject({ name: 'Second' });
    expect(await view(engineer, { name: 'Third' })).toMatchObject({ __typename: 'ConflictError', field: 'input.name' });
    const names = async (client: TestClient) =>
      (
        await client.read<{ poolViews: { name: string }[] }>(
          'query ($plantId: ID!) { poolViews(plantId: $plantId) { name } }',
          {
            plantId: plant.globalId,
          },
        )
      ).poolViews.map(({ name }) => name);
    expect(await names(viewer)).toEqual(['Dark ones', 'Mine']);
    const input = { plantId: plant.globalId, name: 'Dark ones' };
    const type = 'name';
    expect(await viewer.act('deletePoolView', type, input)).toMatchObject({ __typename: 'InvalidInputError' });
    expect(await engineer.act('deletePoolView', type, input)).toMatchObject({ __typename: 'PoolView' });
    expect(await names(engineer)).toEqual(['Second']);
  });

  it('says what a selection is made of', async () => {
    const { poolFacets } = await viewer.read<{ poolFacets: { field: string; value: string; count: number }[] }>(
      'query ($plantId: ID!) { poolFacets(plantId: $plantId, filter: { labelState: [LABELLED] }) { field value count } }',
      { plantId: plant.globalId },
    );
    expect(poolFacets).toContainEqual({ field: 'labelState', value: 'labelled', count: 12 });
    expect(poolFacets.filter(({ field }) => field === 'line').map(({ count }) => count)).toEqual([6, 6]);
    expect(poolFacets).toContainEqual({ field: 'machineState', value: 'Execute', count: 12 });
  });
});
