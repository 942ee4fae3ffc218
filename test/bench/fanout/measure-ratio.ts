/** Equal subscribers of the hub against a plain `ws` broadcast of the same bytes, and against graphql-ws as it comes. */
import { startBenchChild } from '../kit/bench-child.ts';
import { measurePairedRatio, type PairedRatio } from '../kit/paired-ratio.ts';
import type { LivePlant } from './live-plant.ts';
import { deliverHeld } from './measure-cell.ts';
import type { OpenPlain } from './plain-server.ts';
import type { OpenStock, PublishStock } from './stock-server.ts';
import { openSubscribers, type Subscribers } from './subscribers.ts';

const nowMs = () => performance.timeOrigin + performance.now();

export interface Ratio extends PairedRatio {
  /** Of one round. */
  payloads: number;
  payloadBytes: number;
}

export async function measureRatio(
  plant: LivePlant,
  subscribers: Subscribers,
  options: { count: number; items: number; rounds: number; bufferedBytes: number },
): Promise<Ratio> {
  const { count, items, rounds, bufferedBytes } = options;
  await using stack = new AsyncDisposableStack();
  const plain = startBenchChild(new URL('./plain-server.ts', import.meta.url));
  stack.defer(() => plain.close());
  const port = await plain.ask<number>('open', { bufferedBytes } satisfies OpenPlain);
  const plainSubscribers = await openSubscribers(plant, port, count);
  stack.defer(() => plainSubscribers.close());
  await plainSubscribers.follow(1);
  await subscribers.follow(1);

  let messages: Uint8Array[] = [];
  let newest = 0;
  const throughHub = async () => {
    await subscribers.capture();
    const { payloadsPerSecond } = await deliverHeld(plant, subscribers, items);
    messages = await subscribers.captured();
    newest = plant.committed;
    return payloadsPerSecond;
  };
  /** Where it comes first in a round, it sends what the hub sent in the round before. */
  const throughPlain = async () => {
    await plain.ask('load', messages);
    await plainSubscribers.forget();
    const started = nowMs();
    const arrived = plainSubscribers.until(newest);
    await plain.ask('broadcast');
    const { payloads, atMs } = await arrived;
    return (payloads * 1000) / (atMs - started);
  };
  await throughHub();
  const measured = await measurePairedRatio({ subject: throughHub, floor: throughPlain, rounds, warmUpRounds: 2 });
  const bytes = messages.reduce((sum, message) => sum + message.byteLength, 0);
  return { ...measured, payloads: messages.length, payloadBytes: Math.round(bytes / messages.length) };
}

/** Payloads a second of graphql-ws over the same rows and schema. The plant's server must have ended: the embedded database serves one. */
export async function measureStock(plant: LivePlant, options: { count: number; items: number; payloads: number }) {
  const { count, items, payloads } = options;
  await using stack = new AsyncDisposableStack();
  const env = { LEHR_HOME: plant.home, DATABASE_URL: plant.databaseUrl ?? '' };
  const stock = startBenchChild(new URL('./stock-server.ts', import.meta.url), { env });
  stack.defer(() => stock.close());
  const open: OpenStock = { dataDir: plant.dataDir, plantId: plant.node.plantId };
  const port = await stock.ask<number>('open', open);
  const subscribers = await openSubscribers(plant, port, count);
  stack.defer(() => subscribers.close());
  await subscribers.follow(1);
  const started = nowMs();
  const arrived = subscribers.until(payloads * items);
  await stock.ask('publish', { lineId: plant.node.lineId, payloads, items } satisfies PublishStock);
  const taken = await arrived;
  return (taken.payloads * 1000) / (taken.atMs - started);
}
