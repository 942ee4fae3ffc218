/**
 * The event hub of one server process. It follows streams by position in the database and never trusts rows in memory of a writer:
 * a wake-up only says "look now", and what other processes commit is found by a look at the heads every second.
 */
import type { Registry } from 'prom-client';
import { Connections, type LiveCaller } from './connections.ts';
import type { Execute } from './execution.ts';
import type { LiveLimits } from './limits.ts';
import {
  cursorAhead,
  cursorExpired,
  cursorMalformed,
  cursorOfOtherStream,
  limitReached,
  streamNotFound,
} from './live-errors.ts';
import { type LosslessSource, PictureSource } from './live-source.ts';
import { type GroupSetting, LosslessGroup, type ReplayPage } from './lossless-group.ts';
import { LosslessSubscriber } from './lossless-subscriber.ts';
import { createLiveMetrics, type LiveMetrics, observeLiveGauges } from './metrics.ts';
import { PictureGroup } from './picture-group.ts';
import { ReplayMemory } from './replay-memory.ts';
import type { Sink } from './sink.ts';
import { Slots } from './slots.ts';
import { decodeCursor } from './stream-cursor.ts';
import {
  type ReadHeads,
  type StreamHead,
  type StreamKey,
  type StreamKind,
  type StreamRow,
  type StreamSource,
  streamName,
} from './stream-source.ts';
import { type LiveLog, Tail } from './tail.ts';
import { Turns } from './turns.ts';

export interface HubOptions {
  limits: LiveLimits;
  sources: Record<StreamKind, StreamSource<StreamRow>>;
  readHeads: ReadHeads;
  /** Of these callers, the principal keys whose rights have ended or are others now; asked every second, for what other processes changed. */
  findRevoked?: (callers: readonly LiveCaller[]) => Promise<readonly string[]>;
  registry: Registry;
  log: LiveLog;
  now(): Date;
}

export interface SubscribeRequest {
  source: LosslessSource<StreamRow> | PictureSource<unknown>;
  /** Equal for operations that give the same bytes: document, variables without `after`, rights. */
  shareKey: string;
  execute: Execute;
  sink: Sink;
}

/** Ends it: nothing is sent after the call. */
export type Unsubscribe = () => void;

/** Beats that a stream nobody follows is kept for, so that a reload of a screen finds it warm. */
const idleBeats = 5;

export class Hub {
  readonly connections: Connections;
  readonly #options: HubOptions;
  readonly #metrics: LiveMetrics;
  readonly #turns = new Turns();
  readonly #replays: Slots;
  readonly #replayed: ReplayMemory<ReplayPage | 'expired'>;
  readonly #tails = new Map<string, { tail: Tail; idle: number }>();
  readonly #opening = new Map<string, Promise<Tail>>();
  readonly #groups = new Map<string, { group: LosslessGroup; subscribers: Set<LosslessSubscriber> }>();
  readonly #pictures = new Map<string, PictureGroup>();
  #timer: NodeJS.Timeout | undefined;
  #ticking = false;
  #closed = false;

