/** What every layout of a labelled set can do: know its own, read it picture by picture, write one. No file system, no database. */
import type { YamlLimits } from '#schema/read-yaml.ts';
import type { Region } from '#schema/region.ts';

export const formatNames = ['mvtec', 'folders', 'coco', 'yolo', 'voc', 'cvat', 'label_studio'] as const;
export type FormatName = (typeof formatNames)[number];

/** The parts of a set as the layouts name them; a plant decides what its `test` becomes. */
export type SourceSplit = 'train' | 'validation' | 'test';

export interface Size {
  width: number;
  height: number;
}

/** The files of a set by their paths, which are relative, unique, and have `/` between folders. */
export interface SetFiles {
  readonly paths: readonly string[];
  /** A file with labels, no longer than its limit. Throws `SetFault`. */
  read(path: string): Promise<Buffer>;
  /** Of a YAML file. */
  readonly yamlLimits: YamlLimits;
}

/** Why something of a set cannot go in; says what to do. */
export class SetFault extends Error {}

export interface Refused {
  path: string;
  reason: string;
}

export interface SourceLabel {
  /** The source's name of the class of the whole image, 'good' for none; null: the set does not say. */
  label: string | null;
  /** `classCode` is the source's name of the class. */
  regions: Region[];
  /** What the set says besides and Lehr has no field for. */
  attributes?: Record<string, unknown>;
}

export interface SourceImage {
  path: string;
  split: SourceSplit | null;
  /** Names of classes that its labels use, without the image being opened. Throws `SetFault`. */
  classNames(): Promise<string[]>;
  /** Its label in pixels of an image of this size. Throws `SetFault`. */
  annotate(size: Size): Promise<SourceLabel>;
}

export interface ReadSet {
  images: SourceImage[];
  /** Files that cannot be read, and images that are named and not there. */
  refused: Refused[];
}

export interface ExportItem {
  /** Of its file, without extension, unique in the export. */
  name: string;
  extension: 'png' | 'jpg' | 'webp';
  sha256: string;
  width: number;
  height: number;
  label: string;
  regions: readonly Region[];
  split: 'train' | 'validation' | 'golden';
}

export type OutFile = { path: string } & (
  | { image: ExportItem }
  | { text: () => Iterable<string> }
  | { bytes: () => Promise<Buffer> }
);

export interface WrittenSet {
  files: Iterable<OutFile>;
  /** Where the item's image lies. */
  imagePath(item: ExportItem): string;
  /** Whether reading the set again gives the item's label, and its split. */
  holdsLabel(item: ExportItem): boolean;
  holdsSplit(item: ExportItem): boolean;
}

export interface Format {
  name: FormatName;
  /** Whether the files are such a set. Throws nothing for foreign ones. */
  detect(files: SetFiles): Promise<boolean>;
  read(files: SetFiles): Promise<ReadSet>;
  /** `lose` is told what of an item the layout has no place for. */
  write(items: readonly ExportItem[], lose: (item: ExportItem, reason: string) => void): WrittenSet;
}
