/** What a connection may cost: a peer that is gone, one that does not read, many that come back together. */
import { afterEach, describe, expect, it } from 'vitest';
import { createMemoryStream, Reader, smallLimits } from './memory-stream.ts';
import { openTinyDoor, type TinyDoor } from './tiny-door.ts';

let open: TinyDoor | undefined;
afterEach(async () => {
  await open?.close();
  open = undefined;
});

const upTo = (count: number) => Array.from({ length: count }, (_, n) => n + 1);
const metric = async ({ registry }: TinyDoor, name: string) =>
  (await registry.getSingleMetric(name)?.get())?.values[0]?.value;

describe('a peer that is gone', () => {
  it('is let go after two pings without an answer or a byte taken, while one that answers stays', async () => {
    open = await openTinyDoor({ wsPingMs: 60 });
    const [gone, here] = [await open.enter('anna'), await open.enter('berta')];
    gone.socket.pause();
    await expect.poll(() => open?.hub.connections.size).toBe(1);
    expect(here.closed).toBeUndefined();
    expect(await metric(open, 'lehr_live_connections')).toBe(1);
    gone.socket.terminate();
  });
});

describe('a peer that does not read', () => {
  it('keeps no more than its bound in memory, as the metrics show, and nothing once it has read', async () => {
    const bound = 50_000;
    const padding = 'x'.repeat(20_000);
    open = await openTinyDoor({ liveBufferedBytes: bound }, padding);
    const door = open;
    const [slow, fast] = [await door.enter('slow'), await door.enter('fast')];
    for (const peer of [slow, fast]) {
      peer.subscribe('1', 'subscription { rows { cursor positions padding } }');
      await peer.until(({ texts }) => texts.length > 0);
    }
    slow.socket.pause();
    let most = 0;
    for (let round = 1; round <= 500; round++) {
      door.append(2);
      await fast.until((peer) => peer.texts.length > round);
      most = Math.max(most, (await metric(door, 'lehr_live_connection_buffered_bytes_max')) ?? 0);
    }
    expect(most).toBeGreaterThan(bound);
    // One batch, at most a quarter of the bound and then one payload, may come on top.
    expect(most).toBeLessThan(bound + bound / 4 + padding.length + 1000);
    expect(await metric(door, 'lehr_live_fallbacks_total')).toBeGreaterThan(0);
    slow.socket.resume();
    await slow.until((peer) => peer.positions('1').at(-1) === 1000);
    expect(slow.positions('1')).toEqual(upTo(1000));
    await expect.poll(() => metric(door, 'lehr_live_buffered_bytes')).toBe(0);
  }, 60_000);
});

describe('many who come back together', () => {
  it('share reads and executions, a few at a time, and let others be heard in between', async () => {
    const [rows, readers] = [1000, 200];
    const limits = { ...smallLimits, replayPage: 100, livePayloadItems: 20, liveTailRows: 50, liveReplays: 3 };
    let running = 0;
    let mostRunning = 0;
    const stream = createMemoryStream(
      async (_label, value) => {
        mostRunning = Math.max(mostRunning, ++running);
        await new Promise((resolve) => setImmediate(resolve));
        running--;
        return value();
      },
      { ...limits, liveReplayPages: 16, liveReplayBytes: 1_000_000, liveBufferedBytes: 1_000_000 },
    );
    stream.append(rows);
    let turns = 0;
    let isOver = false;
    const turning = (async () => {
      for (; !isOver && turns < 100_000; turns++) await new Promise((resolve) => setImmediate(resolve));
    })();
    const back = upTo(readers).map((n) => ({ after: (n * 37) % rows, reader: new Reader() }));
    for (const { after, reader } of back) await stream.follow(reader, { after });
    stream.append(5);
    stream.hub.wake('event', '00000000-0000-7000-8000-000000000001');
    await expect.poll(() => back.every(({ reader }) => reader.positions.at(-1) === rows + 5)).toBe(true);
    isOver = true;
    await turning;
    for (const { after, reader } of back)
      expect(reader.positions).toEqual(upTo(rows + 5).filter((position) => position > after));

    // A page of the stream each, and those of the tail; not one for each reader.
    expect(stream.stats.reads).toBeLessThanOrEqual(rows / limits.replayPage + 5);
    const pages = await stream.count('lehr_live_replay_pages_total');
    expect(pages).toBeGreaterThan(readers * 4);
    // Each its own short page at most, and one for every short or whole page that all share.
    expect(stream.stats.executions).toBeLessThan(readers + rows / 20 + rows / limits.replayPage + 50);
    // Replays, and beside them the head, the tail and the group.
    expect(mostRunning).toBeLessThanOrEqual(limits.liveReplays + 3);
    expect(turns).toBeGreaterThan(stream.stats.executions / (limits.liveReplays + 3));
  });
});
