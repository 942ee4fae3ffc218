/** The events of a plant over WebSocket, on each database: resumed, filtered, expired, refused, revoked. */
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { databases } from '../../support/database.ts';
import type { SeededPlant, SeededToken } from '../../support/seed.ts';
import { followEvents, type LiveServer, numbersOf, openLiveServer, upTo } from './live-server.ts';

describe.each(databases())('following a plant’s events on %s', (kind) => {
  let live: LiveServer;
  let plant: SeededPlant;
  let mes: SeededToken;

  beforeAll(async () => {
    live = await openLiveServer(kind, { env: { LEHR_LIMIT_REPLAY_PAGE: '7', LEHR_LIMIT_LIVE_TAIL_ROWS: '5' } });
  });
  afterAll(() => live.close());

  const freshPlant = async () => {
    plant = await live.seed.plant();
    mes = await plant.mesToken();
    return { plant, client: live.client(mes.secret) };
  };

  it('replays from a cursor, then goes on live, and resumes behind the last payload', async () => {
    const { client } = await freshPlant();
    const early = followEvents(client, { plantId: plant.globalId });
    await early.until(({ payloads }) => payloads.length > 0, 'the greeting that tells a cursor');
    await live.appendEvents(plant.row.id, 40);
    await early.until((received) => numbersOf(received).length === 40, '40 events');

    const resumed = followEvents(client, { plantId: plant.globalId, after: early.payloads[0]?.cursor });
    await resumed.until((received) => numbersOf(received).length >= 10, 'the replay to begin');
    await live.appendEvents(plant.row.id, 20, { from: 40 });
    await resumed.until((received) => numbersOf(received).length >= 60, '60 events');
    await early.until((received) => numbersOf(received).length >= 60, '60 events');
    expect(numbersOf(resumed)).toEqual(upTo(60));
    expect(numbersOf(early)).toEqual(upTo(60));

    const tail = followEvents(client, { plantId: plant.globalId, after: resumed.payloads.at(-1)?.cursor });
    await tail.until(({ payloads }) => payloads.length > 0, 'a sign of life');
    expect(numbersOf(tail)).toEqual([]);
  });

  it('loses nothing when connections break again and again and the client resumes with its cursor', async () => {
    const { client } = await freshPlant();
    const first = await followEvents(client, { plantId: plant.globalId }).until(
      ({ payloads }) => payloads.length > 0,
      'a cursor',
    );
    let cursor = first.payloads[0]?.cursor;
    first.stop();
    const seen: number[] = [];
    for (let round = 0; round < 8; round++) {
      const own = live.client(mes.secret, { retryAttempts: 0 });
      const received = followEvents(own, { plantId: plant.globalId, after: cursor });
      await live.appendEvents(plant.row.id, 15, { from: round * 15 });
      await received.until((each) => numbersOf(each).length > 0, 'some events');
      own.terminate();
      await received.until(({ isEnded }) => isEnded, 'the break');
      seen.push(...numbersOf(received));
      cursor = received.payloads.at(-1)?.cursor ?? cursor;
    }
    const last = followEvents(client, { plantId: plant.globalId, after: cursor });
    await last.until((each) => seen.length + numbersOf(each).length >= 120, 'the rest');
    expect([...seen, ...numbersOf(last)]).toEqual(upTo(120));
  });

  it('moves the cursor of a reader whose filter lets nothing through', async () => {
    const { client } = await freshPlant();
    const filtered = followEvents(client, { plantId: plant.globalId, kinds: ['other.kind'] });
    await filtered.until(({ payloads }) => payloads.length > 0, 'the greeting');
    const all = followEvents(client, { plantId: plant.globalId });
    await all.until(({ payloads }) => payloads.length > 0, 'the greeting');
    await live.appendEvents(plant.row.id, 20);
    await all.until((received) => numbersOf(received).length === 20, 'all events');
    await live.hub.tick();
    const cursor = all.payloads.at(-1)?.cursor;
    await filtered.until(({ payloads }) => payloads.at(-1)?.cursor === cursor, 'a heartbeat at the newest position');
    expect(numbersOf(filtered)).toEqual([]);
  });

  it('finds at the next beat what another process has committed without a word', async () => {
    const { client } = await freshPlant();
    const received = followEvents(client, { plantId: plant.globalId });
    await received.until(({ payloads }) => payloads.length > 0, 'the greeting');
    await live.appendEvents(plant.row.id, 3, { wake: false });
    await live.hub.tick();
    await received.until((each) => numbersOf(each).length === 3, 'the events');
  });

  it('refuses a cursor older than retention and names the first that is left', async () => {
    const { client } = await freshPlant();
    const received = followEvents(client, { plantId: plant.globalId });
    await received.until(({ payloads }) => payloads.length > 0, 'the greeting');
    await live.appendEvents(plant.row.id, 12);
    await received.until((each) => numbersOf(each).length === 12, 'the events');
    await live.server.db.transaction().execute(async (trx) => {
      await trx.deleteFrom('event').where('plant_id', '=', plant.row.id).where('position', '<', 9).execute();
      await trx.updateTable('stream').set({ first_position: 9 }).where('id', '=', plant.row.id).execute();
    });
    // Until the next beat, what was read a moment ago may still be given out.
    await live.hub.tick();

    const expired = followEvents(client, { plantId: plant.globalId, after: received.payloads[0]?.cursor });
    await expired.until(({ errors }) => errors !== undefined, 'the refusal');
    expect(expired.errors?.[0]?.extensions?.code).toBe('CURSOR_EXPIRED');
    const rest = followEvents(client, { plantId: plant.globalId, after: expired.errors?.[0]?.extensions?.firstCursor });
    await rest.until((each) => numbersOf(each).length === 4, 'what is left');
    expect(numbersOf(rest)).toEqual([8, 9, 10, 11]);
  });

  it('refuses a cursor that is malformed, of another stream, or ahead of the stream', async () => {
    const { client } = await freshPlant();
    const other = await live.seed.plant();
    const foreign = Buffer.from(`e:${other.row.id}:0`).toString('base64url');
    const ahead = Buffer.from(`e:${plant.row.id}:99`).toString('base64url');
    for (const after of ['nonsense', foreign, ahead]) {
      const refused = followEvents(client, { plantId: plant.globalId, after });
      await refused.until(({ errors }) => errors !== undefined, 'the refusal');
      expect(refused.errors?.[0]?.extensions?.code).toBe('INVALID_CURSOR');
    }
  });

  it('shows a plant that the caller may not see as one that does not exist, and nothing to an edge node', async () => {
    const { client } = await freshPlant();
    const other = await live.seed.plant();
    const hidden = followEvents(client, { plantId: other.globalId });
    await hidden.until(({ errors }) => errors !== undefined, 'the refusal');
    expect(hidden.errors?.[0]?.extensions).toMatchObject({ code: 'NOT_FOUND', field: 'plantId' });

    const [node] = plant.nodes;
    if (!node) throw new Error('a seeded plant has a node');
    const edge = followEvents(live.client((await plant.edgeToken(node)).secret), { plantId: plant.globalId });
    await edge.until(({ errors }) => errors !== undefined, 'the refusal');
    expect(edge.errors?.[0]?.extensions?.code).toBe('FORBIDDEN');
  });

  it('ends a revoked token’s streams before the next event and closes with 4403', async () => {
    await freshPlant();
    const closed: number[] = [];
    const client = live.client(mes.secret, {
      retryAttempts: 0,
      on: { closed: (event) => closed.push((event as CloseEvent).code) },
    });
    const received = followEvents(client, { plantId: plant.globalId });
    await received.until(({ payloads }) => payloads.length > 0, 'the greeting');
    await live.appendEvents(plant.row.id, 1, { wake: false });
    live.hub.revoke(`token:${mes.id}`);
    live.hub.wake('event', plant.row.id);
    await received.until(({ isEnded }) => isEnded, 'the end');
    expect(numbersOf(received)).toEqual([]);
    expect(received.errors?.[0]?.extensions?.code).toBe('RIGHTS_CHANGED');
    await expect.poll(() => closed).toEqual([4403]);
  });

  it('ends within a beat what another process has revoked', async () => {
    const { client } = await freshPlant();
    const received = followEvents(client, { plantId: plant.globalId });
    await received.until(({ payloads }) => payloads.length > 0, 'the greeting');
    await live.server.db.updateTable('token').set({ revoked_at: new Date() }).where('id', '=', mes.id).execute();
    await live.hub.tick();
    await received.until(({ errors }) => errors !== undefined, 'the end');
    expect(received.errors?.[0]?.extensions?.code).toBe('RIGHTS_CHANGED');
  });

  it('gives events in position order, each once, while many write at the same time', async () => {
    const { client } = await freshPlant();
    const received = followEvents(client, { plantId: plant.globalId });
    await received.until(({ payloads }) => payloads.length > 0, 'the greeting');
    await Promise.all(upTo(30).map((n) => live.appendEvents(plant.row.id, 2, { from: 2 * n })));
    await received.until((each) => numbersOf(each).length >= 60, '60 events');

    const { rows } = await sql<{ n: number; position: number }>`
      SELECT (data ->> 'n')::int AS n, position FROM event WHERE plant_id = ${plant.row.id} ORDER BY position
    `.execute(live.server.db);
    expect(rows.map(({ position }) => position)).toEqual(upTo(60).map((n) => n + 1));
    expect(numbersOf(received)).toEqual(rows.map(({ n }) => n));
  });
});
