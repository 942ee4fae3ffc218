/** Follows one stream: reads each new row once, however many groups want it, and keeps the newest in memory for those a little behind. */
import type { LiveLimits } from './limits.ts';
import type { LiveMetrics } from './metrics.ts';
import { RowPages } from './row-pages.ts';
import type { StreamHead, StreamKey, StreamRow, StreamSource } from './stream-source.ts';

export interface LiveLog {
  error(fields: object, message: string): void;
}

export interface TailSetting {
  limits: LiveLimits;
  metrics: LiveMetrics;
  log: LiveLog;
}

export interface Page<Row> {
  rows: readonly Row[];
  /** Everything up to and with it is in `rows`. */
  upTo: number;
}

export class Tail<Row extends StreamRow = StreamRow> {
  readonly key: StreamKey;
  readonly #source: StreamSource<Row>;
  readonly #setting: TailSetting;
  readonly #readers = new Set<() => void>();
  readonly #pages: RowPages<Row>;
  #head: StreamHead;
  #position: number;
  /** Rows after `#keptAfter` up to `#position`, all of them. */
  #kept: Row[] = [];
  #keptAfter: number;
  #reading = false;
  #again = false;
  #failed = false;

  constructor(key: StreamKey, source: StreamSource<Row>, head: StreamHead, setting: TailSetting) {
    this.key = key;
    this.#source = source;
    this.#setting = setting;
    this.#pages = new RowPages(source, key.id, {
      size: setting.limits.replayPage,
      most: setting.limits.liveReplayPages,
    });
    this.#head = head;
    this.#position = this.#keptAfter = head.nextPosition - 1;
  }

  /** The newest position that has been read. */
  get position(): number {
    return this.#position;
  }

  /** As last seen, at most a heartbeat ago. */
  get head(): StreamHead {
    return this.#head;
  }

  /** The last read failed: readers are not up to date, and a heartbeat would say that they are. */
  get failed(): boolean {
    return this.#failed;
  }

  get idle(): boolean {
    return this.#readers.size === 0;
  }

  /** `reader` is called after each move of `position`. */
  attach(reader: () => void): () => void {
    this.#readers.add(reader);
    return () => this.#readers.delete(reader);
  }

  /** Takes note of a head that was read from the database. */
  observe(head: StreamHead): void {
    this.#head = {
      firstPosition: Math.max(this.#head.firstPosition, head.firstPosition),
      nextPosition: Math.max(this.#head.nextPosition, head.nextPosition),
    };
    if (this.#head.nextPosition - 1 > this.#position) this.wake();
  }

  /** Rows may have been committed. Any number of calls while a read is under way lead to one more read. */
  wake(): void {
    if (this.#reading) {
      this.#again = true;
      return;
    }
    this.#reading = true;
    void this.#readOn();
  }

  async #readOn(): Promise<void> {
    const { limits, metrics, log } = this.#setting;
    try {
      let full = false;
      do {
        this.#again = false;
        // Known before the read: rows below it that the read does not give are gone, not late.
        const known = this.#head.nextPosition - 1;
        metrics.tailReads.inc();
        const rows = await this.#source.read(this.key.id, this.#position, limits.replayPage);
        full = rows.length === limits.replayPage;
        this.#take(rows, full ? 0 : known);
      } while (full || this.#again);
      this.#failed = false;
    } catch (error) {
      // Not lost: the next look at the heads finds this stream behind and wakes it.
      this.#failed = true;
      metrics.failures.inc();
      log.error({ err: error, stream: this.key }, 'Cannot read new rows of a stream; trying again');
    } finally {
      this.#reading = false;
    }
  }

  #take(rows: Row[], known: number): void {
    const before = this.#position;
    const last = rows.at(-1)?.position ?? before;
    const upTo = Math.max(last, known);
    if (upTo === before) return;

    // A plain count is enough: rows come in order, and positions of a stream are unique.
    if (upTo - before !== rows.length && this.#head.firstPosition <= before + 1)
      this.#countHole(upTo - before - rows.length);
    this.#kept.push(...rows);
    const surplus = this.#kept.length - this.#setting.limits.liveTailRows;
    if (surplus > 0) {
      const dropped = this.#kept.splice(0, surplus);
      this.#keptAfter = dropped.at(-1)?.position ?? this.#keptAfter;
    }
    this.#position = upTo;
    if (this.#head.nextPosition <= upTo) this.#head = { ...this.#head, nextPosition: upTo + 1 };
    for (const reader of this.#readers) reader();
  }

  /** From memory, at most `most` rows after `after` and not beyond `upTo`; undefined when memory does not reach back so far. */
  remembered(after: number, upTo: number, most: number): Page<Row> | undefined {
    if (after < this.#keptAfter) return undefined;
    const start = firstAfter(this.#kept, after);
    const stop = firstAfter(this.#kept, upTo);
    const end = Math.min(stop, start + most);
    const rows = this.#kept.slice(start, end);
    return { rows, upTo: end < stop ? (rows.at(-1)?.position ?? upTo) : upTo };
  }

  /**
   * The same from the database, or from pages that were just read for others. `upTo` must have been committed.
   * Gives 'expired' when retention has removed rows of this page.
   */
  async fetch(after: number, upTo: number, readHead: () => Promise<StreamHead>): Promise<Page<Row> | 'expired'> {
    const page = await this.#pages.read(after, Math.max(upTo, this.#position));
    const end = Math.min(upTo, page.upTo);
    const rows = page.rows.slice(firstAfter(page.rows, after), firstAfter(page.rows, end));
    if (end - after !== rows.length) {
      // Asked after the read: retention only moves forward, so what it had not removed then was there to be read.
      const head = await readHead();
      this.observe(head);
      if (head.firstPosition > after + 1) return 'expired';
      this.#countHole(end - after - rows.length);
    }
    return { rows, upTo: end };
  }

  /** Once a beat: pages that nobody asks for any more go. */
  forgetUnused(): void {
    this.#pages.forgetUnused();
  }

  #countHole(missing: number): void {
    this.#setting.metrics.holes.inc(missing);
    this.#setting.log.error({ stream: this.key, missing }, 'Positions are missing inside a stream');
  }
}

/** Index of the first row after `position`; the length when there is none. */
function firstAfter(rows: readonly StreamRow[], position: number): number {
  let low = 0;
  let high = rows.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((rows[middle]?.position ?? 0) <= position) low = middle + 1;
    else high = middle;
  }
  return low;
}
