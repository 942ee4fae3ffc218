/** graphql-transport-ws as its document says (enisdenjo/graphql-ws, PROTOCOL.md), through a real socket. */
import { afterEach, describe, expect, it } from 'vitest';
import { openTinyDoor, type TinyDoor } from './tiny-door.ts';

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

describe('a connection', () => {
  it('is closed with 4408 when it does not initialise in time', async () => {
    const peer = await (await start({ wsInitMs: 50 })).connect();
    await peer.until(({ closed }) => closed !== undefined);
    expect(peer.closed?.code).toBe(4408);
  });

  it.each([
    ['text that is no JSON', 'hello'],
    ['a message without a type', '{}'],
    ['an unknown type', '{"type":"start"}'],
    ['a list', '[]'],
    ['a subscribe without an id', '{"type":"subscribe","payload":{"query":"{hello}"}}'],
    ['a subscribe without a query', '{"type":"subscribe","id":"1","payload":{}}'],
    ['variables that are no object', '{"type":"subscribe","id":"1","payload":{"query":"{hello}","variables":[1]}}'],
  ])('is closed with 4400 at %s', async (_what, text) => {
    const peer = await (await start()).enter();
    peer.send(text);
    await peer.until(({ closed }) => closed !== undefined);
    expect(peer.closed?.code).toBe(4400);
  });

  it('is closed with 4401 when it subscribes before it is acknowledged, 4429 when it initialises twice, 4403 without credentials', async () => {
    const door = await start();
    const early = await door.connect();
    early.subscribe('1', '{ hello }');
    await early.until(({ closed }) => closed !== undefined);
    expect(early.closed?.code).toBe(4401);

    const twice = await door.enter();
    twice.send({ type: 'connection_init' });
    await twice.until(({ closed }) => closed !== undefined);
    expect(twice.closed?.code).toBe(4429);

    const nobody = await door.connect();
    nobody.send({ type: 'connection_init' });
    await nobody.until(({ closed }) => closed !== undefined);
    expect(nobody.closed?.code).toBe(4403);
  });

  it('is closed with 4409 when an id is used twice, 4406 with another subprotocol, 1009 after a message that is too long', async () => {
    const door = await start();
    const peer = await door.enter();
    peer.subscribe('1', ROWS);
    peer.subscribe('1', ROWS);
    await peer.until(({ closed }) => closed !== undefined);
    expect(peer.closed).toEqual({ code: 4409, reason: 'Subscriber for 1 already exists' });

    const long = await door.enter();
    long.send({ type: 'ping', payload: { text: 'x'.repeat(20_000) } });
    await long.until(({ closed }) => closed !== undefined);
    expect(long.closed?.code).toBe(1009);

    await expect(door.connect({ protocol: 'graphql-ws' })).rejects.toThrow();
  });

  it('answers pings with their payload and says goodbye with 1001 when the server stops', async () => {
    const door = await start();
    const peer = await door.enter();
    peer.send({ type: 'ping', payload: { n: 1 } });
    await peer.until(({ texts }) => texts.length > 0);
    expect(peer.messages).toEqual([{ type: 'pong', payload: { n: 1 } }]);
    await door.door.close();
    await peer.until(({ closed }) => closed !== undefined);
    expect(peer.closed?.code).toBe(1001);
  });

  it('is refused at the upgrade when a page of another site brings the cookie', async () => {
    const door = await start();
    const cookie = 'lehr_session=anything';
    await expect(door.connect({ headers: { cookie, origin: 'https://elsewhere.test' } })).rejects.toThrow('403');
    await expect(door.connect({ headers: { cookie } })).rejects.toThrow('403');
    const here = await door.connect({ headers: { cookie, origin: door.url.replace('ws:', 'http:') } });
    expect(here.closed).toBeUndefined();
  });

  it('has at most so many subscriptions, and a principal so many connections', async () => {
    const door = await start();
    const peer = await door.enter();
    for (const id of ['1', '2', '3', '4']) peer.subscribe(id, ROWS);
    await peer.until(({ messages }) => messages.some(({ id, type }) => id === '4' && type === 'error'));
    expect(peer.texts.find((text) => text.includes('"error"'))).toContain(
      'LEHR_LIMIT_LIVE_SUBSCRIPTIONS_PER_CONNECTION',
    );
    await door.enter();
    await door.enter();
    const fourth = await door.connect();
    fourth.send({ type: 'connection_init', payload: { authorization: 'Bearer anna/plant' } });
    await fourth.until(({ closed }) => closed !== undefined);
    expect(fourth.closed?.reason).toContain('LEHR_LIMIT_LIVE_CONNECTIONS_PER_PRINCIPAL');
    await door.enter('berta');
  });
});

describe('an operation', () => {
  it('answers queries and mutations with one result and complete', async () => {
    const door = await start();
    const peer = await door.enter();
    peer.subscribe('q', 'query ($name: String) { hello(name: $name) }', { name: 'Lehr' });
    peer.subscribe('m', 'mutation { bump }');
    await peer.until(({ texts }) => texts.length === 4);
    expect(peer.messages).toEqual(
      expect.arrayContaining([
        { id: 'q', type: 'next', payload: { data: { hello: 'hello Lehr' } } },
        { id: 'q', type: 'complete' },
        { id: 'm', type: 'next', payload: { data: { bump: 1 } } },
        { id: 'm', type: 'complete' },
      ]),
    );
  });

  it.each([
    ['does not parse', '{ hello'],
    ['does not validate', '{ nothing }'],
    ['has more tokens than allowed', `{ ${'hello '.repeat(300)} }`],
    ['asks for one of several operations without saying which', 'query A { hello } query B { hello }'],
    ['has a variable of the wrong type', 'subscription ($a: String) { rows(after: $a) { cursor } }'],
  ])('is refused with an error message when it %s', async (_what, query) => {
    const peer = await (await start()).enter();
    peer.subscribe('1', query, { a: { no: 'text' } });
    await peer.until(({ texts }) => texts.length > 0);
    expect(peer.messages[0]).toMatchObject({ id: '1', type: 'error' });
    expect(peer.closed).toBeUndefined();
  });

  it('sends nothing after complete, and its id may be used again', async () => {
    const door = await start();
    const peer = await door.enter();
    peer.subscribe('1', ROWS);
    await peer.until(({ texts }) => texts.length === 1);
    peer.send({ id: '1', type: 'complete' });
    peer.send({ type: 'ping' });
    await peer.until(({ texts }) => texts.length === 2);
    door.append(5);
    peer.subscribe('1', ROWS);
    await peer.until(({ texts }) => texts.length === 3);
    expect(peer.positions('1')).toEqual([]);
  });
});
