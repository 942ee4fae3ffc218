/**
 * What crosses the process boundary when a set of labelled images is looked through for the traps that spoil training data, in the manner
 * of cleanlab's Datalab (Northcutt et al. 2021; docs.cleanlab.ai): a figure for the whole set and a score of each image for every trap.
 * Columns instead of objects: a version may have a million images. Every column has one entry an image, in the same order.
 */
import type { TrapNumber, TrapWord } from '#schema/production-context.ts';

/** What is compared with the label, one value an image; null: not known. */
type CategoryName = 'line' | 'station' | 'camera' | 'product' | 'recipe' | 'batch' | 'weekday' | 'hour' | TrapWord;

type NumberName =
  | 'brightness'
  | 'contrast'
  | 'colourCast'
  | 'sharpness'
  | 'sizeBytes'
  | 'pixels'
  | 'aspect'
  | TrapNumber;

export interface AuditInput {
  seed: number;
  /** Hash in hex, for the answer; each once. */
  sha256: readonly string[];
  /** 'good' or the code of a defect class. */
  label: readonly string[];
  /** How many outlines the decision has. */
  regions: ArrayLike<number>;
  /** Milliseconds since 1970; NaN: not known, for instance because a folder was imported. */
  capturedAtMs: ArrayLike<number>;
  /** What is left out is not judged. 'weekday' and 'hour' come from the caller, by the plant's clock. */
  categories: Partial<Record<CategoryName, readonly (string | null)[]>>;
  /** NaN: not known. */
  numbers: Partial<Record<NumberName, ArrayLike<number>>>;
  /** images × dimensions, row by row; a row that begins with NaN: not embedded yet. Null: none is. */
  vectors: Float32Array | null;
  dimensions: number;
  /** Pairs of near duplicates as indices a0, b0, a1, b1 …, and how alike each pair is. */
  pairs: ArrayLike<number>;
  likeness: ArrayLike<number>;
  /** Codes of the plant's defect book; null: it has none, any label will do. */
  knownLabels: readonly string[] | null;
}

/** Instead of a class, where a property tells all defects from good. */
export const ANY_DEFECT = '*';

export const TRAP_KINDS = [
  'class_imbalance',
  'near_duplicates',
  'property_correlated',
  'order_dependent',
  'worst_group',
  'outliers',
  'empty_labels',
  'label_errors',
] as const;
export type TrapKind = (typeof TRAP_KINDS)[number];

/** One trap over the whole set. `code` and `params` are the sentence; the screens have the words. */
export interface AuditFigure {
  kind: TrapKind;
  /** From 0 (as bad as it gets) to 1; null: it could not be judged, `code` says why. */
  score: number | null;
  flagged: boolean;
  /** Images that are flagged. */
  count: number;
  code: string;
  params: Record<string, string | number>;
}

/** One trap, image by image. Absent where the trap could not be judged. */
export interface AuditIssues {
  kind: TrapKind;
  /** From 0 (as bad as it gets) to 1. */
  scores: Float32Array;
  /** 1: flagged. */
  flagged: Uint8Array;
  /** What there is to say of single images, by index. */
  details: Map<number, Record<string, string | number>>;
}

export interface AuditOutput {
  figures: AuditFigure[];
  issues: AuditIssues[];
}

/** A program of its own does the work (`run-audit.ts`); how it may be ended. */
export interface AuditRunOptions {
  signal?: AbortSignal;
  timeoutMs?: number;
}
