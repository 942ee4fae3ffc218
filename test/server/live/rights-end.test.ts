/** What ends a stream before its next event: rights that are taken, left or run out, through the real door on each database. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { encodeGlobalId } from '../../../server/kit/global-id.ts';
import { databases } from '../../support/database.ts';
import type { SeededPerson, SeededPlant } from '../../support/seed.ts';
import type { TestClient } from '../../support/test-client.ts';
import { EVENTS, type LiveServer, openLiveServer } from './live-server.ts';
import { Peer } from './tiny-door.ts';

describe.each(databases())('rights that end, on %s,', (kind) => {
  let live: LiveServer;
  let plant: SeededPlant;
  let aheadMs = 0;

  beforeAll(async () => {
    live = await openLiveServer(kind, { now: () => new Date(Date.now() + aheadMs) });
    plant = await live.seed.plant();
  });
  afterAll(() => live.close());

  /** Follows the plant's events, greeted. */
  const follow = async ({ headers }: TestClient) => {
    const origin = live.url.replace('ws:', 'http:').replace('/graphql', '');
    const peer = await Peer.open(live.url, { headers: { origin, ...headers } });
    peer.send({ type: 'connection_init' });
    await peer.until(({ texts }) => texts.length === 1);
    peer.subscribe('1', EVENTS, { plantId: plant.globalId });
    await peer.until(({ texts }) => texts.length === 2);
    return peer;
  };
  const eventsOf = ({ messages }: Peer) =>
    messages.flatMap(({ type, payload }) =>
      type === 'next'
        ? ((payload as { data: { events: { items: unknown[] } } } | undefined)?.data.events.items ?? [])
        : [],
    );
  /** Nothing of what is committed after the act comes, while one whose rights stay gets it. */
  const expectEnd = async (peer: Peer, act: () => Promise<unknown>, isTold = true) => {
    const witness = await follow((await plant.mesToken()).client);
    await act();
    const before = eventsOf(peer).length;
    await live.appendEvents(plant.row.id, 3, { kind: 'test.after' });
    await witness.until((each) => JSON.stringify(each.texts).includes('test.after'));
    await peer.until(({ closed }) => closed !== undefined);
    expect(peer.closed?.code).toBe(4403);
    if (isTold) expect(peer.texts.at(-1)).toContain('RIGHTS_CHANGED');
    expect(eventsOf(peer).length).toBe(before);
    expect(JSON.stringify(peer.texts)).not.toContain('test.after');
    witness.socket.terminate();
  };
  const inTheName = async (act: (person: SeededPerson) => Promise<unknown>) => {
    const person = await plant.person('operator');
    await expectEnd(await follow(person.client), () => act(person));
  };

  it('end the streams of a token that is revoked', async () => {
    const token = await plant.mesToken();
    const tokenId = encodeGlobalId('Token', token.id);
    await expectEnd(await follow(token.client), () => plant.owner.client.act('revokeToken', '__typename', { tokenId }));
  });

  it('end the streams of a person whose roles change, who is disabled, or who signs out', async () => {
    const installer = (await live.seed.installer()).client;
    await inTheName(({ globalId }) =>
      installer.act('setMemberships', '__typename', {
        personId: globalId,
        memberships: [{ plantId: plant.globalId, roles: ['VIEWER'] }],
      }),
    );
    await inTheName(({ globalId }) => installer.act('disablePerson', '__typename', { personId: globalId }));
    await inTheName(({ client }) => client.read('mutation { signOut { __typename } }'));
  });

  it('end with the time of a session or token, before the next event and without waiting for a beat', async () => {
    const person = await plant.person('viewer');
    const byCookie = await follow(person.client);
    await expectEnd(byCookie, async () => {
      // The seeded session lasts an hour; the witness came before and has no end.
      aheadMs = 3_600_001;
    });
    aheadMs = 0;
    const token = await plant.mesToken();
    const soon = new Date(Date.now() + 3_600_000);
    await live.server.db.updateTable('token').set({ expires_at: soon }).where('id', '=', token.id).execute();
    await expectEnd(await follow(token.client), async () => {
      aheadMs = 3_600_001;
    });
    aheadMs = 0;
  });

  it('end at the next beat without any event', async () => {
    const person = await plant.person('viewer');
    const peer = await follow(person.client);
    aheadMs = 3_600_001;
    await live.hub.tick();
    await peer.until(({ closed }) => closed !== undefined);
    expect(peer.closed?.code).toBe(4403);
    aheadMs = 0;
  });
});
