/** Embeddings of images, and pairs that show nearly the same picture. */
import type { Generated, Selectable } from 'kysely';
import type { Defaulted } from '../../../database/column-types.ts';

export interface ImageEmbeddingTable {
  plant_id: string;
  image_sha256: Buffer;
  /** Name and version of the backbone and of how its maps are pooled. */
  embedder: string;
  /** Key in the plant's index, and the order in which an index catches up. */
  number: Generated<number>;
  /** 32-bit floats, little-endian, of unit length. */
  vector: Buffer;
  embedded_at: Date;
  /** How alike it is to images that are probably another part: pairs looked at, median and deviation of Fisher's z. */
  ground_pairs: Defaulted<number | null>;
  ground_level: Defaulted<number | null>;
  ground_spread: Defaulted<number | null>;
}

export interface NearDuplicateTable {
  plant_id: string;
  /** The lesser hash first. */
  a_sha256: Buffer;
  b_sha256: Buffer;
  /** The strongest evidence. */
  evidence: 'pixels' | 'perceptual_hash' | 'embedding';
  /** How alike, 1 being the same picture. */
  likeness: number;
  found_at: Date;
}

/** Who works at a plant's images, and how far a round of scores has come. */
export interface SimilarityTurnTable {
  plant_id: string;
  taken_by: string;
  taken_until: Date;
  /** Images there were when all of them were last scored against their neighbours. */
  scored_images: Defaulted<number>;
  /** The number that a round under way has come to. */
  scoring_from: number | null;
}

export interface SimilarityTables {
  image_embedding: ImageEmbeddingTable;
  near_duplicate: NearDuplicateTable;
  similarity_turn: SimilarityTurnTable;
}

export type ImageEmbeddingRow = Selectable<ImageEmbeddingTable>;
export type NearDuplicateRow = Selectable<NearDuplicateTable>;
