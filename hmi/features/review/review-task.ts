/** One image that waits for a word, with all that the labelling screen shows beside it. */
import type { Region } from '../../lib/regions.ts';
import type { Queued } from '../../lib/review-session.ts';

export type Purpose = 'LABEL' | 'AGREE' | 'SETTLE' | 'RECHECK' | 'DOUBT' | 'SUGGESTION';
export type SuggestionKind = 'REJECT_WAS_WRONG' | 'REJECT_WAS_RIGHT' | 'WAS_BAD';

export interface Reason {
  code: string;
  [param: string]: unknown;
}

export interface Thumbnail {
  sha256: string;
  url: string;
  /** What holds of it, where something does. */
  label: string | null;
  capturedAt: string | null;
}

/** What somebody says of the image; nobody is named. */
export interface Opinion {
  label: string;
  regions: Region[];
}

export interface ReviewTask extends Queued {
  purpose: Purpose;
  reason: Reason;
  image: { sha256: string; url: string; width: number; height: number };
  capturedAt: string | null;
  verdict: 'PASS' | 'REJECT' | 'UNCERTAIN' | null;
  score: number | null;
  /** Names, where they are known. */
  line: string | null;
  camera: string | null;
  product: string | null;
  recipe: string | null;
  batch: string | null;
  model: string | null;
  /** As it was saved last, with its steps. */
  sketch: unknown;
  /** The model's; saved by nobody until a person takes them up. */
  proposals: Region[];
  suggestions: { kind: SuggestionKind; name: string }[];
  neighbours: Thumbnail[];
  similar: Thumbnail[];
  /** Of a disagreement. */
  opinions: Opinion[];
}

export interface DefectClass {
  code: string;
  name: string;
  definition: string;
  examples: { url: string; isDefect: boolean; note: string | null }[];
}

export interface PendingAnswer {
  id: string;
  plantId: string;
  task: ReviewTask;
  /** Null where regions say it. */
  label: string | null;
  regions: Region[];
  elapsedMs: number;
  sketch: unknown;
  /** The image was answered before: the item in the queue is closed. */
  isReopened: boolean;
}
