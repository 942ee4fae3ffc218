/** One subscriber stops reading beside 200 that follow 2,000 results a second: what it costs the others, the server, and itself. */
import { openLivePlant } from '../bench/fanout/live-plant.ts';
import { openSubscribers } from '../bench/fanout/subscribers.ts';
import { medianInterval } from '../bench/kit/paired-ratio.ts';
import { percentile } from '../bench/kit/percentiles.ts';
import { findServices } from '../support/services.ts';
import type { ProofOptions, ProofResult } from './kit/run-proofs.ts';
import { SlowSubscriber } from './slow-reader/slow-subscriber.ts';

export const name = 'slow-reader';
export const about =
  'a subscriber that stops reading leaves the others as fast as before, takes bounded memory, and resumes without a gap';

/** Rounds with the subscriber stuck, and as many without. */
const fullSize = 12;
const others = 200;
const pace = { batch: 100, perSecond: 20 };
const roundSeconds = 3;
/** The bound under test, small enough to be reached soon. */
const bufferedBytes = 256 * 1024;
/** What the kernel takes from the server before the server sees that nobody reads. */
const mostFills = 80;
const fillItems = 500;
const fillPauseMs = 30;
const patienceMs = 60_000;
/** Rounds from which the times of two groups can be compared at all. */
const leastRounds = 6;

export async function run({ n = fullSize, report }: ProofOptions): Promise<ProofResult> {
  const kind = (await findServices()).postgresql ? 'postgresql' : 'embedded';
  await using stack = new AsyncDisposableStack();
  const plant = await openLivePlant(kind, {
    LEHR_LIMIT_LIVE_BUFFERED_BYTES: String(bufferedBytes),
    LEHR_LIMIT_LIVE_CONNECTIONS_PER_PRINCIPAL: '1000',
    LEHR_LIMIT_RATE_PER_EDGE_NODE: '1000000000',
    LEHR_LIMIT_RATE_PER_PRINCIPAL: '1000000000',
    LEHR_LIMIT_RATE_PER_ADDRESS: '1000000000',
    // Who does not answer a ping for so long is let go; here it stays, to be a burden.
    LEHR_LIMIT_WS_PING_MS: '300000',
  });
  stack.defer(() => plant.close());
  const subscribers = await openSubscribers(plant, plant.port, others);
  stack.defer(() => subscribers.close());
  await subscribers.follow(1);
  const slow = new SlowSubscriber(plant);
  stack.defer(() => slow.close());
  await slow.connect();

  let mostBuffered = 0;
  let mostResident = 0;
  let held = 1;
  const look = async () => {
    mostBuffered = Math.max(mostBuffered, await plant.metric('lehr_live_connection_buffered_bytes_max'));
    mostResident = Math.max(mostResident, await plant.metric('process_resident_memory_bytes'));
  };
  /** The others' p99 from commit to client of one round. */
  const round = async () => {
    await plant.forgetCommits();
    await subscribers.record();
    let left = roundSeconds * pace.perSecond;
    const { parts, share } = await plant.pace({ ...pace, calls: () => left-- > 0 });
    held = Math.min(held, share);
    await subscribers.until(plant.committed);
    const times = await subscribers.latencies(await plant.commits(parts));
    await look();
    return { p99: percentile(times, 99), times: times.length };
  };
  const rounds = async (count: number) => {
    const done: { p99: number; times: number }[] = [];
    while (done.length < count) done.push(await round());
    return done;
  };

  await round();
  const calm = await rounds(Math.ceil(n / 2));
  const residentBefore = await plant.metric('process_resident_memory_bytes');
  const fallbacksBefore = await plant.metric('lehr_live_fallbacks_total');
  const fallbacks = async () => (await plant.metric('lehr_live_fallbacks_total')) - fallbacksBefore;
  mostBuffered = mostResident = 0;

  slow.stopReading();
  const stoppedAt = slow.newest;
  for (let fill = 0; fill < mostFills && (await fallbacks()) === 0; fill++) {
    await plant.commit(fillItems);
    await subscribers.until(plant.committed);
    await new Promise((resolve) => setTimeout(resolve, fillPauseMs));
    await look();
  }
  const sentBack = await fallbacks();
  report(`stuck: ${Math.round(mostBuffered / 1024)} KiB wait on its connection`);
  const stuck = await rounds(n);
  const missed = plant.committed - stoppedAt;
  slow.readOn();
  await slow.until(plant.committed, patienceMs);
  report(`caught up with ${missed} parts`);

  // Again, and this time its connection breaks while it does not read.
  slow.stopReading();
  await plant.commit(10 * fillItems);
  await slow.connect();
  await slow.until(plant.committed, patienceMs);
  calm.push(...(await rounds(n - calm.length)));

  const ratios = stuck.map(({ p99 }, index) => p99 / (calm[index]?.p99 ?? Number.NaN));
  const ratio = percentile(ratios, 50);
  const interval = medianInterval(ratios);
  const p99 = (of: readonly { p99: number }[]) =>
    rounded(
      percentile(
        of.map((each) => each.p99),
        50,
      ),
    );
  // One batch, a quarter of the bound and then one payload of 100 parts, may come on top.
  const isBounded = mostBuffered > bufferedBytes && mostBuffered < bufferedBytes * 1.25 + 100_000;
  const isUnchanged = n < leastRounds || (interval !== null && interval[0] <= 1);
  const isWhole = slow.outOfOrder === 0 && slow.refusals === 0 && slow.newest === plant.committed;
  return {
    n,
    counted: {
      rounds: 2 * n,
      times: [...calm, ...stuck].reduce((sum, { times }) => sum + times, 0),
      committed: plant.committed,
      receivedBySlow: slow.received,
      partsWhileStuck: missed,
      outOfOrder: slow.outOfOrder,
      refusals: slow.refusals,
      sentBack,
      mostBytesOnOneConnection: mostBuffered,
      boundBytes: bufferedBytes,
    },
    othersP99Ms: { without: p99(calm), beside: p99(stuck) },
    p99Ratio: { median: rounded(ratio), interval: interval?.map(rounded) ?? null },
    residentMb: { before: megabytes(residentBefore), most: megabytes(mostResident) },
    paceKept: rounded(held),
    database: `${kind} ${plant.version}`,
    holds: sentBack > 0 && isBounded && isUnchanged && isWhole,
  };
}

function megabytes(bytes: number): number {
  return Math.round(bytes / 1e6);
}

function rounded(value: number): number {
  return Math.round(value * 100) / 100;
}
