/** Every limit of the configuration at its edge: exactly so much passes, one more is refused in words that say how much may be. */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { recordingPlant } from '../server/line/inspections/recording.ts';
import { type LiveServer, openLiveServer } from '../server/live/live-server.ts';
import { openHttpServer } from '../support/http-server.ts';
import { createSeed } from '../support/seed.ts';
import { type EdgeWorld, edges } from './limits/edges.ts';
import { refusesNobody, shownElsewhere } from './limits/table.ts';

const root = new URL('../../', import.meta.url);

/** Limits of the live door, below. */
const live = {
  LEHR_LIMIT_LIVE_SUBSCRIPTIONS_PER_CONNECTION: 3,
  LEHR_LIMIT_LIVE_CONNECTIONS_PER_PRINCIPAL: 2,
  LEHR_LIMIT_LIVE_CONNECTIONS: 4,
  LEHR_LIMIT_WS_MESSAGE_BYTES: 2000,
};

const asText = (limits: Record<string, number>) =>
  Object.fromEntries(Object.entries(limits).map(([name, value]) => [name, String(value)]));

describe('the limits of the configuration', () => {
  it('are all shown at their edge, or have a reason not to be', async () => {
    const text = await readFile(new URL('server/config.ts', root), 'utf8');
    const names = [...text.matchAll(/^ {2}(LEHR_LIMIT_[A-Z_]+):/gm)].map(([, name = '']) => name);
    const listed = [edges, live, shownElsewhere, refusesNobody].flatMap((each) => Object.keys(each));
    expect(names.length).toBeGreaterThan(50);
    expect(
      listed.filter((name) => !names.includes(name)),
      'limits that are no more',
    ).toEqual([]);
    expect(
      names.filter((name) => !listed.includes(name)),
      'give each an edge, a test, or a reason',
    ).toEqual([]);
    expect(new Set(listed).size).toBe(listed.length);

    for (const [name, path] of Object.entries(shownElsewhere)) {
      const key = new RegExp(`(\\w+): value\\.${name}\\b`).exec(text)?.[1] ?? name;
      const file = new URL(path, root);
      expect(existsSync(file), path).toBe(true);
      expect(await readFile(file, 'utf8'), path).toMatch(new RegExp(`${name}|\\b${key}\\b`));
    }
  });
});

describe('at its edge', () => {
  const now = new Date();
  let world: EdgeWorld;
  beforeAll(async () => {
    const limits = Object.fromEntries(Object.entries(edges).map(([name, { limit }]) => [name, limit]));
    const http = await openHttpServer('embedded', {
      now: () => now,
      env: { ...asText(limits), LEHR_LIMIT_PAGE_SIZE: '10' },
    });
    const recording = await recordingPlant(createSeed(http.server));
    const [node] = recording.nodes;
    if (!node) throw new Error('no node');
    const reader = (await recording.plant.person('viewer')).client;
    world = { http, recording, node: node.client, reader, now };
  });
  afterAll(() => world.http.close());

  it.each(Object.entries(edges))('%s passes, and one more is refused', async (_name, { limit, act, told }) => {
    expect(await act(world, limit)).toBeUndefined();
    const refusal = await act(world, limit + 1);
    expect(refusal).toContain(told ?? String(limit));
  });
});

describe('at the edge of the live door', () => {
  let server: LiveServer;
  beforeAll(async () => {
    server = await openLiveServer('embedded', { env: asText(live) });
  });
  afterAll(() => server.close());

  /** Connected and acknowledged, or why not. */
  async function enter(secret: string) {
    const socket = server.socket();
    const answer = await new Promise<string>((resolve) => {
      socket.on('unexpected-response', (_request, response) => resolve(`${response.statusCode}`));
      socket.on('error', () => {});
      socket.on('close', (code, reason) => resolve(`${code} ${reason}`));
      socket.on('open', () =>
        socket.send(JSON.stringify({ type: 'connection_init', payload: { authorization: `Bearer ${secret}` } })),
      );
      socket.on('message', (data) => resolve(JSON.parse(String(data)).type));
    });
    return { socket, answer };
  }

  it('so many subscriptions, connections and bytes pass, and one more is refused', async () => {
    const plant = await server.seed.plant();
    const [first, second, third] = [await plant.mesToken(), await plant.mesToken(), await plant.mesToken()];
    const entered = [await enter(first.secret), await enter(first.secret)];
    expect(entered.map(({ answer }) => answer)).toEqual(['connection_ack', 'connection_ack']);
    const refused = await enter(first.secret);
    expect(refused.answer).toMatch(/^4403 .*at most 2/);

    entered.push(await enter(second.secret), await enter(second.secret));
    expect(entered.map(({ answer }) => answer)).toEqual(Array(4).fill('connection_ack'));
    expect((await enter(third.secret)).answer).toBe('503');

    const [{ socket } = entered[0] as never] = entered;
    const errors: string[] = [];
    const heard = new Promise<void>((resolve) =>
      socket.on('message', (data) => {
        const message = JSON.parse(String(data));
        if (message.type !== 'error') return;
        errors.push(`${message.id} ${JSON.stringify(message.payload)}`);
        resolve();
      }),
    );
    const query = `subscription { events(plantId: "${plant.globalId}") { cursor } }`;
    for (const id of ['1', '2', '3', '4']) socket.send(JSON.stringify({ id, type: 'subscribe', payload: { query } }));
    await heard;
    expect(errors).toHaveLength(1);
    expect(errors[0]).toMatch(/^4 .*at most 3/);

    const ping = (bytes: number) => {
      const empty = JSON.stringify({ type: 'ping', payload: { text: '' } }).length;
      return JSON.stringify({ type: 'ping', payload: { text: 'x'.repeat(bytes - empty) } });
    };
    const long = entered[1]?.socket ?? socket;
    const pong = new Promise<string>((resolve) => long.on('message', (data) => resolve(JSON.parse(String(data)).type)));
    long.send(ping(2000));
    expect(await pong).toBe('pong');
    const closed = new Promise<number>((resolve) => long.on('close', resolve));
    long.send(ping(2001));
    expect(await closed).toBe(1009);
  });
});
