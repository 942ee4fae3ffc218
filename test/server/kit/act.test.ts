/** The one way to write: what an act leaves behind, in which order, and that a failed one leaves nothing. */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Acting, act } from '../../../server/kit/act.ts';
import type { Wakeable } from '../../../server/kit/context.ts';
import { databases } from '../../support/database.ts';
import { createSeed, type SeededPlant } from '../../support/seed.ts';
import { openTestServer, type TestServer } from '../../support/server.ts';

describe.each(databases())('an act on %s', (kind) => {
  let server: TestServer;
  let plants: SeededPlant[];
  beforeAll(async () => {
    server = await openTestServer(kind);
    const seed = createSeed(server);
    plants = [await seed.plant(), await seed.plant()];
  });
  afterAll(() => server.close());

  /** The services with a hub that writes down what it is told, and how many events the plant had then. */
  function watched(): Acting & { heard: string[] } {
    const heard: string[] = [];
    const hub: Wakeable = {
      wake: (stream, id) => void heard.push(`wake ${stream} ${id}`),
      touch: (topic) => void heard.push(`touch ${topic}`),
      revoke: (principalKey) => void heard.push(`revoke ${principalKey}`),
    };
    return { ...server.services, hub, heard };
  }

  const plantIds = () => plants.map((plant) => plant.row.id);
  const subject = (plantId: string) => ({ plantId, subjectType: 'Plant', subjectId: plantId });
  const events = (plantId: string) =>
    server.db
      .selectFrom('event')
      .select(['position', 'kind', 'actor_kind', 'data'])
      .where('plant_id', '=', plantId)
      .orderBy('position')
      .execute();
  const entries = (action: string) =>
    server.db.selectFrom('audit').select(['chain', 'record']).where('action', '=', action).orderBy('seq').execute();

  it('writes what its body said, as the system where there is no viewer, and wakes after the commit', async () => {
    const [plantId = ''] = plantIds();
    const before = await events(plantId);
    const acting = watched();
    const given = await act(acting, async (scope) => {
      scope.event(plantId, { kind: 'test.first', data: { n: 1 } });
      scope.audit('test.done', subject(plantId), { before: null, after: 1 });
      scope.touch('line:1');
      scope.revoke('token:1');
      scope.event(plantId, { kind: 'test.second', data: { n: 2 } });
      scope.afterCommit(() => void acting.heard.push('step'));
      expect(await scope.trx.selectFrom('event').select('position').where('kind', '=', 'test.first').execute()).toEqual(
        [],
      );
      expect(acting.heard).toEqual([]);
      return 'given';
    });
    expect(given).toBe('given');
    expect(acting.heard).toEqual(['step', 'revoke token:1', 'touch line:1', `wake event ${plantId}`]);
    const written = (await events(plantId)).slice(before.length);
    expect(written.map(({ kind: each, actor_kind }) => [each, actor_kind])).toEqual([
      ['test.first', 'system'],
      ['test.second', 'system'],
    ]);
    const [entry] = await entries('test.done');
    expect(entry?.chain).toBe(`plant:${plantId}`);
    expect(JSON.parse(entry?.record ?? '')).toMatchObject({
      actor: { kind: 'system', id: null },
      subject: { type: 'Plant', id: plantId },
      detail: { before: null, after: 1 },
    });
  });

  it.each(['in the body', 'in what it told'])('leaves nothing and wakes nobody when it fails %s', async (where) => {
    const [plantId = ''] = plantIds();
    const before = await events(plantId);
    const acting = watched();
    const failed = act(acting, async ({ trx, event, audit, touch, revoke, afterCommit }) => {
      await trx.updateTable('plant').set({ name: 'never' }).where('id', '=', plantId).execute();
      event(plantId, { kind: 'test.never', data: {} });
      audit('test.never', subject(plantId));
      touch('line:1');
      revoke('token:1');
      afterCommit(() => void acting.heard.push('step'));
      if (where === 'in the body') throw new Error('no event stream');
      // a plant that does not exist has no stream
      event('ffffffff-ffff-7fff-8fff-ffffffffffff', { kind: 'test.never', data: {} });
    });
    await expect(failed).rejects.toThrow('no event stream');
    expect(acting.heard).toEqual([]);
    expect(await events(plantId)).toEqual(before);
    expect(await entries('test.never')).toEqual([]);
    const names = await server.db.selectFrom('plant').select('name').where('name', '=', 'never').execute();
    expect(names).toEqual([]);
  });

  it('lets acts on the same plants in any order pass each other, and keeps the positions dense', async () => {
    const orders = fc.array(fc.shuffledSubarray([0, 1], { minLength: 1 }), { minLength: 2, maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(orders, async (all) => {
        const acting = watched();
        await Promise.all(
          all.map((order) =>
            act(acting, async ({ event, audit }) => {
              for (const index of order) {
                const plantId = plantIds()[index] ?? '';
                audit('test.many', subject(plantId));
                event(plantId, { kind: 'test.many', data: {} });
              }
            }),
          ),
        );
      }),
      { numRuns: 10 },
    );
    for (const plantId of plantIds()) {
      const positions = (await events(plantId)).map(({ position }) => position);
      expect(positions).toEqual(positions.map((_, index) => (positions[0] ?? 0) + index));
    }
  });
});
