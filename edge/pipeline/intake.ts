/**
 * Between a source and the pipeline: which image is next when they come faster than they are judged. `oldest` leaves them with
 * the source, which keeps them; `newest` takes them as they come, judges the newest first and drops what no longer has room.
 */
import type { CapturedImage } from './frame.ts';
import type { PartTracker, SeenPart } from './part-tracker.ts';

export type WhenBehind = 'newest' | 'oldest';

/** An image and the part that it shows; undefined at a station without a trigger. */
export interface Arrival {
  image: CapturedImage;
  part: SeenPart | undefined;
}

export interface IntakeOptions {
  whenBehind: WhenBehind;
  /** Images that wait at most, with `newest`. */
  maxPending: number;
  nextImage(signal: AbortSignal): Promise<CapturedImage | undefined>;
  parts: PartTracker | undefined;
  /** Tells that the source fails; it is asked again after `RETRY_MS`. */
  note(message: string): void;
  pause(milliseconds: number): Promise<void>;
}

export interface Intake {
  /** Images that were dropped for newer ones. */
  readonly dropped: number;
  /** Images that wait now. */
  readonly pending: number;
  /** An image that may be judged: others are put aside. Undefined when `signal` aborts first. One caller at a time. */
  next(): Promise<Arrival | undefined>;
  /** Resolves when the source is not asked any more; what waits stays with its source. */
  ended: Promise<void>;
}

export const DROPPED = 'dropped for a newer image';
const RETRY_MS = 5_000;

export function startIntake(options: IntakeOptions, signal: AbortSignal): Intake {
  const { whenBehind, maxPending, parts } = options;
  const pending: Arrival[] = [];
  let dropped = 0;
  let arrived = Promise.withResolvers<void>();
  const ended = whenBehind === 'newest' ? takeAll() : Promise.resolve();
  signal.addEventListener('abort', () => arrived.resolve(), { once: true });

  return {
    get dropped() {
      return dropped;
    },
    get pending() {
      return pending.length;
    },
    ended,
    async next() {
      if (whenBehind === 'oldest') return await take();
      while (!signal.aborted) {
        const newest = pending.pop();
        if (newest) return newest;
        arrived = Promise.withResolvers();
        await arrived.promise;
      }
      return undefined;
    },
  };

  async function take(): Promise<Arrival | undefined> {
    while (!signal.aborted) {
      try {
        const image = await options.nextImage(signal);
        if (!image) continue;
        const part = parts?.seen(image);
        if (image.unusable === undefined) return { image, part };
        if (part) parts?.undecided(part, image.unusable);
        await image.reject(image.unusable).catch(() => {});
      } catch (error) {
        options.note(`the source gives no image: ${error instanceof Error ? error.message : String(error)}`);
        await options.pause(RETRY_MS);
      }
    }
    return undefined;
  }

  async function takeAll(): Promise<void> {
    for (let arrival = await take(); arrival; arrival = await take()) {
      pending.push(arrival);
      arrived.resolve();
      if (pending.length > maxPending) await drop(pending.shift());
    }
    for (const { part } of pending) if (part) parts?.undecided(part, 'the node stops');
  }

  async function drop(arrival: Arrival | undefined): Promise<void> {
    if (!arrival) return;
    dropped++;
    if (arrival.part) parts?.undecided(arrival.part, DROPPED);
    await arrival.image.release().catch(() => {});
  }
}
