/** All subscribers of one stream with equal document, variables and rights: executed and serialised once for all. */
import type { GraphQLError } from 'graphql';
import { type Execute, executeForCertain } from './execution.ts';
import { cursorExpired, deliveryFailed } from './live-errors.ts';
import type { LosslessPayload } from './live-source.ts';
import { SharedPayload, type Sink } from './sink.ts';
import type { Slots } from './slots.ts';
import { encodeCursor } from './stream-cursor.ts';
import type { StreamHead, StreamRow } from './stream-source.ts';
import type { Page, Tail, TailSetting } from './tail.ts';

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
  /** The stream's head from the database, now. */
  readHead(): Promise<StreamHead>;
}

export interface ReplayPage {
  /** Undefined when the filter let nothing through. */
  payload: SharedPayload | undefined;
  upTo: number;
}

export class LosslessGroup<Row extends StreamRow = StreamRow> {
  readonly tail: Tail<Row>;
  readonly setting: GroupSetting;
  readonly #accepts: (row: Row) => boolean;
  readonly #execute: Execute;
  readonly #members = new Set<Member>();
  readonly #detach: () => void;
  /** Replay pages under way, so that subscribers who lost their connections together are served together. */
  readonly #replaying = new Map<string, Promise<ReplayPage | 'expired'>>();
  #whenMoved: (() => void)[] = [];
  /** Every member has been sent all rows up to it. */
  #position: number;
  #beatDue = false;
  #greetingDue = false;
  #running = false;
  #again = false;

  constructor(tail: Tail<Row>, accepts: (row: Row) => boolean, execute: Execute, setting: GroupSetting) {
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

  /** One page after `after` for subscribers who are behind. */
  replay(after: number): Promise<ReplayPage | 'expired'> {
    const upTo = this.#position;
    const name = `${after}:${upTo}`;
    const underWay = this.#replaying.get(name);
    if (underWay) return underWay;
    const page = this.setting.replays
      .run(async () => {
        const read = await this.#read(after, upTo);
        return read === 'expired' ? read : { payload: await this.#payloadOf(read), upTo: read.upTo };
      })
      .finally(() => this.#replaying.delete(name));
    this.#replaying.set(name, page);
    return page;
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
      const page = await this.#read(this.#position, this.tail.position);
      if (page === 'expired') {
        this.#failAll(cursorExpired(this.tail.key, this.#position, this.tail.head));
        return true;
      }
      const payload = await this.#payloadOf(page);
      // From here to the move nothing waits, so that who joins is either before this page or behind it.
      if (payload) this.#send(payload);
      this.#moveTo(page.upTo);
      return true;
    }
    const beatDue = this.#beatDue;
    if (!beatDue && !this.#greetingDue) return false;
    this.#beatDue = this.#greetingDue = false;
    const payload = await this.heartbeat(this.#position);
    for (const member of this.#members) {
      // Who has more than enough to read needs no sign of life.
      if ((beatDue || !member.greeted) && !this.#isFull(member)) this.#sendTo(member, payload);
    }
    return true;
  }

  async #read(after: number, upTo: number): Promise<Page<Row> | 'expired'> {
    return this.tail.remembered(after, upTo) ?? (await this.tail.fetch(after, upTo, this.setting.readHead));
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

  #send(payload: SharedPayload): void {
    for (const member of this.#members) {
      if (this.#isFull(member)) {
        this.#members.delete(member);
        this.setting.metrics.fallbacks.inc();
        member.fallBack(this.#position);
      } else this.#sendTo(member, payload);
    }
  }

  #sendTo(member: Member, payload: SharedPayload): void {
    member.greeted = true;
    member.sink.next(payload);
    this.setting.metrics.deliveries.inc();
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
