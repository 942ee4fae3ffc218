/** One reader of a lossless stream: catches up from the database, page by page, then goes live with its group; back again when it is slow. */
import type { GraphQLError } from 'graphql';
import { cursorExpired, deliveryFailed } from './live-errors.ts';
import type { LosslessGroup, Member } from './lossless-group.ts';
import type { SharedPayload, Sink } from './sink.ts';
import type { StreamRow } from './stream-source.ts';

/** Who catches up is given the next page when no more than this share of what may wait on a connection waits there. */
const replayShare = 4;

export class LosslessSubscriber<Row extends StreamRow = StreamRow> implements Member {
  readonly sink: Sink;
  greeted = false;
  readonly #group: LosslessGroup<Row>;
  readonly #onEnd: () => void;
  /** Everything up to it was sent or filtered away. Only meaningful while catching up: a member stands where its group stands. */
  #position: number;
  #lastSentMs: number;
  #ended = false;
  #catchingUp = false;

  /** `onEnd` is called once, when it has stopped or failed. */
  constructor(group: LosslessGroup<Row>, sink: Sink, position: number, onEnd: () => void) {
    this.#group = group;
    this.sink = sink;
    this.#position = position;
    this.#onEnd = onEnd;
    this.#lastSentMs = group.setting.now().getTime();
  }

  get catchingUp(): boolean {
    return this.#catchingUp;
  }

  start(): void {
    this.#catchingUp = true;
    void this.#catchUp();
  }

  /** Nothing is sent after it. */
  stop(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#group.leave(this);
    this.#onEnd();
  }

  fallBack(position: number): void {
    this.#position = position;
    this.start();
  }

  fail(error: GraphQLError): void {
    if (this.#ended) return;
    this.stop();
    this.sink.error([error]);
  }

  async #catchUp(): Promise<void> {
    const group = this.#group;
    const { limits, log, replays } = group.setting;
    try {
      while (!this.#ended) {
        if (this.sink.bufferedBytes > limits.liveBufferedBytes / replayShare) await this.sink.drained();
        else if (group.join(this, this.#position)) {
          this.#catchingUp = false;
          return;
        }
        // A cursor from another group or server that is a little ahead of this one.
        else if (this.#position > group.position) await group.moved();
        else await replays.run(() => this.#readPage());
      }
    } catch (error) {
      log.error({ err: error, stream: group.tail.key }, 'Cannot replay a stream; its subscriber is told to resume');
      this.fail(deliveryFailed());
    }
  }

  async #readPage(): Promise<void> {
    if (this.#ended) return;
    const { tail, setting } = this.#group;
    const page = await this.#group.replay(this.#position);
    if (this.#ended) return;
    if (page === 'expired') return this.fail(cursorExpired(tail.key, this.#position, tail.head));

    setting.metrics.replayPages.inc();
    this.#position = page.upTo;
    if (page.payload) return this.#send(page.payload);
    // Days may pass the filter without an item: the cursor of a heartbeat saves them from being read again.
    this.greeted = false;
    if (setting.now().getTime() - this.#lastSentMs < setting.limits.liveHeartbeatMs) return;
    const heartbeat = await this.#group.heartbeat(this.#position);
    if (!this.#ended) this.#send(heartbeat);
  }

  #send(payload: SharedPayload): void {
    const { metrics, now, endExpired } = this.#group.setting;
    endExpired();
    if (this.#ended) return;
    this.greeted = true;
    this.#lastSentMs = now().getTime();
    this.sink.next([payload]);
    metrics.deliveries.inc();
  }
}
