/** What the edge process, the child process of a model and the thread that runs it say to each other. */
import type { ModelManifest } from '#schema/model-manifest.ts';
import type { CameraSetup } from '../pipeline/camera-setup.ts';
import type { Judgement } from '../pipeline/judgement.ts';
import type { ModelInputImage, ModelOutput } from './load-model.ts';

export interface ChildOptions {
  path: string;
  sha256: string;
  intraOpThreads: number;
  /** A model that only looks on gives way to all others. */
  isShadow: boolean;
}

/** An encoded image and how it is cut and aligned. */
export interface ImageToJudge {
  bytes: Uint8Array<ArrayBuffer>;
  setup: CameraSetup;
}

export type ToChild = { kind: 'judge'; id: number; image: ImageToJudge };

export type FromChild =
  | { kind: 'ready'; manifest: ModelManifest }
  | { kind: 'unusable'; message: string }
  | { kind: 'answer'; id: number; judgement: Judgement }
  /** The bytes are no image that any model could judge. */
  | { kind: 'unreadable'; id: number; message: string }
  | { kind: 'error'; id: number; message: string };

export type ToThread = { id: number; image: ModelInputImage };

export type FromThread =
  | { kind: 'ready'; manifest: ModelManifest }
  | { kind: 'unusable'; message: string }
  | { kind: 'output'; id: number; output: ModelOutput; inferMs: number }
  | { kind: 'error'; id: number; message: string };
