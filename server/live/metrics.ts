/** What live delivery counts, for /metrics. */
import { Counter, Gauge, Histogram, type Registry } from 'prom-client';

export type LiveMetrics = ReturnType<typeof createLiveMetrics>;

export interface LiveGauges {
  connections(): number;
  bufferedBytes(): number;
  mostBufferedBytes(): number;
  subscribers(): { live: number; replaying: number; picture: number };
  groups(): number;
  tails(): number;
  waitingReplays(): number;
  replayBytes(): number;
}

export function createLiveMetrics(registry: Registry) {
  const registers = [registry];
  const counter = (name: string, help: string) => new Counter({ name, help, registers });
  return {
    tailReads: counter('lehr_live_tail_reads_total', 'Reads of new rows, one per stream however many subscribers.'),
    executions: counter('lehr_live_executions_total', 'Shared executions of a live operation.'),
    failures: counter(
      'lehr_live_failures_total',
      'Reads and executions of live streams that failed and were tried again.',
    ),
    deliveries: counter('lehr_live_deliveries_total', 'Payloads handed to subscribers.'),
    replayPages: counter(
      'lehr_live_replay_pages_total',
      'Pages that subscribers read from the database, or shared while one did.',
    ),
    fallbacks: counter(
      'lehr_live_fallbacks_total',
      'Subscribers sent back to the database because their connection did not keep up.',
    ),
    picturesSkipped: counter('lehr_live_pictures_skipped_total', 'Pictures that a slow connection did not get.'),
    holes: counter(
      'lehr_live_position_holes_total',
      'Positions missing inside a stream without retention having removed them; must stay 0.',
    ),
    revoked: counter('lehr_live_revoked_total', 'Connections ended because rights changed, ended or expired.'),
    refused: new Counter({
      name: 'lehr_live_refused_total',
      help: 'Connections and subscriptions refused by a limit.',
      labelNames: ['limit'],
      registers,
    }),
    executionSeconds: new Histogram({
      name: 'lehr_live_execution_seconds',
      help: 'Time of one shared execution with its serialisation.',
      buckets: [0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3],
      registers,
    }),
  };
}

/** Gauges that are read when somebody scrapes, not kept up to date. */
export function observeLiveGauges(registry: Registry, read: LiveGauges): void {
  const registers = [registry];
  const gauge = (name: string, help: string, value: () => number) =>
    new Gauge({
      name,
      help,
      registers,
      collect() {
        this.set(value());
      },
    });
  gauge('lehr_live_connections', 'Open WebSocket connections.', read.connections);
  gauge('lehr_live_buffered_bytes', 'Bytes waiting on all connections.', read.bufferedBytes);
  gauge('lehr_live_connection_buffered_bytes_max', 'Bytes waiting on the fullest connection.', read.mostBufferedBytes);
  gauge('lehr_live_groups', 'Different live operations; work per event grows with these.', read.groups);
  gauge('lehr_live_streams', 'Streams that are followed.', read.tails);
  gauge('lehr_live_waiting_replays', 'Replay pages waiting for a slot.', read.waitingReplays);
  gauge('lehr_live_replay_bytes', 'Replayed payloads kept for others who resume.', read.replayBytes);
  new Gauge({
    name: 'lehr_live_subscribers',
    help: 'Subscribers by what they do now.',
    labelNames: ['state'],
    registers,
    collect() {
      for (const [state, count] of Object.entries(read.subscribers())) this.set({ state }, count);
    },
  });
}
