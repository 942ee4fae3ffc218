/** Bounded concurrency. */

/**
 * At most `size` works run at a time; the others start in the order in which they came. Between two works of a slot the event loop turns:
 * works that have all they need at hand would otherwise follow each other for seconds, and nobody else would be heard.
 */
export class Slots {
  readonly #size: number;
  readonly #waiting: (() => void)[] = [];
  #taken = 0;

  constructor(size: number) {
    this.#size = size;
  }

  get waiting(): number {
    return this.#waiting.length;
  }

  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.#taken >= this.#size) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    else this.#taken++;
    try {
      return await work();
    } finally {
      await new Promise((resolve) => setImmediate(resolve));
      // The slot is handed on, not given back, so that nobody who comes now overtakes the queue.
      const next = this.#waiting.shift();
      if (next) next();
      else this.#taken--;
    }
  }
}
