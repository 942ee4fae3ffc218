/** What passes between the server and the process that writes a set. */
import type { ExportItem, FormatName, Refused } from './formats/format.ts';

/** A line of the file of items: what a layout needs, and what only the manifest has a column for. */
export interface WrittenItem extends ExportItem {
  context: ItemContext;
  decision: { rule: string; decidedAt: string; persons: string[] };
}

export interface ItemContext {
  sourcePath: string | null;
  capturedAt: string | null;
  line: string | null;
  station: string | null;
  camera: string | null;
  product: string | null;
  recipe: string | null;
  batch: string | null;
  verdict: string | null;
  score: number | null;
  keepProbability: number | null;
}

export interface WriteSetJob {
  format: FormatName;
  /** JSON lines of `WrittenItem`, ordered by hash. */
  itemsFile: string;
  storeFolder: string;
  output: string;
  /** Of the entries: the same export is the same archive. */
  atMs: number;
  /** Of what is left out, how much is listed. */
  leftOut: number;
}

export type WriteMessage =
  | { kind: 'progress'; images: number; total: number }
  | { kind: 'end'; sizeBytes: number; sha256: string; regions: number; lost: number; leftOut: Refused[] };
