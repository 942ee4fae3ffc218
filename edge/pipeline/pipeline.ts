/**
 * One camera's way from image to result. Several frames are under way at once, so that one is decoded while another is
 * judged; they reach the model and the outbox in the order of their taking. Back-pressure goes to the source: nothing is taken
 * that the outbox has no room for, and nothing is dropped.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { ModelAnswer, ModelProcess } from '../models/model-process.ts';
import type { CapturedImage, InspectionResult, MachineContext, PreparedFrame } from './frame.ts';
import { inspectionId } from './inspection-id.ts';
import { decideVerdict } from './stages/decide-verdict.ts';
import type { AnomalyMap } from './stages/find-defects.ts';
import { findDefects } from './stages/find-defects.ts';
import { prepareFrame } from './stages/prepare-frame.ts';

export interface PipelineOptions {
  cameraId: string;
  framesInFlight: number;
  nextImage(signal: AbortSignal): Promise<CapturedImage | undefined>;
  currentModel(): ModelProcess | undefined;
  modelChanged(signal: AbortSignal): Promise<void>;
  /** Resolves when the outbox can take what a frame gives. */
  roomForResult(signal: AbortSignal): Promise<void>;
  joinContext(instantMs: number): Promise<MachineContext | null>;
  /** Resolves when result and image are safe on disk. */
  commit(
    result: InspectionResult,
    image: { sha256: string; bytes: Uint8Array<ArrayBuffer> },
    sourceKey: string,
  ): Promise<void>;
  /** Tells people once of each new trouble. */
  warn(message: string): void;
}

export interface PipelineState {
  framesTaken: number;
  lastFrameAtMs: number | undefined;
  /** Median from capture to verdict over the last frames. */
  p50LatencyMs: number | undefined;
  /** What keeps frames from being inspected; undefined when nothing does. */
  problem: string | undefined;
}

export interface Pipeline {
  state(): PipelineState;
  /** Takes no more frames and waits for those under way, at most `limitMs`; a frame that is not finished stays with its source. */
  stop(limitMs: number): Promise<void>;
}

const MAX_DEFECTS = 16;
/** The most that the API takes; an image that waited longer for its node says an hour. */
const MAX_LATENCY_MS = 3_600_000;
const LATENCIES = 101;
const RETRY_MIN_MS = 100;
const RETRY_MAX_MS = 5_000;

