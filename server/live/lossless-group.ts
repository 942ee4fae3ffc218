/** All subscribers of one stream with equal document, variables and rights: executed and serialised once for all. */
import type { GraphQLError } from 'graphql';
import { type Execute, executeForCertain } from './execution.ts';
import { cursorExpired, deliveryFailed } from './live-errors.ts';
import type { LosslessPayload } from './live-source.ts';
import type { ReplayMemory } from './replay-memory.ts';
import { replayStop } from './replay-stop.ts';
import { SharedPayload, type Sink } from './sink.ts';
import type { Slots } from './slots.ts';
import { encodeCursor } from './stream-cursor.ts';
import type { StreamHead, StreamRow } from './stream-source.ts';
import type { Page, Tail, TailSetting } from './tail.ts';
import type { Turns } from './turns.ts';

/** A subscriber that stands where its group stands. */
export interface Member {
  readonly sink: Sink;
  /** False until it was told a cursor. */
  greeted: boolean;
  /** Its connection did not keep up; `position` is where it stands. It is no longer a member. */
  fallBack(position: number): void;
  /** It is no longer a member. */
  fail(error: GraphQLError): void;
}

export interface GroupSetting extends TailSetting {
  now(): Date;
  replays: Slots;
  turns: Turns;
  replayed: ReplayMemory<ReplayPage | 'expired'>;
  /** The stream's head from the database, now. */
  readHead(): Promise<StreamHead>;
  /** Ends those whose rights have expired; called before anything is sent. */
  endExpired(): void;
}

/** Most payloads, and characters after which no further one is added, that one call to the network takes. */
const batchPages = 16;
const batchLength = 32_768;

export interface ReplayPage {
  /** Undefined when the filter let nothing through. */
  payload: SharedPayload | undefined;
  upTo: number;
}

export class LosslessGroup<Row extends StreamRow = StreamRow> {
  readonly tail: Tail<Row>;
  readonly setting: GroupSetting;
  readonly #name: string;
  readonly #accepts: (row: Row) => boolean;
  readonly #execute: Execute;
  readonly #members = new Set<Member>();
  readonly #detach: () => void;
  #whenMoved: (() => void)[] = [];
  /** Every member has been sent all rows up to it. */
  #position: number;
  #beatDue = false;
  #greetingDue = false;
  #running = false;
  #again = false;

  /** `name` is its alone. */
  constructor(name: string, tail: Tail<Row>, accepts: (row: Row) => boolean, execute: Execute, setting: GroupSetting) {
    this.#name = name;
    this.tail = tail;
    this.setting = setting;
    this.#accepts = accepts;
    this.#execute = execute;
    this.#position = tail.position;
    this.#detach = tail.attach(() => this.#run());
  }

  get position(): number {
    return this.#position;
  }

  get memberCount(): number {
    return this.#members.size;
  }

