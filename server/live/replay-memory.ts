/** Replayed payloads that several subscribers need, kept for a moment: who lost their connections together come back together. */

interface Kept<Payload> {
  payload: Promise<Payload>;
  madeMs: number;
  bytes: number;
}

export interface ReplayMemoryOptions<Payload> {
  /** How long one is given out after it was asked for first. */
  maxAgeMs: number;
  /** Of all payloads that are kept. */
  maxBytes: number;
  sizeOf(payload: Payload): number;
  now(): Date;
}

export class ReplayMemory<Payload> {
  readonly #options: ReplayMemoryOptions<Payload>;
  /** The oldest first. */
  readonly #kept = new Map<string, Kept<Payload>>();
  #bytes = 0;

  constructor(options: ReplayMemoryOptions<Payload>) {
    this.#options = options;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** The payload of this name, made when it is not there; many who ask while it is made wait for the same one. */
  get(name: string, make: () => Promise<Payload>): Promise<Payload> {
    const nowMs = this.#options.now().getTime();
    this.#forgetOld(nowMs);
    const known = this.#kept.get(name);
    if (known) return known.payload;

    const payload = make();
    const kept: Kept<Payload> = { payload, madeMs: nowMs, bytes: 0 };
    this.#kept.set(name, kept);
    payload.then(
      (made) => {
        if (this.#kept.get(name) !== kept) return;
        kept.bytes = this.#options.sizeOf(made);
        this.#bytes += kept.bytes;
        this.#forgetSurplus();
      },
      () => {
        if (this.#kept.get(name) === kept) this.#forget(name, kept);
      },
    );
    return payload;
  }

  /** What is too old goes, asked for or not. */
  forgetOld(): void {
    this.#forgetOld(this.#options.now().getTime());
  }

  #forgetOld(nowMs: number): void {
    for (const [name, kept] of this.#kept) {
      if (nowMs - kept.madeMs < this.#options.maxAgeMs) return;
      this.#forget(name, kept);
    }
  }

  #forgetSurplus(): void {
    for (const [name, kept] of this.#kept) {
      if (this.#bytes <= this.#options.maxBytes) return;
      this.#forget(name, kept);
    }
  }

  #forget(name: string, kept: Kept<Payload>): void {
    this.#kept.delete(name);
    this.#bytes -= kept.bytes;
  }
}
