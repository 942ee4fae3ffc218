/** The defect book: which classes a plant knows, how they are defined, and boundary examples. */
import type { Selectable } from 'kysely';
import type { Defaulted, Json } from '../../../database/column-types.ts';

export interface DefectBookTable {
  id: string;
  plant_id: string;
  number: number;
  state: 'draft' | 'signed';
  created_by: string;
  created_at: Date;
  signed_by: string | null;
  signed_at: Date | null;
  /** What the signature says; the person has just given the password again. */
  meaning: string | null;
  /** SHA-256 of its canonical content. */
  content_hash: Buffer | null;
}

export type Severity = 'critical' | 'major' | 'minor';

/** A measurable bound of a class: below `min` or above `max` it counts; null: unbounded on that side. */
export interface DefectLimit {
  quantity: string;
  unit: string;
  min: number | null;
  max: number | null;
}

/** By language tag, such as de. */
export type DefectTranslations = Record<string, { name: string; definition: string }>;

export interface DefectClassTable {
  book_id: string;
  plant_id: string;
  /** The same in every version; what labels and models name. */
  code: string;
  /** Counts the changes of its content. */
  revision: number;
  name: string;
  definition: string;
  severity: Severity;
  limits: Json<DefectLimit[]>;
  translations: Json<DefectTranslations>;
  /** Order in lists and of the number keys. */
  ordinal: number;
  /** Kept for old labels, not offered for new ones. */
  is_retired: Defaulted<boolean>;
}

export interface DefectExampleTable {
  book_id: string;
  plant_id: string;
  code: string;
  image_sha256: Buffer;
  /** Just still good, or just bad enough. */
  is_defect: boolean;
  note: string | null;
}

export interface DefectBookTables {
  defect_book: DefectBookTable;
  defect_class: DefectClassTable;
  defect_example: DefectExampleTable;
}

export type DefectBookRow = Selectable<DefectBookTable>;
export type DefectClassRow = Selectable<DefectClassTable>;
export type DefectExampleRow = Selectable<DefectExampleTable>;
