/** A consumer as an MES would write it: keeps its cursor with what it has read, and after each break goes on from there. */
import { setTimeout as sleep } from 'node:timers/promises';
import { createClient } from 'graphql-ws';
import { WebSocket } from 'ws';

interface Payload {
  inspections: { cursor: string; items: { inspectionId: string; partId: string | null }[] };
}

export interface ResumingReader {
  /** Part id → how often it was delivered. */
  seen: Map<string, number>;
  /** How often a stream that had begun broke. */
  resumed: number;
  /** Errors that the stream itself gave, which a break of the connection is not. */
  faults: string[];
  stop(): Promise<void>;
}

const DOCUMENT = `subscription ($lineId: ID!, $after: StreamCursor) {
  inspections(lineId: $lineId, after: $after) { cursor items { inspectionId partId } }
}`;
const RETRY_MS = 200;

/** `from` is where to begin; undefined is the start of the stream. */
export function startResumingReader(url: string, token: string, lineId: string): ResumingReader {
  const stopping = new AbortController();
  let after: string | undefined;
  let close = () => {};
  const reader: ResumingReader = {
    seen: new Map(),
    resumed: 0,
    faults: [],
    async stop() {
      stopping.abort();
      close();
      await work;
    },
  };
  const work = run();
  return reader;

  async function run(): Promise<void> {
    while (!stopping.signal.aborted) {
      const hadContact = await followOnce();
      if (stopping.signal.aborted) break;
      if (hadContact) reader.resumed++;
      await sleep(RETRY_MS, undefined, { signal: stopping.signal }).catch(() => {});
    }
  }

  /** Whether anything was heard before it broke. */
  async function followOnce(): Promise<boolean> {
    let hadContact = false;
    const client = createClient({
      url: `${url.replace('http', 'ws')}/graphql`,
      webSocketImpl: WebSocket,
      connectionParams: { authorization: `Bearer ${token}` },
      retryAttempts: 0,
      lazy: true,
    });
    close = () => client.terminate();
    try {
      const variables = { lineId, ...(after === undefined ? {} : { after }) };
      for await (const { data, errors } of client.iterate<Payload>({ query: DOCUMENT, variables })) {
        if (errors) reader.faults.push(...errors.map(({ message }) => message));
        if (!data) continue;
        hadContact = true;
        // Effect and cursor change together: that is what makes at least once exactly once.
        for (const { partId } of data.inspections.items) {
          const key = partId ?? '';
          reader.seen.set(key, (reader.seen.get(key) ?? 0) + 1);
        }
        after = data.inspections.cursor;
      }
    } catch (error) {
      // A list is what the server answers of itself; everything else is the connection.
      if (Array.isArray(error)) reader.faults.push(...error.map(({ message }) => String(message)));
    } finally {
      await client.dispose();
    }
    return hadContact;
  }
}
