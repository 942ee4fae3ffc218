/**
 * A camera with a web server: a snapshot at each trigger or at a rate, or an MJPEG stream. What it does not give in time is gone;
 * nothing is asked for twice.
 */
import type { HttpSourceConfig } from '../config/source-config.ts';
import type { Logger } from '../log.ts';
import type { CapturedImage, TriggeredPart } from '../pipeline/frame.ts';
import type { PartTracker } from '../pipeline/part-tracker.ts';
import { createBell, pause } from '../wait.ts';
import { createCameraRequest } from './camera-request.ts';
import { captureTime } from './capture-time.ts';
import type { ImageSource } from './device.ts';
import { createMultipartReader, type Part } from './multipart-reader.ts';

export interface HttpCameraOptions {
  /** For the log. */
  camera: string;
  config: HttpSourceConfig;
  /** Undefined for a camera with a rate of its own. */
  onTriggered: PartTracker['onTriggered'] | undefined;
  /** An image was put aside. */
  onRejected(reason: string): void;
  log: Logger;
}

/** Throws when a file of the configuration cannot be read; a camera that does not answer is asked again and again. */
export function createHttpCamera({ camera, config, onTriggered, onRejected, log }: HttpCameraOptions): ImageSource {
  const request = createCameraRequest(config);
  const intervalMs = config.ratePerS === undefined ? 0 : 1_000 / config.ratePerS;
  const frames = config.mode === 'mjpeg' ? readStream : takeSnapshots;
  const ending = new AbortController();
  const triggered = createBell();
  /** The part that the next snapshot is for; one whose trigger comes while a snapshot is taken. Of several, the last part is still there. */
  let asked: TriggeredPart | undefined;
  const stopListening = onTriggered?.((part) => {
    asked = part;
    triggered.ring();
  });
  let running: AsyncGenerator<CapturedImage> | undefined;
  let rejected = 0;
  let problem = '';
  let clockProblem = '';

  return {
    async next(signal) {
      running ??= frames(AbortSignal.any([signal, ending.signal]));
      const { value, done } = await running.next();
      return done ? undefined : value;
    },
    get rejected() {
      return rejected;
    },
    async stop() {
      ending.abort();
      stopListening?.();
      await running?.return(undefined).catch(() => {});
    },
  };

  async function* takeSnapshots(signal: AbortSignal): AsyncGenerator<CapturedImage> {
    let dueMs = performance.now();
    while (!signal.aborted) {
      if (onTriggered) {
        while (!asked && !signal.aborted) await triggered.next(signal);
      } else {
        await pause(Math.max(0, dueMs - performance.now()), signal);
        dueMs = Math.max(dueMs + intervalMs, performance.now());
      }
      if (signal.aborted) return;
      const trigger = asked ?? null;
      asked = undefined;
      try {
        const response = await request(signal);
        const arrivedAtMs = Date.now();
        const header = response.headers[config.capture];
        const bytes = await readBody(response);
        note('');
        yield image(bytes, typeof header === 'string' ? header : undefined, arrivedAtMs, trigger);
      } catch (error) {
        if (signal.aborted) return;
        note(messageOf(error));
        // The next trigger is the next chance; a rate would only hammer on a camera that is down.
        if (!onTriggered) await pause(config.retryMinMs, signal);
      }
    }
  }

  async function* readStream(signal: AbortSignal): AsyncGenerator<CapturedImage> {
    let retryMs = config.retryMinMs;
    while (!signal.aborted) {
      try {
        const response = await request(signal);
        const reader = createMultipartReader(response.headers['content-type'] ?? '', {
          maxHeaderBytes: config.maxHeaderBytes,
          maxPartBytes: config.maxImageBytes,
        });
        for await (const chunk of response) {
          const arrivedAtMs = Date.now();
          for (const part of reader.push(chunk)) {
            note('');
            retryMs = config.retryMinMs;
            yield imageOf(part, arrivedAtMs);
          }
        }
        throw new Error('the camera ended its stream');
      } catch (error) {
        if (signal.aborted) return;
        note(messageOf(error));
        await pause(retryMs, signal);
        retryMs = Math.min(2 * retryMs, config.retryMaxMs);
      }
    }
  }

  function imageOf({ headers, body }: Part, arrivedAtMs: number): CapturedImage {
    return image(body, headers.get(config.capture), arrivedAtMs, null);
  }

  function image(
    body: Buffer,
    header: string | undefined,
    arrivedAtMs: number,
    trigger: TriggeredPart | null,
  ): CapturedImage {
    const { capturedAtMs, problem: fault = '' } = captureTime(header, arrivedAtMs, config);
    if (fault !== '' && fault !== clockProblem) log.warn({ camera }, fault);
    clockProblem = fault;
    return {
      sourceKey: null,
      partId: null,
      capturedAtMs,
      uncertaintyMs: 0,
      trigger,
      arrivedAtMs,
      latencyMs: config.latencyMs,
      unusable: undefined,
      bytes: new Uint8Array(body.buffer as ArrayBuffer, body.byteOffset, body.byteLength),
      async release() {},
      async reject(reason) {
        rejected++;
        log.warn({ camera }, `an image is refused: ${reason}`);
        onRejected(reason);
      },
    };
  }

  async function readBody(response: AsyncIterable<Buffer>): Promise<Buffer> {
    const chunks: Buffer[] = [];
    let size = 0;
    for await (const chunk of response) {
      chunks.push(chunk);
      size += chunk.length;
      if (size > config.maxImageBytes)
        throw new Error(
          `an image is more than maxImageBytes = ${config.maxImageBytes}; give more or a smaller picture`,
        );
    }
    return Buffer.concat(chunks);
  }

  /** One line for each new trouble, and one when it is over. */
  function note(message: string): void {
    if (message === problem) return;
    if (message === '') log.info({ camera }, 'the camera gives images again');
    else log.warn({ camera }, `${config.url}: ${message}`);
    problem = message;
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
