/** One subscriber that stops reading and goes on, on the same connection or on a new one from its cursor, and keeps account of every part. */
import { type FrameReader, openFrameReader } from '../../bench/fanout/frame-reader.ts';
import type { LivePlant } from '../../bench/fanout/live-plant.ts';
import { queryOf } from '../../bench/fanout/subscribers.ts';

interface NextMessage {
  type: string;
  payload?: { data?: { inspections: { cursor: string; items: { partId: string }[] } } };
}

export class SlowSubscriber {
  readonly #plant: LivePlant;
  #reader: FrameReader | undefined;
  #cursor: string | undefined;
  #newest = 0;
  #onPart: () => void = () => {};
  /** Parts that came neither next after the one before nor first of all. */
  outOfOrder = 0;
  received = 0;
  refusals = 0;

  constructor(plant: LivePlant) {
    this.#plant = plant;
  }

  get newest(): number {
    return this.#newest;
  }

  /** From its cursor, where it has one. */
  async connect(): Promise<void> {
    this.#reader?.destroy();
    const { port, secret, lineGlobalId: lineId } = this.#plant;
    const init = JSON.stringify({ type: 'connection_init', payload: { authorization: `Bearer ${secret}` } });
    let onFirst = () => {};
    const first = new Promise<void>((resolve) => (onFirst = resolve));
    this.#reader = await openFrameReader(port, init, (message) => {
      this.#take(JSON.parse(message.toString()) as NextMessage);
      onFirst();
    });
    // Equal to that of the others, but for where it begins.
    const variables = { lineId, ...(this.#cursor === undefined ? {} : { after: this.#cursor }) };
    this.#reader.send(JSON.stringify({ id: '1', type: 'subscribe', payload: { query: queryOf(0), variables } }));
    await first;
  }

  stopReading(): void {
    this.#reader?.pause();
  }

  readOn(): void {
    this.#reader?.resume();
  }

  /** Resolves when it has this part; rejects after the patience. */
  async until(part: number, patienceMs: number): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(
        () => reject(new Error(`the slow subscriber came to part ${this.#newest}, not to ${part}`)),
        patienceMs,
      );
      this.#onPart = () => {
        if (this.#newest < part) return;
        clearTimeout(timer);
        resolve();
      };
      this.#onPart();
    });
    this.#onPart = () => {};
  }

  close(): void {
    this.#reader?.destroy();
  }

  #take({ type, payload }: NextMessage): void {
    const stream = payload?.data?.inspections;
    if (type !== 'next' || !stream) {
      this.refusals++;
      return;
    }
    for (const { partId } of stream.items) {
      const part = Number(partId.slice(2));
      if (this.received > 0 && part !== this.#newest + 1) this.outOfOrder++;
      this.#newest = part;
      this.received++;
    }
    this.#cursor = stream.cursor;
    this.#onPart();
  }
}
