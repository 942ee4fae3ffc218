/** The queue through the API: who gets what, what is asked unseen, and what follows from answers. */
import fc from 'fast-check';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { encodeGlobalId } from '../../../../server/kit/global-id.ts';
import { weighQueue } from '../../../../server/modules/labelling/review/weigh-queue.ts';
import { databases } from '../../../support/database.ts';
import { createSeed, PASSWORD, type Seed, type SeededPerson, type SeededPlant } from '../../../support/seed.ts';
import { seedPool } from '../../../support/seed-pool.ts';
import { openTestServer, type TestServer } from '../../../support/server.ts';
import { idAt, record, recordingPlant } from '../../line/inspections/recording.ts';

interface Item {
  id: string;
  purpose: string;
  reason: { code: string };
  poolImage: {
    image: { sha256: string };
    labelState: string;
    label: string | null;
    annotations: object[];
    decision: object | null;
  };
}

const itemFields =
  'id purpose worth reason { code params } claimedUntil poolImage { image { sha256 } labelState label annotations { id } decision { label } suggestions { kind } } sketch proposals { kind } opinions { label } neighboursInTime { id } similarLabelled { likeness }';

describe.each(databases())('the queue on %s', (kind) => {
  let server: TestServer;
  let seed: Seed;
  let now = new Date('2026-03-01T08:00:00Z');

  beforeAll(async () => {
    server = await openTestServer(kind, {
      now: () => now,
      env: {
        LEHR_LIMIT_REVIEW_CLAIMS: '6',
        LEHR_LIMIT_REVIEW_OPEN: '400',
        LEHR_LIMIT_SKETCH_LENGTH: '1000',
        LEHR_LIMIT_LABEL_REGIONS: '2',
        LEHR_LIMIT_KNOWN_ANSWERS: '300',
        LEHR_LIMIT_REVIEW_QUEUE: '5',
        LEHR_LIMIT_SESSION_HOURS: '900',
      },
    });
    seed = createSeed(server);
  });
  afterAll(() => server.close());

  const reviewers = async (plant: SeededPlant, count: number) => {
    const people: SeededPerson[] = [];
    for (let index = 0; index < count; index += 1) people.push(await plant.person('quality_engineer'));
    return people;
  };
  const claim = async (plant: SeededPlant, person: SeededPerson, count: number, more: object = {}): Promise<Item[]> => {
    const input = { plantId: plant.globalId, count, ...more };
    const got = await person.client.act<{ items: Item[] }>('claimReviewItems', `items { ${itemFields} }`, input);
    return got.items;
  };
  const open = (plant: SeededPlant, imageSha256s: string[], person = plant.owner) =>
    person.client.act<{ opened: number; already: number }>('openReview', 'opened already', {
      plantId: plant.globalId,
      imageSha256s,
    });
  const answer = (plant: SeededPlant, person: SeededPerson, item: Item | string, said: object) =>
    person.client.act('annotateImage', 'id label number regions { kind box { x } }', {
      plantId: plant.globalId,
      ...(typeof item === 'string'
        ? { imageSha256: item }
        : { imageSha256: item.poolImage.image.sha256, reviewItemId: item.id }),
      ...said,
    });

  const stateOf = async (sha256: string) =>
    (
      await server.db
        .selectFrom('pool_image')
        .select('label_state')
        .where('image_sha256', '=', Buffer.from(sha256, 'hex'))
        .executeTakeFirst()
    )?.label_state;

  it('never lends one item to two people, however many ask at once', { timeout: 60_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 2, maxLength: 8 }), async (counts) => {
        const plant = await seed.plant();
        await open(plant, await seedPool(server.db, plant.row.id, 14));
        const people = await reviewers(plant, counts.length);
        const got = await Promise.all(counts.map((count, index) => claim(plant, people[index] as SeededPerson, count)));
        const ids = got.flat().map(({ id }) => id);
        expect(new Set(ids).size).toBe(ids.length);
        const wanted = counts.reduce((sum, count) => sum + count, 0);
        expect(ids.length).toBeLessThanOrEqual(Math.min(14, wanted));
        // nobody held back what another had locked and did not need: asking again fills up
        const again = await Promise.all(
          counts.map((count, index) => claim(plant, people[index] as SeededPerson, count)),
        );
        expect(new Set(again.flat().map(({ id }) => id)).size).toBe(again.flat().length);
        expect(again.flat()).toHaveLength(Math.min(14, wanted));
      }),
      { numRuns: 3, seed: 7, endOnFailure: true },
    );
  });

  it('lends for a while, for longer when asked, and gives back', async () => {
    const plant = await seed.plant();
    await open(plant, await seedPool(server.db, plant.row.id, 2));
    const [one, other] = (await reviewers(plant, 2)) as [SeededPerson, SeededPerson];
    const held = await claim(plant, one, 2);
    expect(held).toHaveLength(2);
    expect(await claim(plant, other, 2)).toEqual([]);
    const ids = held.map(({ id }) => id);
    now = new Date(now.getTime() + 200_000);
    const renewed = await one.client.act<{ items: object[] }>('renewReviewClaims', 'items { id }', { itemIds: ids });
    expect(renewed.items).toHaveLength(2);
    now = new Date(now.getTime() + 200_000);
    expect(await claim(plant, other, 2)).toEqual([]);
    await one.client.act('releaseReviewItems', 'released', { itemIds: ids.slice(0, 1) });
    expect((await claim(plant, other, 2)).map(({ id }) => id)).toEqual(ids.slice(0, 1));
    now = new Date(now.getTime() + 400_000);
    expect(await claim(plant, other, 2)).toHaveLength(2);
    const late = await answer(plant, one, held[1] as Item, { label: 'good' });
    expect(late).toMatchObject({ __typename: 'ConflictError', field: 'input.reviewItemId' });
    const input = { plantId: plant.globalId, count: 7 };
    // LEHR_LIMIT_REVIEW_CLAIMS
    const many = await one.client.act('claimReviewItems', 'items { id }', input);
    expect(many).toMatchObject({ __typename: 'InvalidInputError', field: 'input.count' });
  });

  it('asks a second person unseen, a third when they disagree, and takes an answer sent twice once', async () => {
    const plant = await seed.plant();
    const people = (await reviewers(plant, 3)) as [SeededPerson, SeededPerson, SeededPerson];
    await plant.owner.client.act('setAgreementRules', 'knownShare', {
      plantId: plant.globalId,
      rules: [{ reviewers: 2 }],
    });
    const [sha256 = ''] = await seedPool(server.db, plant.row.id, 1);
    await open(plant, [sha256]);
    const [first] = (await claim(plant, people[0], 1)) as [Item];
    const box = { classCode: 'chip', box: { x: 10, y: 10, width: 20, height: 20 } };
    const said = await answer(plant, people[0], first, { regions: [box], elapsedMs: 900 });
    expect(said).toMatchObject({ label: 'chip', number: 1 });
    expect(await answer(plant, people[0], first, { regions: [box], elapsedMs: 900 })).toMatchObject({ id: said.id });
    expect(await claim(plant, people[0], 1)).toEqual([]);

    const [second] = (await claim(plant, people[1], 1)) as [Item];
    expect(second).toMatchObject({
      purpose: 'AGREE',
      poolImage: { labelState: 'UNLABELLED', label: null, annotations: [], decision: null },
      opinions: [],
    });
    await answer(plant, people[1], second, { regions: [{ ...box, box: { x: 50, y: 50, width: 20, height: 20 } }] });
    const [third] = (await claim(plant, people[2], 1)) as [Item];
    expect(third).toMatchObject({ purpose: 'SETTLE', opinions: [{ label: 'chip' }, { label: 'chip' }] });
    const nearly = { ...box, box: { x: 11, y: 11, width: 20, height: 20 } };
    await answer(plant, people[2], third, { regions: [nearly] });
    const { poolImages } = await people[2].client.read<{ poolImages: { edges: { node: object }[] } }>(
      `query ($id: ID!) { poolImages(plantId: $id) { edges { node { labelState label decision { rule regions { box { x } } votes { person { id } } } decisions { label } annotations { label } } } } }`,
      { id: plant.globalId },
    );
    expect(poolImages.edges[0]?.node).toMatchObject({
      labelState: 'LABELLED',
      label: 'chip',
      decision: { rule: 'THIRD', regions: [{ box: { x: 11 } }] },
      decisions: [{ label: 'chip' }],
      annotations: [{}, {}, {}],
    });
    const restored = await people[1].client.act('restoreAnnotation', 'label origin regions { box { x } }', {
      annotationId: said.id,
    });
    expect(restored).toMatchObject({ label: 'chip', origin: 'RESTORE', regions: [{ box: { x: 10 } }] });
  });

  it('mixes known answers in that cannot be told from others, measures them and decides nothing by them', async () => {
    const plant = await seed.plant();
    const [expert, novice] = (await reviewers(plant, 2)) as [SeededPerson, SeededPerson];
    const known = await seedPool(server.db, plant.row.id, 12);
    for (const sha256 of known) await answer(plant, expert, sha256, { label: 'good' });
    await expert.client.act('addKnownAnswers', 'knownAnswers', { plantId: plant.globalId, imageSha256s: known });
    await expert.client.act('setReviewSettings', 'knownShare', { plantId: plant.globalId, knownShare: 0.15 });
    const fresh = await seedPool(server.db, plant.row.id, 90);
    await open(plant, fresh);
    let shown = 0;
    let checks = 0;
    while (checks < 2 && shown < 84) {
      const items = await claim(plant, novice, 6);
      expect(items).toHaveLength(6);
      for (const item of items) {
        shown += 1;
        const isKnown = known.includes(item.poolImage.image.sha256);
        if (isKnown) checks += 1;
        expect(item).toMatchObject({
          purpose: 'LABEL',
          poolImage: { labelState: 'UNLABELLED', label: null, annotations: [], decision: null },
        });
        await answer(plant, novice, item, { label: isKnown ? 'chip' : 'good' });
      }
    }
    expect(checks).toBeGreaterThan(0);
    const labels = await server.db
      .selectFrom('pool_image')
      .select(({ fn }) => fn.countAll().as('n'))
      .where('plant_id', '=', plant.row.id)
      .where('label', '=', 'chip')
      .executeTakeFirstOrThrow();
    expect(Number(labels.n)).toBe(0);
    const { agreement } = await novice.client.read<{
      agreement: { persons: { person: { id: string }; known: { n: number } }[] };
    }>(
      `query ($id: ID!, $from: DateTime!, $to: DateTime!) { agreement(plantId: $id, from: $from, to: $to) { enough images fleiss { n value } persons { person { id } known { n value low high method } peers { n } } } }`,
      { id: plant.globalId, from: '2026-02-20T00:00:00Z', to: '2026-04-01T00:00:00Z' },
    );
    expect(agreement.persons.find(({ person }) => person.id === novice.globalId)?.known.n).toBe(checks);
  });

  it('fills itself with what is worth a look, and no further', async () => {
    const plant = await seed.plant();
    const shas = await seedPool(server.db, plant.row.id, 8, { verdict: 'uncertain' });
    await weighQueue(server.services);
    const { reviewQueue } = await plant.owner.client.read<{ reviewQueue: { edges: { node: { worth: number } }[] } }>(
      `query ($id: ID!) { reviewQueue(plantId: $id) { edges { node { worth reason { code } } } } }`,
      { id: plant.globalId },
    );
    // LEHR_LIMIT_REVIEW_QUEUE
    expect(reviewQueue.edges).toHaveLength(5);
    const worths = reviewQueue.edges.map(({ node }) => node.worth);
    expect(worths).toEqual(worths.toSorted((a, b) => b - a));
    expect((await open(plant, shas)).already).toBe(5);
    // LEHR_LIMIT_REVIEW_OPEN
    const many = await seedPool(server.db, plant.row.id, 401);
    expect(await open(plant, many)).toMatchObject({ __typename: 'InvalidInputError' });
    expect((await open(plant, many.slice(0, 400))).opened).toBe(400);
  });

  it('puts what operators say before what nobody has seen, never as a label, and waits for images', async () => {
    const { plant, item, nodes } = await recordingPlant(seed);
    const operator = await plant.person('operator');
    const [reviewer] = (await reviewers(plant, 1)) as [SeededPerson];
    const [sha256 = '', other = ''] = await seedPool(server.db, plant.row.id, 2);
    const part = item({ id: idAt(now.getTime()), verdict: 'REJECT', score: 0.9, imageSha256: sha256 });
    const late = item({ id: idAt(now.getTime()), verdict: 'PASS', imageSha256: 'ab'.repeat(32) });
    await record(nodes[0]?.client ?? server.anonymous, [part, late]);
    await open(plant, [other]);
    const inspectionId = (id: string) => encodeGlobalId('Inspection', `${plant.row.id}:${id}`);
    const suggest = (id: string, said: string, person = operator) =>
      person.client.act('suggestLabel', 'kind person { id } inspection { id suggestions { kind } }', {
        inspectionId: inspectionId(id),
        kind: said,
      });
    expect(await suggest(part.id, 'WAS_BAD')).toMatchObject({ __typename: 'InvalidInputError' });
    expect(await suggest(part.id, 'REJECT_WAS_RIGHT')).toMatchObject({ kind: 'REJECT_WAS_RIGHT' });
    expect(await suggest(part.id, 'REJECT_WAS_WRONG')).toMatchObject({
      person: { id: operator.globalId },
      inspection: { suggestions: [{ kind: 'REJECT_WAS_WRONG' }] },
    });
    const [first] = (await claim(plant, reviewer, 1)) as [Item];
    expect(first).toMatchObject({
      purpose: 'SUGGESTION',
      reason: { code: 'operator' },
      poolImage: { image: { sha256 }, labelState: 'SUGGESTED', label: null },
    });
    await answer(plant, reviewer, first, { label: 'good' });
    now = new Date(now.getTime() + 1000);
    // what is labelled by now gets a second look, by the same person too
    await suggest(part.id, 'REJECT_WAS_RIGHT');
    expect((await claim(plant, reviewer, 1))[0]).toMatchObject({ purpose: 'SUGGESTION' });

    await suggest(late.id, 'WAS_BAD');
    expect(await stateOf('ab'.repeat(32))).toBeUndefined();
    await sql`INSERT INTO image (plant_id, sha256, format, size_bytes, width, height, received_at)
      VALUES (${plant.row.id}::uuid, ${Buffer.from('ab'.repeat(32), 'hex')}, 'png', 1, 4, 4, now())`.execute(server.db);
    await weighQueue(server.services);
    expect(await stateOf('ab'.repeat(32))).toBe('suggested');
  });

  it('keeps sketches until something is said, each person his own', async () => {
    const plant = await seed.plant();
    const [one, other] = (await reviewers(plant, 2)) as [SeededPerson, SeededPerson];
    const [sha256 = ''] = await seedPool(server.db, plant.row.id, 1);
    await open(plant, [sha256]);
    const save = (document: object) =>
      one.client.act('saveReviewSketch', 'savedAt', { plantId: plant.globalId, imageSha256: sha256, document });
    expect((await save({ strokes: [1, 2] })).savedAt).toBeTruthy();
    expect(await save({ long: 'x'.repeat(988) })).toMatchObject({ savedAt: expect.anything() });
    expect(await save({ long: 'x'.repeat(999) })).toMatchObject({ __typename: 'InvalidInputError' });
    await save({ strokes: [1, 2, 3] });
    const [item] = (await claim(plant, one, 1)) as [Item];
    expect(item).toMatchObject({ sketch: { strokes: [1, 2, 3] } });
    await answer(plant, one, item, { label: 'good' });
    expect(await server.db.selectFrom('review_sketch').selectAll().execute()).toEqual([]);
    expect(other.globalId).not.toBe(one.globalId);
  });

  it('refuses answers that say nothing, too much, or what the image does not hold', async () => {
    const plant = await seed.plant();
    const [sha256 = ''] = await seedPool(server.db, plant.row.id, 1);
    const box = { classCode: 'chip', box: { x: 10, y: 10, width: 20, height: 20 } };
    const refused = async (said: object) =>
      expect(await answer(plant, plant.owner, sha256, said), JSON.stringify(said)).toMatchObject({
        __typename: 'InvalidInputError',
      });
    await refused({});
    await refused({ label: 'good', regions: [box] });
    await refused({ regions: [{ ...box, classCode: 'good' }] });
    await refused({ regions: [{ ...box, box: { x: 90, y: 10, width: 20, height: 20 } }] });
    await refused({ regions: [{ classCode: 'chip' }] });
    await refused({ regions: [box, box, box] });
    expect(await answer(plant, plant.owner, sha256, { regions: [box, box] })).toMatchObject({ label: 'chip' });
  });

  it('signs books, tells which labels a change touches and asks for them again', async () => {
    const plant = await seed.plant();
    const { client } = plant.owner;
    const { plantId } = { plantId: plant.globalId };
    const draft = await client.act('openDefectBook', 'id number classes { code revision translations { language } }', {
      plantId,
      template: 'GLASS',
    });
    expect(draft.classes).toHaveLength(6);
    expect(await client.act('openDefectBook', 'id', { plantId, template: 'GLASS' })).toMatchObject({
      __typename: 'ConflictError',
    });
    const wrong = { defectBookId: draft.id, meaning: 'valid', password: 'wrong' };
    expect(await client.act('signDefectBook', 'id', wrong)).toMatchObject({ __typename: 'WrongCredentialsError' });
    const signed = await client.act('signDefectBook', 'id state contentHash signedBy { id }', {
      ...wrong,
      password: PASSWORD,
    });
    expect(signed).toMatchObject({ state: 'SIGNED', signedBy: { id: plant.owner.globalId } });

    const [stone = '', good = '', seeds = ''] = await seedPool(server.db, plant.row.id, 3);
    await answer(plant, plant.owner, stone, { label: 'stone' });
    await answer(plant, plant.owner, good, { label: 'good' });
    await answer(plant, plant.owner, seeds, {
      regions: [
        { classCode: 'seed', box: { x: 1, y: 1, width: 5, height: 5 } },
        { classCode: 'blister', box: { x: 20, y: 20, width: 5, height: 5 } },
      ],
    });
    expect(await answer(plant, plant.owner, good, { label: 'scratch' })).toMatchObject({
      __typename: 'InvalidInputError',
    });

    const next = await client.act('openDefectBook', 'id number classes { code }', { plantId, template: 'EMPTY' });
    expect(next).toMatchObject({ number: 2 });
    expect(next.classes).toHaveLength(6);
    const put = (code: string, more: object) =>
      client.act('putDefectClass', 'classes { code revision isRetired }', {
        defectBookId: next.id,
        ...{ code, name: code, definition: 'Otherwise now.', severity: 'MAJOR', ...more },
      });
    await put('stone', {});
    await put('seed', { isRetired: true });
    expect(await client.act('removeDefectClass', 'id', { defectBookId: next.id, code: 'stone' })).toMatchObject({
      __typename: 'ConflictError',
    });
    await client.act('putDefectExample', 'id', {
      defectBookId: next.id,
      code: 'stone',
      imageSha256: good,
      isDefect: false,
    });
    const second = await client.act(
      'signDefectBook',
      'id number touchedClasses { code isRetired labels } touched { edges { node { label } } } classes { code revision examples { isDefect image { label } } }',
      { defectBookId: next.id, meaning: 'sharper', password: PASSWORD },
    );
    expect(second.touchedClasses).toEqual([
      { code: 'seed', isRetired: true, labels: 1 },
      { code: 'stone', isRetired: false, labels: 1 },
    ]);
    expect(second.classes).toContainEqual({
      ...{ code: 'stone', revision: 2, examples: [{ isDefect: false, image: { label: 'good' } }] },
    });
    expect(await client.act('openRecheck', 'opened already', { defectBookId: second.id })).toMatchObject({ opened: 2 });
    expect(await client.act('openRecheck', 'opened already', { defectBookId: second.id })).toMatchObject({ opened: 0 });
    const items = await claim(plant, plant.owner, 2);
    expect(items.map(({ purpose }) => purpose)).toEqual(['RECHECK', 'RECHECK']);
    for (const item of items) await answer(plant, plant.owner, item, { label: 'stone' });
    const { node } = await client.read<{ node: object }>(
      'query ($id: ID!) { node(id: $id) { ... on DefectBook { touchedClasses { code } } } }',
      { id: second.id },
    );
    expect(node).toEqual({ touchedClasses: [] });
    const changed = server.db.updateTable('defect_class').set({ name: 'x' }).execute();
    await expect(changed).rejects.toThrow('signed');
  });
});
