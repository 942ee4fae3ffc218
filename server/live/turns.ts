/** Lets the event loop turn while much is delivered: who records and who asks is heard in between. */

/** Delivery without a turn, at most; everything else of the server waits so long. */
const turnMs = 4;

/** One for all that a hub delivers, so that many groups together take no longer than one. */
export class Turns {
  readonly #nowMs: () => number;
  #endsMs = 0;

  constructor(nowMs: () => number = () => performance.now()) {
    this.#nowMs = nowMs;
  }

  /** Time for others. */
  get isDue(): boolean {
    return this.#nowMs() >= this.#endsMs;
  }

  /** Resolves after all that waits for the event loop now. */
  async next(): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
    this.#endsMs = this.#nowMs() + turnMs;
  }
}
