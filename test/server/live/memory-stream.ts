/** A stream in memory and readers whose network is in the test's hands, to drive the hub through every order of events. */
import { Registry } from 'prom-client';
import { silentLog } from '../../../server/kit/log.ts';
import { Hub } from '../../../server/live/hub.ts';
import type { LiveLimits } from '../../../server/live/limits.ts';
import { LosslessSource } from '../../../server/live/live-source.ts';
import type { SharedPayload, Sink } from '../../../server/live/sink.ts';
import { encodeCursor } from '../../../server/live/stream-cursor.ts';
import { type StreamKey, type StreamRow, streamName } from '../../../server/live/stream-source.ts';

export const key: StreamKey = { kind: 'event', id: '00000000-0000-7000-8000-000000000001' };

export const smallLimits: LiveLimits = {
  replayPage: 3,
  livePayloadItems: 2,
  liveBufferedBytes: 1000,
  liveTailRows: 4,
  liveReplays: 2,
  liveReplayPages: 2,
  liveReplayBytes: 200,
  liveConnections: 10,
  liveConnectionsPerPrincipal: 3,
  liveSubscriptionsPerConnection: 3,
  liveHeartbeatMs: 1000,
  livePictureMs: 250,
};

export interface Row {
  position: number;
  isOdd: boolean;
}

/** What comes between a request and its answer; the default answers at once. */
export type Delay = <T>(label: string, value: () => T) => Promise<T>;

export function createMemoryStream(delay: Delay = async (_label, value) => value(), limits: LiveLimits = smallLimits) {
  const rows: Row[] = [];
  let first = 1;
  const stats = { reads: 0, executions: 0 };
  const registry = new Registry();
  const source = {
    read: (_id: string, after: number, limit: number) => {
      stats.reads++;
      return delay(`read after ${after}`, () =>
        rows.filter(({ position }) => position > after && position >= first).slice(0, limit),
      );
    },
  };
  const hub = new Hub({
    limits,
    sources: { event: source, inspection: source },
    readHeads: (keys) =>
      delay(
        'heads',
        () => new Map(keys.map((each) => [streamName(each), { firstPosition: first, nextPosition: rows.length + 1 }])),
      ),
    registry,
    log: silentLog,
    now: () => new Date(),
  });

  return {
    hub,
    rows,
    stats,
    registry,
    /** What a metric without labels stands at. */
    async count(metric: string): Promise<number> {
      return (await registry.getSingleMetric(metric)?.get())?.values[0]?.value ?? 0;
    },
    append(count: number) {
      for (let n = 0; n < count; n++) rows.push({ position: rows.length + 1, isOdd: rows.length % 2 === 0 });
    },
    /** Retention: rows below are gone. */
    expireBefore(position: number) {
      first = Math.max(first, position);
    },
    async follow(reader: Reader, options: { after?: number; oddOnly?: boolean; shareKey?: string } = {}) {
      const { after, oddOnly = false, shareKey = oddOnly ? 'odd' : 'all' } = options;
      const live = new LosslessSource<StreamRow>({
        stream: key,
        after: after === undefined ? undefined : encodeCursor(key, after),
        accepts: (row) => !oddOnly || (row as Row).isOdd,
      });
      const execute = (root: unknown) => {
        stats.executions++;
        const { cursor, items } = root as { cursor: string; items: Row[] };
        return delay('execute', () => ({ data: { cursor, positions: items.map(({ position }) => position) } }));
      };
      return hub.subscribe({ source: live, shareKey, execute, sink: reader });
    },
  };
}

/** A reader that takes what it is sent at once, or not at all while it is stuck. */
export class Reader implements Sink {
  readonly positions: number[] = [];
  readonly texts: string[] = [];
  cursor: string | undefined;
  heartbeats = 0;
  errors: string[] = [];
  firstCursor: unknown;
  #buffered: SharedPayload[] = [];
  #isStuck = false;
  #onDrained: (() => void)[] = [];

  get bufferedBytes(): number {
    return this.#buffered.reduce((sum, { text }) => sum + text.length, 0);
  }

  get isStuck(): boolean {
    return this.#isStuck;
  }

  next(payloads: readonly SharedPayload[]): void {
    if (this.#isStuck) this.#buffered.push(...payloads);
    else for (const payload of payloads) this.#take(payload);
  }

  error(errors: readonly { message: string; extensions: Record<string, unknown> }[]): void {
    for (const { extensions } of errors) {
      this.errors.push(String(extensions.code));
      this.firstCursor = extensions.firstCursor;
    }
  }

  drained(): Promise<void> {
    return this.#isStuck ? new Promise((resolve) => this.#onDrained.push(resolve)) : Promise.resolve();
  }

  setStuck(isStuck: boolean): void {
    this.#isStuck = isStuck;
    if (isStuck) return;
    for (const payload of this.#buffered.splice(0)) this.#take(payload);
    for (const resolve of this.#onDrained.splice(0)) resolve();
  }

  #take({ text }: SharedPayload): void {
    const { cursor, positions } = JSON.parse(text).data;
    this.texts.push(text);
    this.cursor = cursor;
    this.positions.push(...positions);
    if (positions.length === 0) this.heartbeats++;
  }
}
