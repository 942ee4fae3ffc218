/** One place of the matrix: so many subscribers with so many different operations. */
import { percentile, summarise } from '../kit/percentiles.ts';
import type { LivePlant } from './live-plant.ts';
import type { Subscribers } from './subscribers.ts';

export interface Delivered {
  payloadsPerSecond: number;
  payloads: number;
  bytes: number;
}

export interface Cell {
  subscribers: number;
  operations: number;
  /** Payloads and parts that arrived at subscribers. */
  payloadsPerSecond: number;
  itemsPerSecond: number;
  payloadBytes: number;
  commitToClientMs: { p50: number; p99: number; n: number };
  /** What was recorded while times were taken. */
  offered: { commitsPerSecond: number; itemsPerCommit: number };
}

const rounds = 3;
/** Payloads a second to all subscribers together, and executions, while times are taken: far below what can be done. */
const calmPayloadsPerSecond = 10_000;
const calmExecutionsPerSecond = 300;
const calmSeconds = 4;
const leastCommits = 12;
const itemsPerCommit = 10;

const nowMs = () => performance.timeOrigin + performance.now();

/** Commits parts while the hub is held, then lets it go: from there to the last subscriber's last payload. */
export async function deliverHeld(plant: LivePlant, subscribers: Subscribers, items: number): Promise<Delivered> {
  await plant.hold();
  await plant.commit(items);
  await plant.forgetCommits();
  const started = nowMs();
  const arrived = subscribers.until(plant.committed);
  await plant.release();
  const { payloads, bytes, atMs } = await arrived;
  return { payloadsPerSecond: (payloads * 1000) / (atMs - started), payloads, bytes };
}

/** Milliseconds from each commit to each subscriber, at a pace that is no burden. */
export async function timeCommits(plant: LivePlant, subscribers: Subscribers, perSecond: number, commits: number) {
  await plant.forgetCommits();
  await subscribers.record();
  let left = commits;
  const { parts } = await plant.pace({ batch: itemsPerCommit, perSecond, calls: () => left-- > 0 });
  await subscribers.until(plant.committed);
  return subscribers.latencies(await plant.commits(parts));
}

export function calmPace(count: number, operations: number): number {
  return Math.max(1, Math.min(calmPayloadsPerSecond / count, calmExecutionsPerSecond / operations));
}

export async function measureCell(
  plant: LivePlant,
  subscribers: Subscribers,
  { count, operations, items }: { count: number; operations: number; items: number },
): Promise<Cell> {
  await subscribers.follow(operations);
  await deliverHeld(plant, subscribers, items);
  const delivered: Delivered[] = [];
  for (let round = 0; round < rounds; round++) delivered.push(await deliverHeld(plant, subscribers, items));
  const payloads = delivered.reduce((sum, each) => sum + each.payloads, 0);
  const perSecond = percentile(
    delivered.map((each) => each.payloadsPerSecond),
    50,
  );
  const pace = calmPace(count, operations);
  const times = summarise(
    await timeCommits(plant, subscribers, pace, Math.max(leastCommits, Math.round(pace * calmSeconds))),
  );
  return {
    subscribers: count,
    operations,
    payloadsPerSecond: Math.round(perSecond),
    itemsPerSecond: Math.round((perSecond * items * count * rounds) / payloads),
    payloadBytes: Math.round(delivered.reduce((sum, each) => sum + each.bytes, 0) / payloads),
    commitToClientMs: { p50: round(times.p50), p99: round(times.p99), n: times.n },
    offered: { commitsPerSecond: pace, itemsPerCommit },
  };
}

export function round(value: number): number {
  return Math.round(value * 100) / 100;
}
