/** Which model version runs on which camera, and ran there. */
import type { Selectable } from 'kysely';
import type { Defaulted } from '../../../database/column-types.ts';

export interface ModelAssignmentTable {
  id: string;
  plant_id: string;
  camera_id: string;
  model_version_id: string;
  approval_id: string;
  assigned_by: string;
  assigned_at: Date;
  ended_at: Date | null;
  /** Judges along and never moves anything. */
  is_shadow: Defaulted<boolean>;
}

export interface AssignmentsTables {
  model_assignment: ModelAssignmentTable;
}

export type ModelAssignmentRow = Selectable<ModelAssignmentTable>;