  /** Makes a member of a subscriber who stands exactly here; false leaves it out. */
  join(member: Member, position: number): boolean {
    if (position !== this.#position) return false;
    this.#members.add(member);
    if (!member.greeted) this.#greetingDue = true;
    this.#run();
    return true;
  }

  leave(member: Member): void {
    this.#members.delete(member);
  }

  /** The next heartbeat is due; it follows what is already on its way. */
  beat(): void {
    this.#beatDue = true;
    this.#run();
  }

  close(): void {
    this.#detach();
  }

  /** Resolves after the next move of `position`. */
  moved(): Promise<void> {
    return new Promise((resolve) => this.#whenMoved.push(resolve));
  }

  /** One page after `after` for subscribers who are behind; made once for all who stand there. */
  replay(after: number): Promise<ReplayPage | 'expired'> {
    const upTo = Math.min(this.#position, replayStop(after, this.setting.limits.replayPage));
    return this.setting.replayed.get(`${this.#name}:${after}:${upTo}`, async () => {
      const read = await this.#read(after, upTo, this.setting.limits.replayPage);
      return read === 'expired' ? read : { payload: await this.#payloadOf(read), upTo: read.upTo };
    });
  }

  /** An empty payload that tells a cursor. */
  async heartbeat(position: number): Promise<SharedPayload> {
    return new SharedPayload(await this.#certain([], position));
  }

  #run(): void {
    this.#again = true;
    if (this.#running) return;
    this.#running = true;
    void this.#deliverAll();
  }

  async #deliverAll(): Promise<void> {
    try {
      while (this.#again) {
        this.#again = false;
        while (await this.#deliverNext());
      }
    } catch (error) {
      this.setting.log.error(
        { err: error, stream: this.tail.key },
        'Cannot deliver a stream; its subscribers are told to resume',
      );
      this.#failAll(deliveryFailed());
    } finally {
      this.#running = false;
    }
  }

  /** False when there is nothing left to deliver. */
  async #deliverNext(): Promise<boolean> {
    if (this.#members.size === 0) {
      // Nobody stands here: subscribers on their way are caught up with the newest rows.
      this.#beatDue = false;
      this.#moveTo(this.tail.position);
      return false;
    }
    if (this.#position < this.tail.position) {
      const batch = await this.#nextBatch();
      if (batch === 'expired') {
        this.#failAll(cursorExpired(this.tail.key, this.#position, this.tail.head));
        return true;
      }
      if (batch.payloads.length > 0) await this.#sendAndMove(batch.payloads, batch.upTo);
      else this.#moveTo(batch.upTo);
      return true;
    }
    const beatDue = this.#beatDue;
    if (!beatDue && !this.#greetingDue) return false;
    this.#beatDue = this.#greetingDue = false;
    const payload = await this.heartbeat(this.#position);
    this.setting.endExpired();
    for (const member of this.#members) {
      // Who has more than enough to read needs no sign of life.
      if ((beatDue || !member.greeted) && !this.#isFull(member)) this.#sendTo(member, [payload]);
    }
    return true;
  }

  /** What is ready, up to a bound: subscribers who are behind get several payloads by one call to the network. */
  async #nextBatch(): Promise<{ payloads: SharedPayload[]; upTo: number } | 'expired'> {
    const payloads: SharedPayload[] = [];
    let upTo = this.#position;
    let length = 0;
    // What one call adds must stay small beside what may wait on a connection.
    const mostLength = Math.min(batchLength, this.setting.limits.liveBufferedBytes / 4);
    for (let pages = 0; pages < batchPages && length < mostLength && upTo < this.tail.position; pages++) {
      const page = await this.#read(upTo, this.tail.position, this.setting.limits.livePayloadItems);
      if (page === 'expired') {
        if (pages === 0) return page;
        break;
      }
      const payload = await this.#payloadOf(page);
      upTo = page.upTo;
      if (!payload) continue;
      payloads.push(payload);
      length += payload.text.length;
    }
    return { payloads, upTo };
  }

  async #read(after: number, upTo: number, most: number): Promise<Page<Row> | 'expired'> {
    return this.tail.remembered(after, upTo, most) ?? (await this.tail.fetch(after, upTo, this.setting.readHead));
  }

  async #payloadOf(page: Page<Row>): Promise<SharedPayload | undefined> {
    const items = page.rows.filter(this.#accepts);
    return items.length === 0 ? undefined : new SharedPayload(await this.#certain(items, page.upTo));
  }

  #certain(items: readonly Row[], position: number) {
    const { metrics, now } = this.setting;
    const cursor = encodeCursor(this.tail.key, position);
    return executeForCertain(() => {
      metrics.executions.inc();
      const payload: LosslessPayload<Row> = { cursor, items, sentAt: now() };
      return this.#execute(payload);
    }, metrics);
  }

  /**
   * Others of the server are heard in between. Until all have it, the group stands where it stood: who joins meanwhile comes last in the
   * set of members, and so gets it, too, once; from the last one to the move nothing waits.
   */
  async #sendAndMove(payloads: readonly SharedPayload[], upTo: number): Promise<void> {
    const { endExpired, metrics, turns } = this.setting;
    endExpired();
    for (const member of this.#members) {
      if (this.#isFull(member)) {
        this.#members.delete(member);
        metrics.fallbacks.inc();
        member.fallBack(this.#position);
      } else this.#sendTo(member, payloads);
      if (!turns.isDue) continue;
      await turns.next();
      endExpired();
    }
    this.#moveTo(upTo);
  }

  #sendTo(member: Member, payloads: readonly SharedPayload[]): void {
    member.greeted = true;
    member.sink.next(payloads);
    this.setting.metrics.deliveries.inc(payloads.length);
  }

  #isFull({ sink }: Member): boolean {
    return sink.bufferedBytes > this.setting.limits.liveBufferedBytes;
  }

  #moveTo(position: number): void {
    if (position === this.#position) return;
    this.#position = position;
    const waiting = this.#whenMoved;
    this.#whenMoved = [];
    for (const resolve of waiting) resolve();
  }

  #failAll(error: GraphQLError): void {
    const members = [...this.#members];
    this.#members.clear();
    for (const member of members) member.fail(error);
  }
}
