/** Of everything that the labels, the queue and the defect book list, so many: rows, as the services would leave them. */
import { randomBytes } from 'node:crypto';
import { sql } from 'kysely';
import type { Region } from '../../schema/region.ts';
import type { Db } from '../../server/database/database.ts';
import { newId } from '../../server/kit/ids.ts';
import { seedPool } from './seed-pool.ts';

export interface SeedLabels {
  plantId: string;
  count: number;
  /** A result with as many defects, and its time. */
  inspection: { id: string; capturedAt: Date };
  name?: string;
}

/** May be called again: what it makes stands on images and people of its own. Gives the newest book and an item that waits. */
export async function seedLabels(db: Db, seed: SeedLabels) {
  const { plantId, count, inspection, name = 'Person' } = seed;
  const at = new Date();
  const numbers = Array.from({ length: count }, (_, n) => n);
  // one more, so that there are as many pairs of them
  const people = await Promise.all([...numbers, count].map(() => newPerson(db, name, at)));
  const [first = ''] = people;
  const signature = { signed_by: first, signed_at: at, meaning: name, content_hash: randomBytes(32) };
  const sign = (id: string) =>
    db
      .updateTable('defect_book')
      .set({ state: 'signed', ...signature })
      .where('id', '=', id)
      .execute();
  for (const _ of numbers.slice(1)) await sign(await newBook(db, plantId, first, [0], at));
  const bookId = await newBook(db, plantId, first, numbers, at);
  const [discussed = '', ...touched] = await seedPool(db, plantId, count + 1);
  const touchedFirst = touched[0] ?? discussed;
  for (const each of touched.concat(discussed))
    await sql`INSERT INTO defect_example (book_id, plant_id, code, image_sha256, is_defect, note)
      VALUES (${bookId}::uuid, ${plantId}::uuid, 'class-0', ${bytes(each)}, true, ${name})`.execute(db);
  await sign(bookId);

  // everybody speaks of one image, each of another class, then all agree; one image of each class is decided before the book
  const said: string[] = [];
  for (const [n, person] of people.entries()) {
    await annotate(db, plantId, discussed, person, `class-${n % count}`, { number: 1, at, regions: numbers.length });
    said.push(await annotate(db, plantId, discussed, person, 'class-0', { number: 2, at, regions: numbers.length }));
  }
  const rule = people.length >= 3 ? 'third' : 'two';
  for (const _ of numbers) await decide(db, plantId, discussed, 'class-0', said, rule, at);
  await labelled(db, plantId, discussed, 'class-0', at);
  for (const n of numbers) {
    const sha256 = touched[n] ?? touchedFirst;
    const annotation = await annotate(db, plantId, sha256, first, `class-${n}`, { number: 1, at, regions: 1 });
    const decisionId = await decide(db, plantId, sha256, `class-${n}`, [annotation], 'one', at);
    await labelled(db, plantId, sha256, `class-${n}`, at);
    await db
      .insertInto('known_answer')
      .values({
        plant_id: plantId,
        image_sha256: bytes(sha256),
        decision_id: decisionId,
        added_by: first,
        added_at: at,
      })
      .execute();
    const asked = people.at(-1) ?? first;
    const later = new Date(at.getTime() + 1);
    await annotate(db, plantId, sha256, asked, `class-${n}`, { number: 2, at: later, regions: 0, isCheck: true });
  }
  await db.deleteFrom('agreement_rule').where('plant_id', '=', plantId).execute();
  const changed = { changed_by: first, changed_at: at };
  for (const n of numbers)
    await db
      .insertInto('agreement_rule')
      .values({ id: newId(), plant_id: plantId, label: `class-${n}`, reviewers: 1, ...changed })
      .execute();

  const waiting = await seedPool(db, plantId, count);
  let itemId = '';
  for (const [n, sha256] of [discussed, ...waiting].entries()) {
    itemId = newId();
    const holder = people[n] ?? null;
    await sql`UPDATE pool_image SET inspection_id = ${inspection.id}::uuid, captured_at = ${inspection.capturedAt}::timestamptz
      WHERE plant_id = ${plantId}::uuid AND image_sha256 = ${bytes(sha256)}`.execute(db);
    await db
      .insertInto('review_item')
      .values({
        ...{ id: itemId, plant_id: plantId, image_sha256: bytes(sha256), purpose: n === 0 ? 'settle' : 'label' },
        ...{ worth: n === 0 ? 4 : 0.5, reason: JSON.stringify({ code: 'sent' }), opened_at: at, closed_at: null },
        ...{ claimed_by: holder, claimed_until: holder === null ? null : new Date(at.getTime() + 3_600_000) },
      })
      .execute();
  }
  for (const person of people)
    await db
      .insertInto('label_suggestion')
      .values({
        ...{ id: newId(), plant_id: plantId, inspection_id: inspection.id, captured_at: inspection.capturedAt },
        ...{ image_sha256: bytes(discussed), kind: 'reject_was_wrong', person_id: person, made_at: at },
      })
      .execute();
  return { bookId, itemId, annotationId: said[0] ?? '', labelled: touchedFirst, discussed };
}

