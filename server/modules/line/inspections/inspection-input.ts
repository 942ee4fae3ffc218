/** What an edge node says of one inspection, as the API has coerced it. */
import type { ImageNumber, MachineInput, PositionNumber } from '#schema/production-context.ts';
import type { SignalInput } from '../signals/signals.ts';
import type { CaptureReason, VerdictName } from './inspections.table.ts';

type Maybe<T> = T | null | undefined;

export interface ContextInput extends MachineInput {
  signals: readonly SignalInput[];
}

export interface DefectInput {
  class: string;
  score: number;
  box: { x: number; y: number; width: number; height: number };
  outline?: Maybe<readonly number[]>;
}

/** Whether the image is kept, and how likely that was. */
export interface CaptureInput {
  isKept: boolean;
  keepProbability: number;
  reason: CaptureReason;
}

export interface InspectionInput {
  id: string;
  cameraId: string;
  modelVersionId: string;
  verdict: VerdictName;
  score: number;
  latencyMs: number;
  partId?: Maybe<string>;
  imageSha256?: Maybe<string>;
  imageStats?: Maybe<Record<ImageNumber, number>>;
  position?: Maybe<Record<PositionNumber, number>>;
  context?: Maybe<ContextInput>;
  /** Absent: kept for certain. */
  capture?: Maybe<CaptureInput>;
  defects: readonly DefectInput[];
}
