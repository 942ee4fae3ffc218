/** Bounded concurrency. */
import { Turns } from './turns.ts';

/**
 * At most `size` works run at a time; the others start in the order in which they came. In between the event loop turns when that is due:
 * works that have all they need at hand would otherwise follow each other for seconds.
 */
export class Slots {
  readonly #size: number;
  readonly #turns: Turns;
  readonly #waiting: (() => void)[] = [];
  #taken = 0;

  constructor(size: number, turns: Turns = new Turns()) {
    this.#size = size;
    this.#turns = turns;
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
      if (this.#turns.isDue) await this.#turns.next();
      // The slot is handed on, not given back, so that nobody who comes now overtakes the queue.
      const next = this.#waiting.shift();
      if (next) next();
      else this.#taken--;
    }
  }
}
