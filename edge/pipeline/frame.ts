/** What passes between source, stages and outbox. */
import type { ImageNumber, MachineValues, PositionNumber } from '#schema/production-context.ts';

export type Quality = 'GOOD' | 'STALE' | 'BAD';
export type Json = string | number | boolean | null | Json[] | { [key: string]: Json };

/** A part whose trigger has come; a camera that takes its image for it gives it back with the image. */
export interface TriggeredPart {
  /** By the node's steady clock. */
  readonly triggeredAtMs: number;
}

/** What is known of an image before it is judged. */
export interface SeenInput {
  partId: string | null;
  /** Wall time. */
  capturedAtMs: number;
  /** The true capture may have been this much earlier than `capturedAtMs`; 0 where the way of the image is known. */
  uncertaintyMs: number;
  /** The part for which the image was asked; null for a camera that takes images by itself. */
  trigger: TriggeredPart | null;
  /** Wall time. */
  arrivedAtMs: number;
  /** From exposure to arrival, as the configuration states it. */
  latencyMs: number;
}

/** An image as a device gives it. Exactly one of `release` and `reject` ends it; neither means that it will come again. */
export interface CapturedImage extends SeenInput {
  /** Names this image for ever: the outbox knows it until the source has let go of it. Null when the source cannot give it again. */
  sourceKey: string | null;
  bytes: Uint8Array<ArrayBuffer>;
  /** Why no verdict may be made of it, e.g. "the camera gives the same image again"; undefined for a good one. */
  unusable: string | undefined;
  /** The outbox has result and image: the source may delete its copy. */
  release(): Promise<void>;
  /** No inspection can be made of it. The source puts it aside where people see it, or offers it again while it is still being written. */
  reject(reason: string): Promise<void>;
}

/** A machine signal at one instant, in the shape of the API's SignalInput. */
export interface SignalAtInstant {
  name: string;
  value: Json;
  unit: string | null;
  quality: Quality;
  sourceTime: string | null;
  /** The signal changed so close to the instant that the value before or after may have been the true one. Absent: no. */
  isAmbiguous?: boolean;
}

/** The machine at the moment of capture, in the shape of the API's ContextInput. A typed field is null unless its signal was GOOD, a text also when it is ambiguous. */
export interface MachineContext extends MachineValues {
  signals: SignalAtInstant[];
}

export type ImageStatistics = Record<ImageNumber, number>;

export type Verdict = 'PASS' | 'REJECT' | 'UNCERTAIN';

/** Box and outline (x1, y1, x2, y2 …) are shares of the image's width and height. */
export interface Defect {
  class: string;
  score: number;
  box: { x: number; y: number; width: number; height: number };
  outline: number[];
}

/** In the shape of the API's PartPositionInput: pixels of the original image, to the right and down; degrees clockwise. */
export type Position = Record<PositionNumber, number>;

/** In the shape of the API's InspectionInput. */
export interface InspectionResult {
  id: string;
  cameraId: string;
  modelVersionId: string;
  partId: string | null;
  verdict: Verdict;
  score: number;
  /** From capture to verdict. */
  latencyMs: number;
  imageSha256: string;
  imageStats: ImageStatistics;
  /** Null when parts are not located, or this one was not found. */
  position: Position | null;
  defects: Defect[];
  context: MachineContext | null;
}
