/** What passes between the server and the process that reads a set: one job in, messages out, an answer to each that asks for one. */
import type { YamlLimits } from '#schema/read-yaml.ts';
import type { Region } from '#schema/region.ts';
import type { ImageFormat } from '../../images/store/images.table.ts';
import type { FormatName, Refused, SourceSplit } from './formats/format.ts';
import type { SourceLimits } from './set-source.ts';

export interface ReadSetJob {
  source: { kind: 'zip'; path: string } | { kind: 'folder'; base: string; name: string };
  /** null: by what lies in it. */
  format: FormatName | null;
  /** Where images of the plant lie already; for sets that name what was sent before. */
  storeFolder: string;
  /** Where images are put that the server is to take; null: looks only. */
  incoming: string | null;
  /** Whether images without a region and without a word on them are good. */
  isEmptyGood: boolean;
  /** File with a JSON list of paths that were done before. */
  doneFile: string | null;
  /** `regions`: on one image. */
  limits: SourceLimits & { imagePixels: number; regions: number; yaml: YamlLimits };
}

/** First: what the set is. */
export interface FoundSet {
  format: FormatName;
  images: number;
  /** Name of a class as the set has it → images that it is on. */
  classes: Record<string, number>;
  splits: Partial<Record<SourceSplit | 'none', number>>;
  refused: Refused[];
}

export interface ReadImage {
  path: string;
  sha256: string;
  format: ImageFormat;
  sizeBytes: number;
  width: number;
  height: number;
  /** Where its bytes wait; null: the store has them, or nobody wants them. */
  file: string | null;
  /** The source's words; null: it says nothing. */
  label: string | null;
  regions: Region[];
  split: SourceSplit | null;
  attributes: Record<string, unknown> | null;
}

export type ReadMessage =
  | { kind: 'found'; found: FoundSet }
  | { kind: 'images'; images: ReadImage[]; refused: Refused[]; done: number }
  | { kind: 'end' }
  | { kind: 'fault'; message: string };

/** A list of images that were sent one by one before: path in the set → what it is. */
export const SENT_FILE = 'lehr-images.json';
/** What a layout of ours has no place for: path in the set → label and split. */
export const ASIDE_FILE = 'lehr.json';