  constructor(options: HubOptions) {
    this.#options = options;
    this.#metrics = createLiveMetrics(options.registry);
    this.#replays = new Slots(options.limits.liveReplays, this.#turns);
    this.#replayed = new ReplayMemory({
      maxAgeMs: options.limits.liveHeartbeatMs,
      maxBytes: options.limits.liveReplayBytes,
      sizeOf: (page) => (page === 'expired' ? 0 : (page.payload?.closed.length ?? 0)),
      now: () => options.now(),
    });
    this.connections = new Connections(options.limits, this.#metrics);
    observeLiveGauges(options.registry, {
      connections: () => this.connections.size,
      bufferedBytes: () => this.connections.bufferedBytes,
      mostBufferedBytes: () => this.connections.mostBufferedBytes,
      subscribers: () => this.#countSubscribers(),
      groups: () => this.#groups.size + this.#pictures.size,
      tails: () => this.#tails.size,
      waitingReplays: () => this.#replays.waiting,
      replayBytes: () => this.#replayed.bytes,
    });
  }

  /** Begins to look at the heads every `liveHeartbeatMs`. */
  start(): void {
    this.#timer ??= setInterval(() => void this.tick(), this.#options.limits.liveHeartbeatMs);
  }

  close(): void {
    this.#closed = true;
    clearInterval(this.#timer);
    this.#timer = undefined;
    for (const { group } of this.#groups.values()) group.close();
    for (const picture of this.#pictures.values()) picture.close();
  }

  /** Rows were committed to this stream. */
  wake(kind: StreamKind, id: string): void {
    const name = streamName({ kind, id });
    this.#tails.get(name)?.tail.wake();
    // Committed after its head was read, perhaps: the stream is not followed yet, but soon.
    this.#opening.get(name)?.then(
      (tail) => tail.wake(),
      () => {},
    );
    this.touch(name);
  }

  /** What a picture shows has changed: a stream's name, or a topic that picture sources name themselves. */
  touch(topic: string): void {
    for (const picture of this.#pictures.values()) if (picture.topics.includes(topic)) picture.touch();
  }

  /** Ends every subscription of the principal now, before its next event, and closes its connections. */
  revoke(principalKey: string): void {
    this.connections.revoke(principalKey);
  }

  /** Throws a `GraphQLError` when the cursor cannot be resumed or the stream does not exist. */
  async subscribe(request: SubscribeRequest): Promise<Unsubscribe> {
    const { source } = request;
    return source instanceof PictureSource ? this.#watch(source, request) : this.#follow(source, request);
  }

  /** Throws when a connection has as many as it may. */
  checkSubscriptionCount(current: number): void {
    const { liveSubscriptionsPerConnection: limit } = this.#options.limits;
    if (current < limit) return;
    this.#metrics.refused.inc({ limit: 'liveSubscriptionsPerConnection' });
    throw limitReached('Subscriptions on one connection', 'liveSubscriptionsPerConnection', limit);
  }

  /**
   * What happens every second: expired and revoked callers leave, streams that moved are read, heartbeats go out.
   * No heartbeat is sent for a stream whose head could not be read: a sign of life that is not true is worse than none.
   */
  async tick(): Promise<void> {
    if (this.#ticking || this.#closed) return;
    this.#ticking = true;
    try {
      this.connections.endExpired(this.#options.now());
      for (const picture of this.#pictures.values()) picture.beat();
      await Promise.all([this.#beatStreams(), this.#revokeChanged()]);
    } catch (error) {
      this.#metrics.failures.inc();
      this.#options.log.error(
        { err: error },
        'Cannot look at the heads of the live streams; no heartbeats until it works again',
      );
    } finally {
      this.#ticking = false;
    }
  }

  async #beatStreams(): Promise<void> {
    for (const [name, entry] of this.#tails) {
      entry.idle = entry.tail.idle ? entry.idle + 1 : 0;
      if (entry.idle > idleBeats) this.#tails.delete(name);
      entry.tail.forgetUnused();
    }
    this.#replayed.forgetOld();
    if (this.#tails.size === 0) return;
    const heads = await this.#options.readHeads([...this.#tails.values()].map(({ tail }) => tail.key));
    for (const [name, { tail }] of this.#tails) {
      const head = heads.get(name);
      if (head) tail.observe(head);
    }
    for (const { group } of this.#groups.values()) {
      if (heads.has(streamName(group.tail.key)) && !group.tail.failed) group.beat();
    }
  }

  async #revokeChanged(): Promise<void> {
    const callers = this.connections.callers();
    if (callers.length === 0 || !this.#options.findRevoked) return;
    for (const key of await this.#options.findRevoked(callers)) this.revoke(key);
  }

  async #follow(
    source: LosslessSource<StreamRow>,
    { shareKey, execute, sink }: SubscribeRequest,
  ): Promise<Unsubscribe> {
    const after = source.after === undefined ? undefined : positionIn(source.stream, source.after);
    const tail = await this.#openTail(source.stream);
    if (after !== undefined) await this.#checkResumable(tail, after);

    let entry = this.#groups.get(shareKey);
    if (!entry) {
      const group = new LosslessGroup(shareKey, tail, source.accepts, execute, this.#groupSetting(tail.key));
      entry = { group, subscribers: new Set() };
      this.#groups.set(shareKey, entry);
    }
    const { group, subscribers } = entry;
    const subscriber: LosslessSubscriber = new LosslessSubscriber(group, sink, after ?? group.position, () => {
      subscribers.delete(subscriber);
      if (subscribers.size > 0) return;
      group.close();
      this.#groups.delete(shareKey);
    });
    subscribers.add(subscriber);
    subscriber.start();
    return () => subscriber.stop();
  }

  #watch(source: PictureSource<unknown>, { shareKey, execute, sink }: SubscribeRequest): Unsubscribe {
    const { limits, log, now } = this.#options;
    const endExpired = () => this.connections.endExpired(now());
    const setting = { limits, log, now, metrics: this.#metrics, endExpired };
    const group = this.#pictures.get(shareKey) ?? new PictureGroup(source, execute, setting);
    this.#pictures.set(shareKey, group);
    const remove = group.add(sink);
    return () => {
      remove();
      if (group.memberCount > 0 || this.#pictures.get(shareKey) !== group) return;
      group.close();
      this.#pictures.delete(shareKey);
    };
  }

  #openTail(key: StreamKey): Promise<Tail> {
    const name = streamName(key);
    const open = this.#tails.get(name);
    if (open) {
      open.idle = 0;
      return Promise.resolve(open.tail);
    }
    const opening = this.#opening.get(name);
    if (opening) return opening;
    const { limits, log, sources } = this.#options;
    const tail = this.#readHead(key)
      .then((head) => {
        const made = new Tail(key, sources[key.kind], head, { limits, log, metrics: this.#metrics });
        this.#tails.set(name, { tail: made, idle: 0 });
        return made;
      })
      .finally(() => this.#opening.delete(name));
    this.#opening.set(name, tail);
    return tail;
  }

  async #checkResumable(tail: Tail, after: number): Promise<void> {
    if (after > tail.position) {
      const head = await this.#readHead(tail.key);
      tail.observe(head);
      if (after >= head.nextPosition) throw cursorAhead(after, head);
    }
    if (after + 1 < tail.head.firstPosition) throw cursorExpired(tail.key, after, tail.head);
  }

  async #readHead(key: StreamKey): Promise<StreamHead> {
    const head = (await this.#options.readHeads([key])).get(streamName(key));
    if (!head) throw streamNotFound(key);
    return head;
  }

  #groupSetting(key: StreamKey): GroupSetting {
    const { limits, log, now } = this.#options;
    return {
      limits,
      log,
      now,
      metrics: this.#metrics,
      replays: this.#replays,
      turns: this.#turns,
      replayed: this.#replayed,
      readHead: () => this.#readHead(key),
      endExpired: () => this.connections.endExpired(now()),
    };
  }

  #countSubscribers() {
    const count = { live: 0, replaying: 0, picture: 0 };
    for (const { subscribers } of this.#groups.values()) {
      for (const { catchingUp } of subscribers) count[catchingUp ? 'replaying' : 'live']++;
    }
    for (const picture of this.#pictures.values()) count.picture += picture.memberCount;
    return count;
  }
}

function positionIn(stream: StreamKey, cursor: string): number {
  const decoded = decodeCursor(cursor);
  if (!decoded) throw cursorMalformed(cursor);
  if (decoded.kind !== stream.kind || decoded.id !== stream.id) throw cursorOfOtherStream();
  return decoded.position;
}
