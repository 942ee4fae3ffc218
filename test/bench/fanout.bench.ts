/** Fan-out: 200 equal subscribers, events from committed rows, against a plain `ws` broadcast of the same bytes. */
import { execute, getOperationAST, parse } from 'graphql';
import { shareKey } from '../../server/graphql/share-key.ts';
import { makeContext } from '../../server/kit/context.ts';
import { makeRights } from '../../server/kit/rights.ts';
import { LosslessSource } from '../../server/live/live-source.ts';
import type { Sink } from '../../server/live/sink.ts';
import { eventSource } from '../../server/modules/events/events.service.ts';
import { openPlainBroadcast, openStockGraphqlWs } from './fanout/broadcast.ts';
import { type LivePlant, openLivePlant } from './fanout/live-plant.ts';
import { startReaders } from './fanout/reader-process.ts';
import { measurePairedRatio } from './kit/paired-ratio.ts';
import type { BenchOptions, BenchResult } from './kit/run-benches.ts';

export const name = 'fanout';
export const about =
  'payloads delivered to 200 equal subscribers from committed rows, against a plain ws broadcast of the same bytes';

const SUBSCRIBERS = 200;
const ITEMS_PER_PAYLOAD = 10;
/** Events of one measurement, all committed before it begins: writing is what the benchmark of ingest measures. */
const EVENTS = 2000;
const ROUNDS = 9;
const STOCK_PAYLOADS = 10;
/** As long as that of every reader. */
const someId = '00000000-0000-4000-8000-000000000000';

const query =
  'subscription Events($plantId: ID!) { events(plantId: $plantId) { cursor sentAt items { id kind occurredAt recordedAt data actor { kind name } } } }';

export async function run({ report }: BenchOptions): Promise<BenchResult> {
  await using stack = new AsyncDisposableStack();
  const use = <T extends { close(): Promise<void> }>(resource: T): T => stack.adopt(resource, (each) => each.close());

  const plant = use(await openLivePlant(ITEMS_PER_PAYLOAD));
  const variables = { plantId: plant.plantGlobalId };
  const init = JSON.stringify({ type: 'connection_init', payload: { authorization: `Bearer ${plant.secret}` } });
  const subscribe = JSON.stringify({ id: 'ID', type: 'subscribe', payload: { query, variables } });
  const readers = use(await startReaders(plant.port, SUBSCRIBERS, [init, subscribe]));
  const recorder = await recordPayloads(plant, variables);
  report(`${SUBSCRIBERS} subscribers follow one stream`);

  let hubBytes = 0;
  const throughHub = async () => {
    await plant.commit(EVENTS);
    const started = performance.now();
    plant.hub.wake(plant.stream.kind, plant.stream.id);
    await recorder.untilItems(EVENTS);
    const payloads = [...recorder.payloads];
    hubBytes += SUBSCRIBERS * payloads.reduce((sum, text) => sum + frameBytes(messageOf(text)), 0);
    await readers.waitFor(hubBytes);
    const seconds = (performance.now() - started) / 1000;
    recorder.reset();
    lastPayloads = payloads;
    return (payloads.length * SUBSCRIBERS) / seconds;
  };
  let lastPayloads: string[] = [];

  const plain = use(
    await openPlainBroadcast(['{"type":"connection_ack"}', 'x'], plant.services.config.limits.liveBufferedBytes),
  );
  const plainReaders = use(await startReaders(plain.port, SUBSCRIBERS, [init, subscribe]));
  let plainBytes = 0;
  const throughPlain = async () => {
    const messages = lastPayloads.map(messageOf);
    const started = performance.now();
    plainBytes += SUBSCRIBERS * messages.reduce((sum, message) => sum + frameBytes(message), 0);
    await plain.broadcast(messages);
    await plainReaders.waitFor(plainBytes);
    return (messages.length * SUBSCRIBERS) / ((performance.now() - started) / 1000);
  };

  await throughHub();
  const measured = await measurePairedRatio({ subject: throughHub, floor: throughPlain, rounds: ROUNDS });
  report(
    `hub ${Math.round(measured.subject)}/s, plain ws ${Math.round(measured.floor)}/s, ratio ${measured.ratio.toFixed(2)}`,
  );

  const stock = await measureStock(plant, [init, subscribe], variables);
  report(`stock graphql-ws ${Math.round(stock)}/s`);
  const payloadBytes = lastPayloads.reduce((sum, text) => sum + Buffer.byteLength(text), 0) / lastPayloads.length;
  return {
    value: Math.round(measured.subject),
    unit: 'payloads/s',
    ratio: round(measured.ratio),
    against: 'plain ws broadcast of the same bytes, encoded once',
    n: ROUNDS * lastPayloads.length * SUBSCRIBERS,
    interval: measured.interval?.map(round) ?? null,
    plainPerSecond: Math.round(measured.floor),
    itemsPerSecond: Math.round((measured.subject * EVENTS) / lastPayloads.length),
    subscribers: SUBSCRIBERS,
    payloadBytes: Math.round(payloadBytes),
    itemsPerPayload: round(EVENTS / lastPayloads.length),
    stockGraphqlWsPerSecond: Math.round(stock),
    factorOverStock: round(measured.subject / stock),
    database: 'embedded',
  };
}

