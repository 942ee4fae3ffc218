/** What people say of images, what holds because of it, and the queue. */
import type { Selectable } from 'kysely';
import type { Region } from '../../../../schema/region.ts';
import type { Defaulted, Json } from '../../../database/column-types.ts';

export type AnnotationOrigin = 'review' | 'direct' | 'import' | 'restore';

export interface AnnotationTable {
  id: string;
  plant_id: string;
  image_sha256: Buffer;
  person_id: string;
  /** Counts what this person said of this image. */
  number: number;
  /** Under which definitions; null: made before the plant had a book. */
  book_id: string | null;
  /** 'good', or the code of the gravest class. */
  label: string;
  regions: Json<Region[]>;
  origin: AnnotationOrigin;
  /** A known answer that was asked again without saying so: measures the person, decides nothing. */
  is_check: Defaulted<boolean>;
  made_at: Date;
  /** From seeing the image to the answer. */
  elapsed_ms: number | null;
}

/** One reviewer, two who agree, or two of at least three. */
export type DecisionRule = 'one' | 'two' | 'third';

export interface LabelDecisionTable {
  id: string;
  plant_id: string;
  image_sha256: Buffer;
  label: string;
  /** Whose regions hold; one of those who said it. */
  annotation_id: string;
  rule: DecisionRule;
  decided_at: Date;
}

export interface LabelDecisionVoteTable {
  decision_id: string;
  plant_id: string;
  image_sha256: Buffer;
  annotation_id: string;
}

export interface AgreementRuleTable {
  id: string;
  plant_id: string;
  label: string | null;
  reviewers: 1 | 2;
  changed_by: string;
  changed_at: Date;
}

export interface ReviewSettingTable {
  plant_id: string;
  known_share: number;
  changed_by: string;
  changed_at: Date;
}

export interface KnownAnswerTable {
  plant_id: string;
  image_sha256: Buffer;
  decision_id: string;
  added_by: string;
  added_at: Date;
}

export type SuggestionKind = 'reject_was_wrong' | 'reject_was_right' | 'was_bad';

export interface LabelSuggestionTable {
  id: string;
  plant_id: string;
  inspection_id: string;
  captured_at: Date;
  /** Null: the part's image was not kept. */
  image_sha256: Buffer | null;
  kind: SuggestionKind;
  person_id: string;
  made_at: Date;
}

/** Why an image waits, as the screens put it into one line: a code and the numbers it speaks of. */
export interface ReviewReason {
  code: string;
  [param: string]: string | number;
}

/** label: nobody has spoken; agree: a second is asked; settle: two disagree; the others begin a new round. */
export type ReviewPurpose = 'label' | 'agree' | 'settle' | 'recheck' | 'doubt' | 'suggestion';

export interface ReviewItemTable {
  id: string;
  plant_id: string;
  image_sha256: Buffer;
  /** What the queue wants to know. */
  purpose: ReviewPurpose;
  /** What a decision is worth; the highest first. */
  worth: number;
  /** { code, … } that the screens put into one line. */
  reason: Json<ReviewReason>;
  opened_at: Date;
  closed_at: Date | null;
  /** A person has it until then; nobody else gets it before. */
  claimed_by: string | null;
  claimed_until: Date | null;
  /** A new round began then: what was said before is history; null: everything counts. */
  since: Defaulted<Date | null>;
  /** A known answer, asked of the one who has claimed it without saying so. */
  is_check: Defaulted<boolean>;
}

export interface ReviewSketchTable {
  plant_id: string;
  image_sha256: Buffer;
  person_id: string;
  document: Json<Record<string, unknown>>;
  saved_at: Date;
}

export interface LabelsTables {
  annotation: AnnotationTable;
  label_decision: LabelDecisionTable;
  label_decision_vote: LabelDecisionVoteTable;
  agreement_rule: AgreementRuleTable;
  review_setting: ReviewSettingTable;
  known_answer: KnownAnswerTable;
  label_suggestion: LabelSuggestionTable;
  review_item: ReviewItemTable;
  review_sketch: ReviewSketchTable;
}

export type AnnotationRow = Selectable<AnnotationTable>;
export type LabelDecisionRow = Selectable<LabelDecisionTable>;
export type LabelDecisionVoteRow = Selectable<LabelDecisionVoteTable>;
export type AgreementRuleRow = Selectable<AgreementRuleTable>;
export type ReviewSettingRow = Selectable<ReviewSettingTable>;
export type KnownAnswerRow = Selectable<KnownAnswerTable>;
export type LabelSuggestionRow = Selectable<LabelSuggestionTable>;
export type ReviewItemRow = Selectable<ReviewItemTable>;
export type ReviewSketchRow = Selectable<ReviewSketchTable>;
