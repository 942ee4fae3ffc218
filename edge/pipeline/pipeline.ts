/**
 * One camera's way from image to result. Several images are under way at once, so that one is decoded while another is judged;
 * all that is heavy happens in the model's child process. The verdict is told to the part tracker the moment it stands; joining
 * the machine, writing and sending come after. Results reach the outbox in the order of their taking.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { ModelProcess } from '../models/model-process.ts';
import type { CameraSetup } from './camera-setup.ts';
import type { CapturedImage, InspectionResult, MachineContext } from './frame.ts';
import { inspectionId } from './inspection-id.ts';
import { type Arrival, startIntake, type WhenBehind } from './intake.ts';
import type { Judgement } from './judgement.ts';
import { createLatencies } from './latencies.ts';
import type { PartTracker } from './part-tracker.ts';
import { createShadow, type ShadowState } from './shadow.ts';
import { createDoor } from './turns.ts';

export interface PipelineOptions {
  cameraId: string;
  /** Images that the model's process has at once. */
  framesInFlight: number;
  whenBehind: WhenBehind;
  /** With `newest`: images that wait at most. */
  maxPending: number;
  nextImage(signal: AbortSignal): Promise<CapturedImage | undefined>;
  currentModel(): ModelProcess | undefined;
  /** A model that looks on and decides nothing. */
  shadowModel(): ModelProcess | undefined;
  modelChanged(signal: AbortSignal): Promise<void>;
  /** For the recipe that runs now. */
  currentSetup(): CameraSetup;
  parts: PartTracker | undefined;
  /** Resolves when the outbox can take what a frame gives. */
  roomForResult(signal: AbortSignal): Promise<void>;
  joinContext(instantMs: number): Promise<MachineContext | null>;
  /** Resolves when result and image are safe on disk. */
  commit(
    result: InspectionResult,
    image: { sha256: string; bytes: Uint8Array<ArrayBuffer> },
    sourceKey: string | null,
  ): Promise<void>;
  /** Tells people once of each new trouble. */
  warn(message: string): void;
}

export interface PipelineState {
  framesTaken: number;
  /** Dropped for newer ones. */
  droppedFrames: number;
  lastFrameAtMs: number | undefined;
  /** From capture to verdict, over the last frames. */
  p50LatencyMs: number | undefined;
  p99LatencyMs: number | undefined;
  shadow: ShadowState | undefined;
  /** What keeps frames from being inspected or located; undefined when nothing does. */
  problem: string | undefined;
}

export interface Pipeline {
  state(): PipelineState;
  /** Takes no more frames and waits for those under way, at most `limitMs`; a frame that is not finished stays with its source. */
  stop(limitMs: number): Promise<void>;
}

/** Judged frames that wait for the machine's part of their result, or for the disk. */
const MAX_FINISHING = 64;
/** A part that is not found is often followed by others. */
const TELL_AGAIN_MS = 60_000;
const RETRY_MIN_MS = 100;
const RETRY_MAX_MS = 5_000;

export function startPipeline(options: PipelineOptions): Pipeline {
  const stopping = new AbortController();
  const { signal } = stopping;
  const judging = new Set<Promise<void>>();
  const finishing = new Set<Promise<void>>();
  const latencies = createLatencies();
  const shadow = createShadow(options.shadowModel);
  const outboxDoor = createDoor();
  let framesTaken = 0;
  let lastFrameAtMs: number | undefined;
  let problem: string | undefined;
  let locateProblem: string | undefined;
  let locateToldAt = Number.NEGATIVE_INFINITY;
  const intake = startIntake({ ...options, note, pause }, signal);
  const work = run();

  return {
    state: () => ({
      framesTaken,
      droppedFrames: intake.dropped,
      lastFrameAtMs,
      ...latencies.state(),
      shadow: shadow.state(),
      problem: problem ?? locateProblem,
    }),
    async stop(limitMs) {
      stopping.abort();
      await Promise.all([work, intake.ended]);
      await Promise.race([Promise.all(finishing), sleep(limitMs, undefined, { ref: false })]);
    },
  };

  async function run(): Promise<void> {
    while (!signal.aborted) {
      if (!options.currentModel()) {
        await options.modelChanged(signal);
        continue;
      }
      await options.roomForResult(signal);
      const arrival = await intake.next();
      if (!arrival) continue;
      framesTaken++;
      lastFrameAtMs = Date.now();
      const judged = Promise.withResolvers<void>();
      track(judging, judged.promise);
      track(finishing, inspect(arrival, judged.resolve));
      if (judging.size >= options.framesInFlight) await Promise.race(judging);
      if (finishing.size >= MAX_FINISHING) await Promise.race(finishing);
    }
  }

  /** The one catch of a frame; never rejects. Calls `isJudged` when the next frame may go to the model. */
  async function inspect({ image, part }: Arrival, isJudged: () => void): Promise<void> {
    const turn = outboxDoor.takeTurn();
    let isDecided = false;
    try {
      const joining = options.joinContext(image.capturedAtMs);
      joining.catch(() => {});
      const { model, setup, judgement } = await judge(image);
      const id = inspectionId(image.capturedAtMs);
      if (part) options.parts?.decided(part, { verdict: judgement.verdict, inspectionId: id });
      isDecided = true;
      isJudged();
      const latencyMs = Math.max(0, Date.now() - image.capturedAtMs);
      latencies.add(latencyMs);
      noteLocation(judgement.locateProblem);
      if (intake.pending === 0) shadow.look({ bytes: image.bytes, setup }, judgement.verdict);
      await part?.tied;
      const result: InspectionResult = {
        id,
        cameraId: options.cameraId,
        modelVersionId: model.modelVersionId,
        partId: part?.partId ?? image.partId,
        verdict: judgement.verdict,
        score: judgement.score,
        latencyMs,
        imageSha256: judgement.sha256,
        imageStats: judgement.statistics,
        position: judgement.position,
        defects: judgement.defects,
        context: await joining,
      };
      await turn.before;
      const committing = commit(result, image);
      turn.leave();
      if (!(await committing)) return;
      problem = undefined;
      await image.release();
    } catch (error) {
      if (part && !isDecided) options.parts?.undecided(part, messageOf(error));
      // On the way down a model is stopped under its frames: the source keeps them for the next start.
      if (!signal.aborted) await putAside(image, messageOf(error));
    } finally {
      isJudged();
      turn.leave();
    }
  }

  /** By the model of this moment; by the one that has taken over when that is stopped with the frame unanswered. */
  async function judge(
    image: CapturedImage,
  ): Promise<{ model: ModelProcess; setup: CameraSetup; judgement: Judgement }> {
    for (;;) {
      const model = options.currentModel();
      if (!model) {
        await options.modelChanged(signal);
        if (signal.aborted) throw new Error('the node stops');
        continue;
      }
      const setup = options.currentSetup();
      try {
        return { model, setup, judgement: await model.judge({ bytes: image.bytes, setup }) };
      } catch (error) {
        if (signal.aborted || options.currentModel() === model) throw error;
      }
    }
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

  function noteLocation(message: string | undefined): void {
    locateProblem = message;
    if (message === undefined || performance.now() - locateToldAt < TELL_AGAIN_MS) return;
    locateToldAt = performance.now();
    options.warn(message);
  }

  async function pause(milliseconds: number): Promise<void> {
    await sleep(milliseconds, undefined, { signal }).catch(() => {});
  }
}

function track(set: Set<Promise<void>>, promise: Promise<void>): void {
  const tracked = promise.finally(() => set.delete(tracked));
  set.add(tracked);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