/** Joins the readers' group from inside the process, to know which bytes they get and when everything has been handed out. */
async function recordPayloads(plant: LivePlant, variables: Record<string, unknown>) {
  const document = parse(query);
  const operation = getOperationAST(document);
  if (!operation) throw new Error('the query has one operation');
  const rights = makeRights({ kind: 'token', rolesByPlant: new Map([[plant.stream.id, ['mes' as const]]]) });
  const payloads: string[] = [];
  let items = 0;
  let onPayload = () => {};
  const sink: Sink = {
    bufferedBytes: 0,
    next: ({ text }) => {
      const count = JSON.parse(text).data.events.items.length;
      if (count === 0) return;
      payloads.push(text);
      items += count;
      onPayload();
    },
    error: (errors) => {
      throw new Error('the recorder was refused', { cause: errors[0] });
    },
    drained: async () => {},
  };
  await plant.hub.subscribe({
    source: new LosslessSource({ stream: plant.stream }),
    shareKey: shareKey({ query, operationName: undefined, variables }, document, operation, rights.key),
    execute: () => Promise.reject(new Error('the recorder found no group: it would measure nothing')),
    sink,
  });
  return {
    payloads,
    async untilItems(count: number) {
      while (items < count) await new Promise<void>((resolve) => (onPayload = resolve));
    },
    reset() {
      payloads.length = 0;
      items = 0;
    },
  };
}

/** The same readers and rows through graphql-ws as it comes: every subscriber is executed and serialised for itself. */
async function measureStock(plant: LivePlant, texts: string[], variables: Record<string, unknown>): Promise<number> {
  await using stack = new AsyncDisposableStack();
  const use = <T extends { close(): Promise<void> }>(resource: T): T => stack.adopt(resource, (each) => each.close());
  const { services, stream, schema } = plant;
  const rights = makeRights({ kind: 'token', rolesByPlant: new Map([[stream.id, ['mes' as const]]]) });
  const caller = { requestId: 'bench', address: 'local', rights, principal: 'shared' as const };
  const stock = use(await openStockGraphqlWs(schema, () => makeContext(services, caller)));
  const heartbeat = { cursor: 'none', items: [], sentAt: new Date() };
  // The readers wait for one answer to their subscription.
  const greeting = setInterval(() => stock.publish([heartbeat]), 100);
  const readers = await startReaders(stock.port, SUBSCRIBERS, texts).finally(() => clearInterval(greeting));
  use(readers);

  const rows = await eventSource(services.db).read(stream.id, 0, ITEMS_PER_PAYLOAD);
  const root = {
    cursor: 'MDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDA',
    items: rows,
    sentAt: new Date(),
  };
  const once = await execute({
    schema,
    document: parse(query),
    rootValue: root,
    contextValue: makeContext(services, caller),
    variableValues: variables,
  });
  const size = frameBytes(Buffer.from(JSON.stringify({ id: someId, type: 'next', payload: once })));
  const bytes = size * SUBSCRIBERS * STOCK_PAYLOADS;
  const started = performance.now();
  const arrived = readers.waitFor(bytes);
  stock.publish(Array.from({ length: STOCK_PAYLOADS }, () => root));
  await arrived;
  return (STOCK_PAYLOADS * SUBSCRIBERS) / ((performance.now() - started) / 1000);
}

function messageOf(payload: string): Buffer {
  return Buffer.from(`{"id":"${someId}","type":"next","payload":${payload}}`);
}

/** With the header of an unmasked frame. */
function frameBytes({ length }: Buffer): number {
  return length + (length < 126 ? 2 : length < 65_536 ? 4 : 10);
}

function round(value: number): number {
  return Math.round(value * 1000) / 1000;
}
