/** What the server asks of its similarity process, and what it answers. Both know this file, neither the other. */
import type { IndexPlace } from './plant-index.ts';
import type { QualityScores } from './quality-scores.ts';
import type { Neighbour } from './vector-index.ts';

export interface MeasuredImage {
  pixelHash: Uint8Array;
  perceptualHash: Uint8Array;
  quality: QualityScores;
  vector: Float32Array;
}

export interface SketchPlace {
  /** The image, and where its sketch is kept. */
  image: string;
  sketch: string;
}

export interface Calls {
  /** One after the other; a file that cannot be used gives its reason. */
  measure: {
    ask: { images: readonly SketchPlace[]; maxPixels: number };
    answer: ({ measured: MeasuredImage } | { error: string })[];
  };
  /** Opens a plant's index if it is not open. */
  open: { ask: { place: IndexPlace }; answer: { last: number; size: number } };
  /** Rows in the order of their numbers. */
  extend: {
    ask: {
      place: IndexPlace;
      numbers: readonly number[];
      vectors: Float32Array;
      hashes: readonly (Uint8Array | null)[];
      /** Of the last row that was looked at. */
      last: number;
    };
    answer: { size: number };
  };
  forget: { ask: { place: IndexPlace; numbers: readonly number[] }; answer: null };
  save: { ask: { place: IndexPlace }; answer: null };
  nearest: { ask: { place: IndexPlace; vectors: Float32Array; k: number }; answer: Neighbour[][] };
  likeHashes: {
    ask: { place: IndexPlace; hashes: readonly Uint8Array[]; most: number };
    answer: { number: number; bits: number }[][];
  };
  /** Typical distance to the ten nearest; null where it is not known or has changed, and no sample was given. */
  scale: { ask: { place: IndexPlace; sample: Float32Array | null }; answer: number | null };
  /** Fisher's z of the first with each other; null where one cannot be read or laid on it. */
  compare: {
    ask: { image: SketchPlace; others: readonly SketchPlace[]; maxPixels: number };
    answer: (number | null)[];
  };
  memory: { ask: Record<string, never>; answer: { rssMb: number; peakRssMb: number } };
}

export type CallName = keyof Calls;

export type Request = { [Name in CallName]: { id: number; name: Name; ask: Calls[Name]['ask'] } }[CallName];
export type Answer = { id: number; answer: unknown } | { id: number; error: string };
