/** All subscribers of one picture with equal document, variables and rights: computed once, at most every `livePictureMs`. */
import type { FormattedExecutionResult } from 'graphql';
import type { Execute } from './execution.ts';
import type { Picture, PictureSource } from './live-source.ts';
import { SharedPayload, type Sink } from './sink.ts';
import type { TailSetting } from './tail.ts';

export interface PictureSetting extends TailSetting {
  now(): Date;
  /** Ends those whose rights have expired; called before anything is sent. */
  endExpired(): void;
}

interface Viewer {
  readonly sink: Sink;
  /** Pictures that this one did not get, because its connection did not keep up. */
  missed: number;
}

export class PictureGroup<Subject = unknown> {
  readonly #source: PictureSource<Subject>;
  readonly #execute: Execute;
  readonly #setting: PictureSetting;
  readonly #viewers = new Set<Viewer>();
  #touches = 0;
  #lastStartMs = Number.NEGATIVE_INFINITY;
  #timer: NodeJS.Timeout | undefined;
  #running = false;
  #closed = false;

  constructor(source: PictureSource<Subject>, execute: Execute, setting: PictureSetting) {
    this.#source = source;
    this.#execute = execute;
    this.#setting = setting;
  }

  get topics(): readonly string[] {
    return this.#source.topics;
  }

  get memberCount(): number {
    return this.#viewers.size;
  }

  /** Gives the function that ends it. */
  add(sink: Sink): () => void {
    const viewer: Viewer = { sink, missed: 0 };
    this.#viewers.add(viewer);
    // A newcomer is no change, but must not wait for one.
    this.#touches = Math.max(1, this.#touches);
    this.#schedule();
    return () => this.#viewers.delete(viewer);
  }

  /** What it shows may have changed. */
  touch(): void {
    this.#touches++;
    this.#schedule();
  }

  /** Once a second: rates and ages on a picture move on without any change. */
  beat(): void {
    if (this.#touches === 0) this.touch();
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
  }

  #schedule(): void {
    if (this.#running || this.#timer || this.#closed) return;
    const waitMs = this.#lastStartMs + this.#setting.limits.livePictureMs - this.#setting.now().getTime();
    this.#timer = setTimeout(
      () => {
        this.#timer = undefined;
        void this.#show();
      },
      Math.max(0, Math.min(waitMs, this.#setting.limits.livePictureMs)),
    );
  }

  async #show(): Promise<void> {
    const { log, metrics, now } = this.#setting;
    this.#running = true;
    const skipped = Math.max(0, this.#touches - 1);
    this.#touches = 0;
    this.#lastStartMs = now().getTime();
    try {
      metrics.executions.inc();
      const picture: Picture<Subject> = { subject: this.#source.subject, skipped, sentAt: now(), skippedPaths: [] };
      this.#send(await this.#execute(picture), picture);
    } catch (error) {
      metrics.failures.inc();
      log.error({ err: error, topics: this.topics }, 'Cannot draw a picture; the next one is a second away');
    } finally {
      this.#running = false;
      if (this.#touches > 0) this.#schedule();
    }
  }

  #send(result: FormattedExecutionResult, { skipped, skippedPaths }: Picture<Subject>): void {
    const { limits, metrics, endExpired } = this.#setting;
    endExpired();
    const bySkipped = new Map<number, SharedPayload>();
    for (const viewer of this.#viewers) {
      if (viewer.sink.bufferedBytes > limits.liveBufferedBytes) {
        viewer.missed += 1 + skipped;
        metrics.picturesSkipped.inc();
        continue;
      }
      const own = skipped + viewer.missed;
      let payload = bySkipped.get(own);
      if (!payload) {
        for (const path of skippedPaths) setAt(result.data, path, own);
        payload = new SharedPayload(result);
        bySkipped.set(own, payload);
      }
      viewer.missed = 0;
      viewer.sink.next([payload]);
      metrics.deliveries.inc();
    }
  }
}

function setAt(data: unknown, path: readonly (string | number)[], value: number): void {
  let at = data;
  for (const key of path.slice(0, -1)) at = isObject(at) ? at[key] : undefined;
  const last = path.at(-1);
  if (isObject(at) && last !== undefined) at[last] = value;
}

function isObject(value: unknown): value is Record<string | number, unknown> {
  return typeof value === 'object' && value !== null;
}