async function newPerson(db: Db, name: string, at: Date): Promise<string> {
  const id = newId();
  await db
    .insertInto('person')
    .values({
      ...{ id, email: `${id}@lehr.test`, name, password_hash: 'none', is_administrator: false, created_at: at },
      disabled_at: null,
    })
    .execute();
  return id;
}

async function newBook(
  db: Db,
  plantId: string,
  personId: string,
  numbers: readonly number[],
  at: Date,
): Promise<string> {
  const id = newId();
  const { rows } = await sql<{ number: number }>`
    SELECT coalesce(max(number), 0)::int + 1 AS number FROM defect_book WHERE plant_id = ${plantId}::uuid
  `.execute(db);
  await db
    .insertInto('defect_book')
    .values({
      ...{ id, plant_id: plantId, number: rows[0]?.number ?? 1, state: 'draft', created_by: personId, created_at: at },
      ...{ signed_by: null, signed_at: null, meaning: null, content_hash: null },
    })
    .execute();
  const limits = numbers.map((n) => ({ quantity: `quantity ${n}`, unit: 'mm', min: n, max: null }));
  const languages = numbers.map((n) => [`x${String.fromCharCode(97 + n)}`, { name: 'x', definition: 'x' }]);
  await db
    .insertInto('defect_class')
    .values(
      numbers.map((n) => ({
        ...{ book_id: id, plant_id: plantId, code: `class-${n}`, revision: 1, name: `Class ${n}` },
        ...{ definition: 'What it is.', severity: 'major' as const, ordinal: n },
        ...{ limits: JSON.stringify(limits), translations: JSON.stringify(Object.fromEntries(languages)) },
      })),
    )
    .execute();
  return id;
}

async function annotate(
  db: Db,
  plantId: string,
  sha256: string,
  personId: string,
  label: string,
  more: { number: number; at: Date; regions: number; isCheck?: boolean },
): Promise<string> {
  const id = newId();
  const box: Region = { kind: 'box', classCode: label, x: 1, y: 1, width: 5, height: 5 };
  const mask: Region = { kind: 'mask', classCode: label, width: 100, height: 100, counts: '01_h9' };
  const regions = Array.from({ length: more.regions }, (_, n) => (n === 1 ? mask : box));
  await db
    .insertInto('annotation')
    .values({
      ...{ id, plant_id: plantId, image_sha256: bytes(sha256), person_id: personId, number: more.number },
      ...{ book_id: null, label, regions: JSON.stringify(regions), origin: 'direct', is_check: more.isCheck ?? false },
      ...{ made_at: more.at, elapsed_ms: null },
    })
    .execute();
  return id;
}

async function decide(
  db: Db,
  plantId: string,
  sha256: string,
  label: string,
  votes: readonly string[],
  rule: 'one' | 'two' | 'third',
  at: Date,
): Promise<string> {
  const id = newId();
  const image = { plant_id: plantId, image_sha256: bytes(sha256) };
  await db.transaction().execute(async (trx) => {
    const decision = { ...image, id, label, annotation_id: votes[0] ?? '', rule, decided_at: at };
    await trx.insertInto('label_decision').values(decision).execute();
    for (const vote of votes)
      await trx
        .insertInto('label_decision_vote')
        .values({ ...image, decision_id: id, annotation_id: vote })
        .execute();
  });
  return id;
}

async function labelled(db: Db, plantId: string, sha256: string, label: string, at: Date): Promise<void> {
  await sql`UPDATE pool_image SET label_state = 'labelled', label = ${label}, labelled_at = ${at}::timestamptz
    WHERE plant_id = ${plantId}::uuid AND image_sha256 = ${bytes(sha256)}`.execute(db);
}

function bytes(sha256: string): Buffer {
  return Buffer.from(sha256, 'hex');
}
