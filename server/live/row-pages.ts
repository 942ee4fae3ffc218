/** Pages of older rows of one stream, read once for all who resume near each other. */
import type { StreamRow, StreamSource } from './stream-source.ts';

export interface RowPage<Row> {
  rows: readonly Row[];
  /** Rows behind it, up to and with it, are in `rows`, unless retention has removed them. */
  upTo: number;
}

interface KeptPage<Row> {
  upTo: number;
  page: Promise<RowPage<Row>>;
  isFresh: boolean;
}

/** A page begins at a multiple of `size`, whatever cursor it is read for, so that a thousand cursors need no thousand reads. */
export class RowPages<Row extends StreamRow> {
  readonly #source: StreamSource<Row>;
  readonly #id: string;
  readonly #size: number;
  readonly #most: number;
  /** By where they begin, the least recently used first. */
  readonly #pages = new Map<number, KeptPage<Row>>();

  constructor(source: StreamSource<Row>, id: string, bounds: { size: number; most: number }) {
    this.#source = source;
    this.#id = id;
    this.#size = bounds.size;
    this.#most = bounds.most;
  }

  get kept(): number {
    return this.#pages.size;
  }

  /** The page with the row behind `after`; `committed` is known to be committed. */
  read(after: number, committed: number): Promise<RowPage<Row>> {
    const begin = after - (after % this.#size);
    let kept = this.#pages.get(begin);
    this.#pages.delete(begin);
    // What was read when the stream was shorter does not reach far enough.
    if (!kept || kept.upTo <= after) kept = this.#load(begin, Math.min(begin + this.#size, committed));
    kept.isFresh = true;
    this.#pages.set(begin, kept);
    if (this.#pages.size > this.#most) {
      const [oldest] = this.#pages.keys();
      if (oldest !== undefined) this.#pages.delete(oldest);
    }
    return kept.page;
  }

  /** Forgets what nobody has asked for since the last call. */
  forgetUnused(): void {
    for (const [begin, kept] of this.#pages) {
      if (!kept.isFresh) this.#pages.delete(begin);
      kept.isFresh = false;
    }
  }

  #load(begin: number, upTo: number): KeptPage<Row> {
    const page = this.#source.read(this.#id, begin, upTo - begin).then((read) => ({
      // A source may give more than was asked for: rows that came meanwhile, where retention made room for them.
      rows: read.filter(({ position }) => position <= upTo),
      upTo,
    }));
    const kept: KeptPage<Row> = { upTo, page, isFresh: true };
    // The next one who asks tries again.
    page.catch(() => {
      if (this.#pages.get(begin) === kept) this.#pages.delete(begin);
    });
    return kept;
  }
}
