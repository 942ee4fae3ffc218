/** What is shared among subscribers and what is not: work, bytes, slowness, rights. */
import { afterEach, describe, expect, it } from 'vitest';
import { openTinyDoor, type Peer, type TinyDoor } from './tiny-door.ts';

let open: TinyDoor | undefined;
const start = async (...options: Parameters<typeof openTinyDoor>) => {
  open = await openTinyDoor(...options);
  return open;
};
afterEach(async () => {
  await open?.close();
  open = undefined;
});

const ROWS = 'subscription Rows($after: String) { rows(after: $after) { cursor positions } }';
const upTo = (count: number) => Array.from({ length: count }, (_, n) => n + 1);
const greeted = (peer: Peer, id: string) => peer.until(({ messages }) => messages.some((message) => message.id === id));
const itemsOf = ({ texts }: Peer, id: string) =>
  texts
    .filter((text) => text.startsWith(`{"id":"${id}"`) && !text.includes('"positions":[]'))
    .map((text) => text.replace(`"id":"${id}"`, '"id":""'));

describe('equal subscribers', () => {
  it('are executed once however many they are', async () => {
    const door = await start({ liveConnections: 50 });
    const peers = await Promise.all(upTo(20).map((n) => door.enter(`token${n}`)));
    for (const peer of peers) peer.subscribe('1', ROWS);
    await Promise.all(peers.map((peer) => greeted(peer, '1')));
    door.counts.executions = 0;
    door.append(2);
    await Promise.all(peers.map((peer) => peer.until((each) => each.positions('1').length === 2)));
    expect(door.counts.executions).toBe(1);
  });

  it('get the same bytes as one who shares with nobody', async () => {
    const door = await start();
    const [anna, berta, alone] = [
      await door.enter('anna'),
      await door.enter('berta'),
      await door.enter('clara', 'other'),
    ];
    for (const peer of [anna, berta, alone]) peer.subscribe('1', ROWS);
    for (const peer of [anna, berta, alone]) await greeted(peer, '1');
    for (let round = 1; round <= 5; round++) {
      door.append(2);
      for (const peer of [anna, berta, alone]) await peer.until((each) => each.positions('1').length === round * 2);
    }
    expect(itemsOf(anna, '1')).toHaveLength(5);
    expect(itemsOf(berta, '1')).toEqual(itemsOf(anna, '1'));
    expect(itemsOf(alone, '1')).toEqual(itemsOf(anna, '1'));
  });

  it('may not ask who they are: the field fails, and with it nothing of a person is shared', async () => {
    const door = await start();
    const peer = await door.enter();
    peer.subscribe('1', 'subscription { rows { who positions } }');
    await peer.until(({ texts }) => texts.length > 0);
    expect(peer.messages[0]).toMatchObject({ type: 'next', payload: { data: { rows: { who: null } } } });
    expect(peer.texts[0]).toContain('Unexpected error');
  });
});

describe('a slow reader', () => {
  it('goes back to the database and loses nothing, while the others go on at their pace', async () => {
    const door = await start({ liveBufferedBytes: 50_000 }, 'x'.repeat(20_000));
    const padded = 'subscription { rows { cursor positions padding } }';
    const [slow, fast] = [await door.enter('slow'), await door.enter('fast')];
    for (const peer of [slow, fast]) peer.subscribe('1', padded);
    for (const peer of [slow, fast]) await greeted(peer, '1');

    slow.socket.pause();
    // More than the kernel's buffers of both ends hold, so that the server sees it.
    for (let round = 1; round <= 600; round++) {
      door.append(2);
      await fast.until((each) => each.texts.length > round);
    }
    const buffered = door.hub.connections.bufferedBytes;
    expect(buffered).toBeGreaterThan(50_000);
    expect(buffered).toBeLessThan(50_000 + 2 * 20_500);
    slow.socket.resume();
    await slow.until((each) => each.texts.length > 100 && (each.positions('1').at(-1) ?? 0) === 1200);
    expect(slow.positions('1')).toEqual(upTo(1200));
    expect(fast.positions('1')).toEqual(upTo(1200));
  }, 60_000);
});

describe('a revoked principal', () => {
  it('gets no further event, on none of its connections, while others with equal rights go on', async () => {
    const door = await start();
    const [one, two, other] = [await door.enter('anna'), await door.enter('anna'), await door.enter('berta')];
    for (const peer of [one, two, other]) peer.subscribe('1', ROWS);
    for (const peer of [one, two, other]) await greeted(peer, '1');
    door.append(2);
    door.hub.revoke('token:anna');
    await other.until((peer) => peer.positions('1').length === 2);
    for (const peer of [one, two]) {
      await peer.until(({ closed }) => closed !== undefined);
      expect(peer.closed?.code).toBe(4403);
      expect(peer.positions('1')).toEqual([]);
      expect(peer.texts.at(-1)).toContain('RIGHTS_CHANGED');
    }
  });
});

describe('a picture', () => {
  it('is conflated to at most one per interval, counts what it left out, and ends with the newest state', async () => {
    const door = await start({ livePictureMs: 100 });
    const peer = await door.enter();
    peer.subscribe('1', 'subscription { picture { n: count left: skipped } }');
    await peer.until(({ texts }) => texts.length === 1);
    const pictures = () =>
      peer.texts.map((text) => JSON.parse(text).payload.data.picture as { n: number; left: number });
    const started = performance.now();
    for (let n = 0; n < 50; n++) {
      door.append(1);
      door.hub.touch('topic');
      await new Promise((resolve) => setImmediate(resolve));
    }
    await peer.until(() => pictures().at(-1)?.n === 50);
    const intervals = Math.ceil((performance.now() - started) / 100);
    expect(pictures().length).toBeLessThanOrEqual(intervals + 2);
    // Every change is in a picture or counted as left out.
    await peer.until(() => pictures().length - 1 + pictures().reduce((sum, { left }) => sum + left, 0) === 50);
  });
});
