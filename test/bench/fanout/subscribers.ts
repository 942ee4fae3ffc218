/** The subscribers' process as the benchmark uses it. */
import { type BenchChild, startBenchChild } from '../kit/bench-child.ts';
import type { LivePlant } from './live-plant.ts';
import type { Commit, OpenReaders, SubscribeReaders, Taken, Until } from './readers.ts';

export interface Subscribers {
  /** Ends what they follow and follows `operations` different documents, in turn. */
  follow(operations: number): Promise<void>;
  until(part: number): Promise<Taken>;
  /** What was received does not count any more: it may come again. */
  forget(): Promise<void>;
  record(): Promise<void>;
  latencies(commits: readonly Commit[]): Promise<number[]>;
  capture(): Promise<void>;
  captured(): Promise<Uint8Array[]>;
  /** Cuts all connections and comes back behind these cursors; resolves when each has been answered. */
  reconnect(operations: number, afters: readonly string[]): Promise<void>;
  close(): Promise<void>;
}

/** Documents that differ in an alias: the bytes have one length, but nothing of the work can be shared. */
export function queryOf(variant: number): string {
  const alias = `s${String(variant).padStart(3, '0')}`;
  return `subscription Parts($lineId: ID!, $after: StreamCursor) { inspections(lineId: $lineId, after: $after) { cursor sentAt items {
  inspectionId capturedAt receivedAt verdict ${alias}: score latencyMs imageSha256
  defects { class score box { x y width height } } partId
} } }`;
}

export async function openSubscribers(
  plant: Pick<LivePlant, 'secret' | 'lineGlobalId'>,
  port: number,
  count: number,
): Promise<Subscribers> {
  const child: BenchChild = startBenchChild(new URL('./readers.ts', import.meta.url));
  const init = JSON.stringify({ type: 'connection_init', payload: { authorization: `Bearer ${plant.secret}` } });
  await child.ask('open', { port, count, init } satisfies OpenReaders);
  const payloads = (operations: number) =>
    Array.from({ length: operations }, (_, variant) => ({
      query: queryOf(variant),
      variables: { lineId: plant.lineGlobalId },
    }));
  return {
    follow: (operations) => child.ask('subscribe', { payloads: payloads(operations) } satisfies SubscribeReaders),
    until: (part) => child.ask<Taken>('until', { part } satisfies Until),
    forget: () => child.ask('forget'),
    record: () => child.ask('record'),
    latencies: async (commits) => [...(await child.ask<Float64Array>('latencies', commits))],
    capture: () => child.ask('capture'),
    captured: () => child.ask<Uint8Array[]>('captured'),
    reconnect: (operations, afters) =>
      child.ask('reconnect', { payloads: payloads(operations), afters } satisfies SubscribeReaders),
    close: () => child.close(),
  };
}
