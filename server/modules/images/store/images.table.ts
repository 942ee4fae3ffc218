/** What is known of each stored image; the bytes lie in the image store under their hash. */
import type { Selectable } from 'kysely';
import type { Defaulted } from '../../../database/column-types.ts';

export type ImageFormat = 'png' | 'jpeg' | 'webp';

export interface ImageTable {
  plant_id: string;
  sha256: Buffer;
  format: ImageFormat;
  size_bytes: number;
  width: number;
  height: number;
  received_at: Date;
  /** When retention took the file away. */
  deleted_at: Defaulted<Date | null>;
}

export interface ImagesTables {
  image: ImageTable;
}

export type ImageRow = Selectable<ImageTable>;

/** As it arrives. */
export type NewImage = Omit<ImageRow, 'deleted_at'>;
