/**
 * A reference MES client, written as a third party would: it follows the event log of a plant and the inspections of its lines, and
 * keeps what follows from them in a database of its own. `node test/mes/mes-client.ts CONFIG.json`
 *
 * The server delivers at least once and in order, each payload with a cursor. Exactly once takes three rules on this side:
 *
 *   1. Effect and cursor are one transaction. (`effect-store.ts`: a crash keeps both or neither.)
 *   2. What is resumed from is the cursor in the database, and nothing that was kept in memory. The cursor of a heartbeat counts, too.
 *   3. One payload after the other, each whole, and only onto the cursor that it continues: a second client that runs by mistake, or a
 *      payload of a connection given up for dead, finds another cursor there and is refused.
 *
 * What cannot be had back is said: after `CURSOR_EXPIRED` the gap is written down, with where to read what was missed, and the stream
 * goes on from the first cursor that is still there.
 */
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Effect, openEffectStore } from './effect-store.ts';
import { follow, type StreamError } from './live-connection.ts';

interface Config {
  /** Of the server, such as http://localhost:4000. */
  url: string;
  /** Secret of a token of the role MES. */
  token: string;
  /** File of the own database. */
  database: string;
  plantId: string;
  lineIds: string[];
  /** How long a stream may be silent before its connection is dead: 5,000 unless said. */
  silenceMs?: number;
}

interface Payload {
  stream: { cursor: string; items: Item[] };
}

/** An event or an inspection. */
interface Item {
  id: string;
  cursor: string;
  kind?: string;
  data?: { jobCode?: string };
  verdict?: string;
  job?: { code: string } | null;
}

const EVENTS = `subscription ($id: ID!, $after: StreamCursor) {
  stream: events(plantId: $id, after: $after) { cursor items { id cursor kind data } }
}`;
const INSPECTIONS = `subscription ($id: ID!, $after: StreamCursor) {
  stream: inspections(lineId: $id, after: $after) { cursor items { id cursor verdict job { code } } }
}`;
/** The server beats every second: five beats missed are a dead connection. */
const SILENCE_MS = 5_000;
const RETRY_MIN_MS = 50;
const RETRY_MAX_MS = 5_000;

const config: Config = JSON.parse(readFileSync(process.argv[2] ?? 'mes-client.json', 'utf8'));
const store = openEffectStore(config.database);
const streams = [
  { name: `events ${config.plantId}`, query: EVENTS, id: config.plantId },
  ...config.lineIds.map((id) => ({ name: `inspections ${id}`, query: INSPECTIONS, id })),
];
const stopping = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stopping.abort());

let retryMs = RETRY_MIN_MS;
while (!stopping.signal.aborted) {
  // Rule 2.
  const cursors = new Map(streams.map(({ name }) => [name, store.cursorOf(name)]));
  const why = await follow<Payload>({
    url: `${config.url.replace(/^http/, 'ws')}/graphql`,
    token: config.token,
    subscriptions: streams.map(({ name, query, id }) => ({
      id: name,
      query,
      variables: { id, after: cursors.get(name) ?? null },
    })),
    silenceMs: config.silenceMs ?? SILENCE_MS,
    signal: stopping.signal,
    onPayload(name, { stream: { cursor, items } }) {
      // Rules 1 and 3.
      store.apply(name, cursors.get(name) ?? null, cursor, items.map(effectOf));
      cursors.set(name, cursor);
      retryMs = RETRY_MIN_MS;
    },
  });
  noteGaps(why.errors);
  if (stopping.signal.aborted) break;
  console.log(`interrupted: ${why.reason}`);
  // Each client after a time of its own, so that a server that comes back is not overrun.
  await sleep(retryMs * (0.5 + Math.random() / 2), undefined, { signal: stopping.signal }).catch(() => {});
  retryMs = Math.min(retryMs * 2, RETRY_MAX_MS);
}
store.close();

function effectOf(item: Item): Effect {
  const { id, cursor, kind, data, verdict, job } = item;
  return { item: id, cursor, what: kind ?? verdict ?? '', job: data?.jobCode ?? job?.code ?? null };
}

/** A cursor that retention has overtaken: go on from what is still there, and write down that something is missing. */
function noteGaps(errors: readonly StreamError[]): void {
  for (const { id, code, message, firstCursor } of errors) {
    if (code === 'CURSOR_EXPIRED' && firstCursor) store.noteGap(id, firstCursor);
    else console.error(`${id}: ${message}`);
  }
}
