/**
 * A camera with a web server: a snapshot at each trigger or at a rate, or an MJPEG stream. What it does not give in time is gone;
 * nothing is asked for twice.
 */
import type { IncomingMessage } from 'node:http';
import type { HttpSourceConfig } from '../config/source-config.ts';
import { steadyNow } from '../gate/steady-clock.ts';
import type { Logger } from '../log.ts';
import type { CapturedImage, TriggeredPart } from '../pipeline/frame.ts';
import type { PartTracker } from '../pipeline/part-tracker.ts';
import { createBell, pause } from '../wait.ts';
import { createCameraRequest, lateMessage } from './camera-request.ts';
import type { ImageSource } from './device.ts';
import { createImageClock, type ImageTimes } from './image-clock.ts';
import { createMultipartReader } from './multipart-reader.ts';
import { createPictureWatch } from './picture-watch.ts';
import type { Size } from './read-picture.ts';

export interface HttpCameraOptions {
  /** For the log. */
  camera: string;
  config: HttpSourceConfig;
  /** Undefined for a camera with a rate of its own. */
  onTriggered: PartTracker['onTriggered'] | undefined;
  /** Size of the reference image of the moment, where there is one: images of another size are not judged. */
  sizeOfSetup(): Size | undefined;
  /** An image was put aside. */
  onRejected(reason: string): void;
  log: Logger;
}

/** Throws when a file of the configuration cannot be read; a camera that does not answer is asked again and again. */
export function createHttpCamera(options: HttpCameraOptions): ImageSource {
  const { camera, config, onTriggered, sizeOfSetup, onRejected, log } = options;
  const request = createCameraRequest(config);
  const clock = createImageClock(config);
  const pictures = createPictureWatch(sizeOfSetup);
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
  let refusal: string | undefined;
  let contactProblem: string | undefined;
  let pictureProblem: string | undefined;
  let clockProblem: string | undefined;

  return {
    async next(signal) {
      running ??= frames(AbortSignal.any([signal, ending.signal]));
      const { value, done } = await running.next();
      return done ? undefined : value;
    },
    get rejected() {
      return rejected;
    },
    get problem() {
      return contactProblem ?? pictureProblem ?? clockProblem;
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
        const askedAtMs = steadyNow();
        const response = await request('end', signal);
        const bytes = await readBody(response);
        noteContact(undefined);
        const header = response.headers[config.capture];
        const times = clock.snapshot(typeof header === 'string' ? header : undefined, askedAtMs, steadyNow());
        yield image(bytes, response.headers['content-type'], times, trigger);
      } catch (error) {
        if (signal.aborted) return;
        noteContact(messageOf(error));
        // The next trigger is the next chance; a rate would only hammer on a camera that is down.
        if (!onTriggered) await pause(config.retryMinMs, signal);
      }
    }
  }

  async function* readStream(signal: AbortSignal): AsyncGenerator<CapturedImage> {
    let retryMs = config.retryMinMs;
    /** For how long nothing was read since the last frame. */
    let heldMs = 0;
    while (!signal.aborted) {
      let deadline: NodeJS.Timeout | undefined;
      try {
        const response = await request('head', signal);
        const reader = createMultipartReader(response.headers['content-type'] ?? '', {
          maxHeaderBytes: config.maxHeaderBytes,
          maxPartBytes: config.maxImageBytes,
        });
        for await (const chunk of response) {
          const parts = reader.push(chunk, steadyNow());
          if (parts.length > 0 || !reader.isWithinPart) {
            clearTimeout(deadline);
            deadline = undefined;
          }
          for (const { headers, body, arrivedAtMs } of parts) {
            noteContact(undefined);
            retryMs = config.retryMinMs;
            const times = clock.frame(headers.get(config.capture), arrivedAtMs, heldMs);
            const heldFromMs = steadyNow();
            yield image(body, headers.get('content-type'), times, null);
            heldMs = steadyNow() - heldFromMs;
          }
          if (reader.isWithinPart) deadline ??= setTimeout(giveUp, config.deadlineMs, response);
        }
        throw new Error('the camera ended its stream');
      } catch (error) {
        if (signal.aborted) return;
        noteContact(messageOf(error));
        await pause(retryMs, signal);
        retryMs = Math.min(2 * retryMs, config.retryMaxMs);
      } finally {
        clearTimeout(deadline);
      }
    }
  }

  function giveUp(response: IncomingMessage): void {
    response.destroy(new Error(lateMessage(config.deadlineMs)));
  }

  function image(
    body: Buffer,
    type: string | undefined,
    times: ImageTimes,
    trigger: TriggeredPart | null,
  ): CapturedImage {
    const unusable = isText(type) ? `the camera gives ${type}, no image; correct source.url` : pictures.check(body);
    pictureProblem = tell(unusable, pictureProblem, 'the camera gives images that can be judged again');
    clockProblem = tell(clock.problem, clockProblem, 'the time stamps of the camera count again');
    return {
      sourceKey: null,
      partId: null,
      ...times,
      trigger,
      unusable,
      bytes: new Uint8Array(body.buffer as ArrayBuffer, body.byteOffset, body.byteLength),
      async release() {
        refusal = undefined;
      },
      async reject(reason) {
        rejected++;
        if (reason !== refusal && reason !== unusable) log.warn({ camera }, `an image is refused: ${reason}`);
        refusal = reason;
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

  function noteContact(problem: string | undefined): void {
    // The address stays in the log: it may hold a password, and a problem is told to the server.
    contactProblem = tell(problem, contactProblem, 'the camera gives images again', `${config.url}: `);
  }

  /** One line for each new trouble, and one when it is over. Answers the trouble that is now. */
  function tell(
    problem: string | undefined,
    before: string | undefined,
    isOver: string,
    address = '',
  ): string | undefined {
    if (problem === before) return before;
    if (problem === undefined) log.info({ camera }, isOver);
    else log.warn({ camera }, `${address}${problem}`);
    return problem;
  }
}

function isText(type: string | undefined): boolean {
  return type !== undefined && /^(text\/|application\/(json|xml|xhtml))/i.test(type);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