export function startPipeline(options: PipelineOptions): Pipeline {
  const stopping = new AbortController();
  const { signal } = stopping;
  const underWay = new Set<Promise<void>>();
  const latencies: number[] = [];
  let framesTaken = 0;
  let lastFrameAtMs: number | undefined;
  let problem: string | undefined;
  /** Each frame waits for the one before it at two doors. */
  let modelDoor = Promise.resolve();
  let outboxDoor = Promise.resolve();
  const work = run();

  return {
    state: () => ({ framesTaken, lastFrameAtMs, p50LatencyMs: median(latencies), problem }),
    async stop(limitMs) {
      stopping.abort();
      await work;
      await Promise.race([Promise.all(underWay), sleep(limitMs, undefined, { ref: false })]);
    },
  };

  async function run(): Promise<void> {
    while (!signal.aborted) {
      try {
        if (!options.currentModel()) {
          await options.modelChanged(signal);
          continue;
        }
        await options.roomForResult(signal);
        const image = await options.nextImage(signal);
        if (!image) continue;
        framesTaken++;
        lastFrameAtMs = Date.now();
        const inspection = inspect(image).finally(() => underWay.delete(inspection));
        underWay.add(inspection);
        if (underWay.size >= options.framesInFlight) await Promise.race(underWay);
      } catch (error) {
        note(`the source gives no image: ${messageOf(error)}`);
        await pause(RETRY_MAX_MS);
      }
    }
  }

  /** The one catch of a frame; never rejects. */
  async function inspect(image: CapturedImage): Promise<void> {
    const atModel = takeTurn(modelDoor, (next) => (modelDoor = next));
    const atOutbox = takeTurn(outboxDoor, (next) => (outboxDoor = next));
    try {
      const joining = options.joinContext(image.capturedAtMs);
      joining.catch(() => {});
      const { frame, model, answer } = await judge(image, atModel);
      const result = describe(image, frame, model, answer);
      latencies.push(result.latencyMs);
      if (latencies.length > LATENCIES) latencies.shift();
      const context = await joining;
      await atOutbox.before;
      const committing = commit({ ...result, context }, image);
      atOutbox.leave();
      if (!(await committing)) return;
      problem = undefined;
      await image.release();
    } catch (error) {
      // On the way down a model is stopped under its frames: the source keeps them for the next start.
      if (!signal.aborted) await putAside(image, messageOf(error));
    } finally {
      atModel.leave();
      atOutbox.leave();
    }
  }

  /** Prepares for the model of this moment; when another has taken over meanwhile, prepares again for that one. */
  async function judge(
    image: CapturedImage,
    turn: Turn,
  ): Promise<{ frame: PreparedFrame; model: ModelProcess; answer: ModelAnswer }> {
    for (;;) {
      const model = options.currentModel();
      if (!model) {
        await options.modelChanged(signal);
        if (signal.aborted) throw new Error('the node stops');
        continue;
      }
      const frame = await prepareFrame(image.bytes, model.manifest.input);
      await turn.before;
      if (options.currentModel() !== model) continue;
      const { data, width, height } = frame.prepared;
      const answering = model.run({ data, width, height });
      turn.leave();
      return { frame, model, answer: await answering };
    }
  }

  function describe(
    image: CapturedImage,
    frame: PreparedFrame,
    model: ModelProcess,
    answer: ModelAnswer,
  ): Omit<InspectionResult, 'context'> {
    const { thresholds } = model.manifest;
    const verdict = decideVerdict(answer.score, thresholds);
    const latencyMs = Math.min(MAX_LATENCY_MS, Math.max(0, Date.now() - image.capturedAtMs));
    const map: AnomalyMap = answer.map;
    const defects =
      verdict === 'PASS'
        ? []
        : findDefects(map, frame.prepared, {
            outline: thresholds.outline,
            atLeastOne: verdict === 'REJECT',
            maxDefects: MAX_DEFECTS,
          });
    return {
      id: inspectionId(image.capturedAtMs),
      cameraId: options.cameraId,
      modelVersionId: model.modelVersionId,
      partId: image.partId,
      verdict,
      score: answer.score,
      latencyMs,
      imageSha256: frame.sha256,
      imageStats: frame.statistics,
      defects,
    };
  }

  /** A full disk passes; the frame waits for that. False when the node stops first. */
  async function commit(result: InspectionResult, image: CapturedImage): Promise<boolean> {
    for (let retryMs = RETRY_MIN_MS; ; retryMs = Math.min(2 * retryMs, RETRY_MAX_MS)) {
      try {
        await options.commit(result, { sha256: result.imageSha256, bytes: image.bytes }, image.sourceKey);
        return true;
      } catch (error) {
        if (signal.aborted) return false;
        note(`the outbox cannot keep a result: ${messageOf(error)}`);
        await pause(retryMs);
      }
    }
  }

  async function putAside(image: CapturedImage, reason: string): Promise<void> {
    try {
      await image.reject(reason);
    } catch (error) {
      note(`an image cannot be put aside: ${messageOf(error)}`);
    }
  }

  function note(message: string): void {
    if (problem !== message) options.warn(message);
    problem = message;
  }

  async function pause(milliseconds: number): Promise<void> {
    await sleep(milliseconds, undefined, { signal }).catch(() => {});
  }
}

interface Turn {
  before: Promise<void>;
  leave(): void;
}

function takeTurn(door: Promise<void>, setDoor: (next: Promise<void>) => void): Turn {
  const own = Promise.withResolvers<void>();
  setDoor(door.then(() => own.promise));
  return { before: door, leave: own.resolve };
}

function median(values: readonly number[]): number | undefined {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
