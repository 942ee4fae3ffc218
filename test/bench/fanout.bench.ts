/** Fan-out: parts committed by `recordInspections`, followed over WebSocket by many subscribers with equal and with different operations. */
import { findServices } from '../support/services.ts';
import { openLivePlant } from './fanout/live-plant.ts';
import { type Cell, measureCell, round } from './fanout/measure-cell.ts';
import { measureRatio, measureStock, type Ratio } from './fanout/measure-ratio.ts';
import { measureStorm, type Storm } from './fanout/measure-storm.ts';
import { openSubscribers } from './fanout/subscribers.ts';
import type { BenchOptions, BenchResult } from './kit/run-benches.ts';

export const name = 'fanout';
export const about =
  'parts committed by recordInspections, delivered to 200 to 5,000 subscribers, against a plain ws broadcast of the same bytes';

const COUNTS = [200, 1000, 5000];
const OPERATIONS = [1, 10, 100];
const RATIO_COUNT = 200;
const ITEMS_PER_PAYLOAD = 10;
/** Of one measured delivery; for many subscribers fewer, so that all take about as long. */
const ITEMS = 2000;
const PAYLOADS_OF_A_CELL = 60_000;
const ROUNDS = 9;
const BUFFERED_BYTES = 4 * 1024 * 1024;
const STOCK_PAYLOADS = 10;
const STORM_BEHIND = 2000;

export async function run({ database, n = 5000, report }: BenchOptions): Promise<BenchResult> {
  const kind = database ?? ((await findServices()).postgresql ? 'postgresql' : 'embedded');
  await using stack = new AsyncDisposableStack();
  const plant = await openLivePlant(kind, {
    LEHR_LIMIT_LIVE_PAYLOAD_ITEMS: String(ITEMS_PER_PAYLOAD),
    // All that is committed while the hub is held fits, so that delivery is what is measured.
    LEHR_LIMIT_LIVE_TAIL_ROWS: '10000',
    LEHR_LIMIT_LIVE_BUFFERED_BYTES: String(BUFFERED_BYTES),
    LEHR_LIMIT_LIVE_CONNECTIONS: '6000',
    LEHR_LIMIT_RATE_PER_PRINCIPAL: '1000000000',
    LEHR_LIMIT_RATE_PER_EDGE_NODE: '1000000000',
    LEHR_LIMIT_RATE_PER_ADDRESS: '1000000000',
    LEHR_LIMIT_LIVE_CONNECTIONS_PER_PRINCIPAL: '6000',
    // The subscribers only count: they would not answer.
    LEHR_LIMIT_WS_PING_MS: '300000',
  });
  stack.defer(() => plant.close());
  report(`${kind} ${plant.version}`);

  const cells: Cell[] = [];
  const storms: Storm[] = [];
  const memory: Record<string, unknown>[] = [];
  let ratio: Ratio | undefined;
  for (const count of [RATIO_COUNT, ...COUNTS.filter((each) => each !== RATIO_COUNT)]) {
    if (count > n) continue;
    const empty = await plant.memory();
    const subscribers = await openSubscribers(plant, plant.port, count);
    await using _ = { [Symbol.asyncDispose]: () => subscribers.close() };
    await subscribers.follow(1);
    const full = await plant.memory();
    const each = (fact: keyof typeof full) => Math.round((full[fact] - empty[fact]) / count);
    memory.push({
      subscribers: count,
      rssBytes: each('rssBytes'),
      heapBytes: each('heapBytes'),
      externalBytes: each('externalBytes'),
    });
    for (const operations of OPERATIONS) {
      const payloads = Math.max(6, Math.floor(PAYLOADS_OF_A_CELL / count));
      const items = Math.min(ITEMS, payloads * ITEMS_PER_PAYLOAD);
      const cell = await measureCell(plant, subscribers, { count, operations, items });
      cells.push(cell);
      const { p50, p99 } = cell.commitToClientMs;
      report(
        `${count} × ${operations}: ${cell.payloadsPerSecond} payloads/s, commit to client p50 ${p50} p99 ${p99} ms`,
      );
    }
    if (count === RATIO_COUNT) {
      const options = { count, items: ITEMS, rounds: ROUNDS, bufferedBytes: BUFFERED_BYTES };
      ratio = await measureRatio(plant, subscribers, options);
      report(`hub ${Math.round(ratio.subject)}/s, plain ws ${Math.round(ratio.floor)}/s, ratio ${round(ratio.ratio)}`);
    }
    const storm = await measureStorm(plant, subscribers, { count, operations: 1, behind: STORM_BEHIND });
    storms.push(storm);
    report(`${count} back with cursors: live again after ${storm.liveAgainMs} ms`);
  }
  if (!ratio) throw new Error(`give --n ${RATIO_COUNT} or more`);
  await plant.stopServer();
  const stock = await measureStock(plant, { count: RATIO_COUNT, items: ITEMS_PER_PAYLOAD, payloads: STOCK_PAYLOADS });
  report(`stock graphql-ws ${Math.round(stock)}/s`);

  return {
    value: Math.round(ratio.subject),
    unit: 'payloads/s',
    ratio: round(ratio.ratio),
    against: 'plain ws broadcast of the same messages in a process of its own, encoded once, same options of ws',
    n: ratio.rounds * ratio.payloads * RATIO_COUNT,
    interval: ratio.interval?.map(round) ?? null,
    subscribers: RATIO_COUNT,
    plainPerSecond: Math.round(ratio.floor),
    payloadBytes: ratio.payloadBytes,
    itemsPerPayload: ITEMS_PER_PAYLOAD,
    stockGraphqlWsPerSecond: Math.round(stock),
    factorOverStock: round(ratio.subject / stock),
    matrix: cells,
    reconnect: storms,
    memoryPerSubscriber: memory,
    includes:
      'Throughput: parts are committed by recordInspections over HTTP while the hub of the real server is held back; measured is from letting it go to the last ' +
      'payload at the last of the subscribers in another process: reading the rows, executing, serialising, sending, receiving; not the writing of rows. ' +
      'Payloads that wait together go to a subscriber by one call to the network; the plain broadcast sends each by a call. ' +
      'Commit to client: from the moment the server learns that the transaction has committed to the arrival of the whole payload, one machine, one clock.',
    database: `${kind} ${plant.version}`,
  };
}
