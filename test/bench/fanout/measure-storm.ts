/** All subscribers lose their connections together and come back, each behind its own cursor, while an edge node goes on recording. */
import { summarise } from '../kit/percentiles.ts';
import type { LivePlant } from './live-plant.ts';
import { calmPace, round, timeCommits } from './measure-cell.ts';
import type { Subscribers } from './subscribers.ts';

export interface Storm {
  subscribers: number;
  /** Parts that the furthest cursor lies behind. */
  behind: number;
  /** Until every subscriber has been answered, and until the server counts all of them as live and none as replaying. */
  answeredMs: number;
  liveAgainMs: number;
  commitToClientMs: { before: Times; after: Times };
  ingest: { before: Ingest; during: Ingest };
  /** Pages that were read or shared, and work done for them. */
  replayPages: number;
  executions: number;
}

interface Times {
  p50: number;
  p99: number;
  n: number;
}
interface Ingest {
  /** Calls that were made of those that were due. */
  share: number;
  callMs: { p50: number; p99: number; n: number };
}

/** At most; with very many subscribers as many calls as they can be told of. */
const mostIngest = { batch: 10, perSecond: 20 };
const calmSeconds = 4;
const lookMs = 25;
const patienceMs = 150_000;

export async function measureStorm(
  plant: LivePlant,
  subscribers: Subscribers,
  { count, operations, behind }: { count: number; operations: number; behind: number },
): Promise<Storm> {
  await subscribers.follow(operations);
  const pace = calmPace(count, operations);
  const commits = Math.max(12, Math.round(pace * calmSeconds));
  const before = await timeCommits(plant, subscribers, pace, commits);
  const ingestPace = { ...mostIngest, perSecond: Math.min(mostIngest.perSecond, pace) };
  let left = calmSeconds * ingestPace.perSecond;
  const calm = await plant.pace({ ...ingestPace, calls: () => left-- > 0 });
  await subscribers.until(plant.committed);

  const newest = plant.committed;
  const afters = Array.from({ length: count }, (_, index) =>
    plant.cursorAfter(newest - 1 - Math.floor((index * (behind - 1)) / count)),
  );
  const counters = async () => ({
    pages: await plant.metric('lehr_live_replay_pages_total'),
    executions: await plant.metric('lehr_live_executions_total'),
  });
  const counted = await counters();
  let isOver = false;
  const started = performance.now();
  const recording = plant.pace({ ...ingestPace, calls: () => !isOver });
  await subscribers.reconnect(operations, afters);
  const answeredMs = performance.now() - started;
  while (!(await areLive(plant, count))) {
    if (performance.now() - started > patienceMs) throw new Error(`not live again after ${patienceMs} ms`);
    await new Promise((resolve) => setTimeout(resolve, lookMs));
  }
  const liveAgainMs = performance.now() - started;
  isOver = true;
  const during = await recording;
  const after = await timeCommits(plant, subscribers, pace, commits);
  const now = await counters();
  return {
    subscribers: count,
    behind,
    answeredMs: Math.round(answeredMs),
    liveAgainMs: Math.round(liveAgainMs),
    commitToClientMs: { before: timesOf(before), after: timesOf(after) },
    ingest: { before: ingestOf(calm), during: ingestOf(during) },
    replayPages: now.pages - counted.pages,
    executions: now.executions - counted.executions,
  };
}

async function areLive(plant: LivePlant, count: number): Promise<boolean> {
  const live = await plant.metric('lehr_live_subscribers{state="live"}');
  const replaying = await plant.metric('lehr_live_subscribers{state="replaying"}');
  return live === count && replaying === 0;
}

function timesOf(values: readonly number[]): Times {
  const { p50, p99, n } = summarise(values);
  return { p50: round(p50), p99: round(p99), n };
}

function ingestOf({ callMs, share }: { callMs: readonly number[]; share: number }): Ingest {
  return { share: round(share), callMs: timesOf(callMs) };
}
