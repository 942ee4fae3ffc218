/** Annotations and decisions in the database: what the services write, and what the database refuses by itself. */
import { randomBytes } from 'node:crypto';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newId } from '../../../../server/kit/ids.ts';
import {
  loadDecisions,
  recordAnnotations,
} from '../../../../server/modules/labelling/annotations/annotations.service.ts';
import { databases } from '../../../support/database.ts';
import { createSeed, type SeededPerson, type SeededPlant } from '../../../support/seed.ts';
import { openTestServer, type TestServer } from '../../../support/server.ts';

describe.each(databases())('recording annotations on %s', (kind) => {
  let server: TestServer;
  let plant: SeededPlant;
  let people: SeededPerson[];

  beforeAll(async () => {
    server = await openTestServer(kind);
    plant = await createSeed(server).plant();
    people = [];
    for (let index = 0; index < 3; index += 1) people.push(await plant.person('quality_engineer'));
  });
  afterAll(() => server.close());

  async function image(): Promise<string> {
    const sha256 = randomBytes(32);
    await server.db
      .insertInto('image')
      .values({
        plant_id: plant.row.id,
        sha256,
        format: 'png',
        size_bytes: 10,
        width: 40,
        height: 40,
        received_at: new Date(),
      })
      .execute();
    await sql`
      INSERT INTO pool_image (plant_id, image_sha256, origin, captured_at, received_at, width, height, size_bytes)
      VALUES (${plant.row.id}::uuid, ${sha256}, 'line', now(), now(), 40, 40, 10) ON CONFLICT DO NOTHING
    `.execute(server.db);
    return sha256.toString('hex');
  }

  const say = (person: number, sha256: string, label: string) =>
    server.db
      .transaction()
      .execute((trx) =>
        recordAnnotations(trx, { personId: people[person]?.row.id ?? '', at: new Date() }, [
          { plantId: plant.row.id, sha256, label, regions: [], origin: 'direct', bookId: null },
        ]),
      );
  const rule = (label: string | null, reviewers: 1 | 2) =>
    server.db
      .insertInto('agreement_rule')
      .values({
        id: newId(),
        plant_id: plant.row.id,
        label,
        reviewers,
        changed_by: people[0]?.row.id ?? '',
        changed_at: new Date(),
      })
      .execute();
  const stateOf = async (sha256: string) => {
    const row = await server.db
      .selectFrom('pool_image')
      .select(['label_state', 'label'])
      .where('image_sha256', '=', Buffer.from(sha256, 'hex'))
      .executeTakeFirstOrThrow();
    const item = await server.db
      .selectFrom('review_item')
      .select('purpose')
      .where('image_sha256', '=', Buffer.from(sha256, 'hex'))
      .where('closed_at', 'is', null)
      .executeTakeFirst();
    return [row.label_state, row.label, item?.purpose ?? null];
  };

  it('takes one reviewer where the plant asks for no more, and the next answer replaces it', async () => {
    const sha256 = await image();
    const [first] = await say(0, sha256, 'good');
    expect(first).toMatchObject({ state: 'labelled', decision: { label: 'good' }, annotation: { number: 1 } });
    await say(1, sha256, 'chip');
    expect(await stateOf(sha256)).toEqual(['labelled', 'chip', null]);
    const held = (await loadDecisions(server.db, plant.row.id, [sha256])).get(sha256);
    expect(held).toMatchObject({ label: 'chip', rule: 'one', personIds: [people[1]?.row.id] });
  });

  it('asks a second and then a third person where two must agree, and never the same one twice', async () => {
    await rule('crack', 2);
    const sha256 = await image();
    await say(0, sha256, 'crack');
    expect(await stateOf(sha256)).toEqual(['pending', null, 'agree']);
    await say(0, sha256, 'crack');
    expect(await stateOf(sha256)).toEqual(['pending', null, 'agree']);
    await say(1, sha256, 'good');
    expect(await stateOf(sha256)).toEqual(['conflict', null, 'settle']);
    expect((await loadDecisions(server.db, plant.row.id, [sha256])).size).toBe(0);
    const [third] = await say(2, sha256, 'crack');
    expect(third?.decision?.label).toBe('crack');
    expect(await stateOf(sha256)).toEqual(['labelled', 'crack', null]);
    const held = (await loadDecisions(server.db, plant.row.id, [sha256])).get(sha256);
    expect(held?.rule).toBe('third');
    expect(held?.personIds.toSorted()).toEqual([people[0]?.row.id, people[2]?.row.id].toSorted());
  });

  it('takes the same number of statements for one image and for many', async () => {
    const count = (shas: string[]) =>
      server.countStatements(() =>
        server.db.transaction().execute((trx) =>
          recordAnnotations(
            trx,
            { personId: people[0]?.row.id ?? '', at: new Date() },
            shas.map((sha256) => ({
              plantId: plant.row.id,
              sha256,
              label: 'good',
              regions: [],
              origin: 'import',
              bookId: null,
            })),
          ),
        ),
      );
    const many = await Promise.all(Array.from({ length: 20 }, image));
    expect(await count(many)).toBe(await count([await image()]));
  });

  describe('by plain SQL', () => {
    const decide = async (rule: string, label: string, of: (sha256: string) => Promise<string[]>) => {
      const sha256 = await image();
      const annotations = await of(sha256);
      await server.db.transaction().execute(async (trx) => {
        const id = newId();
        const bytes = Buffer.from(sha256, 'hex');
        await sql`INSERT INTO label_decision (id, plant_id, image_sha256, label, annotation_id, rule, decided_at)
          VALUES (${id}::uuid, ${plant.row.id}::uuid, ${bytes}, ${label}, ${annotations[0]}::uuid, ${rule}, now())`.execute(
          trx,
        );
        for (const annotation of annotations)
          await sql`INSERT INTO label_decision_vote VALUES (${id}::uuid, ${plant.row.id}::uuid, ${bytes}, ${annotation}::uuid)`.execute(
            trx,
          );
      });
    };
    const annotate = async (sha256: string, person: number, label: string, number = 1, isCheck = false) => {
      const id = newId();
      await sql`INSERT INTO annotation (id, plant_id, image_sha256, person_id, number, label, regions, origin, is_check, made_at)
        VALUES (${id}::uuid, ${plant.row.id}::uuid, ${Buffer.from(sha256, 'hex')}, ${people[person]?.row.id}::uuid, ${number}, ${label}, '[]', 'direct', ${isCheck}, now())`.execute(
        server.db,
      );
      return id;
    };

    it.each<[string, string, (sha256: string) => Promise<string[]>]>([
      ['two votes of one person', 'two', async (s) => [await annotate(s, 0, 'chip'), await annotate(s, 0, 'chip', 2)]],
      ['a vote for another label', 'two', async (s) => [await annotate(s, 0, 'chip'), await annotate(s, 1, 'good')]],
      ['one vote where two are claimed', 'two', async (s) => [await annotate(s, 0, 'chip')]],
      ['an answer that only measures', 'one', async (s) => [await annotate(s, 0, 'chip', 1, true)]],
      [
        'a third who has not spoken',
        'third',
        async (s) => [await annotate(s, 0, 'chip'), await annotate(s, 1, 'chip')],
      ],
    ])('refuses a decision with %s', async (_case, ruled, votes) => {
      await expect(decide(ruled, 'chip', votes)).rejects.toThrow(/votes of|third person/);
    });

    it('takes what the rule asks for', async () => {
      await decide('two', 'chip', async (s) => [await annotate(s, 0, 'chip'), await annotate(s, 1, 'chip')]);
    });

    it.each(['annotation', 'label_decision', 'label_decision_vote'])('never changes %s', async (table) => {
      await say(0, await image(), 'good');
      const name = sql.table(table);
      await expect(sql`UPDATE ${name} SET plant_id = plant_id`.execute(server.db)).rejects.toThrow('append-only');
      await expect(sql`DELETE FROM ${name}`.execute(server.db)).rejects.toThrow('append-only');
      await expect(sql`TRUNCATE ${name} CASCADE`.execute(server.db)).rejects.toThrow('append-only');
    });
  });
});
