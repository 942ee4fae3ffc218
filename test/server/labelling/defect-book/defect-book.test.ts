/** What a book and the known answers of a plant can hold at the most. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createSeed, type SeededPlant } from '../../../support/seed.ts';
import { seedPool } from '../../../support/seed-pool.ts';
import { openTestServer, type TestServer } from '../../../support/server.ts';

let server: TestServer;
let plant: SeededPlant;
beforeAll(async () => {
  server = await openTestServer('embedded', {
    env: { LEHR_LIMIT_DEFECT_CLASSES: '5', LEHR_LIMIT_DEFECT_EXAMPLES: '2', LEHR_LIMIT_KNOWN_ANSWERS: '2' },
  });
  plant = await createSeed(server).plant();
});
afterAll(() => server.close());

it('takes as many classes and examples as the limits say, and one more is refused', async () => {
  const { client } = plant.owner;
  const draft = await client.act<{ id: string }>('openDefectBook', 'id', {
    plantId: plant.globalId,
    template: 'PACKAGING',
  });
  const put = (code: string) =>
    client.act('putDefectClass', 'id', {
      ...{ defectBookId: draft.id, code, name: code, definition: 'What it is.', severity: 'MINOR' },
      limits: [{ quantity: 'length', unit: 'mm', min: 1 }],
      translations: [{ language: 'de', name: code, definition: 'Was es ist.' }],
    });
  expect(await put('fifth')).toMatchObject({ __typename: 'DefectBook' });
  expect(await put('sixth')).toMatchObject({ __typename: 'InvalidInputError', field: 'input.code' });
  expect(await put('good')).toMatchObject({ __typename: 'InvalidInputError' });
  const images = await seedPool(server.db, plant.row.id, 3);
  const example = (imageSha256 = '') =>
    client.act('putDefectExample', 'id', { defectBookId: draft.id, code: 'seal', imageSha256, isDefect: true });
  expect((await example(images[0])).__typename).toBe('DefectBook');
  expect((await example(images[1])).__typename).toBe('DefectBook');
  expect((await example(images[1])).__typename).toBe('DefectBook');
  expect(await example(images[2])).toMatchObject({ __typename: 'InvalidInputError' });
  expect(await client.act('discardDefectBook', 'id', { defectBookId: draft.id })).toMatchObject({ id: draft.id });
});

it('takes as many known answers as the limit says, of labelled images only, at a share of none or 5 to 15 %', async () => {
  const { client } = plant.owner;
  const plantId = plant.globalId;
  const images = await seedPool(server.db, plant.row.id, 3);
  const add = (imageSha256s: string[]) => client.act('addKnownAnswers', 'knownAnswers', { plantId, imageSha256s });
  expect(await add(images.slice(0, 1))).toMatchObject({ __typename: 'ConflictError' });
  for (const imageSha256 of images) await client.act('annotateImage', 'id', { plantId, imageSha256, label: 'good' });
  expect(await add(images.slice(0, 2))).toMatchObject({ knownAnswers: 2 });
  expect(await add(images.slice(2))).toMatchObject({ __typename: 'InvalidInputError' });
  const share = (knownShare: number) => client.act('setReviewSettings', 'knownShare', { plantId, knownShare });
  for (const wrong of [0.01, 0.2, -1])
    expect(await share(wrong)).toMatchObject({ __typename: 'InvalidInputError', field: 'input.knownShare' });
  for (const right of [0, 0.05, 0.15]) expect(await share(right)).toMatchObject({ knownShare: right });
});
