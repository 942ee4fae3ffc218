/** What the edge process and the child process of a model say to each other. */
import type { ModelManifest } from '#schema/model-manifest.ts';
import type { ModelInputImage, ModelOutput } from './load-model.ts';

export interface ChildOptions {
  path: string;
  sha256: string;
  intraOpThreads: number;
}

export type ToChild = { kind: 'run'; id: number; image: ModelInputImage };

export type FromChild =
  | { kind: 'ready'; manifest: ModelManifest }
  | { kind: 'unusable'; message: string }
  | { kind: 'answer'; id: number; output: ModelOutput; inferMs: number }
  | { kind: 'error'; id: number; message: string };
